"""slskd against the sandbox: searches, peers, queues, transfers, tidying, and its older version."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from core.errors import AuthRequired, Cancelled, PermanentError, RateLimited, StillWaiting, TransientError, UserError
from core.http import OpenGate, make_session
from providers.slskd.client import SlskdClient
from providers.slskd.mapping import nearest, peer_and_file, search_words, shared_files
from providers.slskd.places import local_file, told_place
from providers.slskd.source import SlskdSource, Terms
from providers.slskd.tickets import Tickets
from sandbox.services.slskd import KEY
from tests.catalog.matching.examples import wanted

URL = "http://slskd:5030"
SEARCHES, TRANSFERS = "slskd:5030/api/v0/searches", "slskd:5030/api/v0/transfers"


class Kept:
    """A cache of answers."""

    def __init__(self):
        self.answers = {}

    def get(self, service, key):
        return self.answers.get(key)

    def put(self, service, key, *, status, body, seconds):
        self.answers[key] = status, json.loads(json.dumps(body))


@pytest.fixture
def downloads(sandbox_server):
    return sandbox_server.world.shared_folder


@pytest.fixture
def make_source(sandbox, downloads, tmp_path):
    def make(key=KEY, **terms):
        kept = Kept()

        def session():
            return make_session("slskd", gate=OpenGate(), cache=kept, sandbox_url=sandbox.url, inner=URL)

        values = {"downloads": downloads, "look_seconds": 0.0, "hold_seconds": 0.0} | terms
        client = SlskdClient(session(), session(), url=URL, key=key)
        return SlskdSource(client, Terms(**values), Tickets(tmp_path / "tickets"), sleep=lambda _: None)

    return make


@pytest.fixture
def source(make_source):
    return make_source()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "work" / "7" / "41"
    made.mkdir(parents=True)
    return made


def sketch(number=1, **more):
    return wanted(f"Sketch No. {number}", "Short Circuit Trio", album="Quick Sketches", seconds=3.7, **more)


def spark():
    return wanted("Spark 01", "Short Circuit Trio", album="Sixty Sparks", seconds=3)


def fetch(source, candidate, folder, *, progress=lambda _: None, cancelled=lambda: False):
    return source.fetch(candidate, folder, prefer="", progress=progress, cancelled=cancelled)


def test_search_gives_the_files_of_peers_lossless_first_and_leaves_nothing_behind(source, sandbox):
    found = source.find_candidates(sketch())

    assert [(one.uploader, one.codec) for one in found if one.title.endswith("No. 1")] == [
        ("fast.fiona", "flac"),
        ("mp3-mike", "mp3"),
    ]
    best = found[0]
    assert best.path == "@@abcde\\Music\\Short Circuit Trio\\Quick Sketches (2023)\\01 Sketch No. 1.flac"
    assert best.url.startswith("slskd://fast.fiona/")
    assert peer_and_file(best.url) == ("fast.fiona", best.path)
    assert all("Private" not in one.path for one in found)
    assert sandbox.log(SEARCHES)[-1]["method"] == "DELETE"


def test_second_track_of_an_album_searches_for_the_album_which_serves_all_others(source, sandbox):
    for number in range(1, 13):
        assert source.find_candidates(sketch(number))

    assert len(sandbox.log(f"{SEARCHES}$", method="POST")) == 2


def test_words_of_a_search_have_no_signs():
    assert search_words("AC/DC", "What's (Left)?") == "AC DC What s Left"


def test_track_without_words_is_not_searched(source, sandbox):
    assert source.find_candidates(wanted("!!!", "???", album="")) == []
    assert sandbox.count(SEARCHES) == 0


def test_fetched_file_is_taken_over_and_slskd_is_tidy_afterwards(source, sandbox, downloads, folder):
    [candidate, *_] = source.find_candidates(sketch())
    told = []

    fetched = fetch(source, candidate, folder, progress=told.append)

    assert (fetched.codec, fetched.container, fetched.source_url) == ("flac", "flac", candidate.url)
    assert fetched.path.stat().st_size == candidate.size_bytes
    assert fetched.path.parent == folder
    assert 0 < told[0].done_bytes < told[0].total_bytes
    assert list(downloads.rglob("*.flac")) == []
    assert source.client.find_transfer("fast.fiona", candidate.path) is None
    assert source.sweep() == 0


def test_older_slskd_without_batches_is_asked_the_older_way(source, sandbox, downloads, folder):
    sandbox.mood(slskd_version="0.25.0")
    first, second = (source.find_candidates(sketch(number))[0] for number in (1, 2))

    assert fetch(source, first, folder).path.exists()
    assert fetch(source, second, folder).path.exists()

    assert sandbox.count(f"{TRANSFERS}/downloads/batches") == 1, "it is tried once"
    assert list(downloads.rglob("*.flac")) == []


def test_queue_of_a_peer_lets_the_worker_go_and_the_next_visit_goes_on(source, sandbox, folder):
    [candidate, *_] = source.find_candidates(spark())

    with pytest.raises(StillWaiting, match="place 40 in the queue of Queue Quentin") as caught:
        fetch(source, candidate, folder)
    assert caught.value.retry_after >= 10
    with pytest.raises(StillWaiting):
        fetch(source, candidate, folder)
    sandbox.mood(slskd_queue=0)

    assert fetch(source, candidate, folder).path.exists()
    assert len(sandbox.log(f"{TRANSFERS}/downloads/batches", method="POST")) == 1


def test_place_in_a_queue_is_given_up_after_the_set_time(source, sandbox, folder):
    sandbox.mood(slskd_queue=-1)
    [candidate, *_] = source.find_candidates(spark())
    with pytest.raises(StillWaiting):
        fetch(source, candidate, folder)

    with time_machine.travel(timedelta(minutes=31), tick=True), pytest.raises(PermanentError) as caught:
        fetch(source, candidate, folder)

    assert (caught.value.reason, "30 minutes" in caught.value.message) == ("peer_queue", True)
    assert source.client.find_transfer(candidate.uploader, candidate.path) is None


@pytest.mark.parametrize(
    ("peer", "words"), [("offline olga", "not on the network"), ("rejecting/rita", "Too many files")]
)
@pytest.mark.parametrize("version", ["0.26.1", "0.25.0"])
def test_peer_that_gives_nothing_is_passed_over(source, sandbox, folder, peer, words, version):
    sandbox.mood(slskd_bad_peers=True, slskd_version=version)
    candidate = next(one for one in source.find_candidates(sketch()) if one.uploader == peer)

    with pytest.raises(PermanentError, match=words):
        fetch(source, candidate, folder)

    assert source.client.find_transfer(peer, candidate.path) is None
    assert source.sweep() == 0


def test_file_that_a_peer_does_not_share_any_more_is_passed_over(source, folder):
    [candidate, *_] = source.find_candidates(sketch())

    with pytest.raises(PermanentError, match="Not shared"):
        fetch(source, replace(candidate, size_bytes=17), folder)


def test_transfer_that_stands_still_is_given_up_and_forgotten(make_source, sandbox, folder):
    source = make_source(stall_seconds=0.05)
    sandbox.mood(slskd_stalls=True)
    [candidate, *_] = source.find_candidates(sketch())

    with pytest.raises(PermanentError) as caught:
        fetch(source, candidate, folder)

    assert caught.value.reason == "stalled"
    assert source.client.find_transfer("fast.fiona", candidate.path) is None


def test_cancel_ends_the_wait_and_the_sweep_cancels_at_the_peer(source, sandbox, folder):
    sandbox.mood(slskd_stalls=True)
    [candidate, *_] = source.find_candidates(sketch())
    wants_stop = threading.Event()

    with pytest.raises(Cancelled):
        fetch(source, candidate, folder, progress=lambda _: wants_stop.set(), cancelled=wants_stop.is_set)

    assert source.sweep() == 0, "a paused download goes on later"
    folder.rmdir()
    assert source.sweep() == 1
    assert source.client.find_transfer("fast.fiona", candidate.path) is None


def test_what_the_owner_of_slskd_fetches_himself_is_copied_and_left_alone(source, sandbox, downloads, folder):
    [candidate, *_] = source.find_candidates(sketch())
    source.client.enqueue("fast.fiona", candidate.path, candidate.size_bytes, destination="")

    fetched = fetch(source, candidate, folder)

    assert fetched.path.exists()
    assert [path.parent.name for path in downloads.rglob("*.flac")] == ["Quick Sketches (2023)"]
    assert source.client.find_transfer("fast.fiona", candidate.path) is not None


def test_what_is_no_audio_is_refused(source, sandbox, folder):
    sandbox.mood(slskd_garbage=True)
    [candidate, *_] = source.find_candidates(sketch())

    with pytest.raises(PermanentError):
        fetch(source, candidate, folder)

    assert list(folder.iterdir()) == []


def test_folder_that_spotizer_does_not_see_is_said_before_anything_is_asked(make_source, sandbox, tmp_path, folder):
    source = make_source(downloads=tmp_path / "nowhere")
    [candidate, *_] = source.find_candidates(sketch())

    with pytest.raises(UserError, match="nowhere is not there") as caught:
        fetch(source, candidate, folder)

    assert (caught.value.reason, "SPOTIZER_SLSKD_DOWNLOADS" in caught.value.remedy) == ("broken_install", True)
    assert sandbox.log(TRANSFERS, method="POST") == []


def test_wrong_folder_is_said_when_the_file_is_not_in_it(make_source, tmp_path, folder):
    (tmp_path / "other").mkdir()
    source = make_source(downloads=tmp_path / "other")
    [candidate, *_] = source.find_candidates(sketch())

    with pytest.raises(PermanentError, match="does not lie in"):
        fetch(source, candidate, folder)


def test_wrong_key_is_said_and_stands_nowhere(make_source, caplog):
    source = make_source(key="wrong-key-0123456789")

    with caplog.at_level("DEBUG"), pytest.raises(AuthRequired, match="does not accept our key") as caught:
        source.find_candidates(sketch())

    assert "SPOTIZER_SLSKD_KEY" in caught.value.remedy
    assert "wrong-key" not in f"{caplog.text}{caught.value.message}{caught.value.remedy}"


def test_key_is_not_sent_along_a_redirect(source, sandbox):
    sandbox.fault(SEARCHES, "status", status=302, headers={"Location": "https://archive.org/metadata/x"})

    with pytest.raises(UserError, match="leads on"):
        source.find_candidates(sketch())

    assert sandbox.count("archive.org") == 0


def test_slskd_that_is_not_on_the_network_closes_its_lane_for_a_while(source, sandbox):
    sandbox.mood(slskd_logged_in=False)

    with pytest.raises(RateLimited, match="not connected") as caught:
        source.find_candidates(sketch())

    assert caught.value.retry_after == 120


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 429, "body": "busy"}, RateLimited),
        ({"kind": "status", "status": 500}, TransientError),
        ({"kind": "reset"}, TransientError),
        ({"kind": "html"}, TransientError),
    ],
    ids=lambda value: str(value.get("status", value["kind"])) if isinstance(value, dict) else value.__name__,
)
def test_slskd_on_a_bad_day_is_one_of_our_errors(source, sandbox, fault, error):
    sandbox.fault(SEARCHES, **fault)

    with pytest.raises(error):
        source.find_candidates(sketch())


def test_responses_with_missing_and_odd_fields_are_read_as_far_as_they_go():
    files = [
        {"filename": "@@a\\B\\1 Song.FLAC", "size": 8, "length": None},
        {"filename": "x.mp3", "size": 1_600_000, "length": 100},
        {"filename": "locked.mp3", "size": 9, "isLocked": True},
        {"filename": "cover.jpg", "size": 9},
        {"filename": "no-size.mp3"},
        "nonsense",
    ]

    found = shared_files([{"username": "u v/w", "files": files}, {"files": files}, {"username": "empty"}])

    assert [(one.name, one.codec, one.bitrate_kbps, one.duration_ms) for one in found] == [
        ("1 Song", "flac", None, None),
        ("x", "mp3", 128, 100_000),
    ]
    [candidate] = nearest(found, wanted("Song"), 5)
    assert peer_and_file(candidate.url) == ("u v/w", "@@a\\B\\1 Song.FLAC")


def test_readier_peers_come_first_among_the_same():
    def response(name, **more):
        return {"username": name, "files": [{"filename": "Song.flac", "size": 9}], **more}

    found = shared_files(
        [
            response("queued", hasFreeUploadSlot=False, queueLength=3, uploadSpeed=9_000),
            response("slow", hasFreeUploadSlot=True, uploadSpeed=10),
            response("quick", hasFreeUploadSlot=True, uploadSpeed=500),
        ]
    )

    assert [one.uploader for one in nearest(found, wanted("Song"), 5)] == ["quick", "slow", "queued"]


@pytest.fixture
def slskd_folder(tmp_path):
    folder = tmp_path / "downloads"
    (folder / "Album").mkdir(parents=True)
    (tmp_path / "outside.flac").write_bytes(b"12345")
    return folder


def place(folder, *, told="", mounted="/downloads", filename="@@x\\Album\\a.flac", size=5):
    return local_file(folder, told=told, mounted=mounted, filename=filename, destination="spotizer/1", size_bytes=size)


@pytest.mark.parametrize(
    ("told", "mounted"),
    [("/downloads/Album/a.flac", "/downloads"), ("C:\\slskd\\Album\\a.flac", "C:\\slskd"), ("", "/downloads")],
)
def test_finished_file_is_found_under_spotizers_own_name_of_the_folder(slskd_folder, told, mounted):
    (slskd_folder / "Album" / "a.flac").write_bytes(b"12345")

    assert place(slskd_folder, told=told, mounted=mounted) == slskd_folder / "Album" / "a.flac"


@pytest.mark.parametrize("told", ["/downloads/../outside.flac", "/etc/passwd", "/downloads/link.flac"])
def test_file_outside_of_the_folder_is_never_taken(slskd_folder, told):
    (slskd_folder / "link.flac").symlink_to(slskd_folder.parent / "outside.flac")

    assert place(slskd_folder, told=told) is None


def test_file_of_another_size_is_not_it_and_a_cleaned_name_is(slskd_folder):
    (slskd_folder / "Album" / "a.flac").write_bytes(b"half")
    assert place(slskd_folder) is None

    (slskd_folder / "Album" / "a_.flac").write_bytes(b"12345")
    assert place(slskd_folder) == slskd_folder / "Album" / "a_.flac"


def test_events_that_make_no_sense_tell_no_place():
    events = [{"type": "DownloadFileComplete", "data": text} for text in ("", "[]", "{", '{"transfer": 5}')]

    assert told_place([{}, *events], "a", "t1") == ""
