import pytest

from ops.models import Notice
from ops.services import heartbeats, live, notices

pytestmark = pytest.mark.django_db


def test_raise_notice_when_unchanged_keeps_its_time_and_raises_no_number():
    first = notices.raise_notice("disk", "The disk is full.", remedy="Make room.")
    number = live.newest()

    notices.raise_notice("disk", "The disk is full.", remedy="Make room.")

    assert live.newest() == number
    assert Notice.objects.get(code="disk").since_at == first.since_at


def test_raise_notice_when_it_says_something_new_is_shown_anew():
    notices.raise_notice("disk", "The disk is full.")
    number = live.newest()

    notices.raise_notice("disk", "The disk is full again.", level="error")

    assert live.newest() == number + 1
    assert [(n.message, n.level) for n in notices.current_notices()] == [("The disk is full again.", "error")]


def test_current_notices_has_errors_first():
    notices.raise_notice("a", "A", level="info")
    notices.raise_notice("b", "B", level="warning")
    notices.raise_notice("c", "C", level="error")

    assert [notice.code for notice in notices.current_notices()] == ["c", "b", "a"]


def test_clear_notice_when_none_stands_changes_nothing():
    number = live.newest()

    assert notices.clear_notice("disk") is False
    assert live.newest() == number


def test_beat_replaces_what_was_said_before():
    heartbeats.beat("worker:1", doing="nothing")
    heartbeats.beat("worker:1", doing="work")

    beat = heartbeats.last_beat("worker:1")

    assert beat is not None
    assert beat.detail == {"doing": "work"}
    assert heartbeats.is_alive("worker:1", within_seconds=5)
    assert not heartbeats.is_alive("worker:1", within_seconds=-5)
    assert [b.name for b in heartbeats.alive("worker:", within_seconds=5)] == ["worker:1"]
