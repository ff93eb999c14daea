"""Artists under several spellings become one by choice: the database first, files only when they were looked at."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from catalog.models import Artist, ArtistId, ArtistNaming, RecordingCredit
from catalog.services.artist_names import name_artists, tell_apart
from catalog.services.store import store_artist
from catalog.spelling import Certainty
from core.errors import UserError
from library.models import AudioFile, FileJob
from library.selectors.spellings import all_groups, rows_of
from library.services import jobs, journal, renaming, retag
from library.tags import Tags, read_tags
from providers.base import ArtistInfo
from tests.library.collection import make_album, make_artist, make_track, own

pytestmark = pytest.mark.django_db(transaction=True)
MB1, MB2 = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def person():
    return Person.objects.create_user("anna", role="owner")


@pytest.fixture
def two(shelf):
    """One artist at two services, each with an album whose files lie under its own spelling."""
    ascii_one = make_artist("Bjork", provider="deezer")
    right = make_artist("Björk", provider="spotify")
    for artist, title in ((ascii_one, "Debut"), (right, "Post")):
        for track in make_album(artist, title).tracks.all():
            place = f"{artist.name}/{title} (2025)/{track.track_number:02} {track.title}.opus"
            own(shelf, track, path=place, tags=Tags(title=track.title, artist=artist.name))
    return ascii_one, right


def looked(naming):
    files = renaming.files_called(naming)
    return list(retag.looks([file.pk for file in files], renaming.OPTIONS)), renaming.moves_of(naming, files)


def test_two_spellings_are_one_group_with_name_and_what_it_would_change(two):
    [group] = all_groups()
    [row] = rows_of([group])

    assert group.certainty is Certainty.LIKELY
    assert row.name == "Björk"
    assert (row.tracks, row.files, row.folders) == (2, 2, 1)


def test_named_artists_are_one_in_the_database_and_no_file_is_touched(two, person, shelf):
    before = shelf.seen()

    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)

    assert shelf.seen() == before
    assert naming.person == person
    assert set(RecordingCredit.objects.values_list("artist_id", flat=True)) == {naming.artist_id}
    assert set(ArtistId.objects.values_list("artist_id", flat=True)) == {naming.artist_id}
    assert {file.recording.artist_text for file in AudioFile.objects.select_related("recording")} == {"Björk"}
    assert {file.match_key.partition("|")[0] for file in AudioFile.objects.all()} == {"bjork"}
    assert all_groups() == []


def test_files_of_a_named_artist_are_tagged_and_moved_as_looked_at_and_taken_back(two, person, shelf):
    (shelf.root / "Bjork/Debut (2025)/01 Door 1.lrc").write_text("[00:01.00] la")
    (shelf.root / "Bjork/Debut (2025)/cover.jpg").write_bytes(b"jpeg")
    before = shelf.seen()
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)
    found, moves = looked(naming)
    assert {(move.path, move.to) for move in moves} == {
        (f"Bjork/Debut (2025)/{name}", f"Björk/Debut (2025)/{name}")
        for name in ("01 Door 1.opus", "02 Door 2.opus", "01 Door 1.lrc", "cover.jpg")
    }
    assert shelf.seen() == before

    outcome = renaming.write(naming, found, moves, by=person)

    assert not outcome.failed
    assert not (shelf.root / "Bjork").exists()
    assert {file.path.partition("/")[0] for file in AudioFile.objects.all()} == {"Björk"}
    assert {read_tags(shelf.root / file.path).artist for file in AudioFile.objects.all()} == {"Björk"}
    assert {read_tags(shelf.root / file.path).artists for file in AudioFile.objects.all()} == {("Björk",)}

    journal.undo_batch(outcome.batch, by=person)
    renaming.unname_artist(naming)

    assert shelf.seen() == before
    assert {artist.name for artist in Artist.objects.filter(merged_into=None)} == {"Bjork", "Björk"}


def test_naming_taken_back_leaves_everything_as_it_was(two, person):
    def state():
        return (
            sorted(RecordingCredit.objects.values_list("recording_id", "artist_id", "position")),
            sorted(ArtistId.objects.values_list("value", "artist_id")),
            sorted(Artist.objects.values_list("pk", "name", "mbid", "merged_into")),
            sorted(AudioFile.objects.values_list("path", "match_key", "recording__artist_text")),
        )

    renaming.name_artist([two[0].pk], two[0].name, by=person)  # so that keys are as they are written
    renaming.name_artist([two[1].pk], two[1].name, by=person)
    before = state()
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)

    renaming.unname_artist(naming)

    assert state() == before
    with pytest.raises(UserError):
        renaming.unname_artist(naming)


def test_recording_that_named_both_names_the_one_once_and_both_again_after_the_undo(two, person):
    track = make_track(two[0], "Duet")
    RecordingCredit.objects.create(recording=track.recording, artist=two[1], position=1)

    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)
    assert track.recording.credits.count() == 1

    renaming.unname_artist(naming)
    assert track.recording.credits.count() == 2
    track.recording.refresh_from_db()
    assert track.recording.artist_text == "Bjork, Björk"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"provider": "deezer", "value": "1"}, {"provider": "deezer", "value": "2"}),
        ({"mbid": MB1}, {"provider": "spotify", "mbid": MB2}),
    ],
)
def test_different_artists_of_one_name_are_refused_and_it_says_why(shelf, one, other):
    artists = [make_artist("Nirvana", **one), make_artist("Nirvana", **other)]

    with pytest.raises(UserError) as caught:
        name_artists([artist.pk for artist in artists], "Nirvana")

    assert caught.value.reason == "different"
    assert "two artists" in caught.value.message
    assert not ArtistNaming.objects.exists()
    assert Artist.objects.filter(merged_into=None).count() == 2


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 501])
def test_name_that_is_none_is_refused(two, name):
    with pytest.raises(UserError):
        name_artists([two[0].pk], name)


def test_artist_that_was_folded_already_cannot_be_named(two):
    naming = name_artists([artist.pk for artist in two], "Björk")
    gone = next(artist for artist in two if artist.pk != naming.artist_id)

    with pytest.raises(UserError) as caught:
        name_artists([gone.pk], "Other")
    assert caught.value.reason == "gone"


def test_naming_that_was_followed_by_another_is_taken_back_last_first(two):
    first = name_artists([artist.pk for artist in two], "Björk")
    second = name_artists([first.artist_id], "BJÖRK!")

    with pytest.raises(UserError):
        renaming.unname_artist(first)
    renaming.unname_artist(second)
    renaming.unname_artist(first)

    assert {artist.name for artist in Artist.objects.filter(merged_into=None)} == {"Bjork", "Björk"}


def test_catalogue_that_is_asked_again_does_not_take_the_name_back(two, person):
    value = two[0].external_ids.get().value
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)

    stored = store_artist(ArtistInfo("deezer", value, "Bjork"))

    assert stored.pk == naming.artist_id
    assert Artist.objects.get(pk=stored.pk).name == "Björk"


def test_file_that_lies_elsewhere_stays_there_and_says_the_name(two, person, shelf):
    file = AudioFile.objects.get(path__contains="Debut (2025)/01")
    journal.move_file(file.path, "By hand/Door.opus", by="test")
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)

    found, moves = looked(naming)
    renaming.write(naming, found, moves, by=person)

    assert AudioFile.objects.get(pk=file.pk).path == "By hand/Door.opus"
    assert read_tags(shelf.root / "By hand/Door.opus").artist == "Björk"


def test_file_whose_name_is_taken_stays_and_the_others_go(two, person, shelf):
    shelf.write("Björk/Debut (2025)/01 Door 1.opus", b"another")
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)

    outcome = renaming.write(naming, *looked(naming), by=person)

    assert [act.reason for act in outcome.failed] == ["name_taken"]
    assert (shelf.root / "Björk/Debut (2025)/01 Door 1.opus").read_bytes() == b"another"
    assert (shelf.root / "Bjork/Debut (2025)/01 Door 1.opus").is_file()
    assert (shelf.root / "Björk/Debut (2025)/02 Door 2.opus").is_file()


def test_second_file_of_a_name_keeps_its_number(two, person, shelf):
    file = AudioFile.objects.get(path__contains="Debut (2025)/01")
    journal.move_file(file.path, "Bjork/Debut (2025)/01 Door 1 (2).opus", by="test")
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)

    renaming.write(naming, *looked(naming), by=person)

    assert AudioFile.objects.get(pk=file.pk).path == "Björk/Debut (2025)/01 Door 1 (2).opus"


def test_cover_stays_where_another_file_does(two, person, shelf):
    (shelf.root / "Bjork/Debut (2025)/cover.jpg").write_bytes(b"jpeg")
    own(shelf, make_track(make_artist("Kit"), "Guest"), path="Bjork/Debut (2025)/Guest.opus")
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)

    _, moves = looked(naming)

    assert "cover.jpg" not in " ".join(move.path for move in moves)


def test_job_names_the_artist_in_the_files(two, person, shelf):
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)
    renaming.leave(naming, by=person, even_if_much=True)

    assert jobs.carry_on("here")

    assert {file.path.partition("/")[0] for file in AudioFile.objects.all()} == {"Björk"}
    assert not FileJob.objects.exists()


def test_job_of_a_name_that_was_taken_back_does_nothing(two, person, shelf):
    naming = renaming.name_artist([artist.pk for artist in two], "Björk", by=person)
    renaming.leave(naming, by=person)
    renaming.unname_artist(naming)
    before = shelf.seen()

    assert jobs.carry_on("here")
    assert shelf.seen() == before


def test_folder_of_another_spelling_than_the_database_is_found_and_follows(shelf, person):
    artist = make_artist("Björk")
    for track in make_album(artist, "Debut").tracks.all():
        place = f"BJORK/Debut (2025)/{track.track_number:02} {track.title}.opus"
        own(shelf, track, path=place, tags=Tags(title=track.title, artist="BJORK"))
    [group] = all_groups()
    [row] = rows_of([group])
    assert (group.certainty, row.name, row.files, row.folders) == (Certainty.FOLDERS, "Björk", 2, 1)
    assert "BJORK" in row.why

    naming = renaming.name_artist([artist.pk], "Björk", by=person)
    renaming.write(naming, *looked(naming), by=person)

    assert {file.path.partition("/")[0] for file in AudioFile.objects.all()} == {"Björk"}
    assert all_groups() == []


def test_folder_that_spells_the_name_as_disks_allow_is_no_other_spelling(shelf):
    track = make_track(make_artist("AC/DC"), "Jack")
    own(shelf, track, path="AC-DC/Jack.opus")

    assert all_groups() == []


def test_alias_that_musicbrainz_lists_joins_two_names(shelf):
    make_artist("Sergey Rachmaninov", provider="deezer", value="9")
    store_artist(
        ArtistInfo("musicbrainz", MB1, "Сергей Рахманинов", mbid=MB1, aliases=("Sergey Rachmaninov", "Rachmaninoff"))
    )

    [group] = all_groups()

    assert group.certainty is Certainty.LIKELY
    assert "one is called by an alias of the other" in group.why
    assert group.name == "Сергей Рахманинов"


def test_artists_told_apart_are_offered_no_more(two, person):
    assert tell_apart([artist.pk for artist in two], by=person) == 1

    assert all_groups() == []


def test_groups_of_twice_the_artists_ask_no_more_questions(shelf):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            rows_of(all_groups())
        return len(caught)

    for number in range(4):
        make_artist(f"Ärtist {number}", provider="deezer")
        make_artist(f"Artist {number}", provider="spotify")
    before = queries()
    for number in range(4, 12):
        make_artist(f"Ärtist {number}", provider="deezer")
        make_artist(f"Artist {number}", provider="spotify")

    assert queries() == before
    assert len(all_groups()) == 12
