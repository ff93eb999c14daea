"""Files come into the library whole, never over another, and a crash leaves nothing behind."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest

from core.errors import StorageError
from library.audio import audio_hash, check
from library.models import AudioFile
from library.services import check_library, place, place_file, place_sidecar, ready_library, sweep_parts
from tests.library.audio_files import make_audio

pytestmark = pytest.mark.django_db
WANTED = PurePosixPath("Vera Holm/Tidal Rooms (2025)/01 Blue Door.opus")


@pytest.fixture
def library(settings, tmp_path):
    settings.LIBRARY = tmp_path / "library"
    return settings.LIBRARY


def put(path, wanted=WANTED, **more):
    return place_file(path, wanted, download_id=7, sound=audio_hash(path), **more)


def everything(library):
    return sorted(str(path.relative_to(library)) for path in library.rglob("*") if ".spotizer/" not in f"{path}/")


def test_place_file_moves_the_work_file_to_its_name(library, copy_of):
    work = copy_of("opus")
    sound = audio_hash(work)

    placed = put(work)

    assert placed == place.Placed(WANTED, is_new=True)
    assert audio_hash(library / WANTED) == sound
    assert everything(library) == ["Vera Holm", "Vera Holm/Tidal Rooms (2025)", str(WANTED)]


def test_place_file_from_another_disk_copies(library, copy_of, monkeypatch):
    work = copy_of("opus")
    here = Path("/dev/shm")
    if not here.is_dir() or here.stat().st_dev == work.stat().st_dev:
        pytest.skip("no second disk here")
    away = Path(shutil.copy(work, here / f"spotizer-test-{os.getpid()}.opus"))
    try:
        assert put(away).is_new
        assert check(library / WANTED).codec == "opus"
    finally:
        away.unlink(missing_ok=True)


def test_place_file_twice_gives_one_file(library, copy_of):
    put(copy_of("opus"))

    again = put(copy_of("opus", "again.opus"))

    assert again == place.Placed(WANTED, is_new=False)
    assert len(list(library.rglob("*.opus"))) == 1


def test_place_file_when_another_file_has_the_name_takes_the_next_one(library, copy_of, sounds):
    (library / WANTED.parent).mkdir(parents=True)
    (library / ".spotizer").mkdir()
    (library / WANTED).write_bytes(b"somebody else's")

    placed = put(copy_of("opus"))

    assert placed.path == WANTED.with_name("01 Blue Door (2).opus")
    assert (library / WANTED).read_bytes() == b"somebody else's"


def test_place_file_when_only_case_differs_takes_the_next_name_and_the_folder_that_is_there(library, copy_of):
    (library / ".spotizer").mkdir(parents=True)
    (library / "VERA HOLM" / "tidal rooms (2025)").mkdir(parents=True)
    (library / "VERA HOLM" / "tidal rooms (2025)" / "01 BLUE DOOR.opus").write_bytes(b"x")

    placed = put(copy_of("opus"))

    assert str(placed.path) == "VERA HOLM/tidal rooms (2025)/01 Blue Door (2).opus"
    assert len(list(library.iterdir())) == 2


def test_place_file_when_a_file_has_the_folders_name_makes_another_folder(library, copy_of):
    (library / ".spotizer").mkdir(parents=True)
    (library / "Vera Holm").write_bytes(b"x")

    assert str(put(copy_of("opus")).path).startswith("Vera Holm (2)/")


def test_place_file_when_the_disk_has_no_links_still_never_overwrites(library, copy_of, monkeypatch):
    def no_links(*args):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    put(copy_of("opus"))
    (library / WANTED).write_bytes(b"changed by hand")

    placed = put(copy_of("opus", "again.opus"))

    assert placed.path.name == "01 Blue Door (2).opus"
    assert (library / WANTED).read_bytes() == b"changed by hand"
    assert check(library / placed.path).codec == "opus"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EACCES, "no_permission"),
        (errno.EROFS, "no_permission"),
        (errno.EIO, "storage_gone"),
        (errno.ESTALE, "storage_gone"),
    ],
)
def test_place_file_when_the_disk_fails_says_why_and_leaves_nothing(library, copy_of, monkeypatch, code, reason):
    ready_library()

    def fail(*args):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(StorageError) as caught:
        put(copy_of("opus"))

    assert caught.value.reason == reason
    assert caught.value.remedy
    assert everything(library) == []


def test_place_file_when_the_library_is_not_mounted_writes_nothing(library, copy_of):
    put(copy_of("opus"))
    AudioFile.objects.create(
        path=str(WANTED), size_bytes=1, modified_ns=1, codec="opus", container="ogg", duration_ms=1
    )
    library.rename(library.with_name("elsewhere"))
    library.mkdir()

    with pytest.raises(StorageError, match="not mounted") as caught:
        put(copy_of("opus", "again.opus"))

    assert caught.value.reason == "storage_gone"
    assert list(library.iterdir()) == []


def test_ready_library_at_first_use_makes_the_folder_and_its_sign(library):
    assert ready_library() == library
    assert (library / ".spotizer" / "README").is_file()
    check_library()
    assert [path.name for path in (library / ".spotizer").iterdir()] == ["README"]


def test_place_sidecar_leaves_what_is_there(library, copy_of):
    put(copy_of("opus"))
    cover = WANTED.with_name("cover.jpg")

    assert place_sidecar(b"one", cover, download_id=7)
    assert not place_sidecar(b"two", cover.with_name("Cover.JPG"), download_id=7)
    assert (library / cover).read_bytes() == b"one"
    assert not list(library.rglob("*.part"))


def test_sweep_parts_takes_old_parts_only(library):
    ready_library()
    folder = library / "Vera Holm"
    folder.mkdir()
    for name in (".spotizer-1.part", ".spotizer-2.part", "song.part"):
        (folder / name).write_bytes(b"x")
    now = time.time()
    os.utime(folder / ".spotizer-1.part", (now - 7200, now - 7200))

    assert sweep_parts(now=now) == 1
    assert sorted(path.name for path in folder.iterdir()) == [".spotizer-2.part", "song.part"]


def test_many_files_that_want_one_name_at_once_all_get_one(library, tmp_path):
    ready_library()
    files = [make_audio(tmp_path / f"{number}.opus", seconds=0.3, hertz=300 + 50 * number) for number in range(8)]
    sounds = {audio_hash(path) for path in files}

    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(place_file, path, WANTED, download_id=number, sound=audio_hash(path))
            for number, path in enumerate(files)
        ]
        placed = {job.result().path for job in jobs}

    assert len(placed) == 8
    assert {audio_hash(path) for path in library.rglob("*.opus")} == sounds
    assert not list(library.rglob("*.part"))


WORKER = """
import os, shutil, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
os.environ["DJANGO_SETTINGS_MODULE"] = "spotizer.settings"
import django
django.setup()
from library.services.place import place_file
source, work, sound = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
for number in range(100_000):
    copy = shutil.copy(source, work / "finished.opus")
    if number % 2:  # as from another disk
        os.replace(copy, work / "away.opus")
        copy = work / "away.opus"
    place_file(Path(copy), PurePosixPath(f"Artist {number % 3}/{number:05} Title.opus"), download_id=7, sound=sound)
    print(number, flush=True)
"""


def test_place_file_when_killed_at_any_moment_leaves_no_half_file(tmp_path, sounds, copy_of):
    library, work = tmp_path / "library", tmp_path / "work"
    (library / ".spotizer").mkdir(parents=True)
    work.mkdir()
    source = copy_of("opus")
    sound = audio_hash(source)
    script = tmp_path / "worker.py"
    script.write_text(textwrap.dedent(WORKER))
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "SPOTIZER_DATA": str(tmp_path / "data"),
        "SPOTIZER_LIBRARY": str(library),
    }
    chance = random.Random(7)

    for _ in range(4):
        for old in library.rglob("*.opus"):
            old.unlink()
        with subprocess.Popen(
            [sys.executable, script, source, work, sound], env=environment, stdout=subprocess.PIPE
        ) as worker:
            for _ in range(chance.randrange(2, 9)):
                assert worker.stdout.readline()
            time.sleep(chance.random() * 0.004)  # somewhere within the next one
            worker.send_signal(signal.SIGKILL)
        found = list(library.rglob("*.opus"))
        assert found
        assert {audio_hash(path) for path in found} == {sound}
        assert {path.suffix for path in library.rglob("*") if path.is_file()} <= {".opus", ".part"}
