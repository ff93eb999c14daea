"""What yt-dlp raises, told as our own errors."""

from __future__ import annotations

import pytest
from yt_dlp.networking.common import Response
from yt_dlp.networking.exceptions import HTTPError, TransportError
from yt_dlp.utils import DownloadError, ExtractorError, PostProcessingError

from core.errors import BadResponse, PermanentError, RateLimited, StorageError, TransientError, UserError
from providers.youtube.errors import error_from, is_forbidden
from providers.youtube.formats import choose_format, codec_of
from providers.youtube.sniffing import container_of


def raised(message: str, cause: BaseException | None = None) -> DownloadError:
    return DownloadError(message, (type(cause), cause, None) if cause else None)


def answer(status: int, **headers: str) -> HTTPError:
    import io

    return HTTPError(Response(io.BytesIO(b""), "https://example.com", headers, status))


@pytest.mark.parametrize(
    ("exc", "kind", "reason"),
    [
        (raised("HTTP Error 503", answer(503)), TransientError, "network"),
        (raised("HTTP Error 404", answer(404)), PermanentError, "removed"),
        (raised("HTTP Error 429", answer(429)), RateLimited, "rate_limited"),
        (raised("HTTP Error 403", answer(403)), RateLimited, "blocked"),
        (raised("x", ExtractorError("Unable to download API page", cause=answer(500))), TransientError, "network"),
        (
            raised("x", ExtractorError("Unable to download API page", cause=TransportError("timed out"))),
            TransientError,
            "timeout",
        ),
        (
            raised("[download] Got error: Connection reset by peer. Giving up after 3 retries"),
            TransientError,
            "network",
        ),
        (raised("Got error: 12 bytes read, 34 more expected. Giving up after 3 retries"), TransientError, "network"),
        (raised("x", TransportError("Temporary failure in name resolution")), TransientError, "network"),
        (
            raised("Postprocessing: ffmpeg not found", PostProcessingError("ffmpeg not found")),
            UserError,
            "broken_install",
        ),
        (raised("x", ExtractorError("Something new happened", expected=True)), PermanentError, "unavailable"),
        (raised("x", ExtractorError("Could not find signature")), PermanentError, "outdated"),
        (raised("x", KeyError("videoDetails")), BadResponse, "bad_response"),
        (raised("unable to open for writing: [Errno 28] No space left on device"), StorageError, "disk_full"),
        (OSError(28, "No space left on device"), StorageError, "disk_full"),
    ],
)
def test_each_failure_has_its_class_and_reason(tmp_path, exc, kind, reason):
    error = error_from(exc, folder=tmp_path)

    assert type(error) is kind
    assert error.reason == reason
    assert error.remedy


def test_a_missing_runtime_is_told_when_no_format_was_left():
    exc = raised("x", ExtractorError("Requested format is not available", expected=True))

    error = error_from(exc, warnings=["No supported JavaScript runtime could be found."])

    assert isinstance(error, UserError)
    assert error.reason == "broken_install"
    assert "deno" in error.remedy


def test_how_long_to_wait_is_taken_from_the_answer():
    error = error_from(raised("x", answer(429, **{"Retry-After": "90"})))

    assert isinstance(error, RateLimited)
    assert error.retry_after == 90


def test_a_refusal_behind_an_extractors_error_is_seen():
    assert is_forbidden(raised("x", ExtractorError("Unable to download webpage", cause=answer(403))))
    assert not is_forbidden(raised("x", ExtractorError("Private video", expected=True)))


def test_yt_dlp_s_own_words_never_carry_its_call_to_report_an_issue():
    error = error_from(raised("ERROR: x", ExtractorError("Could not find it")))

    assert "report" not in error.message


FORMATS = [
    {"format_id": "139", "acodec": "mp4a.40.5", "vcodec": "none", "abr": 48},
    {"format_id": "140", "acodec": "mp4a.40.2", "vcodec": "none", "abr": 129},
    {"format_id": "251", "acodec": "opus", "vcodec": "none", "abr": 135},
    {"format_id": "251-drc", "acodec": "opus", "vcodec": "none", "abr": 140},
    {"format_id": "774", "acodec": "opus", "vcodec": "none", "abr": 256, "has_drm": True},
    {"format_id": "141", "acodec": "mp4a.40.2", "vcodec": "none", "abr": 256, "has_drm": "maybe"},
    {"format_id": "18", "acodec": "mp4a.40.2", "vcodec": "avc1", "abr": 96},
]


@pytest.mark.parametrize(("prefer", "chosen"), [("", "251"), ("opus", "251"), ("aac", "140"), ("flac", "251")])
def test_the_format_is_open_audio_in_the_wanted_codec_where_there_is_one(prefer, chosen):
    assert [form["format_id"] for form in choose_format({"formats": FORMATS}, prefer=prefer)] == [chosen]


def test_the_original_language_goes_before_the_better_bitrate():
    dubbed = {**FORMATS[2], "format_id": "251-1", "abr": 160, "language_preference": -1}
    original = {**FORMATS[2], "format_id": "251-0", "abr": 130, "language_preference": 10}

    assert next(choose_format({"formats": [dubbed, original]}, prefer=""))["format_id"] == "251-0"


def test_no_format_is_chosen_where_all_are_encrypted_or_pictures():
    assert list(choose_format({"formats": FORMATS[4:]}, prefer="")) == []


def test_a_codec_is_known_by_its_number_where_it_is_not_told():
    assert codec_of({"format_id": "251"}) == "opus"
    assert codec_of({"acodec": "mp4a.40.2"}) == "aac"


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"\x1a\x45\xdf\xa3abc", "webm"),
        (b"\x00\x00\x00\x18ftypdash", "m4a"),
        (b"OggS", "ogg"),
        (b"fLaC", "flac"),
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90", "mp3"),
        (b"RIFF\x00\x00\x00\x00WAVE", "wav"),
        (b"<!doctype html>", ""),
        (b"", ""),
    ],
)
def test_a_container_is_known_by_its_first_bytes(tmp_path, head, container):
    path = tmp_path / "file.webm"
    path.write_bytes(head)

    assert container_of(path) == container
