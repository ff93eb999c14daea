"""A person's own lists at Spotify as cards, with what is here of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.models import ArtistId, PlaylistReader
from core.keys import key_for
from downloads.models import DownloadRequest
from downloads.selectors.hits import artist_hits
from downloads.selectors.lines import Card, playlist_card
from downloads.selectors.pages import Group
from downloads.selectors.states import ABSENT, State, playlist_standings, request_standing
from providers.base import ArtistInfo

CLOSED = "Contents not readable"


def playlist_groups(readers: Sequence[PlaylistReader]) -> list[Group]:
    """The person's own lists, and those of others that they work on or follow: one query for what is here."""
    standings = playlist_standings([reader.playlist for reader in readers])
    own: list[Card] = []
    others: list[Card] = []
    for reader in readers:
        card = _marked(playlist_card(reader.playlist, standings[reader.playlist_id]), reader)
        (own if reader.is_own else others).append(card)
    groups = (Group("own", "Your own", own), Group("others", "Shared with you, and followed", others))
    return [group for group in groups if group.cards]


def _marked(card: Card, reader: PlaylistReader) -> Card:
    """With what tells this list from the others. One that is closed or empty has nothing to press."""
    if reader.is_closed:
        return replace(card, state=None, tag="Closed", note=CLOSED)
    if reader.playlist.track_total == 0:
        card = replace(card, state=None)
    return replace(card, tag="Shared" if reader.is_shared else "Private" if reader.playlist.is_private else "")


def followed_cards(infos: Sequence[ArtistInfo]) -> list[Card]:
    """Artists with what was asked for of each: two queries for any number of them."""
    known = ArtistId.objects.filter(provider="spotify", value__in=[info.id for info in infos])
    pks = dict(known.values_list("value", "artist_id"))
    asked = DownloadRequest.objects.filter(
        kind=DownloadRequest.Kind.ARTIST, provider_id__in=[str(pk) for pk in pks.values()]
    ).exclude(stage=DownloadRequest.Stage.CANCELLED)
    standings = {request.provider_id: request_standing(request) for request in asked.order_by("id")}
    cards = []
    for info, card in zip(infos, artist_hits(infos), strict=True):
        pk = pks.get(info.id)
        standing = standings.get(str(pk), ABSENT)
        what = f"artist:{key_for(pk)}" if pk else f"artist:spotify:{info.id}"
        state = State(standing, f"all of {info.name}", card.url, what if standing.name in {"absent", "partial"} else "")
        cards.append(replace(card, state=state, key=f"artist-{pk}" if pk else card.key))
    return cards
