"""Which of a video's formats is taken: audio only, as it was made, in the wanted codec where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_CODECS = {
    "mp4a": "aac",
    "aac": "aac",
    "opus": "opus",
    "mp3": "mp3",
    "vorbis": "vorbis",
    "flac": "flac",
    "alac": "alac",
}
_BY_ITAG = {"249": "opus", "250": "opus", "251": "opus", "774": "opus", "139": "aac", "140": "aac", "141": "aac"}
# What a kbit/s is worth beside AAC's.
_WORTH = {"opus": 1.3, "aac": 1.0, "vorbis": 1.0, "mp3": 0.8, "flac": 10.0, "alac": 10.0}

UNSAID_KBPS = {"flac": 800, "alac": 800}  # what is lossless seldom says


def codec_of(form: Mapping[str, Any]) -> str:
    """``opus``, ``aac`` and so on; empty where the format does not say."""
    named = str(form.get("acodec") or "").lower()
    codec = next((codec for start, codec in _CODECS.items() if named.startswith(start)), "")
    return codec or _BY_ITAG.get(str(form.get("format_id") or ""), "")


def choose_format(context: Mapping[str, Any], *, prefer: str) -> Iterator[dict[str, Any]]:
    """The one format to take, or nothing: yt-dlp's own protocol for choosing.

    Encrypted formats are refused even where yt-dlp is not sure (``maybe``), and so are loudness-compressed copies.
    """
    usable = [form for form in context["formats"] if _is_usable(form)]
    if usable:
        yield max(usable, key=lambda form: _order(form, prefer))


def _is_usable(form: Mapping[str, Any]) -> bool:
    return (
        not form.get("has_drm")
        and form.get("acodec") not in (None, "none")
        and form.get("vcodec") in (None, "none")
        and not str(form.get("format_id") or "").endswith("-drc")
        and not _is_preview(form)
    )


def _is_preview(form: Mapping[str, Any]) -> bool:
    """Half a minute for those who do not pay (SoundCloud): never the recording."""
    return "preview" in f"{form.get('format_id') or ''} {form.get('format_note') or ''}".lower()


def _order(form: Mapping[str, Any], prefer: str) -> tuple[int, bool, float]:
    """The original language first of all, as another one is another recording; then the codec, then the quality."""
    codec = codec_of(form)
    bitrate = float(form.get("abr") or form.get("tbr") or UNSAID_KBPS.get(codec, 0))
    return int(form.get("language_preference") or 0), bool(prefer) and codec == prefer, bitrate * _WORTH.get(codec, 0.9)
