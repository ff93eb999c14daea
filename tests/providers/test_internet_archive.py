"""The Internet Archive against the sandbox: search, files, fetch, refusals."""

from __future__ import annotations

import av
import pytest

from core.errors import BadResponse, Forbidden, NotFound, PermanentError, RateLimited, TransientError
from core.http import OpenGate, make_session
from providers.files import Fetcher
from providers.internet_archive.client import ArchiveClient
from providers.internet_archive.mapping import files_of
from providers.internet_archive.source import ArchiveSource, may_reach
from tests.catalog.matching.examples import wanted
from tests.catalog.values import a_track

SKETCH = "https://archive.org/details/quick-sketches/1-01%20Sketch%20No.%201.flac"
NODE = "ia800100.us.archive.org"


@pytest.fixture
def source(sandbox):
    def session():
        return make_session("internet_archive", gate=OpenGate(), sandbox_url=sandbox.url, agent="Spotizer/1 (+x)")

    return ArchiveSource(ArchiveClient(session()), Fetcher(session(), OpenGate(), "internet_archive", stall_seconds=5))


def sketch():
    return wanted("Sketch No. 1", "Short Circuit Trio", album="Quick Sketches", seconds=3.7, track_number=1)


def fetch(source, candidate, folder):
    return source.fetch(candidate, folder, prefer="", progress=lambda _: None, cancelled=lambda: False)


def test_search_gives_the_flac_of_the_track_with_its_licence(source):
    found = source.find_candidates(sketch())

    best = found[0]
    assert (best.title, best.artists, best.album) == ("Sketch No. 1", ("Short Circuit Trio",), "Quick Sketches")
    assert (best.codec, best.track_number) == ("flac", 1)
    assert best.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert best.url == "https://archive.org/download/quick-sketches/1-01%20Sketch%20No.%201.flac"
    assert best.path == "Short Circuit Trio/Quick Sketches/01 Sketch No. 1.flac"


def test_item_without_flac_gives_its_mp3(source):
    spark = wanted("Spark 01", "Short Circuit Trio", album="Sixty Sparks", seconds=3)

    assert source.find_candidates(spark)[0].codec == "mp3"


def test_item_that_is_only_lent_out_and_one_that_was_withdrawn_give_nothing(source):
    assert source.find_candidates(wanted("Copper Wire", "The Paper Lanterns", album="Northern Sky")) == []
    assert source.find_candidates(wanted("Viaduct", "Northern Line", album="The Long Road Out")) == []


def test_artist_that_the_archive_does_not_have_costs_three_questions_and_gives_nothing(source, sandbox):
    assert source.find_candidates(wanted("Nothing", "Nobody At All")) == []
    assert sandbox.count("archive.org/advancedsearch") == 3


def test_quotes_in_names_do_not_break_the_question(source):
    assert source.find_candidates(wanted('Say "Hello\\', 'A "B" C', album='"')) == []


def test_without_an_artist_nothing_is_asked(source, sandbox):
    assert source.find_candidates(a_track(credits=())) == []
    assert sandbox.count("archive.org") == 0


def test_fetched_file_is_the_flac_whole_and_checked(source, sandbox, tmp_path):
    [candidate] = source.find_candidates(sketch())[:1]

    fetched = fetch(source, candidate, tmp_path)

    assert (fetched.codec, fetched.container, fetched.licence) == ("flac", "flac", candidate.licence)
    with av.open(str(fetched.path)) as container:
        seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    assert abs(seconds * 1000 - candidate.duration_ms) < 20
    assert sandbox.count(NODE) == 1


def test_fetch_that_breaks_off_goes_on_where_it_was(source, sandbox, tmp_path):
    [candidate] = source.find_candidates(sketch())[:1]
    sandbox.fault(NODE, "truncate", percent=50, times=1)

    with pytest.raises(TransientError):
        fetch(source, candidate, tmp_path)
    fetched = fetch(source, candidate, tmp_path)

    assert fetched.path.stat().st_size > 0
    assert [line["status"] for line in sandbox.log(NODE)] == [200, 206]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "corrupt"}, BadResponse),
        ({"kind": "status", "status": 503}, RateLimited),
        ({"kind": "status", "status": 403}, Forbidden),
        ({"kind": "status", "status": 404}, NotFound),
        ({"kind": "reset"}, TransientError),
        ({"kind": "html", "status": 200}, PermanentError),
        ({"kind": "empty"}, TransientError),
    ],
    ids=lambda value: value.get("kind") if isinstance(value, dict) else value.__name__,
)
def test_storage_node_on_a_bad_day_is_one_of_our_errors(source, sandbox, tmp_path, fault, error):
    [candidate] = source.find_candidates(sketch())[:1]
    sandbox.fault(NODE, **fault)

    with pytest.raises(error):
        fetch(source, candidate, tmp_path)


def test_node_outside_of_the_archive_is_refused(source, sandbox, tmp_path):
    [candidate] = source.find_candidates(sketch())[:1]
    sandbox.fault("archive.org/download/", "status", status=302, headers={"Location": "https://evil.example/x.flac"})

    with pytest.raises(PermanentError, match="none of its own"):
        fetch(source, candidate, tmp_path)


@pytest.mark.parametrize("host", ["evil-archive.org", "archive.org.evil.example", "127.0.0.1", "", "org"])
def test_hosts_that_only_look_like_the_archive_are_strange(host):
    assert not may_reach(host)


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("https://archive.org/details/nothing-here", NotFound, "withdrawn or never"),
        ("https://archive.org/details/long-road-out", NotFound, "withdrawn or never"),
        ("https://archive.org/details/northern-sky-lp", PermanentError, "never decrypts"),
        ("https://archive.org/details/quick-sketches", PermanentError, "12 recordings"),
        ("https://archive.org/details/quick-sketches/none.flac", NotFound, "no audio"),
        ("https://archive.org/search?query=x", PermanentError, "no address"),
        ("https://evil.example/details/quick-sketches", PermanentError, "no address"),
    ],
)
def test_address_that_is_no_single_recording_says_why(source, url, error, words):
    with pytest.raises(error, match=words):
        source.describe(url)


def test_lent_item_is_refused_as_encrypted(source):
    with pytest.raises(PermanentError) as caught:
        source.describe("https://archive.org/details/northern-sky-lp")

    assert caught.value.reason == "drm"


def test_address_of_the_mp3_leads_to_the_flac(source):
    assert source.describe(SKETCH.replace(".flac", ".mp3")).codec == "flac"


@pytest.mark.parametrize("body", ["[]", "not json", '{"response":{}}'])
def test_answer_that_makes_no_sense_is_said(source, sandbox, body):
    sandbox.fault("advancedsearch", "status", status=200, body=body, content_type="application/json")

    with pytest.raises(BadResponse):
        source.find_candidates(sketch())


def test_files_with_missing_and_odd_fields_are_read_as_far_as_they_go():
    item = {
        "metadata": {"identifier": "x", "title": ["A", "B"], "creator": None},
        "files": [
            {"name": "a/b.mp3", "format": "VBR MP3", "length": "1:02:03"},
            {"name": "c.flac", "format": "Flac", "length": "soon", "track": "3/12", "size": ""},
            {"name": "d.pdf", "format": "Text PDF"},
            {"format": "Flac"},
            "nonsense",
        ],
    }

    first, second = (file.candidate for file in files_of(item))

    assert (first.title, first.album, first.duration_ms, first.artists) == ("b", "A", 3_723_000, ())
    assert (second.track_number, second.duration_ms, second.bitrate_kbps) == (3, None, None)
