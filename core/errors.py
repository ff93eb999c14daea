"""The errors that Spotizer's parts raise for one another, and what follows from each.

``UserError`` is shown as written and never retried; ``TransientError`` makes the row wait; ``PermanentError`` goes to
the next candidate; ``StorageError`` pauses the queue. Anything else is a bug and is not caught to keep going.
"""

from __future__ import annotations

from pathlib import PurePath


class SpotizerError(Exception):
    """An error that a person may see: what happened, why, and what to do next.

    ``reason`` is the stable code that the table of reasons (``downloads/reasons.py``) explains; ``remedy`` is a
    sentence that says what to do, or empty where the reason's own entry says enough.
    """

    reason = "unknown"

    def __init__(self, message: str, *, remedy: str = "", reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        if reason is not None:
            self.reason = reason


class UserError(SpotizerError):
    """The person can mend it: a bad link, a wrong value, a missing credential."""

    reason = "bad_request"


class AuthRequired(UserError):
    """The service wants to know who asks: pauses that service and shows a banner."""

    reason = "login_needed"


class TransientError(SpotizerError):
    """It may work later. ``retry_after`` is in seconds, None where nothing was said."""

    reason = "network"

    def __init__(
        self, message: str, *, retry_after: float | None = None, remedy: str = "", reason: str | None = None
    ) -> None:
        super().__init__(message, remedy=remedy, reason=reason)
        self.retry_after = retry_after


class BadResponse(TransientError):
    """The service answered with something that is not what it promises."""

    reason = "bad_response"


class RateLimited(TransientError):
    """The service asks us to wait; its lane stays closed until then and no attempt is used up."""

    reason = "rate_limited"


class QuotaExceeded(RateLimited):
    """The quota of about a day is used up."""

    reason = "quota_exceeded"


class StillWaiting(TransientError):
    """Nothing failed: it stands in somebody's queue. The row comes back after ``retry_after`` and has spent nothing."""

    reason = "peer_queue"


class PermanentError(SpotizerError):
    """It will not work for this item: removed, region-locked, not audio, damaged."""

    reason = "unavailable"


class NotFound(PermanentError):
    """The service answered, and has none."""

    reason = "not_found"


class Forbidden(PermanentError):
    """Not allowed for this credential."""

    reason = "forbidden"


class StorageError(SpotizerError):
    """Disk full, library gone or not writable: no fault of the row, so the queue pauses and the row goes back.

    ``path`` is what could not be written, as far as it is known.
    """

    reason = "storage"

    def __init__(
        self, message: str, *, remedy: str = "", reason: str | None = None, path: PurePath | None = None
    ) -> None:
        super().__init__(message, remedy=remedy, reason=reason)
        self.path = path


class Cancelled(Exception):
    """The row was cancelled, paused or taken by another worker: stop, write nothing."""
