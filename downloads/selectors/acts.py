"""Which buttons stand beside a row, by how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from downloads.models import WORKING, DownloadRequest, Status
from downloads.reasons import Action, Reason

Stage = DownloadRequest.Stage


@dataclass(frozen=True, slots=True)
class Act:
    """A button beside a row: what it does, its name, its drawing."""

    name: str
    label: str
    symbol: str


PAUSE, RESUME = Act("pause", "Pause", "pause"), Act("resume", "Resume", "play")
CANCEL, RETRY, TOP = Act("cancel", "Cancel", "x"), Act("retry", "Try again", "refresh"), Act("top", "To the top", "up")
CANCEL_ALL, RETRY_ALL = Act("cancel_request", "Cancel all of", "x"), Act("retry_request", "Try again", "refresh")
PAUSE_ALL, RESUME_ALL = Act("pause_request", "Pause all of", "pause"), Act("resume_request", "Resume all of", "play")

NOW, AGAIN, HEED = (
    Act("now", "Try now", "refresh"),
    Act("again", "Get again", "refresh"),
    Act("heed", "Stop ignoring", "plus"),
)
CLEAR_LOST = Act("clear_request", "Clear", "x")

ACTS: dict[Status, tuple[Act, ...]] = {
    Status.QUEUED: (TOP, PAUSE, CANCEL),
    Status.WAITING: (TOP, PAUSE, CANCEL),
    Status.PAUSED: (RESUME, CANCEL),
    **dict.fromkeys(WORKING, (PAUSE, CANCEL)),
    Status.NEEDS_YOU: (CANCEL,),
    Status.DONE: (AGAIN,),
    Status.CANCELLED: (RETRY,),
}


def mends(reason: Reason, status: Status) -> tuple[Act, ...]:
    """The buttons with words that mend what ``reason`` says of a row in ``status``."""
    if status == Status.SKIPPED:
        return (HEED,) if Action.HEED in reason.actions else ()
    if status == Status.NEEDS_YOU:
        return (RETRY,)
    if Action.RETRY not in reason.actions:
        return ()
    return (NOW,) if status == Status.WAITING else (RETRY,)


def request_acts(request: DownloadRequest) -> tuple[Act, ...]:
    """What can be done with a whole album, playlist or artist."""
    if request.stage in {Stage.FAILED, Stage.CANCELLED}:
        return (RETRY_ALL, CLEAR_LOST) if request.stage == Stage.FAILED else (RETRY_ALL,)
    pausing = RESUME_ALL if request.options.get("paused") else PAUSE_ALL
    return (*((RETRY_ALL,) if request.failed else ()), pausing, CANCEL_ALL)
