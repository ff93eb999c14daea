"""Putting tracks on a request, where two do it at once."""

from __future__ import annotations

import pytest

from downloads.models import DownloadRequest, RequestItem
from downloads.services.adding import add_tracks
from downloads.services.expanding import FINISHED
from downloads.services.states import LostLease
from tests.downloads.make import make_request, make_track


@pytest.mark.django_db
def test_tracks_that_a_quicker_one_put_on_are_not_put_on_twice() -> None:
    tracks = [make_track(), make_track()]
    request = make_request()
    stale = DownloadRequest.objects.get(pk=request.pk)

    add_tracks(request, tracks, first_position=1, **FINISHED)
    with pytest.raises(LostLease):
        add_tracks(stale, tracks, first_position=1, **FINISHED)

    assert RequestItem.objects.filter(request=request).count() == 2
    request.refresh_from_db()
    assert request.total == 2
