"""How often the matcher is right: on recorded cases, beside a plain comparison of names and, where installed, spotDL's.

    python benchmarks/matching.py [--cases PATH] [--show]

Without ``--cases`` the few invented ones of the tests are used, which only show that it runs.
A case is one line of JSON: ``track``, ``candidates``, ``right`` (ids; empty means that nothing should be picked) and
``group``. ``choose`` takes a track and its candidates as dictionaries and gives an id or None.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from catalog.matching import choose as choose_candidate
from catalog.matching import rank
from providers.base import AlbumInfo, ArtistInfo, Candidate, Credit, TrackInfo, UploadKind

OWN_CASES = Path(__file__).resolve().parent.parent / "tests" / "data" / "matching" / "cases.jsonl"
Chooser = Callable[[dict[str, Any], list[dict[str, Any]]], str | None]


def choose(track: dict[str, Any], candidates: list[dict[str, Any]]) -> str | None:
    """The id of the candidate that is the wanted recording, or None where none surely is."""
    best = choose_candidate(wanted_from(track), [candidate_from(candidate) for candidate in candidates])
    return best.candidate.source_id if best else None


def wanted_from(track: dict[str, Any]) -> TrackInfo:
    """A case's track as the matcher takes it."""
    seconds = track.get("duration_s")
    return TrackInfo(
        provider="case",
        id="",
        title=track["title"],
        credits=tuple(Credit(ArtistInfo("case", "", name)) for name in track.get("artists") or ()),
        album=AlbumInfo("case", "", track["album"]) if track.get("album") else None,
        track_number=track.get("track_number"),
        duration_ms=None if seconds is None else round(seconds * 1000),
        isrc=track.get("isrc") or "",
        explicit=track.get("explicit"),
    )


def candidate_from(candidate: dict[str, Any]) -> Candidate:
    """A case's candidate as the matcher takes it."""
    seconds = candidate.get("duration_s")
    return Candidate(
        source=candidate.get("source") or "",
        source_id=candidate["id"],
        url="",
        title=candidate.get("title") or "",
        artists=tuple(candidate.get("artists") or ()),
        uploader=candidate.get("uploader") or "",
        album=candidate.get("album") or "",
        duration_ms=None if seconds is None else round(seconds * 1000),
        kind=UploadKind(candidate.get("kind") or "video"),
        explicit=candidate.get("explicit"),
        views=candidate.get("views"),
        codec=candidate.get("format") or "",
        bitrate_kbps=candidate.get("bitrate_kbps"),
        path=candidate.get("path") or "",
    )


def plain(track: dict[str, Any], candidates: list[dict[str, Any]]) -> str | None:
    """What names alone give: rapidfuzz over artist and title, the best at 80 or more."""
    from rapidfuzz import fuzz, utils

    wanted = f"{' '.join(track.get('artists') or ())} {track['title']}"
    best, best_score = None, 80.0
    for candidate in candidates:
        names = candidate.get("artists") or [candidate.get("uploader") or ""]
        offered = candidate.get("path") or f"{' '.join(names)} {candidate.get('title') or ''}"
        score = fuzz.token_set_ratio(wanted, offered, processor=utils.default_process)
        if score > best_score:
            best, best_score = candidate["id"], score
    return best


def spotdl_chooser() -> Chooser | None:
    """spotDL's own matcher as a chooser, or None where spotDL is not installed."""
    # This folder's queue.py would stand before the standard library's, which spotDL needs.
    here = Path(__file__).resolve().parent
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != here]
    try:
        from spotdl.types.result import Result
        from spotdl.types.song import Song
        from spotdl.utils.matching import get_best_matches, order_results
    except ImportError:
        return None

    def chooser(track: dict[str, Any], candidates: list[dict[str, Any]]) -> str | None:
        artists = track.get("artists") or [""]
        song = Song.from_missing_data(
            name=track["title"],
            artists=artists,
            artist=artists[0],
            album_name=track.get("album") or "",
            album_artist=artists[0],
            duration=track.get("duration_s") or 0,
            explicit=bool(track.get("explicit")),
            isrc=track.get("isrc"),
            url="",
        )
        results = [
            Result(
                source="YouTubeMusic",
                url=candidate["id"],
                verified=candidate.get("kind") == "song",
                name=candidate.get("title") or "",
                duration=candidate.get("duration_s") or 0,
                author=(candidate.get("artists") or [candidate.get("uploader") or ""])[0],
                result_id=candidate["id"],
                artists=tuple(candidate.get("artists") or [candidate.get("uploader") or ""]),
                album=candidate.get("album"),
                explicit=candidate.get("explicit"),
                views=candidate.get("views") or 0,
            )
            for candidate in candidates
        ]
        ranked = order_results(results, song)
        best = get_best_matches(ranked, 8) if ranked else []
        return str(best[0][0].result_id) if best and best[0][1] >= 80 else None

    return chooser


def judge(case: dict[str, Any], picked: str | None) -> str:
    """``right``, ``wrong`` or ``missed``; ``wrong_none`` is a pick where none is right."""
    if picked in case["right"] or (picked is None and not case["right"]):
        return "right"
    if picked is None:
        return "missed"
    return "wrong" if case["right"] else "wrong_none"


def measure(name: str, chooser: Chooser, cases: list[dict[str, Any]], *, show: bool = False) -> dict[str, int]:
    """Print and return how often ``chooser`` is right on the cases, over all and per group."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    count = sum(len(case["candidates"]) for case in cases)
    started = time.process_time()  # what the machine does beside is not counted
    picks = [chooser(case["track"], case["candidates"]) for case in cases]
    spent = time.process_time() - started
    for case, picked in zip(cases, picks, strict=True):
        verdict = judge(case, picked)
        groups[case["group"]][verdict] += 1
        if show and verdict != "right":
            explain(case, picked, verdict)
    total: Counter[str] = sum(groups.values(), Counter())
    print(f"{name}: {spent / max(count, 1) * 1e6:.0f} µs per candidate ({count:,} candidates)")
    print(f"  {'group':16}{'cases':>7}{'right':>8}{'wrong':>8}{'missed':>8}{'wrong where none is right':>28}")
    for group, verdicts in [*sorted(groups.items()), ("all", total)]:
        cases_in = sum(verdicts.values())
        shares = {key: f"{100 * number / cases_in:.1f}%" for key, number in verdicts.items()}
        wrong = verdicts["wrong"] + verdicts["wrong_none"]
        wrong_share = f"{100 * wrong / cases_in:.1f}%" if wrong else "-"
        print(
            f"  {group:16}{cases_in:>7}{shares.get('right', '-'):>8}{wrong_share:>8}"
            f"{shares.get('missed', '-'):>8}{verdicts['wrong_none']:>28}"
        )
    return dict(total)


def explain(case: dict[str, Any], picked: str | None, verdict: str) -> None:
    """Print what was wanted, what was picked, what would have been right, and why."""
    track = case["track"]
    print(f"{verdict}: {case['id']}: {track}")
    for scored in rank(wanted_from(track), [candidate_from(candidate) for candidate in case["candidates"]]):
        candidate = scored.candidate
        if candidate.source_id == picked or candidate.source_id in case["right"]:
            mark = "right" if candidate.source_id in case["right"] else "picked"
            seconds = None if candidate.duration_ms is None else candidate.duration_ms / 1000
            print(
                f"    {mark} {scored.score}: {candidate.path or candidate.title} | {', '.join(candidate.artists)} "
                f"| {candidate.album} | {seconds} s: {scored.why} {scored.breakdown}"
            )


def read_cases(path: Path) -> list[dict[str, Any]]:
    """The cases of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, default=OWN_CASES, help="a JSON-lines file of cases")
    parser.add_argument("--show", action="store_true", help="show each case that is not right, and why")
    parser.add_argument("--size", type=float, default=1.0, help="the share of the cases to take, at least ten of them")
    arguments = parser.parse_args()
    if not arguments.cases.is_file():
        print(f"There are no cases at {arguments.cases}: name a file of them with --cases.")
        return 0
    cases = read_cases(arguments.cases)
    cases = cases[: max(10, round(len(cases) * arguments.size))]
    if not cases:
        print(f"There are no cases in {arguments.cases}.")
        return 0
    if arguments.cases == OWN_CASES:
        print("These are the few invented cases of the tests: name recorded ones with --cases.")
    measure("Spotizer", choose, cases, show=arguments.show)
    measure("plain rapidfuzz", plain, cases)
    spotdl = spotdl_chooser()
    if spotdl is None:
        print("spotDL is not installed: its matcher was not measured.")
    else:
        measure("spotDL", spotdl, cases)
    return 0


if __name__ == "__main__":
    sys.exit(main())
