"""Two writers that wait for each other: PostgreSQL ends one, which then tries again."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from core.database import again_on_deadlock
from downloads.models import Download
from tests.downloads.make import make_download

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def deadlocked(write):
    """Two threads lock two rows, each the other's first; how often each tried, and what they raised."""
    rows = [make_download().pk, make_download().pk]
    both_hold = threading.Barrier(2)
    tries, errors = [0, 0], []

    def run(number):
        @transaction.atomic
        def lock_both():
            tries[number] += 1
            first, second = rows if number else reversed(rows)
            Download.objects.select_for_update().get(pk=first)
            if tries[number] == 1:
                both_hold.wait(30)
            Download.objects.select_for_update().get(pk=second)

        try:
            write(lock_both)
        except OperationalError as exc:
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(tries), errors


def test_the_writer_that_was_ended_tries_again():
    assert deadlocked(lambda write: again_on_deadlock(write)()) == ([1, 2], [])


def test_within_a_transaction_it_is_not_tried_again():
    def within(write):
        with transaction.atomic():
            again_on_deadlock(write)()

    tries, errors = deadlocked(within)
    assert tries == [1, 1]
    assert len(errors) == 1
