"""Trying a source out: each step with what came of it, and how to mend what did not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from core.errors import Cancelled, SpotizerError, StillWaiting, UserError
from core.http import fresh_answers
from core.units import clock, file_size
from downloads import reasons
from downloads.services.cookies import kept_cookies
from downloads.services.sources import MAKERS, known_sources, leave, try_enter
from downloads.services.trying.steps import Step, failed
from library.audio import measure
from library.audio.watch import IsCancelled, never
from ops.services import lanes
from providers.base import ArtistInfo, Candidate, Checks, Credit, Describes, Source, TrackInfo

SECONDS = 90.0  # for one source's fetch
# Long out of copyright, recorded often, shared everywhere.
TRIED = TrackInfo("", "", "Gymnopédie No. 1", (Credit(ArtistInfo("", "", "Erik Satie")),))
# The sandbox has it everywhere, and it is short.
INVENTED = TrackInfo("", "", "Sketch No. 1", (Credit(ArtistInfo("", "", "Short Circuit Trio")),))


def usual_track() -> TrackInfo:
    """What a trial looks for where nobody says."""
    return INVENTED if settings.DEMO else TRIED


def wanted_from(text: str) -> TrackInfo:
    """``Artist - Title`` as a track. Raises UserError for anything else."""
    artist, dash, title = (part.strip() for part in text.partition(" - "))
    if not dash or not artist or not title:
        raise UserError(f"“{text}” is no artist and title.", remedy="Write it as Artist - Title.")
    return TrackInfo("", "", title, (Credit(ArtistInfo("", "", artist)),))


def find_source(name: str) -> Source:
    """Any source, also one that is off. Raises UserError for a name that there is not and one without its address."""
    for source in known_sources():
        if source.name == name:
            return source
    if name in MAKERS:
        raise UserError(
            f"The address of {name} is not known.",
            remedy="Enter it under Settings, Sources (SPOTIZER_SLSKD_URL) first.",
        )
    raise UserError(f"There is no source “{name}”.", remedy="See manage.py sources list.")


def try_source(
    source: Source, wanted: TrackInfo = TRIED, *, link: str = "", is_stopping: IsCancelled = never
) -> Iterator[Step]:
    """The steps one after the other, up to the first that fails. What is fetched is looked at and dropped.

    What was answered before is asked again. Raises Cancelled where ``is_stopping()`` turns true within the fetch.
    """
    lane = lanes.lane_state(source.lane)
    if lane.closed_until is not None:
        remedy = reasons.reason_for(lane.reason).remedy
        yield Step("Lane", False, f"{lane.message} It is closed until {lane.closed_until:%H:%M} UTC.", remedy)
        return
    kept = kept_cookies().get(source.lane)
    words = f"open; {kept.count} cookies are kept" if kept else "open"
    if kept and kept.are_stale:
        yield Step("Cookies", False, "The cookies have run out.", "Upload new ones on the page of the sources.")
    yield Step("Lane", True, words)
    candidate: Candidate | None = None
    for step, found in _before_the_fetch(source, wanted, link):
        yield step
        if not step.is_ok:
            return
        candidate = found or candidate
    if candidate is not None:
        yield _fetch(source, candidate, is_stopping)


def _before_the_fetch(source: Source, wanted: TrackInfo, link: str) -> Iterator[tuple[Step, Candidate | None]]:
    if isinstance(source, Checks):
        for name, check in source.checks():
            began = time.monotonic()
            try:
                yield Step(name, True, check(), seconds=time.monotonic() - began), None
            except SpotizerError as exc:
                yield failed(name, exc, began), None
                return
    began = time.monotonic()
    try:
        given = source if link and isinstance(source, Describes) else None
        with fresh_answers():
            found = [given.describe(link)] if given else source.find_candidates(wanted)
    except SpotizerError as exc:
        yield failed("Search", exc, began), None
        return
    seconds = time.monotonic() - began
    what = f"{wanted.artists[0]} - {wanted.title}"
    if found:
        best = found[0]
        said = f"{len(found)} found; the first is “{best.title}” by {', '.join(best.artists) or best.uploader}"
        yield Step("Search", True, said, seconds=seconds), best
    elif source.name == "bandcamp":
        yield Step("Search", True, "It has no search; it is used for pasted links.", seconds=seconds), None
    else:
        remedy = 'Try another track: --for "Artist - Title".'
        yield Step("Search", False, f"It answered, and has nothing for {what}.", remedy, seconds), None


def _fetch(source: Source, candidate: Candidate, is_stopping: IsCancelled) -> Step:
    """The candidate fetched within the source's pace, and read as audio."""
    began = time.monotonic()
    permits = try_enter(source, "", f"trial/{began}")
    if isinstance(permits, lanes.Wait):
        return Step("Fetch", False, permits.message, f"Try again in {max(1, round(permits.seconds))} seconds.")
    Path(settings.WORK).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.WORK, prefix="trial-") as folder:
        place = Path(folder) / "trial" / "1"
        place.mkdir(parents=True)
        try:
            fetched = source.fetch(
                candidate,
                place,
                prefer="",
                progress=lambda _: None,
                cancelled=lambda: is_stopping() or time.monotonic() - began > SECONDS,
            )
            facts = measure(fetched.path)
        except StillWaiting as exc:
            return Step("Fetch", True, exc.message, seconds=time.monotonic() - began)
        except SpotizerError as exc:
            return failed("Fetch", exc, began)
        except Cancelled:
            if is_stopping():
                raise
            remedy = "Try again; a slow line or a limit (SPOTIZER_BANDWIDTH_KBPS, SPOTIZER_REAL_TIME) may be the cause."
            return Step("Fetch", False, f"It was not here after {SECONDS:.0f} seconds.", remedy)
        finally:
            leave(permits)
        seconds = time.monotonic() - began
        said = f"{facts.codec}, {clock(facts.duration_ms)}, {file_size(facts.size_bytes)}"
        return Step("Fetch", True, said, seconds=seconds)
