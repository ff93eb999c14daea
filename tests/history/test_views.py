"""The history's page."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from history.models import Event


def tell(number: int, kind: str = "done", **fields) -> Event:
    return Event.objects.create(kind=kind, title=f"Event {number:03}", artist_text="Nadir", **fields)


def test_history_is_newest_first_and_paged_by_key(visitor: Client, person: Person) -> None:
    for number in range(60):
        tell(number, person=person)

    first = visitor.get("/history/").content.decode()
    assert "Event 059" in first
    assert "Event 009" not in first
    assert first.index("Event 059") < first.index("Event 058")

    after = first.partition("after=")[2].partition('"')[0]
    second = visitor.get("/history/", {"after": after}).content.decode()
    assert "Event 009" in second
    assert "Event 010" not in second
    assert "From the start" in second


def test_history_leaves_out_the_steps_between(visitor: Client, person: Person) -> None:
    tell(1, kind="transition")
    tell(2)

    html = visitor.get("/history/").content.decode()

    assert "Event 002" in html
    assert "Event 001" not in html


def test_history_filtered_by_kind_and_words_keeps_both_in_its_links(visitor: Client, person: Person) -> None:
    tell(1)
    tell(2, kind="failed", message="No source has this track.")

    html = visitor.get("/history/", {"kind": "failed", "text": "event"}).content.decode()

    assert "Event 002" in html
    assert "Event 001" not in html
    assert "kind=done&amp;text=event" in html


def test_history_filtered_to_nothing_offers_to_clear(visitor: Client, person: Person) -> None:
    tell(1)

    assert "Clear the filters" in visitor.get("/history/", {"text": "nobody"}).content.decode()


def test_history_asked_for_nonsense_shows_everything(visitor: Client, person: Person) -> None:
    tell(1)

    response = visitor.get("/history/", {"kind": "party", "after": "soon"})

    assert response.status_code == 200
    assert "Event 001" in response.content.decode()


def test_history_row_shows_its_receipt_in_words(visitor: Client, person: Person) -> None:
    tell(1, detail={"format": "opus", "score": 93, "steps": ["tagged", "moved"], "empty": ""})

    html = visitor.get("/history/").content.decode()

    assert "<dt>Score</dt><dd>93</dd>" in html
    assert "tagged, moved" in html
    assert "<dt>Empty</dt>" not in html


def test_history_with_twice_the_rows_asks_no_more_questions(visitor: Client, person: Person) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            visitor.get("/history/")
        return len(caught)

    for number in range(10):
        tell(number, person=person)
    queries()
    before = queries()
    for number in range(20):
        tell(number, person=person)

    assert queries() == before
