"""Corrections: which upload is a recording and which is not, said by a person or by a shared file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q

from accounts.models import Person
from catalog.matching import Scored
from catalog.models import Recording
from downloads.models import Correction, DownloadCandidate
from downloads.uploads import other_names
from providers.base import Candidate, UploadKind

Verdict = Correction.Verdict
# Sources that share their ids.
SERVICE_OF = {"youtube_music": "youtube"}
SOURCES_OF = {"youtube": ("youtube_music", "youtube")}
SAID = {
    (Verdict.WRONG, False): "You said that this is the wrong song.",
    (Verdict.WRONG, True): "A shared correction says that this is the wrong song.",
    (Verdict.RIGHT, False): "You said that this is the right song.",
    (Verdict.RIGHT, True): "A shared correction says that this is the right song.",
}
Key = tuple[str, str]


def service_of(source: str) -> str:
    """The service whose ids ``source`` uses."""
    return SERVICE_OF.get(source, source)


def of_recording(recording: Recording) -> Q:
    """What is meant for the recording: by its code, or by its row."""
    meant = Q(recording=recording)
    if recording.isrc:
        meant |= Q(isrc=recording.isrc)
    if recording.mbid:
        meant |= Q(mbid=recording.mbid)
    return meant


def corrections_for(recording: Recording) -> dict[Key, Correction]:
    """By service and id. What a person said here goes before what was imported, the later before the earlier."""
    rows = Correction.objects.filter(of_recording(recording)).order_by("-is_imported", "decided_at", "pk")
    return {(row.service, name): row for row in rows for name in (*other_names(row.service, row.url), row.source_id)}


def correct(
    recording: Recording, candidate: DownloadCandidate, verdict: Correction.Verdict, *, by: Person | None
) -> Correction:
    """The verdict stands for the recording and this upload; an earlier one of ours is forgotten."""
    service = service_of(candidate.source)
    ours = Correction.objects.filter(of_recording(recording), is_imported=False)
    ours.filter(service=service, source_id=candidate.source_id).delete()
    return Correction.objects.create(
        isrc=recording.isrc,
        mbid=recording.mbid,
        recording=recording,
        title=recording.title,
        artist_text=recording.artist_text,
        service=service,
        source_id=candidate.source_id,
        url=candidate.url,
        verdict=verdict,
        by=by,
    )


def heeded(scored: Sequence[Scored], said: dict[Key, Correction]) -> list[Scored]:
    """``scored`` with what was said of them before: it goes before every score."""
    return [_heeded(one, _said_of(one.candidate, said)) for one in scored]


def _said_of(candidate: Candidate, said: dict[Key, Correction]) -> Correction | None:
    service = service_of(candidate.source)
    names = [candidate.source_id, *(other_names(service, candidate.url) if said else ())]
    return next((said[service, name] for name in names if (service, name) in said), None)


def right_ones(said: dict[Key, Correction], sources: Sequence[str]) -> list[Candidate]:
    """The uploads that are known to be right, each as a candidate of the first of ``sources`` that can fetch it."""
    found = []
    for row in {row.pk: row for row in said.values()}.values():
        usable = [name for name in sources if name in SOURCES_OF.get(row.service, (row.service,))]
        if row.verdict == Verdict.RIGHT and row.url and usable:
            found.append(
                Candidate(usable[0], row.source_id, row.url, row.title, (row.artist_text,), kind=UploadKind.VIDEO)
            )
    return found


def _heeded(one: Scored, correction: Correction | None) -> Scored:
    if correction is None:
        return one
    is_right = correction.verdict == Verdict.RIGHT
    why = SAID[Verdict(correction.verdict), correction.is_imported]
    breakdown = one.breakdown | {"correction": {"points": 0, "says": why}}
    return replace(one, score=100 if is_right else 0, is_accepted=is_right, why=why, breakdown=breakdown)
