"""The yt-dlp plug-in: real yt-dlp over the sandbox, formats, fetching, resuming and every kind of refusal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import pytest
import yt_dlp
from yt_dlp.utils import DownloadCancelled, DownloadError, ExtractorError, GeoRestrictedError

PLUGINS = Path(__file__).resolve().parents[2] / "sandbox" / "plugins"


@pytest.fixture
def extractors(monkeypatch):
    monkeypatch.syspath_prepend(str(PLUGINS / "yt_dlp_plugins" / "extractor"))
    import spotizer_sandbox

    return [spotizer_sandbox.SpotizerSandboxIE, spotizer_sandbox.SpotizerSandboxSearchIE]


@pytest.fixture
def run(sandbox, extractors, tmp_path):
    """``run(url, **options)`` extracts (and fetches) with only the plug-in's extractors."""

    def extract(url, *, download=False, **options):
        settings = {
            "quiet": True, "noprogress": True, "ignoreconfig": True, "format": "251/140", "fixup": "never",
            "cachedir": False, "outtmpl": {"default": "%(id)s.%(ext)s"}, "paths": {"home": str(tmp_path)},
            "logger": Silent(), **options,
        }  # fmt: skip
        with yt_dlp.YoutubeDL(settings, auto_init=False) as ydl:
            for extractor in extractors:
                ydl.add_info_extractor(extractor())
            return ydl.extract_info(url, download=download)

    return extract


class Silent:
    def debug(self, text): ...
    def info(self, text): ...
    def warning(self, text): ...
    def error(self, text): ...


@pytest.fixture
def uploads(sandbox_server):
    """The uploads of an anchor recording, the label's first."""
    return sandbox_server.world.catalogue.uploads_of.__getitem__


def watch(upload):
    return f"https://www.youtube.com/watch?v={upload.video_id}"


@pytest.mark.parametrize("form", ["251", "140", "249", "251-drc"])
def test_format_when_fetched_is_audio_of_the_promised_length(run, uploads, form):
    info = run(watch(uploads("quick-sketches/1.1")[0]), download=True, format=form)

    path = info["requested_downloads"][0]["filepath"]
    with av.open(path) as container:
        seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    assert abs(seconds - uploads("quick-sketches/1.1")[0].duration_ms / 1000) < 0.05


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v={}",
        "https://music.youtube.com/watch?v={}&list=RDAMVM",
        "https://youtu.be/{}?si=x",
        "https://m.youtube.com/watch?app=desktop&v={}",
    ],
)
def test_address_in_every_form_is_the_same_video(run, uploads, url):
    upload = uploads("tidal-rooms/1.1")[0]

    info = run(url.format(upload.video_id))

    assert (info["id"], info["title"]) == (upload.video_id, "Harbour Lights")
    assert info["duration"] == round(upload.duration_ms / 1000)
    assert {form["format_id"] for form in info["formats"]} == {"249", "140", "251", "251-drc"}


def test_search_when_asked_gives_entries_with_lengths(run):
    found = run("ytsearch5:Vera Holm Undertow", extract_flat=True)["entries"]

    assert len(found) == 5
    assert "Undertow" in found[0]["title"]
    assert all(entry["duration"] and entry["uploader"] and entry["url"].startswith("https://") for entry in found)


@pytest.mark.parametrize(
    ("place", "kind", "words"),
    [
        ("trouble/1.2", ExtractorError, "Video unavailable"),
        ("trouble/1.3", ExtractorError, "Private video"),
        ("trouble/1.4", GeoRestrictedError, "not made this video available in your country"),
        ("trouble/1.5", ExtractorError, "confirm your age"),
        ("trouble/1.6", ExtractorError, "Premieres in"),
        ("trouble/1.7", ExtractorError, "DRM protected"),
        ("trouble/1.11", ExtractorError, "removed by the uploader"),
    ],
)
def test_trouble_of_an_anchor_is_the_real_error(run, uploads, place, kind, words):
    with pytest.raises(DownloadError, match=words) as caught:
        run(watch(uploads(place)[0]))

    assert isinstance(caught.value.exc_info[1], kind)
    assert caught.value.exc_info[1].expected


@pytest.mark.parametrize(
    ("trouble", "words"), [("bot", "not a bot"), ("later", "try again later"), ("members", "Join")]
)
def test_trouble_when_ordered_comes_as_often_as_ordered(run, sandbox, uploads, trouble, words):
    sandbox.youtube(trouble, times=1)
    url = watch(uploads("quick-sketches/1.2")[0])

    with pytest.raises(DownloadError, match=words):
        run(url)
    assert run(url)["id"]


def test_locked_format_beside_clear_ones_is_not_chosen(run, uploads):
    info = run(watch(uploads("trouble/1.1")[0]), format="774/251")

    assert info["format_id"] == "251"


def test_unknown_video_is_unavailable(run):
    with pytest.raises(DownloadError, match="Video unavailable"):
        run("https://www.youtube.com/watch?v=aaaaaaaaaaa")


def test_media_when_refused_once_works_the_second_time(run, sandbox, uploads):
    sandbox.fault("www.youtube.com/sandbox/media", "status", status=403, times=1)
    url = watch(uploads("quick-sketches/1.3")[0])

    with pytest.raises(DownloadError, match="403"):
        run(url, download=True)
    assert Path(run(url, download=True)["requested_downloads"][0]["filepath"]).stat().st_size > 1000


def test_media_when_broken_off_is_resumed_by_a_range(run, sandbox, uploads):
    sandbox.fault("www.youtube.com/sandbox/media", "truncate", percent=50, times=1)

    info = run(watch(uploads("tidal-rooms/1.6")[0]), download=True, retries=3)

    path = Path(info["requested_downloads"][0]["filepath"])
    assert path.stat().st_size == info["filesize"]
    assert [line["status"] for line in sandbox.log("/sandbox/media/")] == [200, 206]


def test_fetch_when_cancelled_in_a_hook_leaves_a_part(run, sandbox, uploads, tmp_path):
    sandbox.fault("www.youtube.com/sandbox/media", "trickle", bytes_per_second=400_000)

    def stop(progress):
        raise DownloadCancelled

    with pytest.raises(DownloadCancelled):
        run(watch(uploads("tidal-rooms/1.6")[0]), download=True, progress_hooks=[stop])

    assert list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("place", ["trouble/1.8", "trouble/1.9"])
def test_media_of_a_broken_upload_does_not_decode_to_its_length(run, uploads, place):
    upload = uploads(place)[0]
    path = run(watch(upload), download=True)["requested_downloads"][0]["filepath"]

    try:
        with av.open(path) as container:
            seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    except av.FFmpegError:
        return
    assert seconds < upload.duration_ms / 1000 * 0.8


def test_plugin_when_on_the_path_is_found_by_the_real_command(sandbox, uploads, tmp_path):
    upload = uploads("quick-sketches/1.1")[0]
    environment = {**os.environ, "PYTHONPATH": str(PLUGINS), "SPOTIZER_SANDBOX_URL": sandbox.url, "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "yt_dlp", "--ignore-config", "--no-cache-dir", "-j", watch(upload)]

    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    info = json.loads(done.stdout)
    assert (info["id"], info["extractor"]) == (upload.video_id, "youtube:sandbox")


def test_plugin_without_a_sandbox_claims_nothing(extractors, monkeypatch):
    monkeypatch.delenv("SPOTIZER_SANDBOX_URL", raising=False)

    assert not any(extractor.suitable("https://www.youtube.com/watch?v=aaaaaaaaaaa") for extractor in extractors)
