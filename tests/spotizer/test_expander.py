"""Requests are expanded beside the cluster, whatever the workers are busy with."""

from __future__ import annotations

import threading

import pytest

from catalog.models import Playlist, PlaylistEntry
from downloads.models import DownloadRequest
from downloads.services.requests import request_download
from spotizer.supervisor import expander
from tests.downloads.make import make_track
from tests.spotizer.serving import wait_for


@pytest.mark.django_db(transaction=True)
def test_request_is_expanded_soon_and_the_expander_ends_when_told():
    playlist = Playlist.objects.create(
        provider="deezer", provider_id="1", title="All", entries_fetched_at="2026-11-01T00:00Z"
    )
    for position in (1, 2):
        PlaylistEntry.objects.create(playlist=playlist, position=position, track=make_track())
    request = request_download(playlist=playlist)
    ended = threading.Event()
    beside = threading.Thread(target=expander.run, args=(ended,))

    beside.start()
    try:
        wait_for(lambda: DownloadRequest.objects.filter(pk=request.pk, is_expanded=True).exists(), "it is read")
    finally:
        ended.set()
        beside.join(30)

    assert not beside.is_alive()
    assert request.items.filter(download__status="queued").count() == 2
