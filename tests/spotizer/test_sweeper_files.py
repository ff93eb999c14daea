"""The sweeper works on jobs with files in a thread of its own, one at a time, to the last."""

import pytest

from library.models import FileJob
from library.services import retag
from spotizer.supervisor.sweeper import Sweeper
from tests.library.audio_files import make_audio
from tests.library.collection import make_album, make_artist, own
from tests.library.shelf import Shelf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shelf(settings, tmp_path):
    settings.LIBRARY = tmp_path / "library"
    (settings.LIBRARY / ".spotizer").mkdir(parents=True)
    return Shelf(settings.LIBRARY, {"opus": make_audio(tmp_path / "sound.opus", seconds=1.0)})


def test_jobs_with_files_are_done_by_a_thread_that_ends(shelf):
    files = [own(shelf, track) for track in make_album(make_artist()).tracks.all()]
    jobs = [retag.leave([file.pk], by=None) for file in files]
    sweeper = Sweeper()

    sweeper._work_on_files()
    sweeper._at_files.join(60)

    assert not sweeper._at_files.is_alive()
    assert not FileJob.objects.filter(pk__in=[job.pk for job in jobs]).exists()
    assert not any(one.differs for one in retag.look(files))


def test_without_a_job_there_is_no_thread():
    sweeper = Sweeper()

    sweeper._work_on_files()

    assert sweeper._at_files is None
