"""The beginning of one candidate through yt-dlp: so many bytes and no more, for a person who wants to hear it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import Cancelled, PermanentError, SpotizerError
from core.storage import storage_errors
from providers.base import Candidate, IsCancelled, Progress, start_bytes
from providers.youtube.cookies import own_jar
from providers.youtube.engine import JobLog, new_downloader, prepare
from providers.youtube.errors import error_from, is_from_ytdlp
from providers.youtube.fetch import refuse
from providers.youtube.formats import UNSAID_KBPS, choose_format, codec_of
from providers.youtube.options import FetchOptions, check_address, common_parameters, fetch_parameters
from providers.youtube.watching import Watch, watched

BLOCK = 65_536
CHUNK = 1_000_000  # asked for at once: a server that cannot be stopped sends no more than that
USUAL_KBPS = 192


class _Enough(Exception):
    """All that is wanted has come."""


def fetch_start(
    candidate: Candidate, folder: Path, *, seconds: int, cancelled: IsCancelled, options: FetchOptions
) -> Path:
    """As ``providers.base.Previews.fetch_start`` says."""
    check_address(candidate.url, options)
    prepare(options.plugins, options.engine)
    watch, log = Watch(), JobLog()
    with ExitStack() as stack:
        parameters = {
            **common_parameters(options, log),
            **fetch_parameters(folder),
            "format": partial(choose_format, prefer="mp3"),  # the lightest of what is offered beside FLAC
            "match_filter": partial(refuse, candidate, watch),
            "progress_hooks": [partial(_stop_when_enough, watch, seconds)],
            "buffersize": BLOCK,
            "noresizebuffer": True,
            "http_chunk_size": CHUNK,
        }
        parameters |= stack.enter_context(own_jar(options))

        def work() -> None:
            with new_downloader(parameters, options, watch.check) as downloader:
                downloader.extract_info(candidate.url, download=True)

        try:
            watched(
                work,
                watch,
                progress=lambda _: None,
                cancelled=cancelled,
                stall_seconds=options.stall_seconds,
                start_seconds=options.start_seconds,
            )
        except (SpotizerError, Cancelled):
            raise
        except _Enough:
            pass
        except Exception as exc:
            if not is_from_ytdlp(exc):
                raise
            raise error_from(exc, warnings=log.warnings, folder=folder, label=options.label) from exc
    return _largest(folder, options.label)


def _stop_when_enough(watch: Watch, seconds: int, state: Mapping[str, Any]) -> None:
    if state.get("status") != "downloading":
        return
    done = int(state.get("downloaded_bytes") or 0)
    watch.tell(Progress(done, None))
    form = state.get("info_dict") or {}
    kbps = form.get("abr") or form.get("tbr") or UNSAID_KBPS.get(codec_of(form), USUAL_KBPS)
    if done >= start_bytes(seconds, float(kbps)):
        raise _Enough


def _largest(folder: Path, label: str) -> Path:
    with storage_errors(folder):
        files = [path for path in folder.iterdir() if path.is_file() and path.stat().st_size]
        if files:
            return max(files, key=lambda path: path.stat().st_size)
    raise PermanentError(f"{label} sent nothing.", remedy="Choose another candidate.", reason="not_audio")
