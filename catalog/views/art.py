"""Pictures: fetched once by the server, so that no page points at anybody else."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from catalog.models import Album, Artist, Artwork, Playlist
from catalog.services.artwork import SIZES, art_file
from core.errors import SpotizerError
from core.placeholder import drawn_cover

FOREVER = "public, max-age=31536000, immutable"
A_WHILE = "private, max-age=600"


@require_GET
def art(request: HttpRequest, key: str, size: int) -> HttpResponseBase:
    """The picture in ``size``, for ever; a drawn one for a while where it cannot be had."""
    if size not in SIZES:
        raise Http404("No such size.")
    try:
        path = art_file(key, size)
    except SpotizerError:
        return _drawn(key)
    response = FileResponse(path.open("rb"), content_type="image/webp")
    response["Cache-Control"] = FOREVER
    return response


def _drawn(key: str) -> HttpResponse:
    if not Artwork.objects.filter(key=key).exists():
        raise Http404("No such picture.")
    named = (model.objects.filter(artwork_id=key).first() for model in (Album, Artist, Playlist))
    name = next((str(row) for row in named if row is not None), "")
    return HttpResponse(drawn_cover(name), content_type="image/svg+xml", headers={"Cache-Control": A_WHILE})
