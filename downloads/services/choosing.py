"""What a person can do about a doubtful or failed track: take a candidate, give the link, search otherwise, ignore it.

What was chosen is remembered with the recording: the next download of it begins with that.
"""

from __future__ import annotations

from dataclasses import asdict

from django.db import IntegrityError, transaction

from accounts.models import Person
from core.errors import NotFound, UserError
from downloads.models import Correction, Download, DownloadCandidate, Status
from downloads.services import ignoring, queue, states, tokens
from downloads.services.corrections import correct
from downloads.services.instead import in_place_of_owned, take_instead
from downloads.services.queue.requeue import DOUBLED, requeue
from ops.settings import in_force
from providers.base import Candidate, Link
from providers.links import NAMES, recognise

LONGEST_WORDS = 200
OPEN = (Status.NEEDS_YOU, Status.FAILED)
# YouTube and YouTube Music are one service: either source fetches the links of both.
FETCHED_BY = {"youtube": ("youtube", "youtube_music"), "youtube_music": ("youtube_music", "youtube")}


def choose(download_id: int, candidate_id: int, *, by: Person | None = None) -> Download:
    """The row is fetched from this candidate, which is remembered for the recording. Raises UserError."""
    with transaction.atomic():
        download = queue.choose(download_id, candidate_id, by=by)
        if in_place := in_place_of_owned(download):
            Download.objects.filter(pk=download.pk).update(options=download.options | in_place)
        candidate = DownloadCandidate.objects.get(pk=candidate_id)
        correct(download.recording, candidate, Correction.Verdict.RIGHT, by=by)
    return download


def choose_link(download_id: int, text: str, *, by: Person | None = None) -> Download:
    """The row is fetched from what the link points at, whatever its score. Raises UserError, NotFound.

    Of a download that is done the file gives way to it, once it is there.
    Nothing is asked here: the worker reads what stands at the link, and its title and score then stand on the row.
    """
    link, source = _audio_link(text)
    with transaction.atomic():
        download = _locked(download_id)
        info = Candidate(source, link.value, link.url, link.url.removeprefix("https://"))
        candidate, _ = DownloadCandidate.objects.get_or_create(
            download_id=download_id,
            source=source,
            source_id=link.value,
            defaults={
                "url": link.url,
                "title": info.title,
                "score": 0,
                "kind": info.kind,
                "breakdown": {"given": True},
                "info": asdict(info),
            },
        )
        if download.status == Status.DONE:
            take_instead(download_id, candidate.pk, by=by)
            return download
        return choose(download_id, candidate.pk, by=by)


def search_again(download_id: int, words: str, *, by: Person | None = None) -> Download:
    """The sources are asked once more, with ``words``; what was found before stays, and so does what is spent.

    Raises UserError, NotFound.
    """
    words = " ".join(words.split())
    if not words:
        raise UserError("There is nothing to search for.", remedy="Type an artist, a title, or both.")
    if len(words) > LONGEST_WORDS:
        raise UserError(f"That is too much to search for: {len(words)} characters.", remedy="Artist and title will do.")
    with transaction.atomic():
        download = _locked(download_id)
        options = {
            name: value for name, value in download.options.items() if name not in {"asked", "picked", "only_picked"}
        }
        rows = Download.objects.filter(pk=download_id, status__in=OPEN)
        try:
            moved = states.move(rows, Status.QUEUED, by=by, options=options | {"words": words}, cleared_at=None)
        except IntegrityError:
            raise UserError(DOUBLED) from None
        if not moved:
            raise UserError(f"It is {_standing(download)} and cannot be searched for again.")
        transaction.on_commit(tokens.top_up)
    return download


def ignore(download_id: int, *, by: Person | None = None) -> Download:
    """The track is left out, now and wherever it comes with others, until somebody asks for it itself.

    Raises UserError, NotFound.
    """
    with transaction.atomic():
        download = _locked(download_id)
        rows = Download.objects.filter(pk=download_id, status__in=OPEN)
        if not states.move(rows, Status.SKIPPED, reason=ignoring.IGNORED, by=by):
            raise UserError(f"It is {_standing(download)} and cannot be ignored.")
        ignoring.ignore_recording(download.recording_id, by=by)
    return download


def heed(download_id: int, *, by: Person | None = None) -> Download:
    """The track is wanted again, with what was found for it. Raises UserError, NotFound."""
    with transaction.atomic():
        download = _locked(download_id)
        done, doubled = requeue([download_id], [Status.SKIPPED], by=by)
        if not done:
            raise UserError(doubled.get(download_id, f"It is {_standing(download)}, not ignored."))
        ignoring.stop_ignoring([download.recording_id])
        transaction.on_commit(tokens.top_up)
    return download


def _locked(download_id: int) -> Download:
    download = Download.objects.select_for_update(of=("self",)).select_related("recording").filter(pk=download_id)
    if (found := download.first()) is None:
        raise NotFound("It is gone.", remedy="Reload the page.")
    return found


def _standing(download: Download) -> str:
    return Status(download.status).label.lower()


def _audio_link(text: str) -> tuple[Link, str]:
    """The link and the enabled source that fetches it. Raises UserError where there is none."""
    named = [NAMES.get(name, name) for name in in_force.SOURCES]
    remedy = f"Paste the link of one recording at {' or '.join(named)}." if named else "Enable a source."
    link = recognise(text.strip())
    if link is None:
        raise UserError("This link is not known.", remedy=remedy)
    if link.kind is not None:
        raise UserError(f"This link of {NAMES.get(link.provider, 'a catalogue')} has no audio.", remedy=remedy)
    if link.is_list and link.provider != "internet_archive":  # an item of the Archive may be one recording
        raise UserError("This link leads to a list of recordings.", remedy="Paste the link of one of them.")
    fetchers = FETCHED_BY.get(link.provider, (link.provider,))
    source = next((name for name in fetchers if name in in_force.SOURCES), None)
    if source is None:
        raise UserError(f"{NAMES.get(link.provider, 'This service')} is not among the enabled sources.", remedy=remedy)
    return link, source
