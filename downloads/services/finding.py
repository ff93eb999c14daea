"""Finding: the sources are asked in their order, the matcher scores what they have, and all of it is kept.

The next source is asked only where the ones before gave nothing that is surely right, or nothing lossless where that is
wanted: each question is a call to a service that counts them. What was found stays with the download, so that a failed
fetch goes on with the next candidate and a waiting row does not search again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from catalog.matching import Scored, rank
from core.errors import PermanentError, RateLimited, TransientError, UserError
from downloads.models import DownloadCandidate, DownloadRequest
from downloads.services import corrections
from downloads.services.closing import Parked, close_for, closes_lane, explained
from downloads.services.job import Job
from downloads.services.limits import limits
from downloads.services.listed import is_given_alone
from downloads.services.seen import note_failed
from downloads.services.sources import enabled_sources, link_sources
from downloads.services.thresholds import threshold_for
from downloads.services.tiers import LOSSLESS_FORMATS, Tier, tier_of
from ops.services import lanes
from providers.base import Candidate, Source, TrackInfo, UploadKind

SHORT_REST_SECONDS = 60.0  # our own limit of calls, or a service's: this row waits, the others need not
SURE = 90  # a score from which no other source is asked
State = DownloadCandidate.State
log = logging.getLogger(__name__)


def next_candidate(job: Job) -> DownloadCandidate | None:
    """The best candidate that was not tried yet, searched for where none is left; None where there is none.

    Where no source had anything and one gave no answer, raises its TransientError, or Parked where it is closed.
    """
    if job.download.options.get("only_picked"):  # what is here is no worse than the next best
        return job.download.candidates.filter(pk=job.download.options.get("picked"), state=State.UNTRIED).first()
    return _best_untried(job) or (_best_untried(job) if _search(job) else None)


def candidate_of(row: DownloadCandidate) -> Candidate:
    """The candidate as its source described it."""
    info = dict(row.info)
    return Candidate(**info | {"artists": tuple(info["artists"]), "kind": UploadKind(info["kind"])})


def sources_of(job: Job) -> list[Source]:
    """The sources that may be asked for this download: those that its request named, else all."""
    named = job.download.options.get("sources") or []
    return [source for source in enabled_sources() if not named or source.name in named]


def _able(job: Job) -> list[str]:
    """The sources that may fetch a known upload for this download: also those that are there for links alone."""
    named = job.download.options.get("sources") or []
    return [source.name for source in link_sources() if not named or source.name in named]


def unasked(job: Job) -> list[Source]:
    """The sources that have not been asked for this download yet."""
    asked = job.download.options.get("asked", [])
    return [source for source in sources_of(job) if source.name not in asked]


def mark_asked(job: Job, *sources: Source) -> None:
    """These are not asked again for this download."""
    options = job.download.options
    asked = [*options.get("asked", []), *(source.name for source in sources)]
    job.remember(options=options | {"asked": asked})


def _best_untried(job: Job) -> DownloadCandidate | None:
    """What a person picked, then the better sound of the earlier source; candidates whose lane is open come first."""
    rows = list(job.download.candidates.filter(state=State.UNTRIED).order_by("-score", "pk"))
    picked = job.download.options.get("picked")
    lane_of = {source.name: source.lane for source in link_sources()}
    order = {name: place for place, name in enumerate(lane_of)}
    rows.sort(key=lambda row: (row.pk != picked, *_order(row, order)))
    known = [row for row in rows if row.source in lane_of]
    in_use = {lane_of[row.source] for row in known} if len(known) > 1 else set()
    closed = {lane for lane in in_use if lanes.lane_state(lane).is_closed}
    return next((row for row in known if lane_of[row.source] not in closed), known[0] if known else None)


def _order(row: DownloadCandidate, order: dict[str, int]) -> tuple[bool, int, int]:
    """That it is the right recording goes before how it sounds, and that before who has it."""
    return row.score < SURE, -tier_of(row.info), order.get(row.source, len(order))


def _surest(scored: Sequence[Scored]) -> Tier | None:
    """The best sound of those that surely are the recording, None where none is."""
    sure = [tier_of(asdict(one.candidate)) for one in scored if one.is_accepted and one.score >= SURE]
    return max(sure, default=None)


def _search(job: Job) -> bool:
    """Sources are asked until one is sure; True where something may have been found.

    What they gave is stored together at the end: a worker that dies between two sources leaves nothing behind, and the
    next one does not make do with the answers of the first.
    """
    if "words" not in job.download.options and (_use_given(job) or _use_corrected(job)):
        return True
    answers: list[tuple[Source, list[Scored]]] = []
    unanswered = _ask_in_turn(job, answers)
    if answers:
        with transaction.atomic():
            for _, scored in answers:
                _keep(job, scored)
            mark_asked(job, *(source for source, _ in answers))
    found = any(one.is_accepted for _, scored in answers for one in scored)
    if unanswered is not None and not found:
        raise unanswered
    return found


def _ask_in_turn(job: Job, answers: list[tuple[Source, list[Scored]]]) -> TransientError | Parked | None:
    """``answers`` has what each source gave that was asked; why the last one that gave no answer did not."""
    threshold, said = threshold_for(job.download.recording), corrections.corrections_for(job.download.recording)
    unanswered: TransientError | Parked | None = None
    wants_lossless = job.download.output_format in LOSSLESS_FORMATS
    has_sure = False
    for source in unasked(job):
        if has_sure and not source.has_lossless:
            continue
        job.pulse.check()
        job.say(f"Asking {source.label}")
        try:
            candidates = _ask(job, source)
        except (TransientError, Parked) as exc:
            log.warning("%s gave no answer for download %s: %s", source.name, job.download.pk, exc)
            unanswered = exc
            continue
        job.pulse.check()
        ranked = rank(job.wanted, candidates, threshold=threshold, limits=limits())
        scored = corrections.heeded(ranked, said)
        answers.append((source, scored))
        if (tier := _surest(scored)) is not None:
            has_sure = True
            if not wants_lossless or tier is Tier.LOSSLESS:
                break
    return unanswered


def _ask(job: Job, source: Source) -> list[Candidate]:
    """What the source has. A service that asks for a rest closes its lane, so that no other row asks meanwhile."""
    lane = lanes.lane_state(source.lane)
    if lane.closed_until is not None:
        seconds = (lane.closed_until - timezone.now()).total_seconds()
        raise Parked(seconds, lane.reason, lane.message, lane=source.lane)
    try:
        return source.find_candidates(_question(job))
    except RateLimited as exc:
        if exc.retry_after is not None and exc.retry_after <= SHORT_REST_SECONDS:
            raise Parked(exc.retry_after, exc.reason, explained(exc)) from exc
        note_failed(source.name, exc)
        raise close_for(source, exc) from exc
    except TransientError as exc:
        note_failed(source.name, exc)
        raise
    except (PermanentError, UserError) as exc:
        if closes_lane(exc):
            note_failed(source.name, exc)
            raise close_for(source, exc) from exc
        log.info("%s has nothing for download %s: %s", source.name, job.download.pk, exc)
        return []


def _question(job: Job) -> TrackInfo:
    """What the sources are asked for: the track, or the words that a person typed instead."""
    words = job.download.options.get("words")
    if not words:
        return job.wanted
    return TrackInfo(job.wanted.provider, "", str(words), duration_ms=job.wanted.duration_ms)


def _keep(job: Job, scored: Sequence[Scored]) -> None:
    """All that was found, with its receipt; what was tried before keeps its state."""
    rows = [
        DownloadCandidate(
            download=job.download,
            source=one.candidate.source,
            source_id=one.candidate.source_id[:500],
            url=one.candidate.url[:2000],
            title=one.candidate.title[:1000],
            artist_text=", ".join(one.candidate.artists)[:1000] or one.candidate.uploader[:1000],
            album=one.candidate.album[:1000],
            duration_ms=one.candidate.duration_ms,
            kind=one.candidate.kind,
            score=max(0, min(100, one.score)),
            breakdown=one.breakdown,
            state=State.UNTRIED if one.is_accepted else State.REJECTED,
            message=one.why,
            info=asdict(one.candidate),
        )
        for one in scored
    ]
    DownloadCandidate.objects.bulk_create(rows, ignore_conflicts=True)


def _use_given(job: Job) -> bool:
    """Where a person gave the link to the audio, that is the candidate, and no source is asked for others."""
    requests = DownloadRequest.objects.filter(items__download=job.download, kind=DownloadRequest.Kind.LINK)
    given = [request.options for request in requests if "candidate" in request.options]
    if not given:
        return is_given_alone(job.download)
    for options in given:
        info = options["candidate"]
        DownloadCandidate.objects.get_or_create(
            download=job.download,
            source=info["source"],
            source_id=info["source_id"],
            defaults={
                "url": info["url"],
                "title": info["title"],
                "artist_text": ", ".join(info["artists"]) or info["uploader"],
                "duration_ms": info["duration_ms"],
                "kind": info["kind"],
                "score": options.get("candidate_score", 0),
                "message": "Given by link.",
                "info": info,
            },
        )
    return True


def _use_corrected(job: Job) -> bool:
    """Where an upload is known to be right it is the candidate; the sources are asked where it was tried already."""
    said = corrections.corrections_for(job.download.recording)
    tried = {(row.source, row.source_id) for row in job.download.candidates.all()}
    right = [
        candidate
        for candidate in corrections.right_ones(said, _able(job))
        if (candidate.source, candidate.source_id) not in tried
    ]
    _keep(job, corrections.heeded(rank(job.wanted, right), said))
    return bool(right)
