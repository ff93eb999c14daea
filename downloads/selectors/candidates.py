"""Candidates as people read them: what was found, how near it is in five bars, and which rule cost what."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse

from core.formats import codec_label
from core.text import licence_in_words
from core.units import clock
from downloads.models import Download, DownloadCandidate, Status
from downloads.selectors.lines import SERVICE_LABELS
from downloads.services.previews import UNHEARD

# A bar holds the worst of its rules: what version it is stands in the title, how it sounds in who put it there.
BARS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("title", "version"), "Title"),
    (("artist",), "Artist"),
    (("duration",), "Length"),
    (("album",), "Album"),
    (("kind",), "Quality"),
)
RULES = {"title": "Title", "version": "Version", "artist": "Artist", "duration": "Length", "album": "Album"}
RULES |= {"kind": "Kind"}
FATAL = 60.0  # points that a rule takes from what is another recording: its bar is empty


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: int

    @property
    def tone(self) -> str:
        return "ok" if self.value >= 85 else "warn" if self.value >= 60 else "bad"


@dataclass(frozen=True, slots=True)
class CandidateRow:
    title: str
    facts: str
    score: int
    bars: list[Bar]
    act: str
    message: str = ""
    rules: list[tuple[str, str, str]] = field(default_factory=list)  # name, points, what it says
    url: str = ""
    is_best: bool = False
    is_chosen: bool = False
    preview_url: str = ""
    unheard: str = ""  # why there is no preview
    act_label: str = "Use this"


def candidate_rows(download: Download, *, may_choose: bool = True) -> list[CandidateRow]:
    """Candidates as rows, best first. Of a download that is done another one can take the file's place."""
    is_done = download.status == Status.DONE
    act = "instead" if is_done else "choose" if may_choose else ""
    wanted_ms = download.recording.duration_ms
    rows = []
    for index, candidate in enumerate(download.candidates.all()):
        unheard = UNHEARD.get(candidate.source, "")
        rows.append(
            CandidateRow(
                title=candidate.title,
                facts=_candidate_facts(candidate, wanted_ms),
                score=candidate.score,
                bars=_bars(candidate.breakdown),
                act=f"{act}:{download.pk}:{candidate.pk}" if act else "",
                act_label="Use this instead" if is_done else "Use this",
                message=candidate.message or _words(candidate.breakdown.get("why")),
                rules=_rules(candidate.breakdown),
                url=candidate.url,
                is_best=index == 0,
                is_chosen=candidate.state == DownloadCandidate.State.CHOSEN,
                preview_url="" if unheard else reverse("downloads:candidate_preview", args=[candidate.pk]),
                unheard=unheard,
            )
        )
    return rows


def _bars(breakdown: dict[str, object]) -> list[Bar]:
    """None where nothing was compared: a link that was pasted and not read yet."""
    if not any(name in breakdown for name in RULES):
        return []
    return [Bar(label, min(_score(breakdown.get(name)) for name in names)) for names, label in BARS]


def _score(evidence: object) -> int:
    """0 to 100 of one rule: full where it took nothing, empty where it took so much that it is another recording."""
    if isinstance(evidence, dict) and isinstance(evidence.get("score"), int | float):
        return int(max(0, min(100, round(evidence["score"]))))
    points = evidence.get("points") if isinstance(evidence, dict) else None
    return max(0, min(100, round(100 + 100 * points / FATAL))) if isinstance(points, int | float) else 100


def _rules(breakdown: dict[str, object]) -> list[tuple[str, str, str]]:
    found = []
    for name, label in RULES.items():
        evidence = breakdown.get(name)
        if isinstance(evidence, dict):
            found.append((label, f"{evidence.get('points') or 0:+g}".replace("+0", "0"), _words(evidence.get("says"))))
    return found


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _candidate_facts(candidate: DownloadCandidate, wanted_ms: int | None) -> str:
    length = clock(candidate.duration_ms)
    if length and wanted_ms and candidate.duration_ms:
        apart = round((candidate.duration_ms - wanted_ms) / 1000)
        if abs(apart) >= 2:
            length += f", {abs(apart)} s {'longer' if apart > 0 else 'shorter'}"
    source = SERVICE_LABELS.get(candidate.source, candidate.source)
    info = candidate.info
    uploader = info.get("uploader", "") if info.get("uploader") != candidate.artist_text else ""
    kbps = f" {info['bitrate_kbps']}" if info.get("bitrate_kbps") else ""
    form = f"{codec_label(str(info['codec']))}{kbps}" if info.get("codec") else ""
    licence = licence_in_words(str(info.get("licence") or ""))
    return " · ".join(filter(None, [source, candidate.artist_text, uploader, candidate.album, length, form, licence]))
