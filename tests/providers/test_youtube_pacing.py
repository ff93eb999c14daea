"""Fetches that are held back: by their share of the line and by the length of the track."""

import time
from dataclasses import replace

import pytest

from core.errors import Cancelled
from providers.youtube.options import FetchOptions
from providers.youtube.pacing import Pace
from providers.youtube.source import YouTubeSource
from tests.providers.test_youtube import LONG, SHORT, candidate_of, fetch, seconds_in


@pytest.fixture
def uploads(sandbox_server):
    return sandbox_server.world.catalogue.uploads_of.__getitem__


@pytest.fixture
def options(sandbox, settings) -> FetchOptions:
    """A standstill of a second would end the fetch: holding back is none."""
    return FetchOptions(inner_host="127.0.0.1", plugins=settings.YTDLP_PLUGINS, socket_seconds=5, stall_seconds=1)


def timed(source, candidate, folder):
    """The file, and how long its bytes took to come."""
    moments = []
    file = fetch(source, candidate, folder, progress=lambda _: moments.append(time.monotonic()))
    return file, time.monotonic() - moments[0]


def test_fetch_takes_no_more_than_its_share_of_the_line(options, uploads, tmp_path):
    upload = uploads(SHORT)[0]
    plain, _ = timed(YouTubeSource(options), candidate_of(upload), tmp_path / "plain")
    size = plain.path.stat().st_size

    slow, seconds = timed(
        YouTubeSource(replace(options, share=lambda: size / 2.5)), candidate_of(upload), tmp_path / "slow"
    )

    assert 2 <= seconds < 5
    assert slow.path.read_bytes() == plain.path.read_bytes()


def test_fetch_in_real_time_lasts_about_as_long_as_the_track(options, uploads, tmp_path):
    upload = uploads(SHORT)[0]

    file, seconds = timed(YouTubeSource(replace(options, is_real_time=True)), candidate_of(upload), tmp_path)

    assert upload.duration_ms / 1000 * 0.8 <= seconds <= upload.duration_ms / 1000 + 2
    assert abs(seconds_in(file.path) - upload.duration_ms / 1000) < 0.1


def test_fetch_that_is_held_back_for_minutes_obeys_a_cancel_within_a_second(options, uploads, tmp_path):
    source = YouTubeSource(replace(options, share=lambda: 500))
    started: list[float] = []

    with pytest.raises(Cancelled):
        fetch(
            source,
            candidate_of(uploads(LONG)[0]),
            tmp_path,
            progress=lambda _: started.append(time.monotonic()),
            cancelled=lambda: bool(started) and time.monotonic() - started[0] > 1.5,
        )

    assert time.monotonic() - started[0] < 2.5


def test_pace_follows_a_share_that_changes_without_making_up_for_the_past():
    pace = Pace(share=1_000)
    pace.came(0, None, now=0)
    pace.came(10_000, None, now=10)
    assert pace.step(now=19.95) == pytest.approx(0.05)

    pace.share = 100  # others have joined: only what comes from now on is slower
    pace.came(10_100, None, now=20)

    assert pace.step(now=20.9) == pytest.approx(0.1)
    assert pace.step(now=21) == 0


def test_pace_takes_what_lay_there_already_for_given():
    pace = Pace(share=1_000)
    pace.came(5_000_000, 6_000_000, now=0)

    assert pace.step(now=0) == 0


def test_pace_is_the_slower_of_share_and_real_time():
    assert Pace(share=1_000, seconds=10).bytes_per_second(50_000) == 1_000
    assert Pace(share=9_000, seconds=10).bytes_per_second(50_000) == 5_000
    assert Pace(seconds=10).bytes_per_second(None) == 0
