"""Acts are taken back, one by one or a whole batch, unless that would lose what was changed since."""

from datetime import timedelta
from pathlib import PurePosixPath

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import StorageError, UserError
from library.models import AudioFile, FileAct, JournalBatch
from library.services import journal
from library.services.place import place_instead
from library.tags import Tags, read_tags, write_tags
from tests.library.shelf import digest

pytestmark = pytest.mark.django_db
BLUE = "Vera Holm/Tidal Rooms/01 Blue Door.opus"
KINDS = ["opus", "mp3", "m4a", "flac"]
State = FileAct.State


def retag(title="Red Door"):
    return lambda path: write_tags(path, Tags(title=title, artist="Vera Holm"))


def row_of(row):
    fields = {name: value for name, value in vars(AudioFile.objects.get(pk=row.pk)).items() if name != "_state"}
    del fields["modified_ns"]
    return fields


ACTS = {
    "move": lambda new: journal.move_file(BLUE, "there/Blue.opus", by="test"),
    "move by case": lambda new: journal.move_file(BLUE, BLUE.replace("Blue", "BLUE"), by="test"),
    "bin": lambda new: journal.bin_file(BLUE, by="test"),
    "tags": lambda new: journal.tag_file(BLUE, retag(), by="test"),
    "replace": lambda new: journal.replace_file(BLUE, new, by="test"),
    "replace under another name": lambda new: journal.replace_file(BLUE, new, to="there/Blue.flac", by="test"),
}


@pytest.mark.parametrize("name", ACTS)
def test_undo_act_puts_back_content_place_time_and_row(shelf, copy_of, name):
    row = shelf.put(BLUE)
    kept = row_of(row)
    before, time = shelf.seen(), (shelf.root / BLUE).stat().st_mtime_ns
    new = copy_of("flac" if "another" in name else "opus", "new.opus")
    write_tags(new.rename(new.with_suffix(".flac")) if "another" in name else new, Tags(title="new"))
    act = ACTS[name](new.with_suffix(".flac") if "another" in name else new)
    assert shelf.seen() != before

    undo = journal.undo_act(act, by="test")

    assert shelf.seen() == before
    assert (shelf.root / BLUE).stat().st_mtime_ns == time
    assert row_of(row) == kept
    act.refresh_from_db()
    assert (act.state, undo.state, undo.undoes_id) == (State.UNDONE, State.DONE, act.pk)
    # Only what the undo itself replaced is in the bin.
    assert set(shelf.binned()) == ({undo.kept} if undo.kept else set())


def test_a_replacement_takes_the_passport_away_and_its_undo_brings_it_back(shelf, copy_of):
    row = shelf.put(BLUE)
    AudioFile.objects.update(passport={"source": {"codec": "opus"}})

    act = journal.replace_file(BLUE, copy_of("flac", "new.flac"), to="Blue.flac", by="test")
    assert AudioFile.objects.get(pk=row.pk).passport == {}
    AudioFile.objects.update(passport={"source": {"codec": "flac"}})
    undo = journal.undo_act(act, by="test")
    assert AudioFile.objects.get(pk=row.pk).passport == {"source": {"codec": "opus"}}
    journal.undo_act(undo, by="test")

    assert AudioFile.objects.get(pk=row.pk).passport == {"source": {"codec": "flac"}}


@pytest.mark.parametrize("kind", KINDS)
def test_undo_of_an_undo_is_the_act_again(shelf, kind):
    path = f"song.{kind}"
    shelf.put(path)
    act = journal.tag_file(path, retag(), by="test")
    tagged = shelf.seen()

    undo = journal.undo_act(act, by="test")
    journal.undo_act(undo, by="test")

    assert shelf.seen() == tagged


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"bin"}))
def test_undo_act_when_the_file_was_changed_since_refuses_and_says_why(shelf, copy_of, name):
    shelf.put(BLUE)
    act = ACTS[name](copy_of("opus", "new.opus"))
    with (shelf.root / act.target).open("ab") as file:
        file.write(b"more")
    changed = shelf.seen()

    with pytest.raises(UserError, match="was changed since") as caught:
        journal.undo_act(act, by="test")

    assert caught.value.reason == "changed"
    assert shelf.seen() == changed
    act.refresh_from_db()
    assert act.state == State.DONE


def test_undo_of_tags_when_the_file_was_only_touched_works(shelf):
    shelf.put(BLUE)
    before = shelf.seen()
    act = journal.tag_file(BLUE, retag(), by="test")
    (shelf.root / BLUE).touch()

    journal.undo_act(act, by="test")

    assert shelf.seen() == before


def test_undo_act_twice_says_that_it_was_undone(shelf):
    shelf.put(BLUE)
    act = journal.bin_file(BLUE, by="test")
    journal.undo_act(act, by="test")
    act.refresh_from_db()

    with pytest.raises(UserError, match="was undone already"):
        journal.undo_act(act, by="test")


def test_undo_of_a_deletion_when_the_name_is_taken_now_refuses_and_restores_elsewhere(shelf):
    shelf.put(BLUE)
    content = shelf.seen()[BLUE]
    act = journal.bin_file(BLUE, by="test")
    shelf.put(BLUE, title="another")
    there = shelf.seen()

    with pytest.raises(UserError, match="Another file has the name"):
        journal.undo_act(act, by="test")
    journal.carry_out(journal.restore_plan([act], by="test", to="elsewhere/Blue.opus"))

    assert shelf.seen() == there | {"elsewhere/Blue.opus": content}
    paths = set(AudioFile.objects.filter(gone_at=None).values_list("path", flat=True))
    assert paths == {BLUE, "elsewhere/Blue.opus"}


def test_undo_batch_takes_back_all_of_it_the_last_first(shelf):
    for number in (1, 2, 3):
        shelf.put(f"{number}.opus", title=str(number))
    before = shelf.seen()
    plan = journal.Plan("Renumber", "test")
    for number in (3, 2, 1):
        plan.move(f"{number}.opus", f"{number + 1}.opus")
    batch = journal.carry_out(plan).batch

    outcome = journal.undo_batch(batch, by="test")

    assert len(outcome.done) == 3
    assert shelf.seen() == before
    assert set(batch.acts.values_list("state", flat=True)) == {State.UNDONE}


def test_undo_batch_that_did_several_things_to_one_file_goes_back_through_all_of_them(shelf, copy_of):
    row = shelf.put(BLUE)
    kept, before = row_of(row), shelf.seen()
    plan = journal.Plan("Tidy up", "test")
    plan.tag(BLUE, retag("one"))
    plan.move(BLUE, "there/Blue.opus")
    plan.tag("there/Blue.opus", retag("two"))
    plan.replace("there/Blue.opus", copy_of("flac", "new.flac"), to="there/Blue.flac")
    plan.bin("there/Blue.flac")
    batch = journal.carry_out(plan).batch
    assert shelf.seen() == {}
    assert set(batch.acts.values_list("state", "file")) == {(State.DONE, row.pk)}
    dry = journal.undo_batch_plan(batch, by="test")
    assert not dry.problems

    outcome = journal.undo_batch(batch, by="test")

    assert len(outcome.done) == 5
    assert shelf.seen() == before
    assert row_of(row) == kept


def test_undo_of_an_act_that_a_later_one_built_on_refuses(shelf):
    shelf.put(BLUE)
    first = journal.tag_file(BLUE, retag("one"), by="test")
    journal.tag_file(BLUE, retag("two"), by="test")

    with pytest.raises(UserError, match="was changed since"):
        journal.undo_act(first, by="test")

    assert read_tags(shelf.root / BLUE).title == "two"


def test_undo_batch_does_what_it_can_and_names_the_rest(shelf):
    for number in (1, 2):
        shelf.put(f"{number}.opus", title=str(number))
    before = shelf.seen()
    plan = journal.Plan("Tags", "test")
    for number in (1, 2):
        plan.tag(f"{number}.opus", retag())
    batch = journal.carry_out(plan).batch
    write_tags(shelf.root / "1.opus", Tags(title="by hand"))

    outcome = journal.undo_batch(batch, by="test")

    assert len(outcome.done) == 1
    assert [act.reason for act in outcome.failed] == ["changed"]
    assert shelf.seen()["2.opus"] == before["2.opus"]
    assert read_tags(shelf.root / "1.opus").title == "by hand"


def test_undo_batch_of_which_nothing_stands_says_so(shelf):
    shelf.put(BLUE)
    act = journal.bin_file(BLUE, by="test")
    journal.undo_act(act, by="test")

    with pytest.raises(UserError, match="Nothing of batch"):
        journal.undo_batch(act.batch, by="test")


# --- dry run and stop rule -------------------------------------------------------------------------------------------


def test_a_plan_touches_nothing_and_can_be_read(shelf, copy_of):
    shelf.put(BLUE)
    shelf.put("song.mp3")
    before = shelf.seen()
    plan = journal.Plan("Tidy up", "test")
    plan.move(BLUE, "there/Blue.opus")
    plan.tag("song.mp3", retag())
    plan.bin("nowhere.opus")

    lines = list(plan.lines())

    assert lines[0].startswith(f"move     {BLUE} -> there/Blue.opus (")
    assert lines[1].startswith("tag      song.mp3 (")
    assert "not done: “nowhere.opus” is not there" in lines[2]
    assert lines[3].startswith("Tidy up: 2 files, ")
    assert lines[3].endswith("1 file cannot be done.")
    assert shelf.seen() == before
    assert not FileAct.objects.exists()


def test_a_plan_with_a_step_that_cannot_be_done_does_the_others(shelf):
    shelf.put(BLUE)
    plan = journal.Plan("Tidy up", "test")
    plan.bin("nowhere.opus")
    plan.bin(BLUE)
    told = []

    outcome = journal.carry_out(plan, on_act=told.append)

    assert [act.path for act in outcome.done] == [BLUE]
    assert [(act.path, act.reason) for act in outcome.failed] == [("nowhere.opus", "gone")]
    assert [act.path for act in told] == ["nowhere.opus", BLUE]


def test_a_file_that_was_changed_after_it_was_planned_is_left(shelf):
    shelf.put(BLUE)
    plan = journal.Plan("Delete", "test")
    plan.bin(BLUE)
    write_tags(shelf.root / BLUE, Tags(title="by hand, and longer than before"))

    [failed] = journal.carry_out(plan).failed

    assert failed.reason == "changed"
    assert read_tags(shelf.root / BLUE).title.startswith("by hand")


def big_plan(shelf, count, known):
    for number in range(count):
        shelf.write(f"{number}.mp3", b"x")
    AudioFile.objects.bulk_create(
        AudioFile(path=f"{number}.mp3", size_bytes=1, modified_ns=1, codec="mp3", container="mp3", duration_ms=1)
        for number in range(known)
    )
    plan = journal.Plan("Delete", "test")
    for number in range(count):
        plan.bin(f"{number}.mp3")
    return plan


@pytest.mark.parametrize(
    ("count", "known", "files", "share", "stops"),
    [
        (6, 100, 5, 0, True),
        (5, 100, 5, 0, False),
        (6, 100, 0, 0, False),
        (21, 100, 500, 20, True),
        (20, 100, 500, 20, False),
        (19, 19, 500, 20, False),  # so few that the share says nothing
    ],
)
def test_a_plan_that_touches_unusually_much_stops_before_the_first_file(
    shelf, settings, count, known, files, share, stops
):
    settings.STOP_FILES, settings.STOP_SHARE = files, share
    plan = big_plan(shelf, count, known)

    if stops:
        with pytest.raises(UserError, match=f"would touch {count} files") as caught:
            journal.carry_out(plan)
        assert caught.value.reason == "too_much"
        assert len(shelf.seen()) == count
        assert not FileAct.objects.exists()
        journal.carry_out(plan, even_if_much=True)
    else:
        journal.carry_out(plan)
    assert shelf.seen() == {}


def test_undoing_much_is_no_mistake(shelf, settings):
    plan = big_plan(shelf, 6, 6)
    batch = journal.carry_out(plan).batch
    settings.STOP_FILES = 2

    journal.undo_batch(batch, by="test")

    assert len(shelf.seen()) == 6


def test_a_plan_most_of_whose_files_are_not_there_takes_a_disk_for_unmounted(shelf):
    plan = journal.Plan("Delete", "test")
    shelf.write("here/1.mp3")
    plan.bin("here/1.mp3")
    for number in range(4):
        plan.bin(f"disk2/{number}.mp3")

    with pytest.raises(StorageError, match="not where they should be") as caught:
        journal.carry_out(plan)

    assert caught.value.reason == "storage_gone"
    assert list(shelf.seen()) == ["here/1.mp3"]


def test_nothing_is_planned_while_the_library_is_not_mounted(shelf):
    shelf.put(BLUE)
    shelf.root.rename(shelf.root.with_name("elsewhere"))
    shelf.root.mkdir()

    with pytest.raises(StorageError, match="not mounted"):
        journal.bin_file(BLUE, by="test")

    assert list(shelf.root.iterdir()) == []
    assert journal.recover() == journal.Recovered()
    assert journal.purge_bin() == journal.Emptied()


# --- the bin ---------------------------------------------------------------------------------------------------------


def test_purge_bin_takes_what_is_older_than_the_settings_keep_it(shelf, settings):
    settings.BIN_DAYS = 30
    for number in (1, 2):
        shelf.put(f"{number}.opus")
    old, young = (journal.bin_file(f"{number}.opus", by="test") for number in (1, 2))
    FileAct.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(days=31))

    emptied = journal.purge_bin()

    assert (emptied.files, emptied.size_bytes) == (1, old.kept_bytes)
    assert list(shelf.binned()) == [young.kept]
    old.refresh_from_db()
    assert old.left_bin_at is not None
    with pytest.raises(UserError, match="no longer in the bin"):
        journal.undo_act(old, by="test")


def test_purge_bin_where_the_settings_keep_everything_takes_nothing(shelf, settings):
    settings.BIN_DAYS = 0
    shelf.put(BLUE)
    journal.bin_file(BLUE, by="test")

    assert journal.purge_bin(now=timezone.now() + timedelta(days=10_000)).files == 0
    assert len(shelf.binned()) == 1


def test_acts_are_forgotten_as_late_as_the_bin_forgets_with_their_batches_and_no_others(shelf, settings):
    settings.BIN_DAYS = 30
    for number in range(6):
        shelf.put(f"{number}.opus")
    moved = journal.move_file("0.opus", "there.opus", by="test")
    undo = journal.undo_act(moved, by="test")
    kept = journal.bin_file("1.opus", by="test")
    young = journal.move_file("2.opus", "young.opus", by="test")
    plan = journal.Plan("Two", "test")
    plan.move("3.opus", "a.opus")
    plan.move("4.opus", "b.opus")
    outcome = journal.carry_out(plan)
    cut_off = FileAct.objects.create(batch=young.batch, kind="move", state="doing", path="5.opus", target="c.opus")
    old = timezone.now() - timedelta(days=31)
    JournalBatch.objects.update(started_at=old)
    FileAct.objects.exclude(pk__in=[young.pk, undo.pk, cut_off.pk, outcome.done[1].pk]).update(ended_at=old)

    assert journal.forget_old() == 2

    left = FileAct.objects.order_by("pk").values_list("pk", flat=True)
    assert list(left) == [undo.pk, kept.pk, young.pk, outcome.done[1].pk, cut_off.pk]
    undo.refresh_from_db()
    assert undo.undoes is None
    assert not JournalBatch.objects.filter(pk=moved.batch_id).exists()
    assert JournalBatch.objects.filter(pk=outcome.batch.pk).exists()
    assert (shelf.root / "b.opus").exists()
    journal.undo_act(outcome.done[1], by="test")
    assert (shelf.root / "4.opus").exists()


def test_ten_thousand_old_acts_are_forgotten_in_few_statements(shelf, settings):
    settings.BIN_DAYS = 30
    batch = JournalBatch.objects.create(what="Rename", by_name="test", hand="x")
    old = timezone.now() - timedelta(days=31)
    FileAct.objects.bulk_create(
        [FileAct(batch=batch, kind="move", state="done", path=f"{n}", ended_at=old) for n in range(10_000)]
    )

    with CaptureQueriesContext(connection) as queries:
        assert journal.forget_old() == 10_000

    assert len(queries) < 500, "a dozen for each set of 500"
    assert not FileAct.objects.exists()


def test_acts_are_never_forgotten_where_the_bin_keeps_everything(shelf, settings):
    settings.BIN_DAYS = 0
    shelf.put(BLUE)
    journal.move_file(BLUE, "there.opus", by="test")

    assert journal.forget_old(now=timezone.now() + timedelta(days=10_000)) == 0
    assert FileAct.objects.count() == 1


def test_empty_bin_leaves_what_is_just_being_brought_back(shelf):
    for number in (1, 2):
        shelf.put(f"{number}.opus")
    first, second = (journal.bin_file(f"{number}.opus", by="test") for number in (1, 2))
    FileAct.objects.create(
        batch=first.batch, kind="restore", state="doing", target="1.opus", origin=first.kept, undoes=first
    )

    assert journal.empty_bin().files == 1
    assert list(shelf.binned()) == [first.kept]
    assert second.pk not in journal.kept_acts().values_list("pk", flat=True)


# --- downloads -------------------------------------------------------------------------------------------------------


def test_a_download_that_takes_the_place_of_a_file_goes_through_the_journal(shelf, copy_of):
    row = shelf.put(BLUE)
    before, new = shelf.seen()[BLUE], copy_of("opus", "new.opus")
    write_tags(new, Tags(title="The right one"))
    content, named = digest(new), []

    placed = place_instead(
        new, PurePosixPath(BLUE), replaces=BLUE, download_id=7, sound="unused", before_naming=named.append
    )

    assert shelf.seen() == {BLUE: content}
    assert list(shelf.binned().values()) == [before]
    assert named == [placed.path]
    act = FileAct.objects.get(pk=placed.act_id)
    assert (act.file_id, act.batch.by_name, act.batch.why) == (row.pk, "downloads", "download 7")


def test_a_download_that_takes_the_place_of_a_file_under_a_taken_name_takes_the_next_one(shelf, copy_of):
    shelf.put("old.mp3")
    shelf.put("new.flac")

    placed = place_instead(
        copy_of("flac", "work.flac"), PurePosixPath("new.flac"), replaces="old.mp3", download_id=7, sound="unused"
    )

    assert set(shelf.seen()) == {"new.flac", "new (2).flac"}
    assert str(placed.path) == "new (2).flac"


def test_a_download_that_takes_the_place_of_a_file_that_is_gone_is_filed(shelf, copy_of):
    placed = place_instead(
        copy_of("opus", "work.opus"), PurePosixPath(BLUE), replaces="nowhere.mp3", download_id=7, sound="unused"
    )

    assert list(shelf.seen()) == [BLUE]
    assert placed.act_id is None
