"""A file that lies in the library without a row is taken up instead of fetched again."""

import shutil

import pytest

from downloads.models import Status
from downloads.services import draining
from downloads.services.worker import Worker
from history.models import Event
from library.models import AudioFile
from library.tags import Tags, write_tags
from tests.downloads.make import make_download, make_track, make_wish
from tests.library.audio_files import make_audio

pytestmark = pytest.mark.django_db(transaction=True)
FOLDER = "Nadir"  # a track without an album is filed as Artist/Title


@pytest.fixture
def lay(folders, settings, tmp_path):
    """Two seconds of Opus in the library, under this name and with these tags; no row knows them."""
    (settings.LIBRARY / ".spotizer").mkdir(parents=True)
    opus = make_audio(tmp_path / "lying.opus", seconds=2, hertz=550.0)

    def lie(name="Undertow.opus", *, source=opus, **tags):
        path = settings.LIBRARY / FOLDER / name
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, path)
        if tags:
            write_tags(path, Tags(**tags))
        return path

    return lie


def run(**fields):
    """A download of the track, worked on to its end."""
    more = {name: fields.pop(name) for name in ("output_format", "quality_kbps", "options") if name in fields}
    track = make_track("Undertow", **{"duration_ms": 2_000} | fields)
    download = make_download(track, **more)
    make_wish(download)
    draining.drain_downloads(Worker.here())
    download.refresh_from_db()
    return download


@pytest.mark.parametrize(
    ("name", "tags", "track"),
    [
        ("Undertow.opus", {}, {}),
        ("01 whatever.opus", {"title": "Undertow", "artist": "Nadir"}, {}),
        ("x.opus", {"title": "Called otherwise", "isrc": "NOAAA2500001"}, {"isrc": "NOAAA2500001"}),
        ("undertow.OPUS", {"title": "undertow!", "artist": "NADIR"}, {}),
    ],
    ids=["by its name", "by its tags", "by its code", "spelt otherwise"],
)
def test_file_without_a_row_is_taken_up_and_nothing_is_fetched(lay, shelf, settings, name, tags, track):
    path = lay(name, **tags)
    before = path.read_bytes()
    shelf.put("Undertow")

    download = run(**track)

    file = AudioFile.objects.get()
    assert (download.status, download.file) == (Status.DONE, file)
    assert "It lay on the disk already and was not fetched" in download.message
    assert shelf.fetches == shelf.searches == []
    assert (file.path, file.codec, file.recording) == (f"{FOLDER}/{name}", "opus", download.recording)
    assert file.passport["checks"]["decoded"] == "in full"
    assert file.duration_ms == pytest.approx(2_000, abs=50)
    assert path.read_bytes() == before
    request = download.items.get().request
    assert (request.done, request.stage, download.items.get().file) == (1, "ended", file)
    assert "found on the disk" in Event.objects.get(kind="done").detail["changes"][0]


@pytest.mark.parametrize(
    ("tags", "track"),
    [
        ({"title": "Another", "artist": "Nadir"}, {}),
        ({"title": "Undertow", "artist": "Somebody"}, {}),
        ({"title": "Undertow", "artist": "Nadir", "isrc": "NOAAA2500002"}, {"isrc": "NOAAA2500001"}),
        ({"title": "Undertow", "artist": "Nadir", "advisory": True}, {"explicit": False}),
    ],
    ids=["another title", "another artist", "another code", "the explicit one"],
)
def test_file_of_another_recording_is_left_alone_and_the_track_filed_beside_it(lay, shelf, settings, tags, track):
    path = lay(**tags)
    before = path.read_bytes()
    shelf.put("Undertow")

    download = run(**track)

    assert download.status == Status.DONE
    assert len(shelf.fetches) == 1
    assert download.file.path == f"{FOLDER}/Undertow (2).opus"
    assert path.read_bytes() == before


def test_file_of_another_length_or_one_that_is_damaged_is_left_alone(lay, shelf, settings, tmp_path):
    lay("Undertow.opus", source=make_audio(tmp_path / "long.opus", seconds=9))
    damaged = lay("Undertow damaged.opus", title="Undertow", artist="Nadir")
    damaged.write_bytes(damaged.read_bytes()[: damaged.stat().st_size // 2])
    lay("no audio.opus").write_bytes(b"nothing")
    shelf.put("Undertow")

    download = run()

    assert (download.status, len(shelf.fetches)) == (Status.DONE, 1)
    assert AudioFile.objects.count() == 1


def test_file_in_a_poorer_form_than_is_wanted_is_left_alone(lay, shelf):
    lay(title="Undertow", artist="Nadir")
    shelf.put("Undertow")

    download = run(output_format="mp3")

    assert (download.status, download.file.codec, len(shelf.fetches)) == (Status.DONE, "mp3", 1)


def test_file_that_lies_there_is_fetched_where_it_is_wanted_again(lay, shelf):
    lay(title="Undertow", artist="Nadir")
    shelf.put("Undertow")

    download = run(options={"get_again": True})

    assert (download.status, len(shelf.fetches)) == (Status.DONE, 1)


def test_row_whose_file_has_gone_is_not_owned_and_the_track_is_fetched(lay, shelf):
    path = lay(title="Undertow", artist="Nadir")
    shelf.put("Undertow")
    first = run()
    path.unlink()

    second = make_download(first.track)
    make_wish(second)
    draining.drain_downloads(Worker.here())

    second.refresh_from_db()
    assert (second.status, len(shelf.fetches)) == (Status.DONE, 1)
    assert path.is_file()
