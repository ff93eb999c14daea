"""Killed at any moment, an act leaves its file as it was or as it should be, and recovery closes the books."""

import json
import random
import shutil
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from catalog.models import Recording
from downloads.services import sweep
from library.models import AudioFile, FileAct, JournalBatch
from library.services import journal
from library.services.journal import hands
from library.tags import Tags, write_tags
from spotizer.supervisor import prepare
from tests.downloads.processes import environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BLUE = "Vera Holm/Tidal Rooms/01 Blue Door.opus"
State = FileAct.State


class Nursery:
    """Children that do one act on the test's database and library, and die on their way."""

    def __init__(self, folder):
        self.new = folder / "new.flac"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.library.nursery"],
            env=environment(folder),
            cwd=django_settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, act, path=BLUE, **more):
        order = {"library": str(self.shelf.root), "act": act, "path": path, "new": str(self.new), **more}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def lay_out(self, paths):
        """A fresh library with these files, an empty journal, and a file to replace one with."""
        for model in (FileAct, JournalBatch, AudioFile, Recording):
            model.objects.all().delete()
        shutil.rmtree(self.shelf.root)
        (self.shelf.root / ".spotizer").mkdir(parents=True)
        for path in paths:
            self.shelf.put(path, title=path)
        shutil.copy(self.shelf.sounds["flac"], self.new)
        write_tags(self.new, Tags(title="new"))


@pytest.fixture(scope="module")
def warm(django_db_setup, tmp_path_factory):
    nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.process.stdin.close()
    nursery.process.wait(30)


@pytest.fixture
def nursery(warm, shelf):
    warm.shelf = shelf
    return warm


def rows():
    return set(AudioFile.objects.filter(gone_at=None).values_list("path", "size_bytes"))


def state_of(shelf):
    """What is seen, which files are known, and what is in the bin by content."""
    return shelf.seen(), rows(), sorted(shelf.binned().values())


def check_whole(shelf, known):
    """Before anybody tidies up: whatever a player sees is a whole old or new file."""
    for path, content in shelf.seen().items():
        is_reserved = (shelf.root / path).stat().st_size == 0
        assert path.rpartition("/")[2].startswith(".spotizer-") or is_reserved or content in known, path


def check_books(shelf):
    """After recovery: nothing is open, nothing lies about, and the bin holds what the journal says."""
    assert not FileAct.objects.filter(state__in=[State.PLANNED, State.DOING]).exists()
    assert not [path for path in shelf.seen() if ".spotizer-" in path]
    assert set(shelf.binned()) == set(FileAct.objects.exclude(kept="").values_list("kept", flat=True))
    assert {(path, (shelf.root / path).stat().st_size) for path in shelf.seen()} == rows()


def never():
    pass


def tagged():
    journal.tag_file(BLUE, lambda copy: write_tags(copy, Tags(title="first")), by="test")


CASES = {
    "move": ("move", BLUE, never),
    "change of case": ("case", "blue.opus", never),
    "bin": ("bin", BLUE, never),
    "tags of opus": ("tags", BLUE, never),
    "tags of mp3": ("tags", "song.mp3", never),
    "tags of m4a": ("tags", "song.m4a", never),
    "tags of flac": ("tags", "song.flac", never),
    "replace": ("replace", BLUE, never),
    "replace under another name": ("rename", BLUE, never),
    "undo of a move": ("undo", BLUE, lambda: journal.move_file(BLUE, "there/x.opus", by="test")),
    "undo of a deletion": ("undo", BLUE, lambda: journal.bin_file(BLUE, by="test")),
    "undo of tags": ("undo", BLUE, tagged),
}


def lay_out(nursery, path, prepare):
    nursery.lay_out([path])
    prepare()


# On disks without links, and from one disk to another.
ODD = ["move", "change of case", "bin", "tags of opus", "replace", "replace under another name", "undo of a deletion"]


@pytest.mark.parametrize(
    ("name", "disk"), [*((name, "") for name in CASES), *((name, disk) for name in ODD for disk in ("links", "cross"))]
)
def test_an_act_killed_at_each_of_its_steps_is_done_or_never_was(nursery, shelf, name, disk):
    act, path, prepare = CASES[name]
    lay_out(nursery, path, prepare)
    before = state_of(shelf)
    whole = nursery.run(act, path, disk=disk)
    assert whole["status"] == 0
    after = state_of(shelf)
    assert after != before
    known = {*before[0].values(), *after[0].values()}
    assert whole["steps"][0] == "begun"
    assert whole["steps"][-1] == "done"
    outcomes = set()

    for step in range(len(whole["steps"])):
        lay_out(nursery, path, prepare)
        killed = nursery.run(act, path, disk=disk, at=step)
        assert killed["killed"]
        check_whole(shelf, known)

        journal.recover()

        last = FileAct.objects.latest("id")
        # Contents differ from run to run only where a tag or a page holds chance; the names tell which state it is.
        is_done = last.state == State.DONE
        assert state_of(shelf)[:2] == (after if is_done else before)[:2]
        check_books(shelf)
        assert is_done or last.reason == "interrupted"
        assert journal.recover() == journal.Recovered()
        outcomes.add(is_done)
        if is_done:
            journal.undo_act(last, by="test")
            assert shelf.seen() == before[0]

    assert outcomes == {True, False}


def test_a_batch_killed_at_each_of_its_steps_has_every_file_done_or_untouched(nursery, shelf):
    paths = ["a.opus", "b.opus", "c.opus", "d.opus", "b2.opus"]
    nursery.lay_out(paths)
    steps = nursery.run("batch")["steps"]
    assert steps.count("done") == 5

    for step in range(0, len(steps), 3):
        nursery.lay_out(paths)
        before = shelf.seen()
        assert nursery.run("batch", at=step)["killed"]

        recovered = journal.recover()

        check_books(shelf)
        states = list(FileAct.objects.order_by("id").values_list("state", flat=True))
        done = states.count(State.DONE)
        assert states == [State.DONE] * done + [State.FAILED] * (5 - done)
        assert recovered.not_begun in (4 - done, 5 - done)
        if done:
            journal.undo_batch(JournalBatch.objects.get(), by="test")
        assert shelf.seen() == before


def test_acts_killed_at_random_moments_are_done_or_never_were(nursery, shelf):
    chance = random.Random(20)

    for name in chance.sample(list(CASES), 5):
        act, path, prepare = CASES[name]
        lay_out(nursery, path, prepare)
        before = state_of(shelf)
        seconds = nursery.run(act, path)["seconds"]
        after = state_of(shelf)
        for _ in range(6):
            lay_out(nursery, path, prepare)
            nursery.run(act, path, after=chance.random() * seconds)
            check_whole(shelf, {*before[0].values(), *after[0].values()})

            journal.recover()

            assert state_of(shelf) in (before, after)
            check_books(shelf)


def test_recover_leaves_the_work_of_the_living_alone(shelf):
    shelf.put(BLUE)
    seen = []

    def change(copy):
        seen.append(journal.recover())
        write_tags(copy, Tags(title="Red Door"))

    act = journal.tag_file(BLUE, change, by="test")

    assert seen == [journal.Recovered()]
    assert act.state == State.DONE


def test_recover_waits_while_the_library_is_away(nursery, shelf):
    nursery.lay_out([BLUE])
    nursery.run("move", at=1)
    shelf.root.rename(shelf.root.with_name("elsewhere"))

    assert journal.recover() == journal.Recovered()
    assert FileAct.objects.get().state == State.DOING
    shelf.root.with_name("elsewhere").rename(shelf.root)

    assert journal.recover().finished == 1


def test_recover_leaves_what_somebody_changed_meanwhile_and_keeps_what_was_there(nursery, shelf):
    nursery.lay_out([BLUE])
    before = shelf.seen()[BLUE]
    steps = nursery.run("tags")["steps"]
    nursery.lay_out([BLUE])
    nursery.run("tags", at=steps.index("swapped"))
    write_tags(shelf.root / BLUE, Tags(title="by hand"))
    theirs = shelf.seen()

    journal.recover()

    act = FileAct.objects.get()
    assert (act.state, act.reason) == (State.FAILED, "changed")
    assert shelf.seen() == theirs
    assert len(shelf.binned()) == 1
    assert before not in theirs.values()


def test_the_lock_of_a_hand_that_died_after_its_work_goes_with_the_hour(nursery, shelf):
    nursery.lay_out([BLUE])
    steps = nursery.run("bin")["steps"]
    nursery.lay_out([BLUE])
    nursery.run("bin", at=steps.index("done"))

    assert hands.forget_dead_hands() == 0
    assert hands.forget_dead_hands(now=time.time() + 7200) == 1
    assert list((shelf.root / ".spotizer" / "hands").iterdir()) == []


@pytest.mark.parametrize("who", ["the sweeper", "serve, before its parts start"])
def test_what_was_cut_short_is_settled_by(who, nursery, shelf, monkeypatch):
    nursery.lay_out([BLUE])
    before = shelf.seen()
    nursery.run("tags", at=nursery_step(nursery, "kept"))
    assert FileAct.objects.get().state == State.DOING

    if who == "the sweeper":
        monkeypatch.setattr(sweep, "_last", {})
        sweep.sweep()
    else:
        prepare.settle_files()

    assert FileAct.objects.get().state == State.FAILED
    assert shelf.seen() == before
    check_books(shelf)


def test_the_sweeper_empties_the_bin_of_what_is_too_old(shelf, monkeypatch):
    monkeypatch.setattr(sweep, "_last", {})
    shelf.put(BLUE)
    act = journal.bin_file(BLUE, by="test")
    FileAct.objects.filter(pk=act.pk).update(ended_at=act.ended_at - timedelta(days=31))

    sweep.sweep()

    assert shelf.binned() == {}


def nursery_step(nursery, name):
    """The number of the step of a tag write that has this name; the library is laid out anew."""
    step = nursery.run("tags")["steps"].index(name)
    nursery.lay_out([BLUE])
    return step
