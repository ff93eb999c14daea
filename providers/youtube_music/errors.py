"""What ytmusicapi raises, told as our own errors."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from core.answers import error_for_request, error_for_status
from core.errors import BadResponse, SpotizerError

log = logging.getLogger(__name__)

LABEL = "YouTube Music"
_STATUS = re.compile(r"HTTP (\d{3})")


@contextmanager
def music_errors(last: LastAnswer) -> Iterator[None]:
    """Within it only errors of ``core.errors`` come out.

    ytmusicapi reads JSON before it looks at the status, so a page in HTML (too many requests, a consent page) is known
    by the ``last`` answer that the session saw.
    """
    try:
        yield
    except SpotizerError:
        raise
    except requests.exceptions.JSONDecodeError as exc:
        raise _unreadable(last) from exc
    except requests.RequestException as exc:
        raise error_for_request(LABEL, exc) from exc
    except json.JSONDecodeError as exc:
        raise _unreadable(last) from exc
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as exc:
        if last.status >= 400:
            raise error_for_status(LABEL, last.status, asked=last.retry_after) from exc
        log.warning("ytmusicapi failed on an answer", exc_info=True)
        raise BadResponse(
            f"{LABEL} answered in a way that ytmusicapi does not understand ({type(exc).__name__}).",
            remedy="If it stays so, upgrade ytmusicapi; meanwhile YouTube is asked.",
        ) from exc
    except Exception as exc:
        if type(exc).__module__.partition(".")[0] != "ytmusicapi":
            raise
        status = _STATUS.search(str(exc))
        if status is None:
            raise BadResponse(f"{LABEL} did not answer the question: {str(exc)[:200]}") from exc
        raise error_for_status(LABEL, int(status[1]), asked=last.retry_after) from exc


class LastAnswer:
    """Status of the newest answer, as a hook of the session sees it."""

    def __init__(self) -> None:
        self.status = 0
        self.retry_after: float | None = None


def _unreadable(last: LastAnswer) -> SpotizerError:
    if last.status >= 400:
        return error_for_status(LABEL, last.status, asked=last.retry_after)
    return BadResponse(f"{LABEL} answered with a web page instead of data.", remedy="Try again later.")
