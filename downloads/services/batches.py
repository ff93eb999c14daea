"""Asking for several links at once: each has its own outcome, and a bad one keeps nothing else back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounts.models import Person
from catalog.services.browse import Offer, Resolved, resolve
from core.errors import SpotizerError
from downloads.models import DownloadRequest
from downloads.services.requests import check_narrowing, request_download


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one link: a request, an offer to choose from, or why not. Exactly one of them is there."""

    link: str
    request: DownloadRequest | None = None
    offer: Offer | None = None
    error: SpotizerError | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What holds for all links of a batch. A link that none of the given narrowings fits is refused."""

    output_format: str | None = None
    quality_kbps: int | None = None
    priority: int = 3
    groups: tuple[str, ...] = ()  # of an artist only these kinds of release
    albums_of_playlist: bool = False  # of a playlist the whole albums that its tracks are from, each once
    get_again: bool = False  # also what is owned
    steps: Mapping[str, object] = field(default_factory=dict)  # what is done to the files; see library.steps
    template: str = ""  # names the files of these links; empty: what the settings say
    sources: tuple[str, ...] = ()  # only these are asked, in the order of the settings; none: all

    def options(self) -> dict[str, object]:
        """What of it a request keeps among its options, whatever it is for."""
        options: dict[str, object] = dict(self.steps)
        if self.get_again:
            options["get_again"] = True
        if self.template:
            options["template"] = self.template
        if self.sources:
            options["sources"] = sorted(set(self.sources))
        return options


def request_links(links: Sequence[str], *, by: Person | None = None, wishes: Wishes | None = None) -> list[Asked]:
    """Ask for each of ``links``, as ``by`` may read them; the outcomes in their order.

    A link that comes twice is asked for once.
    """
    outcomes: dict[str, Asked] = {}
    for link in links:
        if link not in outcomes:
            outcomes[link] = _ask(link, by, wishes or Wishes())
    return list(outcomes.values())


def _ask(link: str, by: Person | None, wishes: Wishes) -> Asked:
    try:
        found = resolve(link, by)
        if found.offer:
            return Asked(link, offer=found.offer)
        request = request_download(
            track=found.track,
            album=found.album,
            artist=found.artist,
            playlist=found.playlist,
            link=found.audio.url if found.audio else "",
            provider=found.audio.provider if found.audio else "",
            by=by,
            output_format=wishes.output_format,
            quality_kbps=wishes.quality_kbps,
            priority=wishes.priority,
            options=_options(found, wishes),
        )
    except SpotizerError as exc:
        return Asked(link, error=exc)
    return Asked(link, request=request)


def _options(found: Resolved, wishes: Wishes) -> dict[str, object]:
    """What the wishes come to for this link. Raises UserError where they speak of another kind of link only."""
    options = wishes.options()
    fits = (wishes.groups and found.artist) or (wishes.albums_of_playlist and found.playlist)
    if not fits:
        check_narrowing(
            groups=bool(wishes.groups),
            albums=wishes.albums_of_playlist,
            artist=found.artist is not None,
            playlist=found.playlist is not None,
        )
    if wishes.groups and found.artist:
        options["groups"] = sorted(set(wishes.groups))
    if wishes.albums_of_playlist and found.playlist:
        options["albums"] = True
    return options
