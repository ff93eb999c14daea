"""``manage.py library``: what it says, what it does, and how it ends."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from library.models import FileAct
from library.services import journal
from library.tags import Tags, write_tags

pytestmark = pytest.mark.django_db
BLUE = "Vera Holm/Tidal Rooms/01 Blue Door.opus"
State = FileAct.State


def run(*arguments):
    """What the command printed; raises CommandError where it ends badly."""
    out = io.StringIO()
    call_command("library", *map(str, arguments), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def refused(*arguments):
    """Exit code and words of a command that does not do as asked."""
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value.returncode, str(caught.value)


@pytest.fixture
def acts(shelf):
    """A file that was moved, then tagged, and one that was deleted, for a reason."""
    shelf.put(BLUE)
    shelf.put("old.mp3")
    return [
        journal.move_file(BLUE, "there/Blue.opus", by="test", why="a better name"),
        journal.tag_file("there/Blue.opus", lambda copy: write_tags(copy, Tags(title="Red")), by="test"),
        journal.bin_file("old.mp3", by="test"),
    ]


def test_journal_lists_the_newest_first_in_words(acts):
    lines = run("journal").splitlines()

    heads = [line for line in lines if not line.startswith(" " * 9)]
    assert [line.split()[3] for line in heads[:3]] == ["Deleted", "Tagged", "Moved"]
    assert "to there/Blue.opus" in run("journal", "--kind", "move")
    assert "batch 1: Move a file (a better name), by test" in run("journal", "--kind", "move")
    assert "for 30 more days" in "\n".join(lines)
    assert heads[-1].startswith("2 files in the bin, ")


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (["--state", "done"], 3),
        (["--state", "failed"], 0),
        (["--state", "bin"], 2),
        (["--kind", "tags"], 1),
        (["--text", "old"], 1),
        (["--batch", "2"], 1),
        (["--limit", "2"], 2),
    ],
)
def test_journal_is_filtered(acts, filters, count):
    batch = ["--batch", str(acts[1].batch_id)] if "--batch" in filters else filters

    rows = [json.loads(line) for line in run("journal", *batch, "--json").splitlines()]

    assert len(rows) == count


def test_undo_takes_acts_back_the_last_first(acts, shelf):
    said = run("undo", acts[0].pk, acts[1].pk)

    assert "2 acts taken back" in said
    assert BLUE in shelf.seen()
    assert set(FileAct.objects.filter(undoes=None).values_list("state", flat=True)) == {State.DONE, State.UNDONE}


def test_undo_of_a_batch_with_one_that_was_changed_does_the_rest_and_ends_with_1(shelf):
    plan = journal.Plan("Tags", "test")
    for name in ("a.opus", "b.opus"):
        shelf.put(name)
        plan.tag(name, lambda copy: write_tags(copy, Tags(title="Red")))
    batch = journal.carry_out(plan).batch
    write_tags(shelf.root / "a.opus", Tags(title="by hand"))

    code, words = refused("undo", "--batch", batch.pk)

    assert code == 1
    assert "“a.opus” was changed since." in words
    assert sorted(batch.acts.values_list("path", "state")) == [("a.opus", "done"), ("b.opus", "undone")]


@pytest.mark.parametrize("command", ["undo", "bin restore"])
def test_dry_run_says_what_would_be_done_and_touches_nothing(acts, shelf, command):
    before, count = shelf.seen(), FileAct.objects.count()

    said = run(*command.split(), acts[2].pk, "--dry-run")

    assert said.startswith("undo restore  old.mp3 (")
    assert (shelf.seen(), FileAct.objects.count()) == (before, count)


def test_dry_run_of_what_cannot_be_undone_ends_with_1(acts, shelf):
    shelf.put("old.mp3")

    assert refused("undo", acts[2].pk, "--dry-run")[0] == 1


def test_undo_as_json_names_what_was_done(acts):
    answer = json.loads(run("undo", acts[2].pk, "--json"))

    assert (answer["done"], answer["failed"]) == ([acts[2].pk], {})


def test_bin_lists_what_is_in_it(acts):
    rows = [json.loads(line) for line in run("bin", "list", "--json").splitlines()]

    assert [(row["path"], row["kind"]) for row in rows] == [("old.mp3", "bin"), ("there/Blue.opus", "tags")]


def test_bin_restore_brings_a_file_back_also_under_another_path(acts, shelf):
    run("bin", "restore", acts[2].pk, "--to", "elsewhere/old.mp3")

    assert set(shelf.seen()) == {"there/Blue.opus", "elsewhere/old.mp3"}


def test_bin_restore_of_a_batch_brings_back_all_of_it(shelf):
    plan = journal.Plan("Delete", "test")
    for name in ("a.opus", "b.opus"):
        shelf.put(name)
        plan.bin(name)
    batch = journal.carry_out(plan).batch

    run("bin", "restore", "--batch", batch.pk)

    assert set(shelf.seen()) == {"a.opus", "b.opus"}


def test_bin_empty_without_yes_says_how_much_and_deletes_nothing(acts, shelf):
    binned = shelf.binned()

    assert refused("bin", "empty")[0] == 1
    said = run("bin", "empty", "--dry-run")

    assert "delete   old.mp3 (" in said
    assert "This would delete 2 files for good" in said
    assert shelf.binned() == binned


def test_bin_empty_deletes_what_was_named_or_is_old_or_everything(acts, shelf):
    _, tagged, binned = acts
    assert "0 files deleted" in run("bin", "empty", "--older-than", 3, "--yes")
    FileAct.objects.filter(pk=tagged.pk).update(ended_at=timezone.now() - timedelta(days=4))
    assert "1 file deleted" in run("bin", "empty", "--older-than", 3, "--yes")
    assert "1 file deleted" in run("bin", "empty", binned.pk, "--yes")
    assert "0 files deleted" in run("bin", "empty", "--yes")

    assert shelf.binned() == {}
    assert "no longer in the bin" in refused("undo", tagged.pk)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["undo"],
        ["undo", "1", "--batch", "1"],
        ["undo", "none"],
        ["undo", "0"],
        ["undo", str(2**63)],
        ["bin"],
        ["bin", "restore"],
        ["bin", "empty", "--older-than", "-1"],
        ["journal", "--state", "broken"],
        ["bin", "restore", "1", "2", "--to", "x.mp3"],
    ],
)
def test_bad_usage_is_told_apart(acts, arguments):
    with pytest.raises((CommandError, SystemExit)) as caught:
        run(*arguments)

    assert getattr(caught.value, "returncode", 2) in (1, 2)


def test_what_does_not_exist_is_said(acts):
    assert refused("undo", 99) == (1, "There is no act 99.")
    assert refused("undo", "--batch", 99) == (1, "There is no batch 99.")


def test_a_library_that_is_away_is_said(acts, shelf):
    shelf.root.rename(shelf.root.with_name("elsewhere"))

    code, words = refused("undo", acts[2].pk)

    assert code == 1
    assert "not mounted" in words
