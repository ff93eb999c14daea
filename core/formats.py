"""The forms a file can have in the library, and the bitrates of each."""

from __future__ import annotations

from dataclasses import dataclass

KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Form:
    """One output format. ``bitrates_kbps`` is empty where the format is lossless: then a bitrate means nothing."""

    name: str
    label: str
    codec: str
    extension: str
    muxer: str  # ffmpeg's name of what writes the file
    encoder: str
    bitrates_kbps: tuple[int, ...] = ()
    fallback_kbps: int = 0  # where a bitrate is asked for that is not in the list

    @property
    def is_lossless(self) -> bool:
        return not self.bitrates_kbps


FORMS = {
    form.name: form
    for form in (
        Form("mp3", "MP3", "mp3", "mp3", "mp3", "libmp3lame", (32, 64, 96, 128, 192, 256, 320), 320),
        Form("m4a", "M4A (AAC)", "aac", "m4a", "ipod", "aac", (32, 64, 96, 128, 192, 256), 256),
        Form("ogg", "Ogg Vorbis", "vorbis", "ogg", "ogg", "libvorbis", (64, 96, 128, 192, 256, 320), 256),
        Form("opus", "Opus", "opus", "opus", "ogg", "libopus", (32, 64, 96, 128, 192, 256), 128),
        Form("flac", "FLAC", "flac", "flac", "flac", "flac"),
        Form("alac", "ALAC", "alac", "m4a", "ipod", "alac"),
        Form("wav", "WAV", "pcm_s16le", "wav", "wav", "pcm_s16le"),
    )
}
NAMES = (KEEP, *FORMS)
# The form in which a codec is kept.
HOMES = {form.codec: form for form in FORMS.values() if form.name != "wav"}
LOSSLESS = tuple(form.name for form in FORMS.values() if form.is_lossless)
_CODEC_LABELS = {"opus": "Opus", "vorbis": "Ogg Vorbis", "pcm_s16le": "WAV"}


def codec_label(codec: str) -> str:
    """``Opus``, ``Ogg Vorbis``, ``FLAC``: what people call a codec."""
    return _CODEC_LABELS.get(codec.lower(), codec.upper())


def label_of(name: str, kbps: int) -> str:
    """``MP3 V0``, ``Opus 192``, ``FLAC``, ``As it comes``: a wish in words."""
    form = FORMS.get(name)
    if form is None:
        return "As it comes"
    own = "V0" if name == "mp3" else ""
    return " ".join(part for part in (form.label, str(kbps) if kbps else own) if part)


def settled_kbps(name: str, kbps: int) -> tuple[int, str]:
    """The bitrate that ``name`` is made with when ``kbps`` is asked for, and a note where that is another one.

    0 is the format's own choice: V0 for MP3, its default for the others.
    """
    form = FORMS.get(name)
    if not kbps or (form and kbps in form.bitrates_kbps):
        return kbps, ""
    if form is None:
        return 0, f"{kbps} kbit/s was ignored: what is kept as it comes has the bitrate that it has."
    if form.is_lossless:
        return 0, f"{kbps} kbit/s was ignored: {form.label} is lossless."
    listed = ", ".join(map(str, form.bitrates_kbps))
    return form.fallback_kbps, f"{kbps} kbit/s is none of {form.label}'s ({listed}): {form.fallback_kbps} was taken."
