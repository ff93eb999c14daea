"""The pages of spellings: which artists may be one, what a name would change, then the files; and the command."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from catalog.models import Artist, ArtistNaming, ArtistsApart
from library.models import AudioFile, FileAct
from library.services import jobs, renaming
from library.tags import Tags, read_tags
from tests.library.collection import make_album, make_artist, own

pytestmark = pytest.mark.django_db(transaction=True)
LIST, NAME = "/library/artists/", "/library/artists/name/"


@pytest.fixture
def two(shelf):
    artists = make_artist("Bjork", provider="deezer"), make_artist("Björk", provider="spotify")
    for artist, title in zip(artists, ("Debut", "Post"), strict=True):
        for track in make_album(artist, title).tracks.all():
            place = f"{artist.name}/{title} (2025)/{track.track_number:02} {track.title}.opus"
            own(shelf, track, path=place, tags=Tags(title=track.title, artist=artist.name))
    return artists


@pytest.fixture
def naming(two, person):
    return renaming.name_artist([artist.pk for artist in two], "Björk", by=person)


def digest_in(html):
    return html.partition('name="digest" value="')[2].partition('"')[0]


def test_list_says_who_may_be_one_why_and_what_a_name_would_change(visitor, two):
    html = visitor.get(LIST).content.decode()

    assert "Probably one" in html
    assert "Their names differ in spelling only" in html
    assert "with its accents" in html
    assert "2 files in 1 folder could follow" in html
    assert "Deezer · 2 tracks · 1 album · 2 files" in html


def test_name_given_leads_to_what_it_would_change_in_files(visitor, person, two, shelf):
    before = shelf.seen()

    response = visitor.post(NAME, {"id": [artist.pk for artist in two], "name": "Björk", "act": "name"}, follow=True)

    html = response.content.decode()
    naming = ArtistNaming.objects.get()
    assert response.redirect_chain == [(f"{LIST}{naming.pk}/", 302)]
    assert naming.person == person
    assert "<del>Bjork/Debut (2025)/01 Door 1.opus</del>" in html
    assert "<ins>Björk/Debut (2025)/01 Door 1.opus</ins>" in html
    assert shelf.seen() == before
    assert not FileAct.objects.exists()


def test_name_written_by_hand_goes_before_the_offered_one(visitor, two):
    ids = [artist.pk for artist in two]

    visitor.post(NAME, {"id": ids, "name": "Björk", "own": "Björk Guðmundsdóttir", "act": "name"})

    assert ArtistNaming.objects.get().name == "Björk Guðmundsdóttir"


def test_files_follow_as_shown_and_all_is_undone_as_one(visitor, naming, shelf):
    page = f"{LIST}{naming.pk}/"
    before = shelf.seen()
    digest = digest_in(visitor.get(page).content.decode())

    html = visitor.post(page, {"digest": digest, "much": "1"}, follow=True).content.decode()

    assert "named anew." in html
    assert "No file has to follow" in html
    assert {file.path.partition("/")[0] for file in AudioFile.objects.all()} == {"Björk"}
    assert {read_tags(shelf.root / file.path).artist for file in AudioFile.objects.all()} == {"Björk"}
    batch = FileAct.objects.first().batch_id
    visitor.post("/library/journal/undo/", {"batch": batch})
    assert shelf.seen() == before


def test_what_changed_since_it_was_shown_is_not_done_unseen(visitor, naming, shelf):
    page = f"{LIST}{naming.pk}/"
    digest = digest_in(visitor.get(page).content.decode())
    AudioFile.objects.filter(path__contains="01").first().delete()
    before = shelf.seen()

    response = visitor.post(page, {"digest": digest})

    assert response.status_code == 400
    assert "no longer what you saw" in response.content.decode()
    assert shelf.seen() == before


def test_more_than_one_waits_for_is_done_in_the_background(visitor, naming, shelf, monkeypatch):
    monkeypatch.setattr("library.views.artists.AT_ONCE", 1)
    page = f"{LIST}{naming.pk}/"
    digest = digest_in(visitor.get(page).content.decode())

    assert "in the background" in visitor.post(page, {"digest": digest}, follow=True).content.decode()

    assert jobs.carry_on("here")
    assert {file.path.partition("/")[0] for file in AudioFile.objects.all()} == {"Björk"}


def test_name_is_taken_back_by_its_button(visitor, naming):
    html = visitor.post(f"{LIST}{naming.pk}/undo/", follow=True).content.decode()

    assert "Taken back" in html
    assert set(Artist.objects.filter(merged_into=None).values_list("name", flat=True)) == {"Bjork", "Björk"}
    assert visitor.post(f"{LIST}{naming.pk}/", {"digest": "x"}).status_code == 400


def test_those_told_apart_are_not_offered_again(visitor, two, person):
    visitor.post(NAME, {"id": [artist.pk for artist in two], "act": "apart"})

    assert "One name each" in visitor.get(LIST).content.decode()
    assert ArtistsApart.objects.get().person == person


def test_careless_spelling_that_is_meant_is_offered_once(visitor):
    artist = make_artist("Ｙｅｌｌｏ")
    assert "Untidy name" in visitor.get(LIST).content.decode()

    visitor.post(NAME, {"id": [artist.pk], "name": "Ｙｅｌｌｏ", "act": "name"})

    assert Artist.objects.get(pk=artist.pk).name == "Ｙｅｌｌｏ"
    assert 'class="panel spelling"' not in visitor.get(LIST).content.decode()


def test_different_artists_of_one_name_stay_apart_with_the_reason(visitor):
    artists = [make_artist("Nirvana", value="1"), make_artist("Nirvana", value="2")]

    html = visitor.get(LIST).content.decode()
    refused = visitor.post(NAME, {"id": [a.pk for a in artists], "name": "Nirvana", "act": "name"}, follow=True)

    assert "Deezer knows them as two artists" in html
    assert "They stay apart" in html
    assert 'value="name"' not in html
    assert "are different artists" in refused.content.decode()
    assert not ArtistNaming.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "name"},
        {"id": ["x"], "name": "A", "act": "name"},
        {"id": ["99999"], "name": "A", "act": "name"},
        {"id": ["99999"], "act": "apart"},
        {"id": ["9" * 30], "name": "A", "act": "name"},
        {"id": ["1"], "name": "A" * 600, "act": "name"},
        {"id": ["1"], "name": "A", "act": "burn"},
        {"id": ["1"], "name": "\x07", "act": "name"},
    ],
)
def test_nonsense_changes_nothing_and_says_why(visitor, two, data):
    response = visitor.post(NAME, data, follow=True)

    assert response.status_code == 200
    assert 'data-level="error"' in response.content.decode()
    assert not ArtistNaming.objects.exists()


@pytest.mark.parametrize("path", [f"{LIST}999/", f"{LIST}999/undo/"])
def test_name_that_is_not_there_says_so(visitor, path):
    assert visitor.post(path).status_code == 404


@pytest.mark.parametrize("query", [{"kind": "party"}, {"page": "-1"}, {"page": "x"}, {"kind": "sure", "page": "999"}])
def test_filters_that_make_no_sense_show_a_page(visitor, two, query):
    assert visitor.get(LIST, query).status_code == 200


def test_list_filtered_to_nothing_offers_all(visitor, two):
    assert "Show all" in visitor.get(LIST, {"kind": "sure"}).content.decode()


def test_list_is_paged(visitor, shelf, monkeypatch):
    monkeypatch.setattr("library.selectors.spellings.PAGE", 2)
    for number in range(3):
        make_artist(f"Ärtist {number}", provider="deezer")
        make_artist(f"Artist {number}", provider="spotify")

    first = visitor.get(LIST, {"kind": "likely"}).content.decode()
    second = visitor.get(LIST, {"kind": "likely", "page": 2}).content.decode()

    assert "kind=likely&amp;page=2" in first
    assert first.count('class="panel spelling"') == 2
    assert second.count('class="panel spelling"') == 1


def test_list_of_twice_the_artists_asks_no_more_questions(visitor, shelf):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            visitor.get(LIST)
        return len(caught)

    def make(numbers):
        for number in numbers:
            make_artist(f"Ärtist {number}", provider="deezer")
            make_artist(f"Artist {number}", provider="spotify")

    make(range(3))
    queries()
    before = queries()
    make(range(3, 9))

    assert queries() == before


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_names_are_for_those_who_manage(role, naming, two):
    client = Client()
    client.force_login(Person.objects.create_user("kit", password="x", role=role))

    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{naming.pk}/").status_code == 403
    assert client.post(NAME, {"id": [two[0].pk], "name": "X", "act": "name"}).status_code == 403
    assert client.post(f"{LIST}{naming.pk}/", {"digest": "x"}).status_code == 403
    assert client.post(f"{LIST}{naming.pk}/undo/").status_code == 403
    assert ArtistNaming.objects.get().undone_at is None


def test_address_of_an_artist_that_was_folded_leads_to_the_one(visitor, naming, two):
    gone = next(artist for artist in two if artist.pk != naming.artist_id)

    response = visitor.get(gone.get_absolute_url())

    assert response.status_code == 302
    assert response["Location"] == Artist.objects.get(pk=naming.artist_id).get_absolute_url()


# --- the command -----------------------------------------------------------------------------------------------------


def artists(*arguments):
    """``manage.py library artists``: its words and its exit code."""
    out = io.StringIO()
    try:
        call_command("library", "artists", *arguments, stdout=out, stderr=io.StringIO())
    except CommandError as exc:
        return exc.returncode, f"{out.getvalue()}{exc}"
    return 0, out.getvalue()


def test_command_lists_the_groups_and_changes_nothing(two, shelf):
    code, words = artists()

    assert code == 0
    assert "Björk" in words
    assert two[0].key in words
    assert not ArtistNaming.objects.exists()


def test_command_names_the_chosen_and_their_files_and_takes_both_back(two, shelf, person):
    before = shelf.seen()
    keys = [artist.key for artist in two]

    code, words = artists("--name", "Björk", *keys, "--files", "--dry-run")
    assert code == 0
    assert "Bjork/Debut (2025)/01 Door 1.opus -> Björk/Debut (2025)/01 Door 1.opus" in words
    assert shelf.seen() == before
    assert not ArtistNaming.objects.exists()

    code, words = artists("--name", "Björk", *keys, "--files", "--even-if-much")
    assert code == 0
    assert {file.path.partition("/")[0] for file in AudioFile.objects.all()} == {"Björk"}

    call_command("library", "undo", "--batch", str(FileAct.objects.first().batch_id), stdout=io.StringIO())
    assert artists("--undo", str(ArtistNaming.objects.get().pk))[0] == 0
    assert shelf.seen() == before
    assert set(Artist.objects.filter(merged_into=None).values_list("name", flat=True)) == {"Bjork", "Björk"}


def test_command_without_a_choice_names_only_what_is_sure(two, shelf):
    mbid = "11111111-1111-4111-8111-111111111111"
    make_artist("Prince", mbid=mbid), make_artist("PRINCE", provider="spotify", mbid=mbid)

    code, _ = artists("--sure")

    assert code == 0
    assert [naming.name for naming in ArtistNaming.objects.all()] == ["Prince"]


@pytest.mark.parametrize(
    "arguments", [("--name", "X"), ("--name", "X", "zzzzz"), ("abcde",), ("--undo", "999"), ("--undo", "x")]
)
def test_command_asked_for_nonsense_is_bad_usage(two, arguments):
    assert artists(*arguments)[0] in {1, 2}
    assert not ArtistNaming.objects.exists()
