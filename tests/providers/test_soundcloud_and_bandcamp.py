"""SoundCloud and Bandcamp through the real yt-dlp against the sandbox, and the guard against inner addresses."""

from __future__ import annotations

import socket

import pytest

from core.addresses import InnerAddress
from core.errors import PermanentError, RateLimited, SpotizerError, TransientError
from providers.bandcamp.source import BandcampSource
from providers.base import UploadKind
from providers.soundcloud.source import SoundCloudSource
from providers.youtube.formats import choose_format
from providers.youtube.inner import install, outer_only
from providers.youtube.options import FetchOptions
from tests.catalog.matching.examples import wanted
from tests.server import serve

SKETCH = "https://soundcloud.com/short-circuit-trio/sketch-no-1"
FREE = "https://shortcircuittrio.bandcamp.com/track/spark-01"
HEARD = "https://shortcircuittrio.bandcamp.com/track/sketch-no-1"


@pytest.fixture
def options(sandbox, settings):
    return FetchOptions(plugins=settings.YTDLP_PLUGINS, socket_seconds=2, stall_seconds=5, inner_host="127.0.0.1")


@pytest.fixture
def soundcloud(options):
    return SoundCloudSource(options)


@pytest.fixture
def bandcamp(options):
    return BandcampSource(options)


def fetch(source, candidate, folder):
    return source.fetch(candidate, folder, prefer="", progress=lambda _: None, cancelled=lambda: False)


def test_soundclouds_search_gives_uploads_with_their_address_and_length(soundcloud):
    [found, *_] = soundcloud.find_candidates(wanted("Sketch No. 1", "Short Circuit Trio"))

    assert (found.title, found.uploader, found.url) == ("Sketch No. 1", "Short Circuit Trio", SKETCH)
    assert (found.kind, found.source) == (UploadKind.VIDEO, "soundcloud")
    assert found.duration_ms


def test_soundclouds_upload_is_fetched_as_it_is(soundcloud, tmp_path):
    fetched = fetch(soundcloud, soundcloud.describe(SKETCH), tmp_path)

    assert (fetched.codec, fetched.container, fetched.bitrate_kbps) == ("mp3", "mp3", 128)
    assert fetched.source_url == SKETCH


@pytest.mark.parametrize(
    ("track", "reason"), [("drift", "drm"), ("undertow", "unavailable")], ids=["encrypted", "preview only"]
)
def test_soundclouds_encrypted_and_cut_uploads_are_refused(soundcloud, tmp_path, track, reason):
    with pytest.raises(PermanentError) as caught:
        fetch(soundcloud, soundcloud.describe(f"https://soundcloud.com/vera-holm/{track}"), tmp_path)

    assert caught.value.reason == reason
    assert "YouTube" not in f"{caught.value.message} {caught.value.remedy.partition('upgrade')[0]}"


def test_encrypted_formats_and_previews_are_never_chosen():
    forms = [
        {"format_id": "hls_aac", "acodec": "mp4a", "vcodec": "none", "abr": 160, "has_drm": True},
        {"format_id": "http_mp3_preview", "acodec": "mp3", "vcodec": "none", "abr": 320},
        {"format_id": "http_mp3", "acodec": "mp3", "vcodec": "none", "abr": 128},
    ]

    assert [form["format_id"] for form in choose_format({"formats": forms}, prefer="")] == ["http_mp3"]


def test_bandcamps_album_names_its_tracks_and_where_they_are(bandcamp):
    found = bandcamp.listing("https://shortcircuittrio.bandcamp.com/album/sixty-sparks")

    assert (found.title, found.is_album, len(found.entries)) == ("Sixty Sparks", True, 60)
    assert (found.entries[0].title, found.entries[0].url) == ("Spark 01", FREE)
    assert found.entries[0].duration_ms is None  # an album's page does not say it
    assert bandcamp.describe(found.entries[0].url).source_id == found.entries[0].source_id


@pytest.mark.parametrize(
    ("name", "artist", "is_album", "count"),
    [
        ("short-circuit-trio/sets/sixty-sparks", "Short Circuit Trio", True, 60),
        ("tom-lind/sets/favourite-sparks", "tom-lind", False, 3),
    ],
)
def test_soundclouds_set_gives_the_addresses_of_its_tracks(soundcloud, name, artist, is_album, count):
    found = soundcloud.listing(f"https://soundcloud.com/{name}")

    assert (found.artist, found.is_album, len(found.entries)) == (artist, is_album, count)
    assert soundcloud.describe(found.entries[0].url).title == "Spark 01"


@pytest.mark.parametrize(
    "address",
    ["https://soundcloud.com/nobody/sets/nothing", "https://nobody.bandcamp.com/album/nothing"],
)
def test_list_that_is_not_there_is_said_in_the_words_of_its_service(soundcloud, bandcamp, address):
    source = soundcloud if "soundcloud" in address else bandcamp

    with pytest.raises(PermanentError) as caught:
        source.listing(address)

    assert source.label in caught.value.message


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1/album/x", "http://a.bandcamp.com/album/x", "file:///etc/passwd"]
)
def test_lists_are_read_from_the_sources_own_hosts_alone(bandcamp, address):
    with pytest.raises(PermanentError, match="not an address"):
        bandcamp.listing(address)


def test_bandcamps_track_is_described_as_its_artist_names_it(bandcamp):
    found = bandcamp.describe(HEARD)

    assert (found.title, found.artists, found.album) == ("Sketch No. 1", ("Short Circuit Trio",), "Quick Sketches")
    assert (found.kind, found.track_number, found.url) == (UploadKind.SONG, 1, HEARD)


@pytest.mark.parametrize(("url", "codec"), [(HEARD, "mp3"), (FREE, "flac")], ids=["to hear", "given away"])
def test_bandcamp_gives_the_best_that_its_artist_gives(bandcamp, tmp_path, url, codec):
    fetched = fetch(bandcamp, bandcamp.describe(url), tmp_path)

    assert (fetched.codec, fetched.container) == (codec, codec)


def test_bandcamp_is_not_searched(bandcamp, sandbox):
    assert bandcamp.find_candidates(wanted("Sketch No. 1", "Short Circuit Trio")) == []
    assert sandbox.count("bandcamp.com") == 0


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("bandcamp", "https://shortcircuittrio.bandcamp.com/album/quick-sketches"),
        ("bandcamp", "https://bandcamp.com/track/x"),
        ("bandcamp", "https://bandcamp.com.evil.example/track/x"),
        ("bandcamp", "http://shortcircuittrio.bandcamp.com/track/spark-01"),
        ("soundcloud", "https://127.0.0.1/a/b"),
        ("soundcloud", "https://soundcloud.com.evil.example/a/b"),
        ("soundcloud", "https://user:secret@soundcloud.com/a/b"),
        ("soundcloud", "https://www.youtube.com/watch?v=aaaaaaaaaaa"),
        ("soundcloud", "https://soundcloud.com/nobody/nothing"),
        ("soundcloud", "file:///etc/passwd"),
    ],
)
def test_address_that_is_none_of_its_tracks_is_refused(request, name, url):
    with pytest.raises(PermanentError) as caught:
        request.getfixturevalue(name).describe(url)

    assert caught.value.remedy


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 429}, RateLimited),
        ({"kind": "status", "status": 403}, RateLimited),
        ({"kind": "status", "status": 404}, PermanentError),
        ({"kind": "reset"}, TransientError),
        ({"kind": "garbage"}, PermanentError),
    ],
    ids=lambda value: str(value.get("status", value["kind"])) if isinstance(value, dict) else value.__name__,
)
def test_media_on_a_bad_day_is_one_of_our_errors_in_its_own_name(soundcloud, sandbox, tmp_path, fault, error):
    candidate = soundcloud.describe(SKETCH)
    sandbox.fault("soundcloud.com/sandbox/media", **fault)

    with pytest.raises(error) as caught:
        fetch(soundcloud, candidate, tmp_path)

    assert "YouTube" not in caught.value.message
    assert "SPOTIZER_YOUTUBE" not in caught.value.remedy


def test_ytdlp_is_kept_from_inner_addresses_also_behind_a_redirect(sandbox, options, tmp_path):
    soundcloud = SoundCloudSource(options)
    candidate = soundcloud.describe(SKETCH)
    with serve() as inside:
        inside.answer("/secret", b"inner")
        # Another name of this machine than the sandbox's.
        target = f"{inside.url}/secret".replace("127.0.0.1", "localhost")
        sandbox.fault("soundcloud.com/sandbox/media", "status", status=302, headers={"Location": target})

        with pytest.raises(SpotizerError, match="inside your own network"):
            fetch(soundcloud, candidate, tmp_path)

        assert inside.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "::1", "0x7f000001"])
def test_guard_refuses_inner_addresses_however_they_are_written(host):
    install()

    with outer_only(), pytest.raises((InnerAddress, socket.gaierror)):
        socket.getaddrinfo(host, 80)


def test_guard_lets_pass_the_one_inner_host_and_everything_afterwards():
    install()

    with outer_only("127.0.0.1"):
        assert socket.getaddrinfo("127.0.0.1", 80)
    assert socket.getaddrinfo("localhost", 80)
