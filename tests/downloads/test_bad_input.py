"""What is no good of what comes from outside: a clear reason, the next candidate if there is one, no half files."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from core.errors import NotFound
from downloads.models import DownloadCandidate, DownloadRequest, Status
from history.models import Event
from library.models import AudioFile
from library.tags import read_lyrics, read_tags
from tests.downloads.make import make_album, make_download
from tests.downloads.test_work import drain, files_in, wish
from tests.library.audio_files import make_audio
from tests.server import serve

pytestmark = pytest.mark.django_db(transaction=True)
FORMATS = ["keep", "mp3", "flac"]


def vanished(folder, sound):
    return NotFound("The upload was removed.", reason="removed")


def made(name, change):
    """A fetched file called ``name``: the sound's bytes, changed."""

    def make(folder, sound):
        path = folder / name
        path.write_bytes(change(sound.read_bytes()))
        return path

    return make


def protected(folder, sound):
    path = make_audio(folder / "locked.m4a", kind="m4a")
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"enca", 1))
    return path


def for_hours(folder, sound):
    """A minute, where two seconds were promised: ten hours are to a song what this is to it."""
    return make_audio(folder / "hours.webm", seconds=60)


def silent(folder, sound):
    return make_audio(folder / "silent.webm", loudness=0)


BAD = {
    "vanished": (vanished, {"removed"}, "removed"),
    "a page": (
        made("page.webm", lambda data: b"<!doctype html><title>Sign in</title>" * 50),
        {"broken_file"},
        "no audio",
    ),
    "a picture": (made("a.webm", lambda data: b"\x89PNG\r\n\x1a\n" + data[:9000]), {"broken_file"}, "no audio"),
    "noise": (made("b.webm", lambda data: bytes(range(1, 256)) * 300), {"broken_file"}, "no audio"),
    "a list of addresses": (
        made("c.webm", lambda data: b"#EXTM3U\nhttp://169.254.169.254/secret.ts\n"),
        {"broken_file"},
        "no audio",
    ),
    "zero bytes": (made("d.webm", lambda data: b""), {"broken_file"}, "empty"),
    "broken off": (made("e.webm", lambda data: data[: len(data) * 6 // 10]), {"broken_file"}, ""),
    "protected": (protected, {"drm"}, "encrypted (DRM)"),
    "hours long": (for_hours, {"wrong_length", "broken_file"}, "1:00"),
    "silent": (silent, {"broken_file"}, "silence"),
}


@pytest.fixture
def bad(shelf, folders, sound, request):
    """The first candidate, which turns out to be no good in this way."""
    make, reasons, words = BAD[request.param]
    came = folders / "came"
    came.mkdir()
    shelf.say(shelf.put("Undertow", "bad"), make(came, sound))
    return reasons, words


def library_of(folders):
    library = folders / "library"
    return files_in(library) if library.exists() else []


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("bad", BAD, indirect=True)
def test_upload_that_is_no_good_says_why_and_gives_way_to_the_next(shelf, folders, bad, output_format):
    reasons, words = bad
    download = wish(output_format=output_format, options={"force_lossless": True})
    shelf.put("Undertow", "good")

    drain()

    download.refresh_from_db()
    assert download.status == Status.DONE
    assert shelf.fetches == ["bad", "good"]
    row = download.candidates.get(source_id="bad")
    assert row.state == DownloadCandidate.State.FAILED
    assert row.breakdown["failed"] in reasons
    assert words in row.message
    assert library_of(folders) == [AudioFile.objects.get().path]
    assert files_in(folders / "work") == []


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("bad", BAD, indirect=True)
def test_upload_that_is_no_good_and_the_only_one_fails_the_track_and_leaves_nothing(shelf, folders, bad, output_format):
    reasons, words = bad
    download = wish(output_format=output_format, options={"force_lossless": True})

    drain()

    download.refresh_from_db()
    assert download.status == Status.FAILED
    assert download.reason in reasons
    assert words in download.message
    assert not AudioFile.objects.exists()
    assert library_of(folders) == []
    assert files_in(folders / "work") == []
    assert Event.objects.get(kind="failed").reason == download.reason


def test_sound_under_a_name_and_type_of_another_is_taken_for_what_it_is(shelf, folders):
    download = wish()
    shelf.say(shelf.put("Undertow"), make_audio(folders / "really.mp3"))  # the shelf delivers it as opus in webm

    drain()

    download.refresh_from_db()
    assert (download.status, download.file.codec) == (Status.DONE, "mp3")
    assert download.file.path.endswith(".mp3")


def test_no_candidate_says_so_and_writes_nothing(shelf, folders):
    download = wish()

    drain()

    download.refresh_from_db()
    assert (download.status, download.reason) == (Status.FAILED, "no_match")
    assert "nothing like it was found" in download.message
    assert library_of(folders) == []


def test_candidates_that_are_all_below_the_threshold_are_left_to_a_person(shelf, folders):
    download = wish()
    shelf.put("Undertow (Live at the Pier)", "live")
    shelf.put("Undertow (Karaoke Version)", "karaoke", artist="Sing Along Stars")

    drain()

    download.refresh_from_db()
    assert (download.status, download.reason) == (Status.NEEDS_YOU, "match_too_poor")
    assert "of 100" in download.message
    assert shelf.fetches == []
    assert library_of(folders) == []


# --- what the catalogue and LRCLIB say --------------------------------------------------------------------------------


def test_names_with_nuls_markup_and_controls_give_a_plain_file_whose_tags_two_readers_take(shelf, folders):
    album = make_album(1, title="Rooms\x07 <b>&\u202eevil")
    track = album.tracks.get()
    title = "Under\x00tow\x1b[31m \ud800/../<i>"
    track.title = track.recording.title = title.replace("\x00", "").encode("utf-8", "ignore").decode()
    track.recording.duration_ms = 2_000
    track.recording.save()
    track.save()
    shelf.put(track.title)
    download = make_download(track, output_format="mp3")
    job_title = download.track.title

    drain()

    download.refresh_from_db()
    assert download.status == Status.DONE, download.message
    path = folders / "library" / download.file.path
    assert path.resolve().is_relative_to((folders / "library").resolve())
    assert not set(download.file.path) & set("\x00\x07\x1b\u202e<>")
    tags = read_tags(path)
    assert tags.title == job_title.replace("\x1b", "")
    assert "\x07" not in tags.album


@pytest.fixture
def lrclib(settings):
    with serve() as server:
        settings.SANDBOX_URL = server.url
        yield server


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"plainLyrics": "<script>alert(1)</script>one<br>two &amp; three", "syncedLyrics": None}, "one\ntwo & three"),
        ({"plainLyrics": "one\x00\x1b[0m", "syncedLyrics": "[00:00.50] one\x00 \ud800"}, "one[0m"),
        ({"plainLyrics": ["one"], "syncedLyrics": 7}, ""),
        ({"plainLyrics": "la " * 3_000_000, "syncedLyrics": None}, ""),
        (["not", "lyrics"], ""),
        (b"<html>busy</html>", ""),
    ],
    ids=["markup", "nul", "no text", "9 MB", "a list", "a page"],
)
@pytest.mark.parametrize("output_format", ["keep", "flac", "m4a"])
def test_words_with_markup_or_without_sense_cost_no_track(shelf, folders, lrclib, answer, words, output_format):
    lrclib.answer("/lrclib.net/api/get", answer)
    lrclib.answer("/lrclib.net/api/search", [])
    download = wish(output_format=output_format, options={"force_lossless": True})
    shelf.put("Undertow")

    drain()

    download.refresh_from_db()
    assert download.status == Status.DONE, download.message
    assert read_lyrics(folders / "library" / download.file.path) == words
    assert download.file.has_lyrics == bool(words)
    for beside in (folders / "library").rglob("*.lrc"):
        assert not set(beside.read_text("utf-8")) & set("\0<")


# --- templates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template", ["no field at all", "...", "..", "./..", "{Nothing} {Title}", "{Album}/{Artist}", "/"]
)
def test_template_that_would_give_all_tracks_one_name_is_refused_before_anything_is_asked_for(shelf, template):
    with pytest.raises(CommandError) as caught:
        call_command("download", "https://www.deezer.com/track/1", "--name", template)

    assert caught.value.returncode == 2
    assert "placeholder" in str(caught.value) or "name" in str(caught.value)
    assert not DownloadRequest.objects.exists()
    assert shelf.searches == []


@pytest.mark.parametrize("template", ["../../{Title}", "/etc/{Title}", "C:\\{Title}", "{Title}/..", "~/{Title}"])
def test_template_that_leads_out_of_the_library_ends_inside_it(shelf, folders, template):
    download = wish(options={"template": template})
    shelf.put("Undertow")

    drain()

    download.refresh_from_db()
    assert download.status == Status.DONE
    assert [path for path in folders.rglob("*.opus") if not path.is_relative_to(folders / "library")] == []
    assert library_of(folders) == [download.file.path]
