"""Invented rows for the style guide: every component in every state, with the texts that break layouts."""

from __future__ import annotations

from django.utils import timezone

from core.errors import TransientError
from downloads.models import Status
from downloads.selectors.acts import ACTS, CANCEL_ALL
from downloads.selectors.candidates import BARS, Bar, CandidateRow
from downloads.selectors.lines import Card, Line
from downloads.selectors.rows import JobRow, RequestRow
from downloads.selectors.states import NAME_OF_STATUS, Standing, State
from downloads.selectors.trials import TrialRow
from downloads.services.trying import Step

NAMES = ("absent", "queued", "working", "paused", "have", "partial", "upgrade", "failed", "needs_you", "ignored")
MIXED = ("have",) * 7 + ("working", "failed", "failed", "absent", "queued")
TITLES = (
    "Harbour Lights",
    "Undertow (Live at the Quay)",
    "שיר ארוך מאוד עם כותרת בעברית",
    "A title so long that no phone has room for it, because somebody thought a whole sentence with several clauses, "
    "and then some more, would do",
    "夜の港",
)


def state(name: str, title: str = "Tidal Memory") -> State:
    segments = MIXED if name in {"partial", "working"} else ()
    standing = Standing(
        name,
        percent=42,
        segments=segments,
        quality="Opus 160" if name == "have" else "",
        bytes_per_second=1_600_000 if name == "working" else None,
        download_id=1 if name in {"failed", "needs_you"} else None,
        reason={"failed": "no_match", "needs_you": "match_too_poor"}.get(name, ""),
    )
    return State(standing, title, "#main", "" if name in {"have", "working", "queued"} else "track:0000")


def line(index: int, name: str) -> Line:
    title = TITLES[index % len(TITLES)]
    note = "Glass Harbour, Ines Harbourne"
    return Line(f"guide-{index}", title, note, "#main", state(name, title), "", 232_000, index + 1)


def candidate(title: str, score: int, values: tuple[int, ...], *, is_best: bool = False) -> CandidateRow:
    bars = [Bar(label, value) for (_, label), value in zip(BARS, values, strict=True)]
    facts = "YouTube · Glass Harbour · 4:46, 19 s longer"
    return CandidateRow(title, facts, score, bars, "choose:1:1", is_best=is_best)


def job(number: int, status: Status) -> JobRow:
    facts = ["fetching", "3.1 MB of 7.4 MB", "840 kB/s", "10 s left"] if NAME_OF_STATUS.get(status) == "working" else []
    message = "No source has this track." if status == Status.FAILED else ""
    title = TITLES[number % len(TITLES)]
    badge = "Failed" if status == Status.FAILED else ""
    note, acts = "Low Orbit · Perigee", ACTS.get(status, ())
    return JobRow(number, title, note, "#main", "", status, 42, facts, acts, badge, "bad", message)


def trials() -> list[TrialRow]:
    well = Step("Search", True, f"5 found; the first is “{TITLES[3]}”", seconds=1.2)
    bad = Step("Fetch", False, "The transfer broke off.", "It is tried again by itself.", 12.0)
    now = timezone.now()
    return [
        TrialRow("guide-0", "A source"),
        TrialRow("guide-1", "A source", is_under_way=True),
        TrialRow("guide-2", "A source", is_under_way=True, has_begun=True, steps=(well,)),
        TrialRow("guide-3", "A source", steps=(well,), ended_at=now, worked_at=now),
        TrialRow("guide-4", "A source", steps=(well, bad), ended_at=now, failed_at=now, failure=bad.message),
    ]


def context() -> dict[str, object]:
    states = [state(name) for name in NAMES]
    lines = [line(index, name) for index, name in enumerate(NAMES)]
    candidates = [
        candidate("Undertow (Live at the Quay)", 74, (96, 100, 38, 70, 64), is_best=True),
        candidate("Glass Harbour: Undertow (cover)", 52, (82, 30, 86, 20, 60)),
    ]
    need = JobRow(
        90,
        "Undertow",
        "Glass Harbour",
        "#main",
        "",
        Status.NEEDS_YOU,
        0,
        [],
        (),
        message="Nothing scored above 80.",
        duration_ms=267_000,
        candidates=candidates,
    )
    request = RequestRow(
        91,
        "Tidal Memory",
        "#main",
        "",
        ["Glass Harbour", "album", "7 of 12 tracks"],
        Standing("working", 58, MIXED),
        (CANCEL_ALL,),
    )
    return {
        "nav": "",
        "view": "styleguide",
        "trials": trials(),
        "states": states,
        "strips": [MIXED, ("have",) * 12, ("absent",) * 9],
        "tones": ["ok", "work", "warn", "bad", "line"],
        "levels": ["success", "info", "warning", "error"],
        "cards": [
            Card(f"guide-{index}", TITLES[index % len(TITLES)], "Glass Harbour · 2024", "#main", state=state(name))
            for index, name in enumerate(NAMES)
        ],
        "lines": lines,
        "hits": lines[:5],
        "jobs": [job(index, status) for index, status in enumerate(Status)],
        "requests": [request],
        "needs": [need],
        "error": TransientError("Deezer did not answer within 15 seconds.", remedy="The rest of the page works."),
    }
