"""Real disks that fail a worker: full in the middle of a write, or mounted read-only, in a namespace of its own."""

import subprocess
import sys

import pytest
from django.conf import settings as django_settings

from catalog.services.browse import resolve
from downloads.models import Download, Status
from downloads.services import draining, pausing, sources, sweep
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from library.models import AudioFile
from ops.models import Notice
from tests.downloads.processes import WORK, environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACK = "https://www.deezer.com/track/3100013"
UNSHARE = ["unshare", "--user", "--map-root-user", "--mount"]


def can_mount() -> bool:
    try:
        return subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0
    except OSError:
        return False


@pytest.fixture
def home(sandbox, folders, settings, monkeypatch):
    if not can_mount():
        pytest.skip("needs a system that lets a user mount in a namespace of its own")
    settings.YOUTUBE_AT_ONCE = settings.YOUTUBE_PACE_SECONDS = settings.YOUTUBE_PER_HOUR = 0
    sources._kept.__dict__.clear()
    monkeypatch.setattr(sweep, "_last", {})
    for name in ("library", "work"):
        (folders / name).mkdir()
    return folders


def work_with(home, mounts: str) -> None:
    """One token's work in a process that sees these disks; nobody else does."""
    python = [sys.executable, str(django_settings.BASE_DIR / "manage.py"), "shell", "-v0", "--no-imports", "-c", WORK]
    subprocess.run(
        [*UNSHARE, "sh", "-ec", f'{mounts}\nexec "$@"', "sh", *python],
        env=environment(home, SPOTIZER_MIN_FREE_MB="0"),
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("mounts", "reason", "says"),
    [
        ("mount -t tmpfs -o size=24k none {home}/library", "disk_full", "Make room"),
        ("mount -t tmpfs -o size=24k none {home}/work", "disk_full", "Make room"),
        (
            "mount --bind {home}/library {home}/library; mount -o remount,ro,bind {home}/library",
            "no_permission",
            "write permission",
        ),
    ],
    ids=["library full", "work folder full", "library read-only"],
)
def test_disk_that_fails_in_the_middle_of_the_work_pauses_the_queue_and_loses_nothing(home, mounts, reason, says):
    request = request_download(track=resolve(TRACK).track, output_format="opus")

    work_with(home, mounts.format(home=home))

    download = Download.objects.get()
    assert (download.status, download.failures, download.crashes, download.reason) == (Status.QUEUED, 0, 0, reason)
    assert pausing.storage_trouble() == reason
    assert says in Notice.objects.get(code__startswith="queue:storage").remedy
    assert AudioFile.objects.count() == 0
    assert [path for path in (home / "library").rglob("*") if path.is_file() and ".spotizer" not in path.parts] == []

    sweep.tend()  # the disk is well again
    draining.drain_downloads(Worker.here())

    request.refresh_from_db()
    assert (request.done, request.stage) == (1, "ended")
    assert (home / "library" / AudioFile.objects.get().path).is_file()
    assert not Notice.objects.exists()
