"""The matcher: every candidate scored against what is wanted, and the best one only where it is good enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from catalog.matching.agreement import version_evidence
from catalog.matching.artists import artist_evidence
from catalog.matching.evidence import album_evidence, duration_evidence, kind_evidence, title_evidence
from catalog.matching.finding import ANOTHER, Finding
from catalog.matching.limits import NO_LIMITS, Limits
from catalog.matching.offered import read_offered
from catalog.matching.wanted import Wanted, read_wanted
from providers.base import Candidate, TrackInfo, UploadKind

DEFAULT_THRESHOLD = 80
_WORTH_TELLING = -5  # beside what spoke against it most
_KIND_ORDER = {UploadKind.SONG: 0, UploadKind.FILE: 1, UploadKind.VIDEO: 2}


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score from 0 to 100 and why it has it, in points per kind of evidence and in words."""

    candidate: Candidate
    score: int
    is_accepted: bool
    why: str
    breakdown: dict[str, object] = field(default_factory=dict)


def rank(
    wanted: TrackInfo,
    candidates: Sequence[Candidate],
    *,
    threshold: int = DEFAULT_THRESHOLD,
    limits: Limits = NO_LIMITS,
) -> list[Scored]:
    """All candidates, best first; among equals official audio, the nearer length, then the source's order.

    What ``limits`` leave out is not accepted, whatever its score.
    """
    reading = read_wanted(wanted)
    scored = [_limited(_score(reading, candidate, threshold), reading, limits) for candidate in candidates]
    order = sorted(range(len(scored)), key=lambda index: (*_order(scored[index], wanted), index))
    return [scored[index] for index in order]


def choose(
    wanted: TrackInfo,
    candidates: Sequence[Candidate],
    *,
    threshold: int = DEFAULT_THRESHOLD,
    limits: Limits = NO_LIMITS,
) -> Scored | None:
    """The candidate that is the wanted recording, or None where none surely is."""
    ranked = rank(wanted, candidates, threshold=threshold, limits=limits)
    return next((scored for scored in ranked if scored.is_accepted), None)


def _limited(scored: Scored, wanted: Wanted, limits: Limits) -> Scored:
    objection = limits.objection(wanted, scored.candidate)
    if not objection:
        return scored
    why = f"{objection[:1].upper()}{objection[1:]}."
    if not scored.is_accepted:
        why = f"{scored.why} Also, {objection}."
    breakdown = scored.breakdown | {"limits": {"points": 0, "says": objection}}
    return replace(scored, is_accepted=False, why=why, breakdown=breakdown)


def _order(scored: Scored, wanted: TrackInfo) -> tuple[int, int, int]:
    length = scored.candidate.duration_ms
    off = 0 if length is None or wanted.duration_ms is None else abs(length - wanted.duration_ms)
    return -scored.score, _KIND_ORDER[scored.candidate.kind], off


def _score(wanted: Wanted, candidate: Candidate, threshold: int) -> Scored:
    offered = read_offered(candidate, wanted)
    findings = {
        "title": title_evidence(wanted, candidate, offered),
        "artist": artist_evidence(wanted, candidate, offered),
        "duration": duration_evidence(wanted, candidate),
        "version": version_evidence(wanted, candidate, offered),
        "album": album_evidence(wanted, candidate, offered),
        "kind": kind_evidence(wanted, candidate, offered),
    }
    total = 100 + sum(finding.points for finding in findings.values())
    if offered.place is None:
        total -= (1 - offered.closest) * 40
    score = round(min(100.0, max(0.0, total)))
    is_accepted = score >= threshold
    return Scored(candidate, score, is_accepted, _why(findings, is_accepted), _breakdown(findings))


def _why(findings: dict[str, Finding], is_accepted: bool) -> str:
    """One sentence: what spoke for it, or what spoke against it most."""
    against = sorted(
        (finding for finding in findings.values() if finding.points < 0), key=lambda finding: finding.points
    )
    if is_accepted:
        told = [finding.says for name, finding in findings.items() if name in {"title", "artist", "duration"}]
        told += [finding.says for finding in against if finding.says not in told][:1]
    else:
        told = [finding.says for finding in against[:1]]
        told += [finding.says for finding in against[1:2] if finding.points <= _WORTH_TELLING]
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if text else "Everything agrees."


def _breakdown(findings: dict[str, Finding]) -> dict[str, object]:
    """``score``: 100 where nothing speaks against it, 0 where it makes it another recording."""
    return {
        name: {
            "points": round(finding.points, 1),
            "score": max(0, min(100, round(100 * (1 - finding.points / ANOTHER)))),
            "says": finding.says,
        }
        for name, finding in findings.items()
    }
