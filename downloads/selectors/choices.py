"""Why a file is the one that was taken, in words, and what a person can say against it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from downloads.models import Download, DownloadCandidate, Status
from downloads.selectors.lines import SERVICE_LABELS
from downloads.services.thresholds import LEAST_SCORE
from history.models import Event
from library.models import AudioFile

State = DownloadCandidate.State


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidate that was taken. ``found`` and ``next_best`` are empty where no receipt tells of them."""

    download_id: int
    title: str
    source: str
    score: int
    why: str
    url: str
    found: str = ""
    next_best: str = ""


@dataclass(frozen=True, slots=True)
class Lower:
    """The score from which on candidates for this artist could be taken, so that the row would go on."""

    download_id: int
    score: int
    artist: str

    @property
    def value(self) -> str:
        return f"{self.download_id}:{self.score}"

    @property
    def label(self) -> str:
        return f"Take {self.score} of 100 and more"


def choice_of_file(file: AudioFile) -> Choice | None:
    """The choice that brought the file; None where it came otherwise."""
    done = Download.objects.filter(file=file, status=Status.DONE).order_by("-pk").first()
    return choice_of(done) if done else None


def choice_of(download: Download) -> Choice | None:
    """The choice of a download that is done; None where there was none."""
    chosen = download.candidates.filter(state=State.CHOSEN).first() if download.status == Status.DONE else None
    if chosen is None:
        return None
    event = Event.objects.filter(download_id=download.pk, kind=Event.Kind.DONE).order_by("-pk").first()
    detail = event.detail if event else {}
    return Choice(
        download_id=download.pk,
        title=chosen.title,
        source=SERVICE_LABELS.get(chosen.source, chosen.source),
        score=chosen.score,
        why=chosen.message,
        url=reverse("downloads:download_detail", args=[download.pk]),
        found=str(detail.get("found", "")),
        next_best=str(detail.get("next_best", "")),
    )


def lower_for(download: Download) -> Lower | None:
    """What would settle a doubtful row; None where nothing found is near enough, or is refused for another reason.

    ``download`` has its candidates and its credits with their artists.
    """
    if download.status != Status.NEEDS_YOU:
        return None
    near = [
        row.score
        for row in download.candidates.all()
        if row.state == State.REJECTED
        and row.score >= LEAST_SCORE
        and not {"limits", "correction"} & row.breakdown.keys()
    ]
    credit = min(download.recording.credits.all(), key=lambda one: one.position, default=None)
    return Lower(download.pk, max(near), credit.artist.name) if near and credit else None
