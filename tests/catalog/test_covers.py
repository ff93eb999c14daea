"""The cover that an album's files show: the catalogue's, else the Cover Art Archive's, fetched once for all of them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from catalog.models import Album, Artwork
from catalog.services import browse
from catalog.services.covers import cover_bytes, find_cover
from catalog.services.store import store_album
from core.http import interactive
from providers.base import Picture
from tests.catalog.test_artwork import HOST, JPEG, picture
from tests.catalog.values import an_album
from tests.threads import at_once

pytestmark = pytest.mark.django_db
MBID, GROUP = "6f0e1d2c-0000-4000-8000-000000000001", "6f0e1d2c-0000-4000-8000-000000000002"
ARCHIVE = "/coverartarchive.org"
SEARCH = "/musicbrainz.org/ws/2/release"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.ART = tmp_path / "art"


def stored(number=1, *, has_picture=True, **more) -> Album:
    pictures = (Picture(f"https://{HOST}/cover.jpg", 1000, 1000),) if has_picture else ()
    return store_album(an_album(number, pictures=pictures, **more))


def size_of(data: bytes | None) -> tuple[int, int]:
    assert data is not None
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "JPEG"
        return image.size


def pictures_asked(server) -> list[str]:
    return [path for path, _ in server.asked if not path.startswith(SEARCH)]


def in_archive(server, what, mbid):
    server.answer(f"{ARCHIVE}/{what}/{mbid}/front-1200", picture((1200, 1200), "blue"), headers=JPEG)


def test_cover_is_a_jpeg_of_the_asked_size_and_never_enlarged(server):
    server.answer(f"/{HOST}/cover.jpg", picture((1400, 1400)), headers=JPEG)
    album = stored()

    assert size_of(cover_bytes(album, 1000)) == (1000, 1000)
    assert size_of(cover_bytes(album, 3000)) == (1400, 1400)


def test_cover_is_fetched_once_for_all_tracks_and_sizes(server):
    server.answer(f"/{HOST}/cover.jpg", picture((1400, 1400)), headers=JPEG)
    album = stored()

    for size in (1000, 3000, 300) * 4:
        cover_bytes(Album.objects.get(pk=album.pk), size)

    assert pictures_asked(server) == [f"/{HOST}/cover.jpg"]


@pytest.mark.django_db(transaction=True)
def test_cover_that_many_workers_want_at_once_is_fetched_once(server):
    server.answer(f"/{HOST}/cover.jpg", picture(), headers=JPEG)
    album = stored()

    at_once(4, lambda _: cover_bytes(Album.objects.get(pk=album.pk), 1000))

    assert pictures_asked(server) == [f"/{HOST}/cover.jpg"]


@pytest.mark.parametrize("way", ["release", "release-group"])
def test_album_without_a_cover_takes_that_of_the_archive_and_shows_it_from_then_on(server, way):
    album = stored(has_picture=False, mbid=MBID, release_group_mbid=GROUP)
    in_archive(server, way, MBID if way == "release" else GROUP)

    assert size_of(cover_bytes(album, 1000)) == (1000, 1000)

    album.refresh_from_db()
    assert album.artwork is not None
    assert f"coverartarchive.org/{way}/" in album.artwork.url


def test_album_that_only_its_barcode_ties_to_musicbrainz_takes_the_archive_s_cover(server):
    album = stored(has_picture=False, upc="0602445790920")
    release = {"id": MBID, "title": "Tidal Rooms", "release-group": {"id": GROUP}}
    server.answer(SEARCH, {"count": 1, "releases": [release]})
    in_archive(server, "release-group", GROUP)

    assert size_of(cover_bytes(album, 1000)) == (1000, 1000)

    assert [path for path, _ in server.asked if "barcode%3A0602445790920" in path]


@pytest.mark.parametrize(
    "broken",
    [
        {"status": 404},
        {"body": b"<html>sorry</html>", "headers": JPEG},
        {"body": b"<html>sorry</html>", "headers": {"Content-Type": "text/html"}},
        {"body": bytes(50_000_000), "headers": JPEG},
        {"status": 302, "headers": {"Location": "http://169.254.169.254/latest/meta-data/"}},
        {"status": 302, "headers": {"Location": "https://127.0.0.1/cover.jpg"}},
    ],
    ids=["gone", "no picture", "html", "50 MB", "inner address", "loopback"],
)
def test_cover_that_is_of_no_use_gives_way_to_the_archive_s_and_is_not_asked_for_again(server, broken):
    server.answer(f"/{HOST}/cover.jpg", broken.pop("body", None), **broken)
    in_archive(server, "release", MBID)
    album = stored(mbid=MBID)

    for _ in range(2):
        assert size_of(cover_bytes(album, 1000)) == (1000, 1000)

    assert pictures_asked(server) == [f"/{HOST}/cover.jpg", f"{ARCHIVE}/release/{MBID}/front-1200"]


def test_cover_whose_server_is_down_is_taken_from_the_archive_for_now(server):
    server.answer(f"/{HOST}/cover.jpg", status=500)
    in_archive(server, "release", MBID)
    album = stored(mbid=MBID)

    assert cover_bytes(album, 1000) is not None

    album.refresh_from_db()
    assert album.artwork is not None
    assert HOST in album.artwork.url
    server.answer(f"/{HOST}/cover.jpg", picture((700, 700)), headers=JPEG)
    assert size_of(cover_bytes(album, 1000)) == (700, 700)


def test_cover_that_nobody_has_is_none_and_costs_an_album_no_second_look(server):
    server.answer(SEARCH, {"count": 0, "releases": []})
    album = stored(mbid=MBID, upc="0602445790920")

    for _ in range(12):
        assert cover_bytes(album, 1000) is None

    assert len(server.asked) == 3, "the catalogue's, the archive's, and MusicBrainz by barcode"


def test_cover_of_an_album_that_nobody_knows_asks_nobody(server):
    assert cover_bytes(stored(has_picture=False), 1000) is None

    assert server.asked == []


@pytest.mark.parametrize("answer", [{"status": 503}, {"body": b"not json"}, {"body": {"count": 1}}])
def test_musicbrainz_without_a_sane_answer_leaves_the_album_without_a_cover(server, answer):
    server.answer(SEARCH, answer.pop("body", None), **answer)

    assert cover_bytes(stored(has_picture=False, upc="0602445790920"), 1000) is None


def test_page_does_not_wait_for_a_worker_that_fetches_the_same_picture(server):
    import fcntl

    server.answer(f"/{HOST}/cover.jpg", picture(), headers=JPEG)
    album = stored()
    from django.conf import settings

    folder = settings.ART / album.artwork.key[:2] / album.artwork.key
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with interactive(30):
            assert find_cover(album) == album.artwork


def test_archive_of_the_sandbox_has_the_cover_that_a_catalogue_lost(sandbox):
    entry = next(entry for entry in sandbox.catalogue()["albums"] if entry["name"] == "tidal-rooms")
    album = browse.open_album("deezer", str(entry["deezer"]))
    Artwork.objects.all().delete()
    album.refresh_from_db()
    assert album.artwork is None

    assert size_of(cover_bytes(album, 1000)) == (1000, 1000)

    assert "coverartarchive.org" in album.artwork.url
