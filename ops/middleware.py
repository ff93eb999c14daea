"""What every web request gets from the parts that all share."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.http import interactive

GetResponse = Callable[[HttpRequest], HttpResponse]


def answer_in_time(get_response: GetResponse) -> GetResponse:
    """Behind a page a person waits: outside calls made for it go first and end, all together, within five seconds."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with interactive():
            return get_response(request)

    return middleware
