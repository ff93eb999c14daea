"""The album's cover on its way into the library: in the tags, beside the files, in the size of each, or not at all."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from catalog.models import Artwork
from downloads.models import Status
from history.models import Event
from library.tags import read_cover
from tests.catalog.test_artwork import HOST, JPEG, picture
from tests.downloads.make import make_album, make_download
from tests.downloads.test_work import drain
from tests.server import serve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings):
    with serve() as running:
        settings.SANDBOX_URL = running.url
        yield running


@pytest.fixture
def album(shelf):
    album = make_album(2)
    album.artwork = Artwork.objects.create(key="a" * 24, url=f"https://{HOST}/cover.jpg")
    album.save()
    for track in album.tracks.all():
        track.recording.duration_ms = 2_000
        track.recording.save()
        shelf.put(track.title, f"id {track.title}")
        make_download(track)
    return album


def size_of(data):
    with Image.open(io.BytesIO(data)) as image:
        return max(image.size)


def filed(folders):
    """The library's files by suffix."""
    found = {}
    for path in sorted((folders / "library").rglob("*.*")):
        if ".spotizer" not in path.parts:
            found.setdefault(path.suffix, []).append(path)
    return found


def test_cover_in_the_tags_and_beside_the_files_have_a_size_each_and_are_fetched_once(server, album, folders, settings):
    settings.COVER_PX, settings.COVER_FILE_PX = 500, 1200
    server.answer(f"/{HOST}/cover.jpg", picture((1400, 1400)), headers=JPEG)

    drain()

    files = filed(folders)
    assert [size_of(read_cover(path)) for path in files[".opus"]] == [500, 500]
    [beside] = files[".jpg"]
    assert beside.name == "cover.jpg"
    assert size_of(beside.read_bytes()) == 1200
    assert [path for path, _ in server.asked if HOST in path] == [f"/{HOST}/cover.jpg"]


@pytest.mark.parametrize(("embed", "save"), [(True, False), (False, True), (False, False)])
def test_cover_is_only_where_the_settings_want_it(server, album, folders, settings, embed, save):
    settings.EMBED_COVER, settings.SAVE_COVER = embed, save
    server.answer(f"/{HOST}/cover.jpg", picture(), headers=JPEG)

    drain()

    files = filed(folders)
    assert [read_cover(path) is not None for path in files[".opus"]] == [embed, embed]
    assert (".jpg" in files) == save
    assert bool([path for path, _ in server.asked if HOST in path]) == (embed or save)


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b"\xff\xd8 no picture at all", "headers": JPEG},
        {"body": bytes(50_000_000), "headers": JPEG},
        {"body": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "headers": {"Content-Type": "image/svg+xml"}},
        {"status": 302, "headers": {"Location": "http://169.254.169.254/latest/meta-data/"}},
        {"status": 500},
    ],
    ids=["no picture", "50 MB", "svg", "inner address", "server down"],
)
def test_cover_that_is_of_no_use_costs_the_track_nothing_but_its_cover(server, album, folders, answer):
    server.answer(f"/{HOST}/cover.jpg", answer.pop("body", None), **answer)

    drain()

    files = filed(folders)
    assert set(album.tracks.values_list("downloads__status", flat=True)) == {Status.DONE}
    assert [read_cover(path) for path in files[".opus"]] == [None, None]
    assert ".jpg" not in files
    assert not any("cover" in words for event in Event.objects.filter(kind="done") for words in event.detail["changes"])
    assert not any("169.254" in path for path, _ in server.asked)
    # Once for the album where it is clear that it will not come, else once for each of its tracks.
    assert len([path for path, _ in server.asked if HOST in path]) == (2 if answer.get("status") == 500 else 1)
