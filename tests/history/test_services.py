import pytest
from django.db import transaction

from history.models import Event
from history.services import record, record_many

pytestmark = pytest.mark.django_db


def test_record_stands_with_what_it_tells_of_or_not_at_all():
    with transaction.atomic():
        record(Event.Kind.DONE, title="Undertow")
        transaction.set_rollback(True)

    assert not Event.objects.exists()


def test_record_cuts_a_title_that_is_too_long():
    event = record(Event.Kind.DONE, title="x" * 5000, artist_text="y" * 5000, detail={"score": 97})

    event.refresh_from_db()
    assert (len(event.title), len(event.artist_text), event.detail) == (1000, 1000, {"score": 97})


def test_record_many_takes_any_number():
    record_many(Event(kind=Event.Kind.SKIPPED, title=f"Track {number}") for number in range(600))

    assert Event.objects.count() == 600
