"""Half a minute to hear: of a candidate, and of what the catalogue says is wanted. Never from another host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from core.errors import NotFound, SpotizerError
from core.htmx import HtmxRequest
from core.keys import number_for
from core.problems import problem_page, status_of
from core.ranges import ranged
from downloads.selectors.lines import tracks_to_show
from downloads.services import previews
from downloads.views.answers import person_who_may_download

AUDIO = "audio/mpeg"


@require_GET
def candidate_preview(request: HtmxRequest, number: int) -> HttpResponseBase:
    """The candidate's first half minute, for whoever may choose it."""

    def heard() -> Path:
        person_who_may_download(request)
        return previews.candidate_preview(number)

    return _audio_of(request, heard)


@require_GET
def track_preview(request: HtmxRequest, address: str) -> HttpResponseBase:
    """What the catalogue lets everybody hear of the track, to hold what was found against it."""

    def heard() -> Path:
        number = number_for(address.partition("-")[0])
        track = tracks_to_show().filter(pk=number).first() if number is not None else None
        if track is None:
            raise NotFound("There is no such track.", remedy="Reload the page.")
        return previews.wanted_preview(track)

    return _audio_of(request, heard)


def _audio_of(request: HtmxRequest, heard: Callable[[], Path]) -> HttpResponseBase:
    """The audio, by ranges; where there is none the words why, as a page for who opened the plain link."""
    try:
        return ranged(request, heard().open("rb"), AUDIO)
    except SpotizerError as exc:
        return _words(request, exc)


def _words(request: HtmxRequest, exc: SpotizerError) -> HttpResponse:
    if "text/html" in request.headers.get("Accept", ""):
        return problem_page(request, exc, nav="queue", may_retry=False)
    response = JsonResponse({"message": exc.message, "remedy": exc.remedy}, status=status_of(exc)[0])
    response["Cache-Control"] = "no-store"
    return response
