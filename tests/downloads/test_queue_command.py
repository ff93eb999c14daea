"""``manage.py queue``: what it says, what it does, and how it ends."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from downloads.models import Download, DownloadRequest, Status
from downloads.services import claims, pausing, queue
from downloads.services.worker import Worker
from history.models import Event
from tests.downloads.make import make_album, make_download, make_request, make_track, make_wish

pytestmark = pytest.mark.django_db(transaction=True)
S = Status


def run(*arguments):
    """What the command printed; raises CommandError where it ends badly."""
    out = io.StringIO()
    call_command("queue", *map(str, arguments), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def refused(*arguments):
    """Exit code and words of a command that does not do as asked."""
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value.returncode, str(caught.value)


def statuses(*downloads):
    found = dict(Download.objects.values_list("pk", "status"))
    return [found[download.pk] for download in downloads]


def order():
    rows = Download.objects.filter(status=S.QUEUED).order_by("priority", "position", "pk")
    return list(rows.values_list("pk", flat=True))


def test_list_shows_the_queue_in_its_order_with_reasons_and_counts():
    later = make_download(make_track("Later"), position=20)
    first = make_download(make_track("First"), position=10)
    failed = make_download(make_track("Broken"), status=S.FAILED, reason="no_match", position=30)
    make_download(make_track("Over"), status=S.DONE)

    text = run("list")
    rows = [json.loads(line) for line in run("list", "--json").splitlines()]

    assert [row["id"] for row in rows] == [first.pk, later.pk, failed.pk]
    assert rows[2]["message"] == "No source has this track."
    assert text.index("First") < text.index("Later") < text.index("Broken")
    assert "Over" not in text
    assert "2 waiting" in text
    assert "1 failed" in text


def test_list_by_status_and_by_request_shows_only_these():
    mine, other, done = make_download(), make_download(), make_download(status=S.DONE)
    request = make_wish(mine)

    assert [json.loads(line)["id"] for line in run("list", "--status", "done", "--json").splitlines()] == [done.pk]
    assert [json.loads(line)["id"] for line in run("list", "--request", request.pk, "--json").splitlines()] == [mine.pk]
    assert str(other.pk) in run("list", other.pk)


def test_list_of_many_takes_as_many_queries_as_of_few(django_assert_max_num_queries):
    for _ in range(30):
        make_download()
    run("list")  # the tables are made ready

    with django_assert_max_num_queries(40):
        run("list")


def test_pause_resume_cancel_and_retry_of_several_ids():
    one, two, untouched = (make_download() for _ in range(3))

    said = run("pause", one.pk, two.pk).splitlines()
    assert said == ["2 downloads paused.", "`manage.py queue undo` takes it back, for ten minutes."]
    assert statuses(one, two, untouched) == [S.PAUSED, S.PAUSED, S.QUEUED]
    run("resume", one.pk)
    run("cancel", two.pk)
    assert statuses(one, two, untouched) == [S.QUEUED, S.CANCELLED, S.QUEUED]
    run("retry", two.pk)
    assert statuses(two) == [S.QUEUED]


def test_retry_of_all_that_failed_by_status_or_all():
    failed = [make_download(status=S.FAILED) for _ in range(3)]
    cancelled = make_download(status=S.CANCELLED)

    answer = json.loads(run("retry", "--status", "failed", "--json"))

    assert answer["done"] == [row.pk for row in failed]
    assert statuses(cancelled) == [S.CANCELLED]
    assert run("retry", "--all") == "Nothing done.\n"


def test_pause_of_the_whole_queue_holds_until_it_is_resumed_and_is_told():
    alone = make_download(status=S.PAUSED)
    make_download()

    run("pause", "--all")
    assert claims.claim_next(Worker.here()) is None
    assert "paused" in run("list")
    said = run("resume", "--all")

    assert claims.claim_next(Worker.here()) is not None
    assert "1 download paused by themselves stay so" in said
    assert statuses(alone) == [S.PAUSED]
    assert [event.message for event in Event.objects.filter(kind="steered").order_by("pk")] == [
        "Paused: nothing new is started.",
        "Resumed.",
    ]


def test_cancel_of_all_stops_what_is_being_read_too_and_undo_brings_it_back():
    queued, paused, started = make_download(), make_download(status=S.PAUSED), make_download()
    Download.objects.filter(pk=started.pk).update(started_at="2026-01-01T00:00Z")
    reading = make_request()

    run("cancel", "--all")
    assert statuses(queued, paused, started) == [S.CANCELLED] * 3
    assert DownloadRequest.objects.get(pk=reading.pk).stage == "cancelled"

    run("undo")
    assert statuses(queued, paused, started) == [S.QUEUED, S.PAUSED, S.QUEUED]
    assert DownloadRequest.objects.get(pk=reading.pk).stage == "expanding"
    assert refused("undo")[0] == 2


def test_undo_takes_back_what_the_command_line_did_or_what_a_person_did_on_a_page(person):
    here, page = make_download(), make_download()
    run("pause", here.pk)
    queue.pause([page.pk], by=person)

    run("undo")
    assert statuses(here, page) == [S.QUEUED, S.PAUSED]
    assert "1 download brought back." in run("undo", "--person", person.username)
    assert statuses(here, page) == [S.QUEUED, S.QUEUED]
    assert "nobody called" in refused("undo", "--person", "Nemo")[1]


def test_clear_takes_finished_rows_off_the_list_and_undo_puts_them_back():
    done, failed = make_download(status=S.DONE), make_download(status=S.FAILED)

    run("clear", "--all")
    assert Download.objects.get(pk=done.pk).cleared_at
    assert not Download.objects.get(pk=failed.pk).cleared_at
    run("clear", failed.pk)
    assert run("list", "--status", "failed").startswith("0 at work")

    run("undo")
    assert not Download.objects.get(pk=failed.pk).cleared_at


def test_priority_and_move_change_the_order_and_history_shows_it():
    one, two, three = (make_download(position=place) for place in (1, 2, 3))

    run("move", three.pk, "--before", two.pk)
    assert order() == [one.pk, three.pk, two.pk]
    run("move", one.pk, "--after", two.pk)
    assert order() == [three.pk, two.pk, one.pk]
    run("move", one.pk, "--top")
    run("move", three.pk, "--bottom")
    assert order() == [one.pk, two.pk, three.pk]
    run("priority", "1", three.pk)
    assert order() == [three.pk, one.pk, two.pk]
    assert Event.objects.filter(download_id=three.pk, message="Priority 1.").exists()


def test_parent_is_steered_as_one_and_shared_tracks_go_on_for_others():
    own, shared = make_download(), make_download()
    request = make_wish(own)
    make_wish(shared, position=2, request=request)
    make_wish(shared)

    said = run("pause", "--request", request.pk)
    assert "1 download left alone: another request wants them." in said
    assert statuses(own, shared) == [S.PAUSED, S.QUEUED]
    run("resume", "--request", request.pk)
    run("priority", "2", "--request", request.pk)
    assert set(Download.objects.values_list("status", "priority")) == {(S.QUEUED, 2)}
    run("cancel", "--request", request.pk)
    assert statuses(own, shared) == [S.CANCELLED, S.QUEUED]
    run("retry", "--request", request.pk)
    assert statuses(own) == [S.QUEUED]


def test_parent_that_is_paused_while_it_is_read_gets_paused_rows():
    from downloads.services.adding import add_tracks

    request = make_request(kind="album")
    run("pause", "--request", request.pk)
    run("priority", "5", "--request", request.pk)

    add_tracks(request, list(make_album(3).tracks.all()), first_position=1)  # read before it was steered

    assert set(Download.objects.values_list("status", "priority")) == {(S.PAUSED, 5)}


def test_steering_what_ended_is_gone_or_doubled_says_why_and_does_the_rest():
    done, queued = make_download(status=S.DONE), make_download()

    code, words = refused("cancel", done.pk, queued.pk, 987654)

    assert code == 1
    assert f"{done.pk}: It is done and cannot be cancelled." in words
    assert "987654: It is gone." in words
    assert statuses(queued) == [S.CANCELLED]


@pytest.mark.parametrize(
    "arguments",
    [
        ("cancel",),
        ("cancel", "abc"),
        ("cancel", "-1"),
        ("cancel", "0"),
        ("cancel", "9" * 30),
        ("cancel", "1", "--all"),
        ("cancel", "--status", "no such"),
        ("priority", "0", "--all"),
        ("priority", "6", "1"),
        ("priority", "high", "1"),
        ("move", "1"),
        ("move", "1", "--top", "--bottom"),
        ("move", "1", "--before", "x"),
        ("move", "1", "--after", "1234567"),
        ("dance", "1"),
        ("undo",),
        ("list", "--limit", "0"),
    ],
)
def test_bad_usage_is_said_in_words_and_ends_with_two(arguments):
    make_download()

    code, words = refused(*arguments)

    # What the parser itself refuses ends with 2 only in a process of its own, as the next test shows.
    assert code == (1 if words.startswith("Error: ") else 2)
    assert len(words) > 20
    assert Download.objects.get().status == S.QUEUED


def test_usage_that_the_parser_refuses_ends_a_process_with_two_and_no_traceback(tmp_path):
    env = os.environ | {"SPOTIZER_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "spotizer.settings"}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "queue", "cancel", "abc"]

    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 2
    assert "“abc” is no number of the list" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("action", ["cancel", "pause", "retry", "list"])
def test_request_that_there_is_not_is_refused(action):
    assert refused(action, "--request", 4711) == (1, "There is no request 4711.")


def test_list_of_ids_that_there_are_not_names_them():
    row = make_download()

    assert refused("list", row.pk, 5555) == (1, "There is no 5555 in the queue.")


def test_quiet_hours_are_said_on_the_list_and_on_each_waiting_row(settings):
    from datetime import time

    settings.QUIET_HOURS = (time(0, 0), time(23, 59, 59))
    make_download()

    text = run("list")

    assert "Quiet hours: nothing new starts until 23:59" in text
    assert "T23:59" in text
    assert pausing.is_paused()
