"""The album's gain comes with its last track, is the one that all of it measures to, and costs no other tag."""

import subprocess

import pytest
from django.utils import timezone

from library.audio import audio_hash, ffmpeg_path
from library.models import AudioFile, FileAct
from library.services import finish_track, level_album, record_file
from library.steps import Steps
from library.tags import read_cover, read_lyrics, read_tags
from tests.library.audio_files import make_audio
from tests.library.rows import make_fetched, make_rows, make_wanted
from tests.library.test_finish import COVERS, Words, jpeg
from tests.library.test_sound import measured

pytestmark = pytest.mark.django_db(transaction=True)
# So differently loud that the mean of the tracks is not the album's.
LOUD = {1: 0.7, 2: 0.1, 3: 0.3}


@pytest.fixture
def shelve(settings, tmp_path):
    """A track of the album, finished and recorded: its row."""
    settings.LIBRARY = tmp_path / "library"

    def run(number, *, output_format="flac", loudness="tags"):
        work = tmp_path / f"work-{number}"
        work.mkdir()
        recording, track = make_rows(f"Door {number}", number=number)
        track.album.tracks_fetched_at = timezone.now()
        track.album.save()
        came = make_audio(work / "came.flac", loudness=LOUD[number], hertz=300.0 + 100 * number, seconds=3.0)
        finished = finish_track(
            make_fetched(came, duration_ms=3_000),
            wanted=make_wanted(f"Door {number}", number=number, duration_ms=3_000),
            track=track,
            recording=recording,
            work_folder=work,
            output_format=output_format,
            quality_kbps=0,
            template="{Album}/{Title}",
            download_id=number,
            steps=Steps(loudness=loudness),
            covers=COVERS,
            lyrics=Words(),
        )
        return record_file(finished, track=track, recording=recording)

    return run


def whole_album(files, library, tmp_path):
    """Measured in one piece by ffmpeg."""
    listing = tmp_path / "list.txt"
    listing.write_text("".join(f"file '{library / file.path}'\n" for file in files))
    joined = tmp_path / "joined.wav"
    command = [ffmpeg_path(), "-v", "error", "-f", "concat", "-safe", "0", "-i", listing, joined]
    subprocess.run(command, check=True)
    return measured(joined)


def test_album_gain_is_written_with_the_last_track_and_is_what_all_of_it_measures_to(shelve, settings, tmp_path):
    for number in LOUD:
        make_rows(f"Door {number}", number=number)
    first = shelve(1)
    assert level_album(first.track.album) == []
    files = [first, shelve(2), shelve(3)]
    before = {file.path: audio_hash(settings.LIBRARY / file.path) for file in files}

    levelled = level_album(first.track.album)

    heard = whole_album(files, settings.LIBRARY, tmp_path)
    assert {file.path for file in levelled} == set(before)
    for file in AudioFile.objects.all():
        path = settings.LIBRARY / file.path
        tags = read_tags(path)
        # The seams, which no track has, weigh something in an album of nine seconds. The mean of the gains is 8 dB off.
        assert tags.album_gain_db == pytest.approx(-18 - heard.lufs, abs=0.4)
        assert tags.album_peak == pytest.approx(10 ** (heard.true_peak / 20), abs=0.02)
        assert tags.track_gain_db is not None
        assert (tags.title, tags.album) == (file.recording.title, "Tidal Rooms")
        assert read_cover(path) == jpeg()
        assert read_lyrics(path) == "la\nla la"
        assert audio_hash(path) == before[file.path] == file.audio_hash
        assert file.size_bytes == path.stat().st_size
        step = file.passport["steps"][-1]
        assert (step["step"], step["before"]) == ("album gain", {})
        assert step["after"]["album_gain_db"] == tags.album_gain_db


def test_album_gain_twice_writes_once(shelve):
    files = [shelve(number) for number in LOUD]
    album = files[0].track.album

    assert len(level_album(album)) == 3
    assert level_album(album) == []
    assert FileAct.objects.count() == 3


@pytest.mark.parametrize("output_format", ["mp3", "m4a", "ogg", "opus", "alac", "wav"])
def test_album_gain_stands_in_every_format_and_all_else_stays(shelve, settings, output_format):
    files = [shelve(number, output_format=output_format) for number in LOUD]
    before = {file.path: read_tags(settings.LIBRARY / file.path) for file in files}

    assert len(level_album(files[0].track.album)) == 3

    for file in files:
        path = settings.LIBRARY / file.path
        tags = read_tags(path)
        assert tags.album_gain_db is not None
        assert (tags.album_peak is None) == (output_format == "opus")
        assert tags.track_gain_db == before[file.path].track_gain_db
        assert tags.encoder_settings == before[file.path].encoder_settings
        assert read_cover(path) == jpeg()
        assert read_lyrics(path) == "la\nla la"


@pytest.mark.parametrize("why", ["not measured", "gone", "tracks not known"])
def test_album_that_is_not_complete_has_no_gain(shelve, why):
    files = [shelve(number, loudness="off" if why == "not measured" and number == 2 else "tags") for number in LOUD]
    album = files[0].track.album
    if why == "gone":
        AudioFile.objects.filter(pk=files[1].pk).update(gone_at=timezone.now())
    if why == "tracks not known":
        album.tracks_fetched_at = None
        album.save()

    assert level_album(album) == []
    assert not FileAct.objects.exists()


def test_file_that_left_the_disk_keeps_the_others_from_nothing(shelve, settings):
    files = [shelve(number) for number in LOUD]
    (settings.LIBRARY / files[1].path).unlink()

    levelled = level_album(files[0].track.album)

    assert {file.pk for file in levelled} == {files[0].pk, files[2].pk}
