import pytest
from django.db import connection, transaction

from downloads.models import Download, DownloadRequest
from ops.models import LiveSequence
from ops.services import live
from tests.downloads.make import make_download, make_wish
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


@pytest.mark.django_db
def test_mark_of_progress_is_no_move():
    moved, download = live.bump(), make_download()

    number = live.mark({Download: [download.pk]}, is_progress=True)

    assert (number, live.numbers()) == (moved + 1, live.Numbers(newest=moved + 1, moved=moved))


@pytest.mark.django_db
def test_mark_gives_all_rows_the_next_number_and_leaves_the_others():
    before = live.bump()
    wish = make_wish(make_download())
    other = make_download()
    download = wish.items.get().download

    number = live.mark({Download: [download.pk], DownloadRequest: [wish.pk]})

    assert number == live.newest() == before + 1
    assert list(Download.objects.filter(live=number)) == [download]
    assert list(DownloadRequest.objects.filter(live=number)) == [wish]
    assert Download.objects.get(pk=other.pk).live == other.live


@pytest.mark.django_db
def test_mark_on_an_empty_database_starts_at_one():
    LiveSequence.objects.all().delete()
    download = make_download()

    assert live.mark({Download: [download.pk], DownloadRequest: []}) == 1

    assert Download.objects.get().live == 1


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite a transaction is alone anyway")
def test_mark_is_one_statement_so_that_nobody_waits_for_a_worker_that_holds_the_number(django_assert_num_queries):
    download = make_download()
    wish = make_wish(download)
    live.bump()

    with django_assert_num_queries(1):
        live.mark({Download: [download.pk], DownloadRequest: [wish.pk]})
