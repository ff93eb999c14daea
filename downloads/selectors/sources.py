"""The sources as a page and a command show them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from core.text import plural
from downloads.selectors.lines import SERVICE_LABELS
from downloads.selectors.trials import TrialRow, trial_rows
from downloads.services.cookies import SITES, Kept, kept_cookies
from downloads.services.previews import ledger_name
from downloads.services.sources import LINKS, MAKERS, OF_LINKS, Limits, asked_names, limits_of
from downloads.services.terms import LINKS as LINKS_TO_TERMS
from downloads.services.terms import TERMS, Read, read_terms
from ops.services import lanes
from ops.services.gate import calls_last_day_below
from ops.settings import in_force

LANES = {"youtube_music": "youtube"}  # all others have a lane of their own name
GIVES = {
    "youtube_music": "Mostly as labels deliver it, Opus or AAC",
    "youtube": "Uploads by anybody, Opus or AAC",
    "soundcloud": "Uploads by artists and anybody, MP3 or AAC",
    "bandcamp": "Pasted links alone; FLAC where it is given away",
    "internet_archive": "What people gave away, often FLAC, with its licence",
    "slskd": "What others share, often FLAC; needs a slskd of your own",
}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source. ``place`` counts from 1 in the order of asking, None where it is not searched."""

    name: str
    label: str
    place: int | None
    lane: str
    takes_links: bool
    closed_until: datetime | None
    message: str
    takes_cookies: bool
    cookies: Kept | None
    trial: TrialRow
    is_last: bool = False  # of those that are asked
    is_listed: bool = False  # among those that are on; slskd is asked only where it has an address as well
    used: str = ""  # of its hour and its day, in words
    gives: str = ""
    limits: str = ""
    terms: str = ""
    terms_link: str = ""
    terms_read: Read | None = None

    @property
    def is_on(self) -> bool:
        return self.place is not None

    @property
    def is_closed(self) -> bool:
        return self.closed_until is not None and (self.is_on or self.takes_links)

    @property
    def state(self) -> str:
        """In a word or two."""
        if self.is_closed:
            return "closed"
        if self.is_on:
            return "on"
        if self.is_listed:
            return "needs an address"
        return "links only" if self.takes_links else "off"


def labels_of_sources() -> dict[str, str]:
    """The sources that are asked for audio, in their order, by name."""
    return {name: SERVICE_LABELS.get(name, name) for name in asked_names()}


def source_rows() -> list[SourceRow]:
    """All sources: those that are asked in their order, then the others."""
    asked = asked_names()
    heard = calls_last_day_below(ledger_name(""), timezone.now())
    kept, trials = kept_cookies(), trial_rows(MAKERS)
    names = [*asked, *(name for name in MAKERS if name not in asked)]
    read = read_terms()
    rows = [_row(name, asked, kept, heard, trials[name]) for name in names]
    return [_with_terms(row, read.get(row.name)) for row in rows]


def _with_terms(row: SourceRow, read: Read | None) -> SourceRow:
    words, link = TERMS.get(row.name, ""), LINKS_TO_TERMS.get(row.name, "")
    return replace(row, terms=words, terms_link=link, terms_read=read)


def limits_in_words(limits: Limits) -> str:
    """``one at a time, about 6 s apart, 250 an hour at most``; empty where there is none."""
    at_once = "one at a time" if limits.at_once == 1 else f"{limits.at_once} at a time"
    apart = f"about {limits.pace_seconds:g} s apart"
    words = [at_once if limits.at_once else "", apart if limits.pace_seconds else ""]
    return ", ".join(filter(None, [*words, f"{limits.per_hour} an hour at most" if limits.per_hour else ""]))


def _row(name: str, asked: list[str], kept: dict[str, Kept], heard: dict[str, int], trial: TrialRow) -> SourceRow:
    lane = LANES.get(name, name)
    state = lanes.lane_state(lane)
    return SourceRow(
        name=name,
        label=SERVICE_LABELS.get(name, name),
        place=asked.index(name) + 1 if name in asked else None,
        lane=lane,
        takes_links=name in OF_LINKS and LINKS in in_force.SOURCES,
        closed_until=state.closed_until,
        message=state.message,
        takes_cookies=lane in SITES and lane == name,
        cookies=kept.get(lane),
        is_last=asked[-1:] == [name],
        is_listed=name in in_force.SOURCES,
        used=_used(lane, state.starts_last_hour, heard.get(lane, 0)),
        trial=trial,
        gives=GIVES.get(name, ""),
        limits=limits_in_words(limits_of(lane)),
    )


def _used(lane: str, starts: int, heard: int) -> str:
    """What people and workers have taken of the lane; empty where that is nothing. A preview is one of its starts."""
    most = limits_of(lane).per_hour
    hour = f"{starts} of {most} downloads" if most else plural(starts, "download")
    parts = [f"{hour} in the last hour, previews among them" if starts else ""]
    parts.append(f"{plural(heard, 'preview')} in the last day" if heard else "")
    return "; ".join(part for part in parts if part)
