"""Tags of owned files written anew: what differs is told first, only that is written, and it can be taken back."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from mutagen.flac import FLAC
from mutagen.id3 import ID3, POPM, TXXX
from PIL import Image

from accounts.models import Person
from catalog.models import Artwork
from core.errors import StorageError, UserError
from library.audio import audio_hash
from library.models import AudioFile, FileAct, FileJob, ManualTag
from library.selectors.tags import LABELS, change_rows
from library.services import jobs, journal, retag
from library.tags import Tags, read_cover, read_lyrics, read_tags, write_tags
from ops.models import Notice
from tests.library.collection import make_album, make_artist, make_track, own
from tests.server import serve

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ["mp3", "m4a", "alac.m4a", "flac", "opus", "ogg", "wav"]


@pytest.fixture
def person():
    return Person.objects.create_user("anna", role="owner")


@pytest.fixture
def album():
    return make_album(make_artist())


def tags_of(shelf, file):
    return read_tags(shelf.root / AudioFile.objects.get(pk=file.pk).path)


@pytest.mark.parametrize("kind", KINDS)
def test_retag_makes_the_file_say_what_the_catalogue_knows_and_leaves_its_sound(shelf, album, person, kind):
    track = album.tracks.first()
    file = own(shelf, track, kind=kind, tags=Tags(title="dor 1", artist="vera", composer="V. H.", date="2025"))
    path = shelf.root / file.path
    before = audio_hash(path)

    outcome = retag.retag([file], by=person, why="test")

    tags = read_tags(path)
    assert (tags.title, tags.artist, tags.artists, tags.album) == ("Door 1", "Vera Holm", ("Vera Holm",), "Tidal Rooms")
    assert (tags.track_number, tags.track_total, tags.date, tags.label) == (1, 2, "2025-10-03", "Salt")
    assert tags.composer == "V. H."
    assert audio_hash(path) == before
    assert [act.kind for act in outcome.done] == ["tags"]
    assert outcome.batch.person == person
    assert retag.look([file])[0].names == ()


def test_look_names_only_what_differs_in_words(shelf, album):
    file = own(shelf, album.tracks.first())
    retag.retag([file], by="test")
    album.label = "Salt & Sons"
    album.save()

    [found] = retag.look([file])

    assert [(row.label, row.before, row.after) for row in change_rows(found)] == [("Label", "Salt", "Salt & Sons")]


def test_look_touches_nothing(shelf, album):
    file = own(shelf, album.tracks.first())
    before = shelf.seen()

    retag.look([file])

    assert shelf.seen() == before
    assert not FileAct.objects.exists()


def test_retag_of_what_says_so_already_does_nothing(shelf, album):
    file = own(shelf, album.tracks.first())
    retag.retag([file], by="test")

    assert retag.retag([file], by="test") is None
    with pytest.raises(UserError) as caught:
        retag.write(retag.look([file]), by="test")
    assert caught.value.reason == "nothing_to_do"


def test_retag_undone_brings_the_earlier_file_back(shelf, album):
    file = own(shelf, album.tracks.first())
    before = shelf.seen()

    outcome = retag.retag([file], by="test")
    journal.undo_batch(outcome.batch, by="test")

    assert shelf.seen() == before


def test_retag_leaves_what_spotizer_has_no_name_for(shelf, album):
    tracks = list(album.tracks.all())
    mp3, flac = own(shelf, tracks[0], kind="mp3"), own(shelf, tracks[1], kind="flac")
    frames = ID3(shelf.root / mp3.path)
    frames.add(POPM(email="x@y", rating=196, count=7))
    frames.add(TXXX(desc="MOOD", text=["calm"]))
    frames.save()
    comments = FLAC(shelf.root / flac.path)
    comments["MOOD"], comments["ARTIST"] = ["calm"], ["Vera", "Holm"]
    comments.save()

    retag.retag([mp3, flac], by="test")

    frames = ID3(shelf.root / mp3.path)
    assert frames["POPM:x@y"].rating == 196
    assert frames["TXXX:MOOD"].text == ["calm"]
    comments = FLAC(shelf.root / flac.path)
    assert comments["MOOD"] == ["calm"]
    assert comments["ARTIST"] == ["Vera Holm"]


def test_retag_takes_the_place_of_fields_in_another_case(shelf, album):
    file = own(shelf, album.tracks.first(), kind="mp3")
    frames = ID3(shelf.root / file.path)
    frames.add(TXXX(desc="artists", text=["somebody"]))
    frames.add(TXXX(desc="Barcode", text=["1"]))
    frames.save()
    album.upc = "712345678904"
    album.save()
    assert read_tags(shelf.root / file.path).artists == ("somebody",)

    retag.retag([file], by="test")

    found = {frame.desc.lower(): frame.text for frame in ID3(shelf.root / file.path).getall("TXXX")}
    assert found["artists"] == ["Vera Holm"]
    assert found["barcode"] == ["712345678904"]
    assert len([frame for frame in ID3(shelf.root / file.path).getall("TXXX") if frame.desc.lower() == "artists"]) == 1


def test_retag_keeps_the_gain_that_was_measured(shelf, album):
    file = own(shelf, album.tracks.first(), kind="flac", tags=Tags(title="x", track_gain_db=-6.5, track_peak=0.9))

    retag.retag([file], by="test")

    tags = tags_of(shelf, file)
    assert (tags.title, tags.track_gain_db, tags.track_peak) == ("Door 1", -6.5, 0.9)


def test_file_whose_track_is_gone_from_the_catalogue_is_the_one_whose_album_it_names(shelf, album):
    other = make_album(make_artist("Vera Holm", value="other"), "Other Rooms")
    track = album.tracks.first()
    other.tracks.filter(track_number=1).update(recording=track.recording)
    file = own(shelf, track, tags=Tags(album="other rooms"))
    AudioFile.objects.filter(pk=file.pk).update(track=None)

    [found] = retag.look([AudioFile.objects.get(pk=file.pk)])

    assert found.after.album == "Other Rooms"


def test_file_that_the_catalogue_knows_nothing_of_stays(shelf):
    file = own(shelf, make_track(make_artist(), "Alone"))
    AudioFile.objects.filter(pk=file.pk).update(track=None, recording=None)

    [found] = retag.look([AudioFile.objects.get(pk=file.pk)])

    assert not found.differs
    assert not found.problem


def test_file_that_is_gone_or_broken_says_so_and_keeps_the_others_from_nothing(shelf, album):
    good, broken = (own(shelf, track) for track in album.tracks.all())
    (shelf.root / broken.path).write_bytes(b"<html>")
    gone = own(shelf, make_track(make_artist("Kit"), "Gone"))
    (shelf.root / gone.path).unlink()

    found = {one.file.pk: one for one in retag.look([good, broken, gone])}
    outcome = retag.write(found.values(), by="test")

    assert found[good.pk].differs
    assert found[broken.pk].problem
    assert "is not there" in found[gone.pk].problem
    assert [act.file_id for act in outcome.done] == [good.pk]


def test_file_changed_after_the_look_is_left_alone(shelf, album):
    file = own(shelf, album.tracks.first())
    plan = retag.plan_of(retag.look([file]), by="test")
    write_tags(shelf.root / file.path, Tags(title="by somebody else, later"))

    outcome = journal.carry_out(plan)

    assert outcome.failed
    assert tags_of(shelf, file).title == "by somebody else, later"


def test_look_at_twice_the_files_asks_no_more_questions(shelf):
    album = make_album(make_artist(), count=8)
    files = [own(shelf, track) for track in album.tracks.all()]

    def queries(count):
        with CaptureQueriesContext(connection) as caught:
            retag.look(list(AudioFile.objects.filter(pk__in=[file.pk for file in files[:count]])))
        return len(caught)

    assert queries(8) == queries(4)


def test_more_files_than_the_stop_rule_allows_are_refused_until_it_is_meant(shelf, album, settings):
    settings.STOP_FILES = 1
    files = [own(shelf, track) for track in album.tracks.all()]

    with pytest.raises(UserError) as caught:
        retag.retag(files, by="test")
    assert caught.value.reason == "too_much"
    assert len(retag.retag(files, by="test", even_if_much=True).done) == 2


def test_library_that_is_not_mounted_is_written_nothing(shelf, album):
    files = [own(shelf, track) for track in album.tracks.all()]
    found = retag.look(files)
    (shelf.root / ".spotizer").rename(shelf.root / "elsewhere")

    with pytest.raises(StorageError):
        retag.write(found, by="test")


# --- cover and lyrics ------------------------------------------------------------------------------------------------


def jpeg(colour):
    buffer = BytesIO()
    Image.new("RGB", (64, 64), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def test_cover_is_written_only_where_it_is_asked_for_and_another_one(shelf, album, settings, tmp_path):
    settings.ART = tmp_path / "art"
    album.artwork = Artwork.objects.create(key="ab" * 12, url="https://i.scdn.co/x")
    album.save()
    (settings.ART / "ab" / ("ab" * 12)).mkdir(parents=True)
    (settings.ART / "ab" / ("ab" * 12) / "original.jpg").write_bytes(jpeg("teal"))
    file = own(shelf, album.tracks.first(), kind="flac")
    retag.retag([file], by="test")
    options = retag.TagOptions(cover=True)

    [found] = retag.look([file], options)
    retag.write([found], by="test")

    assert [row.label for row in change_rows(found)] == ["Cover"]
    assert read_cover(shelf.root / file.path) == found.cover
    assert AudioFile.objects.get(pk=file.pk).has_cover
    assert not retag.look([file], options)[0].differs


def test_lyrics_are_put_in_only_where_there_are_none(shelf, album, settings):
    first, second = (own(shelf, track, kind="mp3") for track in album.tracks.all())
    write_tags(shelf.root / second.path, Tags(title="x"), lyrics=Words(plain="their own words"))
    found = {"plainLyrics": "la la\nla", "syncedLyrics": None, "instrumental": False, "duration": 2.0}

    with serve() as server:
        settings.SANDBOX_URL = server.url
        server.answer("/lrclib.net/api/get", found)
        retag.retag([first, second], by="test", options=retag.TagOptions(lyrics=True))

    assert len(server.asked) == 1
    assert "track_name=Door+1" in server.asked[0][0]
    assert read_lyrics(shelf.root / first.path) == "la la\nla"
    assert read_lyrics(shelf.root / second.path) == "their own words"


def test_lyrics_that_cannot_be_had_keep_no_tag_from_being_written(shelf, album, settings):
    file = own(shelf, album.tracks.first())

    with serve() as server:
        settings.SANDBOX_URL = server.url
        server.answer("/lrclib.net/api/get", status=500)
        outcome = retag.retag([file], by="test", options=retag.TagOptions(lyrics=True))

    assert len(outcome.done) == 1
    assert tags_of(shelf, file).title == "Door 1"


class Words:
    def __init__(self, plain="", synced=""):
        self.plain, self.synced = plain, synced


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_value_set_by_hand_goes_before_the_catalogue_and_stays_so(shelf, album, person):
    file = own(shelf, album.tracks.first())
    retag.set_manual([file], {"title": "My Door", "genres": ["Folk", "Pop"], "track_number": 7}, by=person)

    [found] = retag.look([file])
    retag.write([found], by=person)

    tags = tags_of(shelf, file)
    assert (tags.title, tags.genres, tags.track_number) == ("My Door", ("Folk", "Pop"), 7)
    assert found.by_hand == {"title", "genres", "track_number"}
    assert not retag.look([file])[0].differs
    assert ManualTag.objects.get(field="title").person == person


def test_value_taken_away_by_hand_leaves_the_file(shelf, album, person):
    file = own(shelf, album.tracks.first(), tags=Tags(label="Salt", composer="X"))
    retag.set_manual([file], {"composer": None, "label": ""}, by=person)

    retag.retag([file], by=person)

    tags = tags_of(shelf, file)
    assert (tags.composer, tags.label) == ("", "")


def test_value_set_by_hand_twice_is_kept_once_and_can_be_given_up(shelf, album, person):
    file = own(shelf, album.tracks.first())
    retag.set_manual([file], {"title": "A"}, by=person)
    retag.set_manual([file], {"title": "B"}, by=person)

    assert retag.manual_values([file]) == {file.pk: {"title": "B"}}
    assert retag.without_manual([file], ["title"]) == 1
    assert retag.look([file])[0].after.title == "Door 1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("track_number", 0),
        ("track_number", 70_000),
        ("track_number", "seven"),
        ("date", "soon"),
        ("path", "x"),
        ("encoder_settings", "x"),
    ],
)
def test_value_that_cannot_be_is_refused(shelf, album, person, field, value):
    file = own(shelf, album.tracks.first())

    with pytest.raises(UserError):
        retag.set_manual([file], {field: value}, by=person)
    assert not ManualTag.objects.exists()


def test_every_field_of_the_tags_has_a_name_for_people():
    assert set(LABELS) == set(Tags.__slots__)


# --- in the background -----------------------------------------------------------------------------------------------


def test_job_writes_the_tags_as_one_batch_and_takes_its_notice_away(shelf, album, person):
    files = [own(shelf, track) for track in album.tracks.all()]
    job = retag.leave([file.pk for file in files], by=person, why="everything")
    assert Notice.objects.get(code=f"files:{job.pk}").message.startswith("Writing the tags of 2 files")

    assert jobs.carry_on("here")

    assert {act.batch_id for act in FileAct.objects.filter(state="done")} == {FileAct.objects.first().batch_id}
    assert FileAct.objects.first().batch.person == person
    assert tags_of(shelf, files[0]).title == "Door 1"
    assert not FileJob.objects.exists()
    assert not Notice.objects.exists()
    assert not jobs.carry_on("here")


def test_job_of_a_worker_that_died_is_done_by_the_next(shelf, album, person):
    file = own(shelf, album.tracks.first())
    job = retag.leave([file.pk], by=person)
    FileJob.objects.filter(pk=job.pk).update(lease_owner="gone", lease_expires_at="2020-01-01T00:00Z", tries=1)

    assert jobs.carry_on("here")
    assert tags_of(shelf, file).artist == "Vera Holm"


def test_job_that_somebody_is_at_is_left_to_them(shelf, album, person):
    file = own(shelf, album.tracks.first())
    job = retag.leave([file.pk], by=person)
    FileJob.objects.filter(pk=job.pk).update(lease_owner="other", lease_expires_at="2999-01-01T00:00Z")

    assert not jobs.are_waiting()
    assert not jobs.carry_on("here")


def test_job_that_takes_its_worker_down_again_and_again_is_given_up_and_says_so(shelf, album, person):
    job = retag.leave([own(shelf, album.tracks.first()).pk], by=person)
    FileJob.objects.filter(pk=job.pk).update(tries=jobs.MOST_TRIES)

    assert not jobs.carry_on("here")

    assert not FileJob.objects.exists()
    assert "several times" in Notice.objects.get(code=jobs.TROUBLE).message


def test_job_that_stops_with_spotizer_is_done_at_the_next_start(shelf, album, person, monkeypatch, tmp_path):
    files = [own(shelf, track) for track in album.tracks.all()]
    retag.leave([file.pk for file in files], by=person)
    stop = tmp_path / "stop"
    stop.touch()
    monkeypatch.setenv("SPOTIZER_STOP_FILE", str(stop))
    assert jobs.carry_on("here")
    assert tags_of(shelf, files[0]).artist == "somebody"
    assert jobs.are_waiting()

    stop.unlink()
    assert jobs.carry_on("here")

    assert tags_of(shelf, files[0]).artist == "Vera Holm"


def test_job_whose_files_partly_cannot_be_done_says_how_many(shelf, album, person, settings):
    settings.STOP_FILES = 1
    files = [own(shelf, track) for track in album.tracks.all()]
    retag.leave([file.pk for file in files], by=person)

    assert jobs.carry_on("here")

    assert "more than" in Notice.objects.get(code=jobs.TROUBLE).message.lower()
    assert not FileJob.objects.exists()


def test_merged_date_never_loses_precision():
    there, known = Tags(date="2025-10-03", genres=("a",)), Tags(date="2025")

    assert retag.wanted.merged(there, known) == there
    assert retag.wanted.merged(there, replace(known, date="2024")).date == "2024"
