"""What a person asked for beside the track itself, in words: the form, what is done to it, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping

from core.formats import label_of
from core.text import plural
from downloads.models import ACTIVE, Download, DownloadRequest
from downloads.selectors.lines import SERVICE_LABELS
from downloads.services.adding import OF_A_DOWNLOAD
from library.models import AudioFile
from library.steps import STEP_NAMES
from ops.settings import in_force

LOUDNESS = {"off": "loudness left as it is", "tags": "loudness in its tags", "gain": "brought to one loudness"}
NUMBERS = {
    "trim_below_db": "silence below {:g} dB",
    "trim_keep_ms": "{:g} ms of silence kept",
    "trim_least_ms": "silence from {:g} ms on",
    "target_lufs": "{:g} LUFS",
    "peak_dbtp": "peaks at {:g} dBTP",
}


def as_asked(output_format: str, quality_kbps: int | None, options: Mapping[str, object]) -> str:
    """``MP3 V0, trimmed``; empty where all is as the settings say."""
    is_usual = output_format == in_force.OUTPUT_FORMAT and (quality_kbps or 0) == in_force.OUTPUT_QUALITY_KBPS
    said = [*_steps(options), *_around(options)]
    form = label_of(output_format, quality_kbps or 0)
    return ", ".join([*([] if is_usual and not said else [form]), *said])


def _steps(options: Mapping[str, object]) -> list[str]:
    said = []
    if options.get("force_lossless"):
        said.append("lossless by force")
    if options.get("trim") is not None:
        said.append("trimmed" if options["trim"] else "not trimmed")
    if (loudness := options.get("loudness")) in LOUDNESS:
        said.append(LOUDNESS[str(loudness)])
    said += [
        words.format(options[name]) for name, words in NUMBERS.items() if isinstance(options.get(name), int | float)
    ]
    if options.get("verify") is False:
        said.append("not decoded to its end")
    return said


def _around(options: Mapping[str, object]) -> list[str]:
    said = []
    sources = options.get("sources")
    if isinstance(sources, list) and sources:
        said.append(f"from {' or '.join(SERVICE_LABELS.get(str(name), str(name)) for name in sources)} only")
    template = options.get("template")
    if template and template not in {in_force.NAME_TEMPLATE, in_force.PLAYLIST_TEMPLATE}:
        said.append(f"named {template}")
    if options.get("replaces"):
        said.append("in place of the file that is here")
    return said


def outcome_of(wish: DownloadRequest, title: str = "") -> str:
    """What came of asking, in a sentence or more: what is in the queue, what is here, what stays as it was.

    ``title``: what who asked knows it by, where that is not written on the request.
    """
    title = title or str(wish)
    if wish.total and wish.skipped == wish.total:
        return f"{title} is in your library already."
    form = as_asked(wish.output_format, wish.quality_kbps, wish.options)
    form = f", as {form}" if form else ""
    if wish.total <= 1:
        return f"{title} is in the queue{form}.{_beside(wish)}{_unchanged(wish)}"
    here = f", {wish.skipped} here already" if wish.skipped else ""
    tracks = plural(wish.total - wish.skipped, "track")
    return f"{title} is in the queue: {tracks}{here}{form}.{_beside(wish)}{_unchanged(wish)}"


def _beside(wish: DownloadRequest) -> str:
    """That what is owned in another form stays, where there is something."""
    if wish.options.get("replaces"):
        return ""
    fetched = Download.objects.filter(items__request=wish, status__in=ACTIVE)
    files = AudioFile.objects.filter(recording__in=fetched.values("recording"), gone_at=None)
    number = files.values("recording").distinct().count()
    return f" What you have of it in another form stays beside it ({plural(number, 'track')})." if number else ""


def _unchanged(wish: DownloadRequest) -> str:
    """That a download which was under way in this form goes on as it was asked for first."""
    mine = {name: wish.options.get(name) for name in OF_A_DOWNLOAD}
    if not any(value is not None for value in mine.values()):
        return ""
    rows = Download.objects.filter(items__request=wish, status__in=ACTIVE).values_list("options", flat=True)
    other = sum(any(options.get(name) != value for name, value in mine.items()) for options in rows)
    return f" {plural(other, 'track')} under way already: as first asked for." if other else ""


def as_before(options: Mapping[str, object]) -> dict[str, object]:
    """Of a download's options those that a person asked for: to ask for the same once more."""
    kept = {name: options[name] for name in (*STEP_NAMES, "sources") if options.get(name) is not None}
    return kept | ({"template": options["template"]} if options.get("template") else {})
