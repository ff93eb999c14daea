"""The sources as a page and a command show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from downloads.selectors.lines import SERVICE_LABELS
from downloads.services.cookies import SITES, Kept, kept_cookies
from downloads.services.sources import LINKS, MAKERS, OF_LINKS
from ops.services import lanes

LANES = {"youtube_music": "youtube"}  # all others have a lane of their own name


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

    @property
    def is_on(self) -> bool:
        return self.place is not None

    @property
    def state(self) -> str:
        """In a word or two."""
        if self.closed_until is not None and (self.is_on or self.takes_links):
            return "closed"
        if self.is_on:
            return "on"
        return "links only" if self.takes_links else "off"


def source_rows() -> list[SourceRow]:
    """All sources: those that are asked in their order, then the others."""
    asked = [name for name in settings.SOURCES if name != LINKS]
    kept = kept_cookies()
    return [_row(name, asked, kept) for name in [*asked, *(name for name in MAKERS if name not in asked)]]


def _row(name: str, asked: list[str], kept: dict[str, Kept]) -> SourceRow:
    lane = LANES.get(name, name)
    state = lanes.lane_state(lane)
    return SourceRow(
        name=name,
        label=SERVICE_LABELS.get(name, name),
        place=asked.index(name) + 1 if name in asked else None,
        lane=lane,
        takes_links=name in OF_LINKS and LINKS in settings.SOURCES,
        closed_until=state.closed_until,
        message=state.message,
        takes_cookies=lane in SITES and lane == name,
        cookies=kept.get(lane),
    )
