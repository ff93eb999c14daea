"""The pages of tags: what would be written is shown first, is what is written, and can be set by hand."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from library.models import AudioFile, FileAct, FileJob, JournalBatch, ManualTag
from library.selectors import tag_page
from library.services import jobs, retag
from library.tags import Tags, read_tags, write_tags
from tests.library.collection import make_album, make_artist, own

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, EDIT = "/library/tags/", "/library/tags/edit/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def album():
    return make_album(make_artist())


@pytest.fixture
def files(shelf, album):
    return [own(shelf, track) for track in album.tracks.all()]


def shown(visitor, **query):
    response = visitor.get(PAGE, query)
    assert response.status_code == 200
    return response.content.decode()


def digest_in(html):
    return html.partition('name="digest" value="')[2].partition('"')[0]


def said(shelf):
    return {read_tags(shelf.root / file.path).artist for file in AudioFile.objects.all()}


def test_page_of_an_album_tells_field_by_field_what_would_be_written(visitor, album, files, shelf):
    html = shown(visitor, album=album.key)

    assert "2 of 2 files would be written" in html
    assert "<del>somebody</del>" in html
    assert "<ins>Vera Holm</ins>" in html
    assert said(shelf) == {"somebody"}
    assert not FileAct.objects.exists()


@pytest.mark.parametrize("kind", ["track", "album", "artist", "file", "all"])
def test_files_are_chosen_by_track_album_artist_number_or_all(visitor, album, files, kind):
    keys = {
        "track": album.tracks.first().key,
        "album": album.address,
        "artist": album.artists.first().key,
        "file": str(files[0].pk),
        "all": "1",
    }
    html = shown(visitor, **{kind: keys[kind]})

    count = 1 if kind in {"track", "file"} else 2
    assert f"{count} of {count} file" in html


def test_written_is_what_was_shown_by_whom_and_the_page_offers_to_undo(visitor, person, album, files, shelf):
    digest = digest_in(shown(visitor, album=album.key))

    response = visitor.post(PAGE, {"album": album.key, "digest": digest}, follow=True)

    batch = JournalBatch.objects.get()
    html = response.content.decode()
    assert response.redirect_chain == [(f"{PAGE}?album={album.key}", 302)]
    assert "Tags of 2 files written." in html
    assert f"/library/journal/?batch={batch.pk}" in html
    assert "Nothing differs" in html
    assert said(shelf) == {"Vera Holm"}
    assert batch.person == person


def test_what_changed_since_it_was_shown_is_not_written_unseen(visitor, album, files, shelf):
    digest = digest_in(shown(visitor, album=album.key))
    album.label = "Another"
    album.save()

    response = visitor.post(PAGE, {"album": album.key, "digest": digest})

    assert response.status_code == 400
    assert "no longer what you saw" in response.content.decode()
    assert said(shelf) == {"somebody"}


def test_more_than_the_stop_rule_allows_has_to_be_ticked(visitor, album, files, shelf, settings):
    settings.STOP_FILES = 1
    html = shown(visitor, album=album.key)
    assert 'name="much"' in html

    refused = visitor.post(PAGE, {"album": album.key, "digest": digest_in(html)})
    assert refused.status_code == 400
    assert said(shelf) == {"somebody"}

    visitor.post(PAGE, {"album": album.key, "digest": digest_in(html), "much": "1"})
    assert said(shelf) == {"Vera Holm"}


def test_more_than_one_waits_for_is_written_in_the_background(visitor, album, files, shelf, monkeypatch):
    monkeypatch.setattr("library.views.tags.AT_ONCE", 1)
    digest = digest_in(shown(visitor, album=album.key))

    html = visitor.post(PAGE, {"album": album.key, "digest": digest}, follow=True).content.decode()
    assert "written in the background" in html
    assert said(shelf) == {"somebody"}

    assert jobs.carry_on("here")
    assert said(shelf) == {"Vera Holm"}


def test_more_than_fits_is_shown_page_by_page_and_written_as_one(visitor, album, files, shelf, monkeypatch):
    monkeypatch.setattr(tag_page, "MOST_LOOKED_AT", 1)
    monkeypatch.setattr(tag_page, "PAGE", 1)
    html = shown(visitor, all="1", cover="1")
    assert "1 of the 1 files looked at would be written, of 2 files in all" in html
    assert "Door 1.opus" in html
    assert "Door 2.opus" not in html

    after = html.partition("after=")[2].partition('"')[0]
    second = visitor.get(f"{PAGE}?all=1&after={after}").content.decode()
    assert "Door 2.opus" in second
    visitor.post(PAGE, {"all": "1", "much": "1"})

    assert FileJob.objects.get().ids == [file.pk for file in files]
    assert jobs.carry_on("here")
    assert said(shelf) == {"Vera Holm"}


def test_page_of_twice_the_files_asks_no_more_questions(visitor, shelf):
    small, large = make_album(make_artist("A"), "Small", count=3), make_album(make_artist("B"), "Large", count=6)
    for album in (small, large):
        for track in album.tracks.all():
            own(shelf, track)

    def queries(album):
        with CaptureQueriesContext(connection) as caught:
            visitor.get(PAGE, {"album": album.key})
        return len(caught)

    queries(small)
    assert queries(large) == queries(small)


def test_page_as_a_part_is_the_list_alone(visitor, album, files):
    html = visitor.get(PAGE, {"album": album.key}, headers=HTMX | {"HX-Target": "tag-list"}).content.decode()

    assert html.lstrip().startswith('<div id="tag-list"')
    assert "<html" not in html


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"album": "zzzzz"}, 404),
        ({"album": "!"}, 404),
        ({"track": "0"}, 404),
        ({"file": "x"}, 404),
        ({"file": "9" * 20}, 404),
        ({"file": "9" * 30}, 400),
        ({"artist": "\x00"}, 400),
        ({"album": "a" * 200, "all": ""}, 400),
        ({}, 400),
    ],
)
def test_what_is_not_there_or_not_said_is_never_everything(visitor, files, shelf, query, status):
    for path in (PAGE, EDIT):
        assert visitor.get(path, query).status_code == status
    assert visitor.post(PAGE, query | {"much": "1"}).status_code == status
    assert visitor.post(EDIT, query | {"title": "x"}).status_code == 400
    assert said(shelf) == {"somebody"}


def test_album_without_a_file_says_so(visitor, album):
    assert "Nothing of this is in the library yet" in shown(visitor, album=album.key)


def test_what_all_files_have_in_common_is_said_once(visitor, album, files):
    html = shown(visitor, album=album.key)

    assert "In all 2 files" in html
    assert html.count("<ins>Tidal Rooms</ins>") == 1
    assert html.count('<th scope="row">Track</th>') == 2


def test_markup_in_tags_is_shown_as_text(visitor, album, files, shelf):
    write_tags(shelf.root / files[0].path, Tags(title="<script>alert(1)</script>"))

    html = shown(visitor, album=album.key)

    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_tags_are_for_those_who_manage(role, album, files, shelf):
    client = Client()
    client.force_login(Person.objects.create_user("kit", password="x", role=role))

    for path in (PAGE, EDIT):
        assert client.get(path, {"album": album.key}).status_code == 403
        assert client.post(f"{path}?album={album.key}", {"album": album.key, "digest": "x"}).status_code == 403
    assert said(shelf) == {"somebody"}


def test_writing_needs_the_token_of_the_form(person, album, files, shelf):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    assert client.post(PAGE, {"album": album.key}).status_code == 403
    assert client.post(f"{EDIT}?album={album.key}", {"title": "x"}).status_code == 403


# --- by hand ---------------------------------------------------------------------------------------------------------


def form_of(visitor, query):
    """The values of the editor's fields, as a browser would send them."""
    form = visitor.get(f"{EDIT}?{query}").context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value).replace("\n", "\r\n") for name, value in values.items()}


def test_field_set_by_hand_is_shown_as_a_difference_then_written(visitor, person, album, files, shelf):
    values = form_of(visitor, f"file={files[0].pk}")
    values |= {"title": "My Door", "genres": "Folk\r\nPop", "advisory": "yes", "track_number": "9"}

    response = visitor.post(f"{EDIT}?file={files[0].pk}", values, follow=True)
    html = response.content.decode()
    assert "<ins>My Door</ins>" in html
    assert "by hand" in html
    assert set(ManualTag.objects.values_list("field", flat=True)) == {"title", "genres", "advisory", "track_number"}
    visitor.post(PAGE, {"file": files[0].pk, "digest": digest_in(html)})

    tags = read_tags(shelf.root / files[0].path)
    assert (tags.title, tags.genres, tags.advisory, tags.track_number) == ("My Door", ("Folk", "Pop"), True, 9)
    assert ManualTag.objects.first().person == person


def test_editor_sent_back_unchanged_sets_nothing(visitor, album, files):
    retag.set_manual(files[:1], {"artists": ["A", "B"]}, by=None)
    before = list(ManualTag.objects.values_list("field", "value"))

    visitor.post(f"{EDIT}?file={files[0].pk}", form_of(visitor, f"file={files[0].pk}"))

    assert list(ManualTag.objects.values_list("field", "value")) == before


def test_album_edited_at_once_keeps_what_differs_in_its_files(visitor, album, files, shelf):
    values = form_of(visitor, f"album={album.key}")
    assert values["title"] == ""
    values["label"] = "By Hand"

    html = visitor.post(f"{EDIT}?album={album.key}", values, follow=True).content.decode()
    visitor.post(PAGE, {"album": album.key, "digest": digest_in(html)})

    found = [read_tags(shelf.root / file.path) for file in files]
    assert [tags.label for tags in found] == ["By Hand", "By Hand"]
    assert [tags.title for tags in found] == ["Door 1", "Door 2"]


@pytest.mark.parametrize(
    "wrong", [{"track_number": "-3"}, {"track_number": "x"}, {"date": "soon"}, {"title": "a" * 2000}]
)
def test_value_that_cannot_be_is_refused_with_the_form(visitor, album, files, wrong):
    values = form_of(visitor, f"file={files[0].pk}") | wrong

    response = visitor.post(f"{EDIT}?file={files[0].pk}", values)

    assert response.status_code == 400
    assert not ManualTag.objects.exists()


def test_values_set_by_hand_can_be_given_up(visitor, album, files):
    retag.set_manual(files, {"title": "Mine"}, by=None)
    assert "Set by hand" in visitor.get(EDIT, {"album": album.key}).content.decode()

    visitor.post(f"{EDIT}?album={album.key}", {"act": "forget"})

    assert not ManualTag.objects.exists()


def test_pages_of_albums_and_tracks_lead_to_their_tags(visitor, album, files):
    album.tracks_fetched_at = album.created_at
    album.save()
    track = album.tracks.first()

    assert f"{PAGE}?album={album.key}" in visitor.get(album.get_absolute_url()).content.decode()
    assert f"{PAGE}?file={files[0].pk}" in visitor.get(track.get_absolute_url()).content.decode()
