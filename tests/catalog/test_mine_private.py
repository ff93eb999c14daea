"""Private lists and liked songs are their reader's own: on every page, in every wish, for every role."""

from __future__ import annotations

import pytest

from accounts.models import Person, SpotifyAccount
from catalog.models import Playlist, PlaylistReader
from catalog.selectors import visible_playlists
from catalog.services import browse, mine
from core.errors import AuthRequired, Forbidden, NotFound
from downloads.models import DownloadRequest
from downloads.services.requests import request_download
from history.models import Event
from tests.accounts.signing import HOST, sign_in
from tests.catalog.people import PRIVATE, expand_all, link

pytestmark = pytest.mark.django_db


@pytest.fixture
def private(visitor, ida, known) -> Playlist:
    """Ida's private list, read and asked for."""
    row = browse.open_playlist("spotify", known["private"], ida)
    browse.playlist_page(row, person=ida)
    request_download(playlist=row, by=ida)
    expand_all()
    return Playlist.objects.get(pk=row.pk)


def test_private_list_is_nobodys_elses_on_any_page(private, tom_visits, tom, known):
    addresses = [
        "/", "/queue/", "/queue/?show=waiting", "/history/", "/history/?kind=requested", "/search/?q=nobody",
        "/spotify/", f"/live/?since=0&view=playlist:{private.key}", "/live/?since=0&view=queue",
        "/live/?since=0&view=home",
        f"/live/?since=0&view=queue:all:{DownloadRequest.objects.get().pk}:0",
        f"/queue/?open={DownloadRequest.objects.get().pk}",
    ]  # fmt: skip
    for address in addresses:
        html = tom_visits.get(address).content.decode()
        assert PRIVATE not in html, address
        assert known["private"] not in html, address
    assert tom_visits.get(private.get_absolute_url()).status_code == 404
    assert tom_visits.get(f"/playlists/{private.key}/").status_code == 404
    assert tom_visits.get(f"/playlists/from/spotify/{known['private']}/").status_code == 404
    assert PRIVATE not in tom_visits.get("/open/", {"url": link(known, "private")}).content.decode()


def test_admin_does_not_tell_which_private_list_was_asked_for(private, known, client):
    client.force_login(Person.objects.create_superuser("root", password="x"))

    for address in ("", f"{DownloadRequest.objects.get().pk}/change/"):
        html = client.get(f"/admin/downloads/downloadrequest/{address}").content.decode()
        assert "A private playlist" in html
        assert PRIVATE not in html
        assert known["private"] not in html


@pytest.mark.parametrize("value", ["%00", "x", "liked:", "liked:%00", "liked:somebody", "%F0%9F%8E%B5" * 30])
def test_addresses_of_nonsense_are_refused(visitor, ida, value):
    assert visitor.get(f"/playlists/from/spotify/{value}/").status_code in {400, 404}


def test_private_list_cannot_be_asked_for_by_others(private, tom_visits, known):
    before = DownloadRequest.objects.count()

    for what in (
        f"playlist:{private.key}",
        f"playlist/albums:{private.key}",
        f"playlist:spotify:{known['private']}",
        f"link:{link(known, 'private')}",
        f"playlist:spotify:{mine.LIKED}aB3dE5fG7h",
    ):
        answer = tom_visits.post("/queue/get/", {"what": what}, headers={"HX-Request": "true"})
        assert answer.status_code in {400, 403, 404}, what
        assert PRIVATE not in answer.content.decode(), what

    assert DownloadRequest.objects.count() == before


def test_tracks_of_a_private_request_are_not_unfolded_for_others(private, visitor, tom_visits):
    number = DownloadRequest.objects.get().pk
    first = private.entries.select_related("track").first().track.title

    mine_too = visitor.get(f"/queue/requests/{number}/?open={number}", headers={"HX-Request": "true"})
    theirs = tom_visits.get(f"/queue/requests/{number}/?open={number}", headers={"HX-Request": "true"})

    assert mine_too.status_code == theirs.status_code == 200
    assert first in mine_too.content.decode()
    assert first not in theirs.content.decode()


def test_owner_of_the_list_sees_its_name_in_the_queue(private, visitor, tom_visits):
    assert PRIVATE in visitor.get("/queue/").content.decode()
    assert "A private playlist" in tom_visits.get("/queue/").content.decode()


def test_history_of_a_private_request_is_kept_from_others(private, tom_visits, visitor):
    number = DownloadRequest.objects.get().pk
    Event.objects.create(kind="skipped", title="Secret song", request_id=number)

    assert "Secret song" not in tom_visits.get(f"/history/?request={number}").content.decode()
    assert "Secret song" in visitor.get(f"/history/?request={number}").content.decode()


def test_liked_songs_of_another_account_are_refused(ida, visitor, tom_visits):
    row = mine.open_liked(ida)
    SpotifyAccount.objects.update(account_id="somebody-else", user_id="else")
    Playlist.objects.update(entries_fetched_at=None)

    with pytest.raises(Forbidden) as caught:
        browse.playlist_page(row, person=ida)
    with pytest.raises(NotFound):
        browse.open_playlist("spotify", row.provider_id, ida)

    assert "another Spotify account" in caught.value.message
    assert tom_visits.get(row.get_absolute_url()).status_code == 404


def test_public_list_is_everybodys_and_becomes_private_when_its_owner_makes_it_so(ida, tom, known, sandbox):
    row = browse.open_playlist("spotify", known["mine"], tom)
    assert visible_playlists(tom).filter(pk=row.pk).exists()
    account = SpotifyAccount.objects.get()
    catalogue = mine.spotify_people.catalogue_of(account)
    info = catalogue.playlist(known["mine"])
    assert info.is_public is True

    from dataclasses import replace

    from catalog.services.store import store_playlist

    store_playlist(replace(info, is_public=False), reader=ida, is_theirs=True)

    assert not visible_playlists(tom).filter(pk=row.pk).exists()
    assert visible_playlists(ida).filter(pk=row.pk).exists()
    assert not visible_playlists(None).filter(pk=row.pk).exists()


def test_signing_out_forgets_private_lists_and_keeps_public_ones(private, visitor, ida, known):
    browse.open_playlist("spotify", known["mine"], ida)
    mine.open_liked(ida)

    visitor.post("/account/spotify/sign-out/", headers={"host": HOST})

    assert set(Playlist.objects.values_list("title", flat=True)) == {"My Mixtape"}
    assert not PlaylistReader.objects.exists()
    assert visitor.get(private.get_absolute_url()).status_code == 404
    with pytest.raises(AuthRequired):
        mine.open_liked(ida)


def test_another_account_forgets_the_lists_of_the_one_before(private, visitor, ida, sandbox):
    from accounts.models import SpotifySignIn

    sandbox.mood(spotify_person="tom.lind")
    sign_in(visitor)
    assert visitor.get(private.get_absolute_url()).status_code == 200

    row = SpotifySignIn.objects.exclude(tokens_encrypted=b"").get()
    visitor.post("/account/spotify/decide/", {"sign_in": row.pk, "act": "use"})

    assert visitor.get(private.get_absolute_url()).status_code == 404
    assert PRIVATE not in visitor.get("/spotify/").content.decode()
