"""Files of the library as sound, for all who are signed in: the library is the household's."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from core.errors import NotFound, SpotizerError
from core.htmx import HtmxRequest
from core.problems import problem_page, status_of
from core.ranges import ranged
from library.models import AudioFile
from library.services import media

MOST_BYTES = 2_000_000  # of one answer: no player, however slow, holds a thread for a whole album side


@require_safe
def stream(request: HtmxRequest, number: int) -> HttpResponseBase:
    """The file by ranges; where there is none the words why, as a page for who opened the plain link."""
    try:
        file = AudioFile.objects.filter(pk=number).only("path", "container").first()
        if file is None:
            raise NotFound("There is no such file in the library.", remedy="Reload the page.")
        sound = media.opened(file)
        if settings.ACCEL_REDIRECT and request.META.get("SPOTIZER_FORWARDED"):
            sound.close()
            return _handed_over(file)
        return ranged(request, sound, media.content_type_of(file), most_bytes=MOST_BYTES)
    except SpotizerError as exc:
        return _words(request, exc)


def _handed_over(file: AudioFile) -> HttpResponse:
    """The web server in front sends it: ranges, conditions and all."""
    response = HttpResponse(content_type=media.content_type_of(file))
    response["X-Accel-Redirect"] = settings.ACCEL_REDIRECT + quote(media.accel_path(file))
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = "inline"
    return response


def _words(request: HtmxRequest, exc: SpotizerError) -> HttpResponse:
    if "text/html" in request.headers.get("Accept", ""):
        return problem_page(request, exc, nav="", may_retry=False)
    response = JsonResponse({"message": exc.message, "remedy": exc.remedy}, status=status_of(exc)[0])
    response["Cache-Control"] = "no-store"
    return response
