"""Packets moved into another container as they are.

In this process through PyAV: the same packets as ``ffmpeg -c copy`` writes, in a third of the time (40 ms against
110 ms for four minutes).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import PermanentError
from core.lazy import Lazy
from core.storage import storage_errors
from library.audio.facts import open_audio
from library.audio.watch import IsCancelled, Watch
from library.convert.plan import Edit

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
else:
    av = Lazy("av")

OPTIONS = {"ipod": {"movflags": "+faststart"}}  # the index in front: plays while it is still being read


def remux(source: Path, target: Path, *, muxer: str, edit: Edit | None = None, cancelled: IsCancelled) -> None:
    """``target`` holds the packets of ``source``'s sound and nothing else; with an ``edit`` those that it leaves.

    A cut falls between packets, outwards: up to some 30 ms more are left, never less.
    """
    watch, edit = Watch(cancelled), edit or Edit()
    first: int | None = None
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
                if not _is_left(packet, edit):
                    continue
                if edit.start_ms:
                    first = packet.dts if first is None else first
                    packet.pts, packet.dts = (packet.pts or 0) - first, packet.dts - first
                packet.stream = copy
                outgoing.mux(packet)
    except av.FFmpegError as exc:
        raise PermanentError(
            f"{source.name} cannot be moved into another container: {exc.strerror}.", reason="broken_file"
        ) from exc


def _is_left(packet: av.Packet[AudioStream], edit: Edit) -> bool:
    if not edit.is_cut or packet.pts is None or packet.time_base is None:
        return True
    starts_ms = packet.pts * packet.time_base * 1000
    ends_ms = starts_ms + (packet.duration or 0) * packet.time_base * 1000
    return ends_ms > edit.start_ms and (edit.end_ms is None or starts_ms < edit.end_ms)
