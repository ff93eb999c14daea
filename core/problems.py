"""An error as a page: what happened, why, what to do next, with the right status code."""

from __future__ import annotations

from django.http import HttpResponse

from core.errors import AuthRequired, Forbidden, NotFound, PermanentError, SpotizerError, TransientError, UserError
from core.htmx import HtmxRequest, render_page

STATUS: tuple[tuple[type[SpotizerError], int, str], ...] = (
    (AuthRequired, 403, "A login is needed"),
    (UserError, 400, "That did not work"),
    (NotFound, 404, "It is not there"),
    (Forbidden, 403, "Not open to you"),
    (PermanentError, 404, "Not available"),
    (TransientError, 503, "No answer at the moment"),
)


def status_of(error: SpotizerError) -> tuple[int, str]:
    """The status code and the headline of ``error``."""
    return next(((code, title) for kind, code, title in STATUS if isinstance(error, kind)), (500, "It failed"))


def problem_page(
    request: HtmxRequest,
    error: SpotizerError,
    *,
    nav: str = "search",
    query: str = "",
    sign_in_url: str = "",
    may_retry: bool = True,
) -> HttpResponse:
    """``error`` as a page in the shell, or as a part where a part was asked for.

    ``query`` is offered as a search, ``sign_in_url`` as what mends it. ``may_retry``: the address is a page's, so that
    a button may ask for it once more.
    """
    status, title = status_of(error)
    context = {
        "nav": nav,
        "view": "problem",
        "error": error,
        "title": title,
        "status": status,
        "query": query,
        "sign_in_url": sign_in_url,
        "retry": request.get_full_path() if may_retry and isinstance(error, TransientError) else "",
    }
    response = render_page(request, "errors/problem.html", context, status=status)
    if isinstance(error, TransientError) and error.retry_after:
        response["Retry-After"] = str(max(1, round(error.retry_after)))
    return response
