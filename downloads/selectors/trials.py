"""Trials as the page of the sources shows them: the steps, when it last worked, and the last error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from downloads.models import Trial
from downloads.selectors.lines import SERVICE_LABELS
from downloads.services.trying import SERVICES, Step
from downloads.services.trying.trials import ENGINE
from ops.models import ServiceState

LABELS = SERVICE_LABELS | {
    "cover_art_archive": "Cover Art Archive",
    "acoustid": "AcoustID",
    "lastfm": "Last.fm",
    ENGINE: "yt-dlp",
}
GIVES = {
    "deezer": "Catalogue: artists, albums, tracks",
    "spotify": "Catalogue: artists, albums, tracks, playlists",
    "musicbrainz": "Catalogue: what its people know of releases",
    "lrclib": "Lyrics, timed and plain",
    "cover_art_archive": "Covers of releases that MusicBrainz knows",
    "acoustid": "Names a recording by its sound",
    "lastfm": "What listeners call the music: genres",
}


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial. ``is_under_way``: asked for and not ended; ``has_begun``: a step is being taken."""

    name: str
    label: str
    is_under_way: bool = False
    has_begun: bool = False
    steps: tuple[Step, ...] = ()
    ended_at: datetime | None = None
    worked_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    gives: str = field(default="")

    @property
    def act(self) -> str:
        """What the button says."""
        return "Look for a newer one" if self.name == ENGINE else "Test"

    @property
    def is_well(self) -> bool:
        """Whether the last trial ended well."""
        return bool(self.steps) and all(step.is_ok for step in self.steps)

    @property
    def is_failing(self) -> bool:
        """Whether the last thing known of it is an error."""
        return self.failed_at is not None and (self.worked_at is None or self.failed_at > self.worked_at)


def trial_rows(names: Iterable[str]) -> dict[str, TrialRow]:
    """By name: the trial of each; two queries for any number of them."""
    wanted = list(names)
    trials = Trial.objects.in_bulk(wanted)
    states = ServiceState.objects.in_bulk([name for name in wanted if name in SERVICES])
    return {name: _row(name, trials.get(name), states.get(name)) for name in wanted}


def trials_since(number: int) -> list[TrialRow]:
    """Those that changed after ``number`` of the live sequence."""
    return list(trial_rows(Trial.objects.filter(live__gt=number).values_list("pk", flat=True)).values())


def is_any_under_way() -> bool:
    return Trial.objects.filter(asked_at__isnull=False, ended_at=None).exists()


def _row(name: str, trial: Trial | None, state: ServiceState | None) -> TrialRow:
    label, gives = LABELS.get(name, name), GIVES.get(name, "")
    trial = trial or Trial(name=name)
    # The ledger of calls knows of every call, the trial of its own.
    seen = (state.last_ok_at, state.last_failed_at) if state else (None, None)
    failed_at = _later(trial.failed_at, seen[1])
    failure = trial.failure if failed_at == trial.failed_at else "It did not answer."
    return TrialRow(
        name,
        label,
        trial.is_under_way,
        trial.is_under_way and trial.begun_at is not None,
        tuple(Step(**step) for step in trial.steps),
        trial.ended_at,
        _later(trial.worked_at, seen[0]),
        failed_at,
        failure,
        gives,
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
