import pytest
from django.db import transaction

from ops.models import LiveSequence
from ops.services import live
from tests.threads import at_once


@pytest.mark.django_db
def test_bump_on_an_empty_database_starts_at_one_and_goes_on():
    LiveSequence.objects.all().delete()

    assert live.newest() == 0
    assert [live.bump(), live.bump()] == [1, 2]
    assert live.newest() == 2


@pytest.mark.django_db
def test_bump_is_one_statement(django_assert_num_queries):
    live.bump()

    with django_assert_num_queries(1):
        live.bump()
    with django_assert_num_queries(1):
        live.newest()


@pytest.mark.django_db(transaction=True)
def test_bump_in_a_transaction_that_fails_leaves_no_number():
    before = live.bump()

    with transaction.atomic():
        live.bump()
        transaction.set_rollback(True)

    assert live.newest() == before


@pytest.mark.django_db(transaction=True)
def test_bump_from_many_threads_gives_each_number_once():
    LiveSequence.objects.all().delete()

    def three(_: int) -> list[int]:
        return [live.bump() for _ in range(3)]

    numbers = [number for part in at_once(6, three) for number in part]

    assert sorted(numbers) == list(range(1, 19))


@pytest.mark.django_db
def test_progress_takes_a_number_and_is_no_move():
    moved = live.bump()

    number = live.bump(is_progress=True)

    assert (number, live.numbers()) == (moved + 1, live.Numbers(newest=moved + 1, moved=moved))
    assert live.bump() == live.numbers().moved == moved + 2
