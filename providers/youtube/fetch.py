"""One candidate's audio through yt-dlp, as the source holds it: nothing is converted, decrypted or guessed."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import Cancelled, PermanentError, SpotizerError
from core.storage import storage_errors
from providers.base import Candidate, FetchedFile, IsCancelled, Progress, ReportProgress
from providers.youtube.cookies import own_jar
from providers.youtube.engine import JobLog, new_downloader, prepare
from providers.youtube.errors import blocked, error_from, is_beyond_the_end, is_forbidden, is_from_ytdlp, named
from providers.youtube.formats import choose_format, codec_of
from providers.youtube.options import FetchOptions, check_address, common_parameters, fetch_parameters
from providers.youtube.pacing import Pace, wait
from providers.youtube.sniffing import container_of
from providers.youtube.watching import Watch, watched

LENGTH_SECONDS = 5.0  # how far the length may be from what the search said
NOT_RECORDINGS = frozenset({"is_live", "is_upcoming", "post_live"})


def fetch(
    candidate: Candidate,
    folder: Path,
    *,
    prefer: str,
    progress: ReportProgress,
    cancelled: IsCancelled,
    options: FetchOptions,
) -> FetchedFile:
    """The candidate's audio in ``folder``, which is its own; a part that lies there is continued.

    The media's first refusal (403) means an address that expired: it is extracted again once. Raises as
    ``providers.base.Source.fetch`` says.
    """
    check_address(candidate.url, options)
    prepare(options.plugins, options.engine)  # the first import takes its time: not while a cancel is waited for
    if cancelled():
        raise Cancelled
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _loosen_parts(folder)
    once = partial(_fetch_once, candidate, folder, prefer, progress, cancelled, options)
    try:
        return once()
    except _Refused:
        try:
            return once()
        except _Refused as exc:
            raise named(blocked(), options.label) from exc


class _Refused(Exception):
    """The media's server answered 403."""


def _fetch_once(
    candidate: Candidate,
    folder: Path,
    prefer: str,
    progress: ReportProgress,
    cancelled: IsCancelled,
    options: FetchOptions,
) -> FetchedFile:
    watch, log = Watch(), JobLog()
    seconds = (candidate.duration_ms or 0) / 1000 if options.is_real_time else 0
    pace = Pace(seconds=seconds)

    def is_over() -> bool:
        """Called in the caller's thread, who may ask what the share is now."""
        pace.share = options.share() if options.share else 0
        return cancelled()

    is_over()
    with ExitStack() as stack:
        parameters = {
            **common_parameters(options, log),
            **fetch_parameters(folder),
            "format": partial(choose_format, prefer=prefer),
            "match_filter": partial(refuse, candidate, watch),
            "progress_hooks": [partial(_tell, watch, pace)],
        }
        parameters |= stack.enter_context(own_jar(options))

        def work() -> dict[str, Any]:
            with new_downloader(parameters, options, watch.check) as downloader:
                info: dict[str, Any] = downloader.extract_info(candidate.url, download=True)
                return info

        try:
            info = watched(
                work,
                watch,
                progress=progress,
                cancelled=is_over,
                stall_seconds=options.stall_seconds,
                start_seconds=options.start_seconds,
            )
        except (SpotizerError, Cancelled):
            raise
        except Exception as exc:
            if is_forbidden(exc):
                raise _Refused from exc
            if not is_from_ytdlp(exc):
                raise
            if is_beyond_the_end(exc):
                _drop_parts(folder)
            raise error_from(exc, warnings=log.warnings, folder=folder, label=options.label) from exc
    return _fetched(candidate, info, options.label)


def _loosen_parts(folder: Path) -> None:
    """Each part lacks its last byte: yt-dlp asks for what comes after a part, and of a whole one that is an error."""
    for part in folder.glob("*.part"):
        os.truncate(part, max(0, part.stat().st_size - 1))


def _drop_parts(folder: Path) -> None:
    """What lies there is longer than what is given out now: the next try starts afresh."""
    for part in folder.glob("*.part"):
        part.unlink(missing_ok=True)


def refuse(candidate: Candidate, watch: Watch, info: Mapping[str, Any], *, incomplete: bool = False) -> None:
    """Raise PermanentError for what is no recording, or not as long as promised, before a byte is fetched."""
    watch.check()
    if info.get("is_live") or info.get("live_status") in NOT_RECORDINGS:
        raise PermanentError("This is a broadcast or a premiere, not a recording.", remedy="Choose another candidate.")
    seconds = info.get("duration")
    if seconds is None or candidate.duration_ms is None:
        return
    if abs(float(seconds) - candidate.duration_ms / 1000) > LENGTH_SECONDS:
        raise PermanentError(
            f"It is {float(seconds):.0f} s long, not {candidate.duration_ms / 1000:.0f} s as the search said.",
            remedy="Choose another candidate.",
            reason="wrong_length",
        )


def _tell(watch: Watch, pace: Pace, state: Mapping[str, Any]) -> None:
    """yt-dlp's progress as ours, then the wait that the pace asks for; only bytes that come are news."""
    if state.get("status") not in {"downloading", "finished"}:
        return
    total = state.get("total_bytes") or state.get("total_bytes_estimate")
    done = int(state.get("downloaded_bytes") or total or 0)
    speed = state.get("speed")
    watch.tell(Progress(done, int(total) if total else None, float(speed) if speed else None))
    pace.came(done, int(total) if total else None, time.monotonic())
    wait(pace, watch.rest)


def _fetched(candidate: Candidate, info: Mapping[str, Any], label: str) -> FetchedFile:
    """What lies in the folder, by its own first bytes. Raises PermanentError where it is no audio."""
    downloads = info.get("requested_downloads") or []
    if len(downloads) != 1:
        raise PermanentError(
            "This address is not a single recording.",
            remedy="Paste the link of a single recording.",
            reason="bad_request",
        )
    form = downloads[0]
    path = Path(form["filepath"])
    with storage_errors(path):
        container = container_of(path)
    if not container:
        raise PermanentError(
            f"What {label} sent is not audio.", remedy="Choose another candidate, or try again.", reason="not_audio"
        )
    bitrate, seconds = form.get("abr") or form.get("tbr"), info.get("duration")
    return FetchedFile(
        path=path,
        codec=codec_of(form),
        container=container,
        bitrate_kbps=round(float(bitrate)) if bitrate else None,
        duration_ms=round(float(seconds) * 1000) if seconds else candidate.duration_ms,
        source_url=candidate.url,
    )
