"""Acts on files: written down, done safely, verified; what fails leaves everything as it was."""

import os
import shutil
from pathlib import Path

import pytest

from core.errors import PermanentError, StorageError, UserError
from library.audio import audio_hash
from library.models import AudioFile, FileAct, JournalBatch
from library.services import journal
from library.services.journal import facts
from library.tags import Tags, read_tags, write_tags
from tests.library.rights import common_rights
from tests.library.shelf import digest

pytestmark = pytest.mark.django_db
BLUE = "Vera Holm/Tidal Rooms/01 Blue Door.opus"
KINDS = ["opus", "mp3", "m4a", "flac"]
State = FileAct.State


def retag(title="Red Door"):
    return lambda path: write_tags(path, Tags(title=title, artist="Vera Holm"))


def states():
    return list(FileAct.objects.order_by("id").values_list("kind", "state"))


# --- moving ----------------------------------------------------------------------------------------------------------


def test_move_file_gives_it_the_other_path_and_its_row_too(shelf, person):
    row = shelf.put(BLUE)
    before = shelf.seen()[BLUE]

    act = journal.move_file(BLUE, "Vera Holm/Rooms/Blue.opus", by=person, why="a better name")

    assert shelf.seen() == {"Vera Holm/Rooms/Blue.opus": before}
    row.refresh_from_db()
    assert (row.path, row.gone_at) == ("Vera Holm/Rooms/Blue.opus", None)
    assert (act.state, act.path, act.target) == (State.DONE, BLUE, "Vera Holm/Rooms/Blue.opus")
    assert act.file == row
    assert act.before["size_bytes"] == act.after["size_bytes"] > 0
    assert act.before["ends_hash"] == act.after["ends_hash"]
    assert (act.batch.person, act.batch.by_name, act.batch.why) == (person, person.username, "a better name")


def test_move_file_where_only_the_case_changes_renames_it(shelf):
    shelf.put(BLUE)

    journal.move_file(BLUE, "Vera Holm/Tidal Rooms/01 BLUE door.opus", by="test")

    assert list(shelf.seen()) == ["Vera Holm/Tidal Rooms/01 BLUE door.opus"]


def test_move_file_takes_the_spelling_of_a_folder_that_is_there(shelf):
    shelf.put(BLUE)
    shelf.put("The Tides/x.opus")

    journal.move_file(BLUE, "the tides/Blue.opus", by="test")

    assert set(shelf.seen()) == {"The Tides/x.opus", "The Tides/Blue.opus"}


@pytest.mark.parametrize("name", ["x.opus", "X.OPUS"])
def test_move_file_onto_another_is_refused_also_where_only_the_case_differs(shelf, name):
    shelf.put(BLUE)
    shelf.put("The Tides/x.opus")
    before = shelf.seen()

    with pytest.raises(UserError, match="Another file has the name") as caught:
        journal.move_file(BLUE, f"The Tides/{name}", by="test")

    assert caught.value.reason == "name_taken"
    assert shelf.seen() == before
    assert states() == [("move", "failed")]


@pytest.mark.parametrize(
    "to",
    [
        "../out.opus",
        "/etc/out.opus",
        "a/../../out.opus",
        ".spotizer/bin/1/x.opus",
        "",
        "a/\0.opus",
        f"{'x' * 256}.opus",
        f"{'folder/' * 200}x.opus",
    ],
)
def test_move_file_out_of_the_library_or_to_a_name_that_no_disk_takes_is_refused(shelf, to):
    shelf.put(BLUE)
    before = shelf.seen()

    with pytest.raises(UserError):
        journal.move_file(BLUE, to, by="test")

    assert shelf.seen() == before


def test_move_file_to_the_longest_name_that_a_disk_takes(shelf):
    shelf.put(BLUE)
    name = "é" * 125 + ".opus"  # 255 bytes

    journal.move_file(BLUE, name, by="test")
    journal.tag_file(name, retag(), by="test")
    journal.bin_file(name, by="test")

    assert shelf.seen() == {}
    assert {Path(path).name for path in shelf.binned()} == {name}


def test_moves_that_free_a_name_for_the_next_one_are_one_plan(shelf):
    for number in (1, 2, 3):
        shelf.put(f"{number}.opus", title=str(number))
    before = shelf.seen()
    plan = journal.Plan("Renumber", "test")
    for number in (3, 2, 1):
        plan.move(f"{number}.opus", f"{number + 1}.opus")

    outcome = journal.carry_out(plan)

    assert len(outcome.done) == 3
    assert shelf.seen() == {f"{n + 1}.opus": before[f"{n}.opus"] for n in (1, 2, 3)}
    assert sorted(AudioFile.objects.values_list("path", "recording__title")) == [
        ("2.opus", "1"),
        ("3.opus", "2"),
        ("4.opus", "3"),
    ]


# --- links -----------------------------------------------------------------------------------------------------------


def test_links_that_lead_out_of_the_library_are_refused(shelf, tmp_path, sounds):
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.copy(sounds["opus"], outside / "theirs.opus")
    (shelf.root / "linked").symlink_to(outside)
    (shelf.root / "link.opus").symlink_to(outside / "theirs.opus")
    shelf.put(BLUE)
    before = digest(outside / "theirs.opus")

    for act in (
        lambda: journal.bin_file("linked/theirs.opus", by="test"),
        lambda: journal.tag_file("linked/theirs.opus", retag(), by="test"),
        lambda: journal.bin_file("link.opus", by="test"),
        lambda: journal.tag_file("link.opus", retag(), by="test"),
        lambda: journal.move_file(BLUE, "linked/mine.opus", by="test"),
    ):
        with pytest.raises(UserError, match=r"leads out of the library|is a link"):
            act()

    assert [path.name for path in outside.iterdir()] == ["theirs.opus"]
    assert digest(outside / "theirs.opus") == before
    assert (shelf.root / BLUE).is_file()


def test_a_library_that_is_itself_a_link_works(shelf, settings, tmp_path):
    shelf.put(BLUE)
    (tmp_path / "link").symlink_to(shelf.root)
    settings.LIBRARY = tmp_path / "link"

    journal.bin_file(BLUE, by="test")

    assert shelf.seen() == {}


# --- the bin ---------------------------------------------------------------------------------------------------------


def test_bin_file_hides_it_from_players_and_drops_the_empty_folders(shelf):
    row = shelf.put(BLUE)
    content = shelf.seen()[BLUE]

    act = journal.bin_file(BLUE, by="test")

    assert shelf.seen() == {}
    assert shelf.folders() == set()
    assert shelf.binned() == {f"{act.pk}/{BLUE}": content}
    row.refresh_from_db()
    assert row.gone_at is not None
    marks = {path.name for path in (shelf.root / ".spotizer" / "bin").iterdir() if path.is_file()}
    assert marks == {".nomedia", ".ignore", ".ndignore", ".plexignore"}


def test_bin_file_leaves_a_folder_that_holds_something_else(shelf):
    shelf.put(BLUE)
    shelf.write("Vera Holm/Tidal Rooms/notes.txt")

    journal.bin_file(BLUE, by="test")

    assert list(shelf.seen()) == ["Vera Holm/Tidal Rooms/notes.txt"]


def test_a_new_file_under_a_binned_name_has_a_row_of_its_own(shelf):
    old = shelf.put(BLUE)
    journal.bin_file(BLUE, by="test")

    new = shelf.put(BLUE, title="another")

    assert new.pk != old.pk


def test_bin_file_that_is_not_there_says_so(shelf):
    with pytest.raises(UserError, match="is not there") as caught:
        journal.bin_file(BLUE, by="test")

    assert caught.value.reason == "gone"


def test_a_folder_is_no_file(shelf):
    shelf.put(BLUE)

    with pytest.raises(UserError, match="is no file"):
        journal.bin_file("Vera Holm", by="test")


# --- tags ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_tag_file_changes_the_tags_and_not_the_sound(shelf, kind):
    path = f"song.{kind}"
    row = shelf.put(path)
    before, sound = shelf.seen()[path], audio_hash(shelf.root / path)

    act = journal.tag_file(path, retag(), by="test")

    assert read_tags(shelf.root / path).title == "Red Door"
    assert audio_hash(shelf.root / path) == sound
    assert act.before["audio_hash"] == act.after["audio_hash"] == sound
    assert (act.before["sha256"], act.after["sha256"]) == (before, shelf.seen()[path])
    assert list(shelf.seen()) == [path]
    row.refresh_from_db()
    assert (row.size_bytes, row.modified_ns) == ((shelf.root / path).stat().st_size, act.after["modified_ns"])
    assert row.audio_hash == sound


def test_tag_file_keeps_the_mode_of_the_file(shelf):
    shelf.put(BLUE)
    (shelf.root / BLUE).chmod(0o640)

    journal.tag_file(BLUE, retag(), by="test")

    assert (shelf.root / BLUE).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("kind", KINDS)
def test_tag_file_that_would_change_the_sound_changes_nothing(shelf, kind):
    path = f"song.{kind}"
    shelf.put(path)
    before = shelf.seen()

    def harm(copy):
        write_tags(copy, Tags(title="Red Door"))
        data = bytearray(copy.read_bytes())
        data[len(data) // 2] ^= 1
        copy.write_bytes(data)

    with pytest.raises(PermanentError):
        journal.tag_file(path, harm, by="test")

    assert shelf.seen() == before
    assert shelf.binned() == {}
    assert states() == [("tags", "failed")]


def test_tag_file_whose_change_is_a_bug_changes_nothing_and_says_so(shelf):
    shelf.put(BLUE)
    before = shelf.seen()

    with pytest.raises(TypeError):
        journal.tag_file(BLUE, lambda copy: [][copy], by="test")

    assert shelf.seen() == before
    act = FileAct.objects.get()
    assert (act.state, act.reason) == (State.FAILED, "internal")


def test_tag_file_that_is_so_already_does_not_touch_it(shelf):
    shelf.put(BLUE)
    before = (shelf.root / BLUE).stat()

    with pytest.raises(UserError, match="is so already"):
        journal.tag_file(BLUE, lambda copy: None, by="test")

    assert (shelf.root / BLUE).stat().st_ino == before.st_ino
    assert shelf.binned() == {}


def test_tag_file_that_somebody_changes_meanwhile_is_left_as_they_made_it(shelf):
    shelf.put(BLUE)

    def change(copy):
        retag()(copy)
        write_tags(shelf.root / BLUE, Tags(title="Theirs"))

    with pytest.raises(UserError, match="was changed while"):
        journal.tag_file(BLUE, change, by="test")

    assert read_tags(shelf.root / BLUE).title == "Theirs"
    assert list(shelf.seen()) == [BLUE]
    assert shelf.binned() == {}


# --- replacing -------------------------------------------------------------------------------------------------------


def test_replace_file_puts_the_new_one_there_and_the_old_one_into_the_bin(shelf, copy_of):
    row = shelf.put(BLUE)
    before, new = shelf.seen()[BLUE], copy_of("opus", "new.opus")
    write_tags(new, Tags(title="The right one"))
    content = digest(new)

    act = journal.replace_file(BLUE, new, by="test")

    assert shelf.seen() == {BLUE: content}
    assert shelf.binned() == {f"{act.pk}/{BLUE}": before}
    assert not new.exists()
    row.refresh_from_db()
    assert row.size_bytes == (shelf.root / BLUE).stat().st_size


def test_replace_file_by_another_format_changes_name_and_row(shelf, copy_of):
    row = shelf.put("song.mp3")
    before = shelf.seen()["song.mp3"]

    act = journal.replace_file("song.mp3", copy_of("flac"), to="song.flac", by="test")

    assert list(shelf.seen()) == ["song.flac"]
    assert list(shelf.binned().values()) == [before]
    row.refresh_from_db()
    assert (row.path, row.codec, row.container) == ("song.flac", "flac", "flac")
    assert row.audio_hash == audio_hash(shelf.root / "song.flac")
    assert (act.path, act.target) == ("song.mp3", "song.flac")


def test_replace_file_under_a_taken_name_changes_nothing(shelf, copy_of):
    shelf.put("song.mp3")
    shelf.put("song.flac")
    before, new = shelf.seen(), copy_of("flac", "new.flac")

    with pytest.raises(UserError, match="Another file has the name"):
        journal.replace_file("song.mp3", new, to="song.flac", by="test")

    assert shelf.seen() == before
    assert new.exists()


# --- what goes wrong -------------------------------------------------------------------------------------------------


def failing(code):
    def fail(*args, **more):
        raise OSError(code, os.strerror(code))

    return fail


ACTS = {
    "move": lambda new: journal.move_file(BLUE, "there/Blue.opus", by="test"),
    "bin": lambda new: journal.bin_file(BLUE, by="test"),
    "tags": lambda new: journal.tag_file(BLUE, retag(), by="test"),
    "replace": lambda new: journal.replace_file(BLUE, new, by="test"),
    "replace under another name": lambda new: journal.replace_file(BLUE, new, to="there/Blue.opus", by="test"),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_in_a_folder_that_may_not_be_written_changes_nothing(shelf, copy_of, name):
    shelf.put(BLUE)
    before, new = shelf.seen(), copy_of("opus", "new.opus")
    folder = (shelf.root / BLUE).parent

    folder.chmod(0o555)
    try:
        with common_rights(), pytest.raises(StorageError) as caught:
            ACTS[name](new)
    finally:
        folder.chmod(0o755)

    assert caught.value.reason == "no_permission"
    assert shelf.seen() == before
    assert shelf.binned() == {}
    assert FileAct.objects.get().state == State.FAILED


def test_two_acts_on_one_file_at_once_are_refused(shelf):
    shelf.put(BLUE)
    batch = JournalBatch.objects.create(what="another", by_name="test", hand="x")
    FileAct.objects.create(batch=batch, kind="tags", state="doing", path=BLUE, target=BLUE)
    before = shelf.seen()

    with pytest.raises(UserError, match="Another act is at work"):
        journal.bin_file(BLUE, by="test")

    assert shelf.seen() == before


def test_facts_tell_a_change_of_content_from_a_touch(shelf, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"a" * 2_000_000)
    known = facts.facts_of(path)
    hashed = facts.facts_of(path, whole=digest(path))

    assert facts.is_still(path, known)
    os.utime(path, (1, 1))
    assert not facts.is_still(path, known)
    assert facts.is_still(path, hashed)
    path.write_bytes(b"a" * 1_000_000 + b"b" + b"a" * 999_999)
    assert not facts.is_still(path, hashed)
