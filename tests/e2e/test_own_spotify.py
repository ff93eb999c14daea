"""A list that only its owner may read: from the page, and from the command, to the files."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Person, SpotifyAccount
from downloads.models import DownloadRequest
from downloads.services import draining
from downloads.services.worker import Worker
from tests.accounts.signing import sign_in, use_app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LIST = "Five Sketches"


@pytest.fixture
def ida(home, settings) -> Client:
    use_app(settings)
    client = Client()
    client.force_login(Person.objects.create_user("ida", role=Person.Role.OWNER))
    sign_in(client, what="?for=playlists&for=liked")
    return client


def work() -> None:
    worker = Worker.here()
    draining.drain_requests(worker)
    draining.drain_downloads(worker)


def test_own_list_pressed_on_its_page_is_on_disk_with_its_list_file(ida, library_files):
    own, _others = ida.get("/spotify/").context["groups"]
    card = next(card for card in own.cards if card.title == LIST)

    ida.post("/queue/get/", {"what": card.state.what})
    work()

    from downloads.services.playlists import write_ended_playlists

    write_ended_playlists()
    assert len(library_files(".opus")) == 5
    assert library_files(".m3u8") == [f"Playlists/{LIST}.m3u8"]
    again = next(card for card in ida.get("/spotify/").context["groups"][0].cards if card.title == LIST)
    assert (again.state.name, again.state.what) == ("have", "")


def test_worker_renews_the_askers_key_when_it_has_run_out(ida, library_files, sandbox):
    own, _others = ida.get("/spotify/").context["groups"]
    card = next(card for card in own.cards if card.title == LIST)
    ida.post("/queue/get/", {"what": card.state.what})
    account = SpotifyAccount.objects.get()
    SpotifyAccount.objects.update(expires_at=account.consented_at)
    sandbox.mood(spotify_refresh="rotated")

    work()

    assert len(library_files(".opus")) == 5
    account.refresh_from_db()
    assert account.refreshed_at is not None


def test_consent_that_was_withdrawn_stops_the_request_with_words_and_trying_again_works(ida, library_files, sandbox):
    own, _others = ida.get("/spotify/").context["groups"]
    card = next(card for card in own.cards if card.title == LIST)
    ida.post("/queue/get/", {"what": card.state.what})
    account = SpotifyAccount.objects.get()
    SpotifyAccount.objects.update(expires_at=account.consented_at)
    sandbox.mood(spotify_refresh="revoked")

    work()
    request = DownloadRequest.objects.get()
    assert (request.stage, request.reason) == ("failed", "login_needed")
    assert "Your sign-in to Spotify has ended" in request.message

    sandbox.mood(spotify_refresh="absent")
    sign_in(ida)
    ida.post("/queue/act/", {"act": f"retry_request:{request.pk}"})
    work()
    assert len(library_files(".opus")) == 5


def test_command_reads_a_list_as_the_person_whom_it_names(ida, download, sandbox, library_files):
    link = next(one["spotify"] for one in sandbox.catalogue()["playlists"] if one["name"] == "five-sketches")
    link = f"https://open.spotify.com/playlist/{link}"

    refused, lines = download(link, "--wait")
    code, done = download(link, "--wait", "--person", "ida")
    nobody, _ = download(link, "--wait", "--person", "nobody")

    assert (refused, lines[-1]["reason"]) == (1, "forbidden")
    assert (code, {line["status"] for line in done}) == (0, {"done"})
    assert len(library_files(".opus")) == 5
    assert nobody == 2
