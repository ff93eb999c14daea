"""What a command that waits is told of its requests."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from downloads.models import Download, Status
from downloads.selectors.outcomes import standing
from tests.downloads.make import make_download, make_wish

pytestmark = pytest.mark.django_db


def wish(*statuses, **fields):
    request = None
    for position, status in enumerate(statuses, 1):
        request = make_wish(make_download(status=status, **fields), position=position, request=request)
    return [request.pk]


def test_what_waits_for_its_turn_is_not_stuck():
    now = standing(wish(Status.QUEUED, Status.PAUSED))

    assert (now.is_over, now.stuck) == (False, "")


def test_what_is_paused_alone_is_stuck():
    assert standing(wish(Status.PAUSED, Status.DONE)).stuck == "What is left is paused."


def test_what_waits_for_long_is_stuck_and_says_until_when():
    later = timezone.now() + timedelta(hours=2)

    assert standing(wish(Status.WAITING, not_before_at=later)).stuck.startswith("What is left waits until")


def test_what_waits_for_a_moment_is_not_stuck():
    assert standing(wish(Status.WAITING, not_before_at=timezone.now() + timedelta(seconds=5))).stuck == ""


def test_what_needs_a_person_is_over():
    assert standing(wish(Status.NEEDS_YOU, Status.FAILED)).is_over


@pytest.mark.parametrize("at", range(6))
def test_what_ends_while_it_is_looked_at_is_not_stuck(at):
    ids = wish(Status.PROCESSING, lease_owner="worker")
    seen = 0

    def end_after_a_statement(execute, sql, params, many, context):
        nonlocal seen
        answer = execute(sql, params, many, context)
        seen += 1
        if seen == at + 1:
            Download.objects.update(status=Status.DONE)
        return answer

    with connection.execute_wrapper(end_after_a_statement):
        assert standing(ids).stuck == ""
