"""What a download wrote is what the database knows; what changes there is written by the command, and taken back."""

import io
import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from catalog.models import Album
from library.models import AudioFile, FileAct
from library.services import retag
from library.tags import read_tags

pytestmark = pytest.mark.django_db(transaction=True)
ALBUM = "https://www.deezer.com/album/302002"


def library(*arguments):
    """``manage.py library``: its words and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("library", *arguments, stdout=out, stderr=io.StringIO())
    except CommandError as exc:
        code = exc.returncode
    return code, out.getvalue()


@pytest.fixture
def album(download):
    assert download(ALBUM, "--format", "mp3", "--quality", "128", "--wait")[0] == 0
    return Album.objects.get(tracks__files__isnull=False, tracks__track_number=1)


def labels():
    return {read_tags(settings.LIBRARY / file.path).label for file in AudioFile.objects.all()}


def test_tags_of_a_fresh_download_say_what_the_database_knows(album):
    found = retag.look(list(AudioFile.objects.all()), retag.TagOptions(cover=True, lyrics=True))

    assert len(found) == 12
    assert {one.file.path: one.names for one in found if one.names or one.cover} == {}


def test_change_in_the_catalogue_is_told_then_written_then_taken_back(album):
    before = labels()
    album.label = "Another Label"
    album.save()

    code, words = library("retag", "--album", album.title, "--dry-run")
    assert code == 0
    assert words.count(" -> Another Label") == 12
    assert "12 files of 12 would be written." in words
    assert labels() == before
    assert not FileAct.objects.exists()

    assert library("retag", "--album", album.key)[0] == 0
    assert labels() == {"Another Label"}
    assert "Nothing differs." in library("retag", "--all")[1]

    batch = FileAct.objects.latest("pk").batch_id
    assert library("undo", "--batch", str(batch))[0] == 0
    assert labels() == before


def test_retag_as_json_names_each_file_and_each_field(album):
    album.label = "Another Label"
    album.save()

    code, words = library("retag", "--artist", album.artists.first().name, "--dry-run", "--json")

    lines = [json.loads(line) for line in words.splitlines()]
    assert code == 0
    assert len(lines) == 12
    assert lines[0]["changes"]["label"][1] == "Another Label"


@pytest.mark.parametrize("which", [("--album", "Nowhere"), ("--artist", "Nobody"), (), ("--all", "--album", "x")])
def test_retag_of_what_is_not_there_is_bad_usage(home, which):
    with pytest.raises(CommandError) as caught:
        call_command("library", "retag", *which)
    assert caught.value.returncode in {1, 2}
