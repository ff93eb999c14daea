"""What counts as owned: by code, else by artist, title and length; always by what is on the disk."""

import pytest

from library.models import AudioFile
from library.selectors import owned_files
from tests.downloads.make import make_file, make_track

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def library(settings, tmp_path):
    settings.LIBRARY = tmp_path
    (tmp_path / ".spotizer").mkdir()
    return tmp_path


@pytest.fixture
def put(library):
    """A file on the disk with its row."""

    def on_disk(track, **fields):
        file = make_file(track, f"{track.pk}.opus", **fields)
        (library / file.path).write_bytes(b"sound")
        return file

    return on_disk


def owned(*tracks):
    ids = [track.recording_id for track in tracks]
    found = owned_files(ids, output_format="keep", quality_kbps=0)
    return [found.get(pk) for pk in ids]


def test_other_entry_of_the_same_sound_is_owned_by_artist_title_and_length(put):
    file = put(make_track("Håvre & Kyst!", isrc="NOAAA2500001"))
    other = make_track("havre and kyst")
    longer = make_track("Håvre & Kyst!", duration_ms=185_000)

    assert owned(other, longer) == [file, None]


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"isrc": "NOAAA2500001"}, {"isrc": "NOAAA2500002"}),
        ({"explicit": True}, {"explicit": False}),
        ({"mbid": "a" * 36}, {"mbid": "b" * 36}),
        ({"duration_ms": None}, {}),
    ],
    ids=["isrc", "explicit", "mbid", "length unknown"],
)
def test_same_name_is_not_owned_where_a_code_or_the_length_tells_them_apart(put, mine, theirs):
    put(make_track("Undertow", **theirs))

    assert owned(make_track("Undertow", **mine)) == [None]


def test_own_file_comes_before_one_of_the_same_name(put):
    put(make_track("Undertow"), bitrate_kbps=320)
    track = make_track("Undertow")
    file = put(track, bitrate_kbps=128)

    assert owned(track) == [file]


def test_file_that_is_not_on_the_disk_is_not_owned_by_name_either(put, library):
    file = put(make_track("Undertow"))
    (library / file.path).unlink()

    assert owned(make_track("Undertow")) == [None]


def test_file_that_no_recording_is_known_for_is_owned_by_its_name(put):
    file = put(make_track("Undertow"))
    AudioFile.objects.update(recording=None, track=None)

    assert owned(make_track("Undertow")) == [file]


def test_ownership_of_many_takes_three_queries(put, django_assert_max_num_queries):
    for number in range(10):
        put(make_track(f"Here {number}"))
    wanted = [make_track(f"Here {number}") for number in range(10)] + [make_track() for _ in range(30)]

    with django_assert_max_num_queries(3):
        found = owned(*wanted)

    assert sum(file is not None for file in found) == 10


def test_migration_names_the_files_that_were_there_before(put):
    from importlib import import_module

    from django.apps import apps

    put(make_track("Undertow"))
    AudioFile.objects.update(match_key="")

    import_module("library.migrations.0003_fill_names_of_files").fill(apps, None)

    assert AudioFile.objects.get().match_key == "nadir|undertow"
