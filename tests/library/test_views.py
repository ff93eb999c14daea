"""The page of the bin and the journal: who may see it, what it shows, what its buttons do."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from library.models import FileAct, JournalBatch
from library.services import journal
from library.tags import Tags, write_tags

pytestmark = pytest.mark.django_db
PAGE, UNDO = "/library/journal/", "/library/journal/undo/"
HTMX = {"HX-Request": "true"}
BLUE = "Vera Holm/Tidal Rooms/01 Blue Door.opus"


def make_acts(count, **fields):
    batch = JournalBatch.objects.create(what="Rename", by_name="test")
    values = {"kind": "move", "state": "done", "target": "there/x.opus", "ended_at": batch.started_at} | fields
    for number in range(count):
        FileAct.objects.create(batch=batch, path=f"Song {number:03}.opus", **values)
    return batch


def test_journal_is_newest_first_and_paged_by_key(visitor):
    make_acts(60)

    first = visitor.get(PAGE).content.decode()
    assert "Song 059" in first
    assert "Song 009" not in first

    after = first.partition("after=")[2].partition('"')[0]
    second = visitor.get(PAGE, {"after": after}).content.decode()
    assert "Song 009" in second
    assert "Song 010" not in second


@pytest.mark.parametrize("filters", [{}, {"state": "bin"}, {"text": "song"}])
def test_journal_with_twice_the_rows_asks_no_more_questions(visitor, filters):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            visitor.get(PAGE, filters)
        return len(caught)

    make_acts(10, kept="1/x.opus", kept_bytes=5)
    queries()
    before = queries()
    make_acts(20, kept="1/x.opus", kept_bytes=5)

    assert queries() == before


def test_journal_as_a_part_is_the_list_alone(visitor):
    make_acts(1)

    html = visitor.get(PAGE, headers=HTMX | {"HX-Target": "act-list"}).content.decode()

    assert html.lstrip().startswith('<div id="act-list"')
    assert "<html" not in html


def test_journal_filtered_keeps_its_filter_in_its_links(visitor):
    batch = make_acts(60, state="failed", message="Too long a name.")
    make_acts(1)

    html = visitor.get(PAGE, {"state": "failed", "text": "song"}).content.decode()

    assert "Too long a name." in html
    assert "state=failed&amp;text=song&amp;after=" in html
    assert f"{PAGE}?batch={batch.pk}" in html


def test_journal_asked_for_nonsense_shows_everything(visitor):
    make_acts(1)

    response = visitor.get(PAGE, {"state": "party", "after": "soon", "batch": str(2**70)})

    assert response.status_code == 200
    assert "Song 000" in response.content.decode()


def test_journal_filtered_to_nothing_offers_to_clear(visitor):
    assert "Clear the filters" in visitor.get(PAGE, {"text": "nobody"}).content.decode()


def test_journal_that_is_empty_says_what_it_is_for(visitor):
    assert "No file was touched yet" in visitor.get(PAGE).content.decode()


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_journal_is_for_those_who_manage(role, shelf):
    shelf.put(BLUE)
    act = journal.bin_file(BLUE, by="test")
    client = Client()
    client.force_login(Person.objects.create_user("kit", password="x", role=role))

    assert client.get(PAGE).status_code == 403
    assert client.post(UNDO, {"act": act.pk}, headers=HTMX).status_code == 403
    assert shelf.seen() == {}
    assert "Bin and journal" not in client.get("/history/").content.decode()


def test_journal_has_a_place_in_the_menu_of_those_who_manage(visitor):
    assert "Bin and journal" in visitor.get("/history/").content.decode()


def test_restore_brings_the_file_back_and_the_list_fetches_itself(visitor, person, shelf):
    shelf.put(BLUE)
    act = journal.bin_file(BLUE, by="test")
    assert "Restore" in visitor.get(PAGE).content.decode()

    response = visitor.post(UNDO, {"act": act.pk}, headers=HTMX)

    assert response.status_code == 200
    assert "live:reload" in response["HX-Trigger"]
    assert "is restored" in response.content.decode()
    assert list(shelf.seen()) == [BLUE]
    assert FileAct.objects.latest("id").batch.person == person


def test_undo_without_script_leads_back_to_the_list(visitor, shelf):
    shelf.put(BLUE)
    act = journal.move_file(BLUE, "there/Blue.opus", by="test")

    response = visitor.post(UNDO, {"act": act.pk, "next": f"{PAGE}?state=done"}, follow=True)

    assert response.redirect_chain == [(f"{PAGE}?state=done", 302)]
    assert "is as it was" in response.content.decode()
    assert list(shelf.seen()) == [BLUE]


def test_undo_of_what_was_changed_since_says_why(visitor, shelf):
    shelf.put(BLUE)
    act = journal.tag_file(BLUE, lambda copy: write_tags(copy, Tags(title="Red")), by="test")
    write_tags(shelf.root / BLUE, Tags(title="by hand"))

    response = visitor.post(UNDO, {"act": act.pk}, headers=HTMX)

    assert response.status_code == 400
    assert "was changed since" in response.content.decode()


def test_undo_of_a_batch_takes_back_all_of_it(visitor, shelf):
    plan = journal.Plan("Delete", "test")
    for name in ("a.opus", "b.opus"):
        shelf.put(name)
        plan.bin(name)
    batch = journal.carry_out(plan).batch
    assert "Undo all 2" in visitor.get(PAGE, {"batch": batch.pk}).content.decode()

    response = visitor.post(UNDO, {"batch": batch.pk}, headers=HTMX)

    assert response.status_code == 200
    assert set(shelf.seen()) == {"a.opus", "b.opus"}


def test_a_batch_that_is_too_big_for_a_page_names_the_command(visitor):
    batch = make_acts(101)
    command = f"manage.py library undo --batch {batch.pk}"

    assert command in visitor.get(PAGE, {"batch": batch.pk}).content.decode()
    response = visitor.post(UNDO, {"batch": batch.pk}, headers=HTMX)

    assert response.status_code == 400
    assert command in response.content.decode()


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 404), ({"act": "x"}, 404), ({"act": "99"}, 404), ({"batch": "99"}, 404), ({"batch": str(2**70)}, 404)],
)
def test_undo_of_nothing_says_so(visitor, data, status):
    assert visitor.post(UNDO, data, headers=HTMX).status_code == status


def test_undo_needs_the_token_of_the_form_and_a_post(person, shelf):
    shelf.put(BLUE)
    act = journal.bin_file(BLUE, by="test")
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    assert client.post(UNDO, {"act": act.pk}).status_code == 403
    assert client.get(UNDO).status_code == 405
    assert shelf.seen() == {}
