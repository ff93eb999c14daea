"""YouTube through the real yt-dlp against the sandbox: search, fetch, resume, cancel and every refusal."""

from __future__ import annotations

import threading
import time

import av
import pytest

from core.errors import AuthRequired, Cancelled, PermanentError, RateLimited, SpotizerError, TransientError
from providers.base import Candidate, TrackInfo
from providers.youtube.options import FetchOptions
from providers.youtube.source import YouTubeSource, watch_address
from tests.catalog.matching.examples import wanted


@pytest.fixture
def uploads(sandbox_server):
    """The uploads of an anchor recording, the label's first."""
    return sandbox_server.world.catalogue.uploads_of.__getitem__


@pytest.fixture
def source(sandbox, settings) -> YouTubeSource:
    return YouTubeSource(
        FetchOptions(inner_host="127.0.0.1", plugins=settings.YTDLP_PLUGINS, socket_seconds=3, stall_seconds=6)
    )


def candidate_of(upload, **more) -> Candidate:
    more.setdefault("duration_ms", upload.duration_ms)
    return Candidate(
        source="youtube", source_id=upload.video_id, url=watch_address(upload.video_id), title=upload.title, **more
    )


def fetch(source, candidate, folder, *, prefer="", progress=lambda _: None, cancelled=lambda: False):
    return source.fetch(candidate, folder, prefer=prefer, progress=progress, cancelled=cancelled)


def seconds_in(path) -> float:
    with av.open(str(path)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


SHORT = "quick-sketches/1.1"
LONG = "tidal-rooms/1.3"


def test_search_gives_uploads_with_length_and_uploader(source):
    track = wanted("Lantern Year", seconds=201)

    found = source.find_candidates(track, limit=5)

    assert 0 < len(found) <= 5
    assert found[0].title
    assert found[0].uploader
    assert found[0].duration_ms
    assert found[0].url.startswith("https://www.youtube.com/watch?v=")


def test_search_for_what_nobody_has_gives_nothing(source):
    assert source.find_candidates(wanted("Qqqqzzzzxx", "Wwwwvvvvkk")) == []


def test_search_when_the_track_has_no_words_asks_nobody(source, sandbox):
    assert source.find_candidates(TrackInfo(provider="test", id="1", title="")) == []
    assert sandbox.count("www.youtube.com") == 0


@pytest.mark.parametrize(
    ("prefer", "codec", "container"), [("", "opus", "webm"), ("opus", "opus", "webm"), ("aac", "aac", "m4a")]
)
def test_fetch_keeps_the_codec_and_says_what_the_file_is(source, uploads, tmp_path, prefer, codec, container):
    upload = uploads(SHORT)[0]

    file = fetch(source, candidate_of(upload), tmp_path / "work", prefer=prefer)

    assert (file.codec, file.container) == (codec, container)
    assert file.bitrate_kbps
    assert file.source_url == watch_address(upload.video_id)
    assert abs(file.duration_ms - upload.duration_ms) < 1000
    assert abs(seconds_in(file.path) - upload.duration_ms / 1000) < 0.1


def test_fetch_never_names_a_file_by_its_title(source, uploads, tmp_path):
    file = fetch(source, candidate_of(uploads("hostile/1.8")[0]), tmp_path / "work")

    assert [path.name for path in (tmp_path / "work").iterdir()] == [file.path.name]
    assert file.path.name.startswith("source-")


def test_fetch_tells_its_progress_up_to_the_whole_size(source, uploads, tmp_path):
    told = []

    file = fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path, progress=told.append)

    assert told[-1].done_bytes == file.path.stat().st_size
    assert told[-1].total_bytes == file.path.stat().st_size


def test_progress_and_cancel_are_asked_in_the_callers_own_thread(source, uploads, tmp_path):
    threads = set()

    fetch(
        source,
        candidate_of(uploads(SHORT)[0]),
        tmp_path,
        progress=lambda _: threads.add(threading.get_ident()),
        cancelled=lambda: threads.add(threading.get_ident()) is not None,
    )

    assert threads == {threading.get_ident()}


def test_fetch_when_cancelled_stops_within_a_second_and_resumes_later(source, sandbox, uploads, tmp_path):
    upload = uploads(LONG)[0]
    slow = sandbox.fault("www.youtube.com/sandbox/media/", "trickle", bytes_per_second=400_000)
    started: list[float] = []

    def cancelled() -> bool:
        parts = list(tmp_path.glob("*.part"))
        if parts and parts[0].stat().st_size > 100_000:
            started.append(time.monotonic())
        return bool(started)

    with pytest.raises(Cancelled):
        fetch(source, candidate_of(upload), tmp_path, cancelled=cancelled)

    assert time.monotonic() - started[0] < 1
    kept = next(tmp_path.glob("*.part")).stat().st_size
    assert kept > 100_000
    sandbox.mend(slow)
    file = fetch(source, candidate_of(upload), tmp_path)
    assert abs(seconds_in(file.path) - upload.duration_ms / 1000) < 0.1
    assert any(line["status"] == 206 for line in sandbox.log("sandbox/media"))


@pytest.mark.parametrize("more", [b"", b"what was longer once"])
def test_fetch_when_the_part_is_whole_already_ends_with_the_file(source, uploads, tmp_path, more):
    candidate = candidate_of(uploads(SHORT)[0])
    file = fetch(source, candidate, tmp_path).path
    whole = file.read_bytes()
    file.unlink()
    file.with_name(f"{file.name}.part").write_bytes(whole + more)

    if more:
        with pytest.raises(TransientError):
            fetch(source, candidate, tmp_path)

    assert fetch(source, candidate, tmp_path).path.read_bytes() == whole


def test_fetch_when_cancelled_while_nothing_comes_stops_within_a_second(source, sandbox, uploads, tmp_path):
    sandbox.fault("www.youtube.com/sandbox/video/", "latency", seconds=4)
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.monotonic())
        return len(asked) >= 3

    with pytest.raises(Cancelled):
        fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path, cancelled=cancelled)

    assert time.monotonic() - asked[2] < 1


def test_fetch_when_cancelled_before_it_begins_asks_nobody(source, sandbox, uploads, tmp_path):
    with pytest.raises(Cancelled):
        fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path, cancelled=lambda: True)

    assert sandbox.count("www.youtube.com") == 0


def test_fetch_when_refused_once_extracts_again_and_succeeds(source, sandbox, uploads, tmp_path):
    sandbox.fault("www.youtube.com/sandbox/media/", "status", status=403, times=1)

    assert fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path).path.exists()

    assert sandbox.count("sandbox/video") == 2


def test_fetch_when_refused_twice_closes_the_lane(source, sandbox, uploads, tmp_path):
    sandbox.fault("www.youtube.com/sandbox/media/", "status", status=403)

    with pytest.raises(RateLimited) as caught:
        fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path)

    assert caught.value.reason == "blocked"
    assert caught.value.retry_after == 1800
    assert "yt-dlp" in caught.value.remedy


def test_fetch_when_asked_too_often_says_how_long_to_wait(source, sandbox, uploads, tmp_path):
    sandbox.fault("www.youtube.com/sandbox/media/", "status", status=429, headers={"Retry-After": "77"})

    with pytest.raises(RateLimited) as caught:
        fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path)

    assert caught.value.retry_after == 77


@pytest.mark.parametrize(
    ("trouble", "error", "reason"),
    [
        ("bot", AuthRequired, "login_needed"),
        ("later", RateLimited, "rate_limited"),
        ("geo", PermanentError, "region_locked"),
        ("removed", PermanentError, "removed"),
        ("terminated", PermanentError, "removed"),
        ("unavailable", PermanentError, "removed"),
        ("private", PermanentError, "private"),
        ("members", PermanentError, "unavailable"),
        ("age", PermanentError, "age_restricted"),
        ("premiere", PermanentError, "unavailable"),
        ("live", PermanentError, "unavailable"),
    ],
)
def test_fetch_when_youtube_refuses_says_why_and_what_to_do(source, sandbox, uploads, tmp_path, trouble, error, reason):
    sandbox.youtube(trouble)

    with pytest.raises(SpotizerError) as caught:
        fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path)

    assert type(caught.value) is error
    assert caught.value.reason == reason
    assert caught.value.message.endswith(".")
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_every_reason_of_the_classifier_is_explained_in_the_table_of_reasons():
    from downloads.reasons import missing
    from providers.youtube.errors import _SIGNS

    assert missing([sign[2] for sign in _SIGNS] + ["blocked", "stalled", "wrong_length", "not_audio", "outdated"]) == []


def test_fetch_when_there_are_only_encrypted_formats_refuses(source, sandbox, uploads, tmp_path):
    with pytest.raises(PermanentError) as caught:
        fetch(source, candidate_of(uploads("trouble/1.7")[0]), tmp_path)

    assert caught.value.reason == "drm"
    assert sandbox.count("sandbox/media") == 0


def test_fetch_when_the_best_format_is_encrypted_takes_an_open_one(source, sandbox, uploads, tmp_path):
    file = fetch(source, candidate_of(uploads("trouble/1.1")[0]), tmp_path)

    assert file.codec == "opus"
    assert not any("/774." in line["path"] for line in sandbox.log("sandbox/media"))


def test_fetch_never_takes_a_loudness_compressed_copy(source, sandbox, uploads, tmp_path):
    fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path)

    assert not any("-drc" in line["path"] for line in sandbox.log("sandbox/media"))


def test_fetch_when_the_video_has_another_length_than_promised_fetches_nothing(source, sandbox, uploads, tmp_path):
    upload = uploads(SHORT)[0]

    with pytest.raises(PermanentError) as caught:
        fetch(source, candidate_of(upload, duration_ms=upload.duration_ms + 20_000), tmp_path)

    assert caught.value.reason == "wrong_length"
    assert sandbox.count("sandbox/media") == 0


def test_fetch_when_what_comes_is_no_audio_refuses(source, uploads, tmp_path):
    with pytest.raises(PermanentError) as caught:
        fetch(source, candidate_of(uploads("trouble/1.8")[0]), tmp_path)

    assert caught.value.reason == "not_audio"


@pytest.mark.parametrize("kind", ["truncate", "reset"])
def test_fetch_when_the_transfer_breaks_off_goes_on_where_it_was(source, sandbox, uploads, tmp_path, kind):
    upload = uploads(LONG)[0]
    sandbox.fault("www.youtube.com/sandbox/media/", kind, times=1, percent=40)

    file = fetch(source, candidate_of(upload), tmp_path)

    assert abs(seconds_in(file.path) - upload.duration_ms / 1000) < 0.1


def test_fetch_when_the_transfer_stalls_goes_on_where_it_was(source, sandbox, uploads, tmp_path):
    upload = uploads(LONG)[0]
    sandbox.fault("www.youtube.com/sandbox/media/", "stall", times=1, percent=40, seconds=30)

    file = fetch(source, candidate_of(upload), tmp_path)

    assert abs(seconds_in(file.path) - upload.duration_ms / 1000) < 0.1


def test_fetch_when_nothing_comes_any_more_is_given_up_as_stalled(sandbox, settings, uploads, tmp_path):
    patient = YouTubeSource(
        FetchOptions(inner_host="127.0.0.1", plugins=settings.YTDLP_PLUGINS, socket_seconds=20, stall_seconds=0.5)
    )
    sandbox.fault("www.youtube.com/sandbox/media/", "stall", percent=40, seconds=3)
    started = time.monotonic()

    with pytest.raises(TransientError) as caught:
        fetch(patient, candidate_of(uploads(LONG)[0]), tmp_path)

    assert caught.value.reason == "stalled"
    assert time.monotonic() - started < 18, "sooner than the socket gives up"


def test_fetch_uses_a_copy_of_the_cookies_and_leaves_the_file_alone(sandbox, settings, uploads, tmp_path):
    cookies = tmp_path / "cookies.txt"
    cookies.write_text("# Netscape HTTP Cookie File\n")
    before = cookies.stat().st_mtime_ns
    signed_in = YouTubeSource(
        FetchOptions(inner_host="127.0.0.1", plugins=settings.YTDLP_PLUGINS, cookie_file=str(cookies))
    )

    fetch(signed_in, candidate_of(uploads(SHORT)[0]), tmp_path / "work")

    assert cookies.stat().st_mtime_ns == before


def test_fetch_when_the_server_never_recovers_waits_for_another_try(source, sandbox, uploads, tmp_path):
    sandbox.fault("www.youtube.com/sandbox/media/", "status", status=503)

    with pytest.raises(TransientError):
        fetch(source, candidate_of(uploads(SHORT)[0]), tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/song.mp3",
        "http://127.0.0.1:9/song.mp3",
        "file:///etc/passwd",
        "https://www.youtube.com.example.com/watch?v=aaaaaaaaaaa",
        "https://user@www.youtube.com/watch?v=aaaaaaaaaaa",
        "ytsearch:lantern",
    ],
)
def test_fetch_when_the_address_is_no_video_of_youtube_refuses(source, sandbox, tmp_path, url):
    candidate = Candidate(source="youtube", source_id="x", url=url, title="x")

    with pytest.raises(PermanentError) as caught:
        fetch(source, candidate, tmp_path)

    assert caught.value.reason == "bad_request"
    assert sandbox.count() == 0


def test_only_the_extractors_of_the_source_are_known_to_ytdlp(source):
    from providers.youtube.engine import JobLog, new_downloader
    from providers.youtube.options import common_parameters

    with new_downloader(common_parameters(source.options, JobLog()), source.options, lambda: None) as downloader:
        names = {extractor.IE_NAME for extractor in downloader._ies.values()}

    assert "youtube" in names
    assert "youtube:sandbox" in names
    assert all(name.startswith("youtube") for name in names)


def test_without_a_plugin_folder_no_plugin_is_loaded(sandbox):
    from providers.youtube.engine import JobLog, new_downloader
    from providers.youtube.options import common_parameters

    options = FetchOptions()
    with new_downloader(common_parameters(options, JobLog()), options, lambda: None) as downloader:
        names = {extractor.IE_NAME for extractor in downloader._ies.values()}

    assert "youtube:sandbox" not in names
