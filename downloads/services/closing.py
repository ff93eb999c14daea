"""What makes a row wait, and closing the lane of a source that asks for it."""

from __future__ import annotations

from core.errors import AuthRequired, RateLimited, SpotizerError, TransientError
from downloads import reasons
from downloads.models import Download
from downloads.services import backoff
from ops.services import lanes
from providers.base import Source

# How long a lane stays closed where the service did not say.
CLOSED_SECONDS = {"quota_exceeded": 86_400.0, "blocked": 1_800.0, "login_needed": 3_600.0, "broken_install": 300.0}
CLOSED_DEFAULT = 3_600.0


class Parked(Exception):
    """The row waits, and the worker goes on with another one.

    ``failures``: what is spent by now, where it changed. ``lane``: the closed lane that it waits for.
    """

    def __init__(
        self, seconds: float, reason: str, message: str = "", *, failures: int | None = None, lane: str = ""
    ) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.reason = reason
        self.message = message
        self.failures = failures
        self.lane = lane


def closes_lane(error: SpotizerError) -> bool:
    """Whether every other row would meet the same: the service wants a rest, or a program is missing here."""
    return isinstance(error, (RateLimited, AuthRequired)) or error.reason == "broken_install"


def close_for(source: Source, error: SpotizerError) -> Parked:
    """The source's lane is closed and a notice says why; the row waits until then and has spent nothing."""
    asked = error.retry_after if isinstance(error, RateLimited) else None
    seconds = asked if asked is not None else CLOSED_SECONDS.get(error.reason, CLOSED_DEFAULT)
    remedy = error.remedy or reasons.reason_for(error.reason).remedy
    lanes.close_lane(source.lane, seconds, error.reason, error.message, remedy=remedy)
    return Parked(seconds, error.reason, explained(error), lane=source.lane)


def explained(error: SpotizerError) -> str:
    """What happened, and what to do where the error says it."""
    return " ".join(part for part in (error.message, error.remedy) if part)


def back_off(download: Download, error: TransientError) -> Parked:
    """The wait before the next try; one try of the budget is spent."""
    failures = download.failures + 1
    seconds = backoff.asked_or(error, backoff.seconds_for(failures))
    return Parked(seconds, error.reason, explained(error), failures=failures)
