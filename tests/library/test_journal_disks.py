"""Disks that are full, that fail at any step, or of which the library has several."""

import errno
import logging
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import StorageError, UserError
from library.models import AudioFile, FileAct, JournalBatch
from library.services import disk, journal
from library.services.journal import paths
from library.tags import Tags, read_tags, write_tags
from tests.library.shelf import Shelf, digest

pytestmark = pytest.mark.django_db
BLUE = "Vera Holm/Tidal Rooms/01 Blue Door.opus"
State = FileAct.State


def retag(copy):
    write_tags(copy, Tags(title="Red Door", artist="Vera Holm"))


ACTS = {
    "move": lambda new: journal.move_file(BLUE, "there/Blue.opus", by="test"),
    "bin": lambda new: journal.bin_file(BLUE, by="test"),
    "tags": lambda new: journal.tag_file(BLUE, retag, by="test"),
    "replace": lambda new: journal.replace_file(BLUE, new, by="test"),
    "replace under another name": lambda new: journal.replace_file(BLUE, new, to="there/Blue.opus", by="test"),
}


class Fails(logging.Handler):
    """Raises ``error`` at one step of an act, as if the system call behind it had failed."""

    def __init__(self, at, error):
        super().__init__()
        self.at, self.error, self.steps = at, error, []

    def emit(self, record):
        self.steps.append(record.getMessage().split()[0])
        if len(self.steps) - 1 == self.at:
            raise self.error

    def __enter__(self):
        logger = logging.getLogger("library.journal")
        self.level = logger.level
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)
        return self

    def __exit__(self, *args):
        logger = logging.getLogger("library.journal")
        logger.removeHandler(self)
        logger.setLevel(self.level)


@pytest.fixture
def mounted(shelf):
    """Mounts a small disk at a folder of the library and gives its path; None where we may not mount."""
    there = []

    def mount(name, size="8m"):
        folder = shelf.root / name
        folder.mkdir(parents=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
        if done.returncode:
            return None
        there.append(folder)
        return folder

    yield mount
    for folder in there:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_whose_disk_fails_at_any_step_is_done_or_never_was(shelf, copy_of, name, code):
    with Fails(None, None) as watched:
        shelf.put(BLUE)
        ACTS[name](copy_of("opus", "new.opus"))
    after = shelf.seen()

    for step in range(len(watched.steps)):
        for path in shelf.seen():
            (shelf.root / path).unlink()
        AudioFile.objects.all().delete()
        shelf.put(BLUE)
        before = shelf.seen()
        with Fails(step, OSError(code, os.strerror(code))):
            error = raised_by(ACTS[name], copy_of("opus", "new.opus"))

        act = FileAct.objects.latest("id")
        assert act.state == (State.FAILED if error else State.DONE)
        if error:
            assert error.reason == act.reason == ("disk_full" if code == errno.ENOSPC else "storage_gone")
        assert shelf.seen() == (before if error else after)
        assert not list(shelf.root.rglob(".spotizer-*"))
        known = AudioFile.objects.filter(gone_at=None).values_list("path", "size_bytes")
        assert {path: (shelf.root / path).stat().st_size for path in shelf.seen()} == dict(known)


def raised_by(act, *args):
    try:
        act(*args)
    except StorageError as exc:
        return exc
    return None


def test_a_disk_that_gives_up_ends_the_batch_before_the_next_file(shelf):
    for number in (1, 2, 3):
        shelf.put(f"{number}.opus", title=str(number))
    before = shelf.seen()
    plan = journal.Plan("Tags", "test")
    for number in (1, 2, 3):
        plan.tag(f"{number}.opus", retag)
    with Fails(None, None) as watched:
        journal.carry_out(journal.undo_batch_plan(journal.carry_out(plan).batch, by="test"))
    first = watched.steps.index("done") + 1

    plan = journal.Plan("Tags", "test")
    for number in (1, 2, 3):
        plan.tag(f"{number}.opus", retag)
    with Fails(first + 1, OSError(errno.ENOSPC, "No space left on device")):
        outcome = journal.carry_out(plan)

    assert [act.path for act in outcome.done] == ["1.opus"]
    assert outcome.stopped.reason == "disk_full"
    assert [(act.path, act.reason) for act in outcome.failed] == [("2.opus", "disk_full"), ("3.opus", "disk_full")]
    assert outcome.failed[1].message.startswith("Not begun")
    assert {path: content for path, content in shelf.seen().items() if path != "1.opus"} == {
        path: content for path, content in before.items() if path != "1.opus"
    }


def test_a_full_disk_says_so_and_leaves_the_file(shelf, mounted, monkeypatch):
    if mounted("small", size="64k"):
        shelf.put("small/song.mp3")
    else:

        def full(*args):
            raise OSError(errno.ENOSPC, "No space left on device")

        shelf.put("small/song.mp3")
        monkeypatch.setattr(os, "fsync", full)
    before = shelf.seen()

    with pytest.raises(StorageError) as caught:
        journal.tag_file("small/song.mp3", retag, by="test")

    assert caught.value.reason == "disk_full"
    assert shelf.seen() == before


def test_tags_without_room_for_the_earlier_files_stop_before_the_first_one(shelf, settings):
    shelf.put(BLUE)
    before = shelf.seen()
    settings.MIN_FREE_MB = 10**9

    with pytest.raises(StorageError, match="have to stay so") as caught:
        journal.tag_file(BLUE, retag, by="test")

    assert caught.value.reason == "disk_low"
    assert "bin empty" in caught.value.remedy
    assert shelf.seen() == before
    assert not FileAct.objects.exists()
    journal.bin_file(BLUE, by="test")  # needs no room


def test_files_move_between_the_disks_of_a_library_and_back(shelf, mounted, monkeypatch):
    if not mounted("disk2"):
        link = os.link

        def far(source, target, **more):
            if Path(source).parent != Path(target).parent:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            link(source, target, **more)

        monkeypatch.setattr(os, "link", far)
    shelf.put("disk2/song.flac")
    (shelf.root / "disk2/song.flac").chmod(0o640)
    before, time = shelf.seen(), (shelf.root / "disk2/song.flac").stat().st_mtime_ns

    moved = journal.move_file("disk2/song.flac", "here/song.flac", by="test")
    assert list(shelf.seen()) == ["here/song.flac"]
    assert moved.before["sha256"] == moved.after["sha256"] == before["disk2/song.flac"]
    journal.undo_act(moved, by="test")
    binned = journal.bin_file("disk2/song.flac", by="test")
    assert shelf.seen() == {}
    journal.undo_act(binned, by="test")
    journal.undo_act(journal.tag_file("disk2/song.flac", retag, by="test"), by="test")

    assert shelf.seen() == before
    state = (shelf.root / "disk2/song.flac").stat()
    assert (state.st_mode & 0o777, state.st_mtime_ns) == (0o640, time)


def test_a_file_from_another_disk_takes_the_place_of_one(shelf, copy_of, monkeypatch, tmp_path):
    shelf.put(BLUE)
    new = copy_of("opus", "new.opus")
    other = Path("/dev/shm")
    if other.is_dir() and other.stat().st_dev != shelf.root.stat().st_dev:
        new = Path(shutil.move(new, other / f"spotizer-test-{os.getpid()}.opus"))
    write_tags(new, Tags(title="new"))
    content = digest(new)
    try:
        journal.replace_file(BLUE, new, by="test")
        assert shelf.seen() == {BLUE: content}
        assert not new.exists()
    finally:
        new.unlink(missing_ok=True)


def test_tags_on_a_disk_that_shares_blocks_copy_no_byte_and_are_taken_back_the_same(shelf, monkeypatch, caplog):
    def clone(target, call, source):  # what btrfs and XFS do
        assert call == disk.FICLONE
        os.ftruncate(target, 0)
        os.sendfile(target, source, 0, os.fstat(source).st_size)

    monkeypatch.setattr(disk.fcntl, "ioctl", clone)
    caplog.set_level("DEBUG", "library.journal")
    shelf.put(BLUE)
    before = shelf.seen()

    act = journal.tag_file(BLUE, lambda copy: write_tags(copy, Tags(title="Red Door")), by="test")

    assert read_tags(shelf.root / BLUE).title == "Red Door"
    assert "copying" not in caplog.text
    assert shelf.binned()[act.kept] == before[BLUE]
    monkeypatch.undo()
    journal.undo_act(act, by="test")
    assert shelf.seen() == before


def test_a_copy_that_is_not_what_was_written_is_never_used(shelf, monkeypatch, tmp_path):
    shelf.put(BLUE)
    before = shelf.seen()
    monkeypatch.setattr(disk, "sha256", lambda path: "of something else")

    with pytest.raises(StorageError, match="does not hold what was written"):
        journal.tag_file(BLUE, retag, by="test")

    assert shelf.seen() == before


# --- properties ------------------------------------------------------------------------------------------------------

PART = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["..", ".", "", "/", "a/b", "../..", ".spotizer", "\0", "~", "C:\\x", "x" * 300, "é" * 128, "inside"]
    ),
)


@given(parts=st.lists(PART, min_size=1, max_size=6), absolute=st.booleans())
@hypothesis_settings(max_examples=300, deadline=None)
def test_no_path_leads_out_of_the_library_or_into_our_own_folder(tmp_path_factory, parts, absolute):
    root = _root(tmp_path_factory)
    text = ("/" if absolute else "") + "/".join(parts)

    try:
        place = paths.place_in(root, text)
    except UserError:
        return

    resolved = place.parent.resolve()
    assert resolved == root or root in resolved.parents
    assert place.relative_to(root).parts[0] != ".spotizer"
    assert max(len(part.encode()) for part in place.relative_to(root).parts) <= 255


_roots = []


def _root(tmp_path_factory):
    if not _roots:
        root = tmp_path_factory.mktemp("paths") / "library"
        (root / "inside").mkdir(parents=True)
        (root / "outside").symlink_to(root.parent)
        _roots.append(root.resolve())
    return _roots[0]


def test_any_mixture_of_acts_can_be_taken_back_to_the_byte(shelf, copy_of, settings, tmp_path):
    """Thirty random acts, then all batches undone from the last to the first."""
    settings.STOP_FILES = settings.STOP_SHARE = 0
    for seed in range(3):
        chance = random.Random(seed)
        here = Shelf(tmp_path / f"library{seed}", shelf.sounds)
        settings.LIBRARY = here.root
        (here.root / ".spotizer").mkdir(parents=True)
        AudioFile.objects.all().delete()
        for number in range(6):
            here.put(f"a/{number}.{chance.choice(['mp3', 'opus', 'flac', 'm4a'])}", title=f"{seed} {number}")
        before = here.seen()
        batches = []

        for number in range(10):
            plan = journal.Plan(f"Job {number}", "test")
            for path in chance.sample(sorted(here.seen()), min(3, len(here.seen()))):
                match chance.randrange(4):
                    case 0:
                        plan.move(path, f"{chance.choice('abc')}/{number}-{Path(path).name[-20:]}")
                    case 1:
                        plan.bin(path)
                    case 2:
                        plan.tag(path, lambda copy, title=f"{number}": write_tags(copy, Tags(title=title)))
                    case 3:
                        new = copy_of("flac", f"new-{seed}-{number}-{len(plan.steps)}.flac")
                        write_tags(new, Tags(title=f"new {number} {len(plan.steps)}"))
                        to = Path(path).with_suffix(".flac")
                        plan.replace(path, new, to="" if str(to) == path else f"{to.parent}/{number}-{to.name[-20:]}")
            batches.append(journal.carry_out(plan).batch)

        for batch in reversed(batches):
            if batch.acts.filter(state=State.DONE).exists():
                assert not journal.undo_batch(batch, by="test").failed

        assert here.seen() == before
        known = AudioFile.objects.filter(gone_at=None).values_list("path", flat=True)
        assert {path: digest(here.root / path) for path in known} == before
    assert JournalBatch.objects.count() > 30
