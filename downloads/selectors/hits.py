"""Search hits as lines and cards. A hit that is stored shows its state; any other shows that nothing of it is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from catalog.models import AlbumId, ArtistId, Playlist, TrackId
from catalog.services.store.shared import art_key
from core.text import plural
from downloads.selectors.lines import KIND_LABELS, Card, Line, hit_line
from downloads.selectors.states import (
    Standing,
    State,
    album_standings,
    album_state,
    playlist_standings,
    playlist_state,
    track_standings,
)
from providers.base import AlbumInfo, ArtistInfo, Credit, Picture, PlaylistInfo, SearchResults, TrackInfo


@dataclass(frozen=True, slots=True)
class Hits:
    tracks: list[Line] = field(default_factory=list)
    albums: list[Card] = field(default_factory=list)
    artists: list[Card] = field(default_factory=list)
    playlists: list[Card] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.tracks or self.albums or self.artists or self.playlists)


def hits(results: SearchResults) -> Hits:
    """All hits of a search; the number of queries does not grow with theirs."""
    return Hits(
        tracks=track_hits(results.tracks),
        albums=album_hits(results.albums),
        artists=artist_hits(results.artists),
        playlists=playlist_hits(results.playlists),
    )


def all_pictures(results: SearchResults) -> list[tuple[Picture, ...]]:
    """The pictures of every hit, to be made known before a page points at them."""
    albums = [info.album for info in results.tracks if info.album]
    found = [info.pictures for info in (*results.albums, *albums)]
    found += [info.pictures for info in results.artists] + [info.pictures for info in results.playlists]
    return [pictures for pictures in found if pictures]


def track_hits(infos: Sequence[TrackInfo]) -> list[Line]:
    known = TrackId.objects.filter(provider__in={info.provider for info in infos}, value__in=[i.id for i in infos])
    rows = {(one.provider, one.value): one.track for one in known.select_related("track__recording", "track__album")}
    standings = track_standings({row.pk: row for row in rows.values()}.values())
    lines: dict[str, Line] = {}
    for info in infos:
        row = rows.get((info.provider, info.id))
        line = hit_line(row, standings[row.pk]) if row else _track_line(info)
        lines.setdefault(line.ident, line)
    return list(lines.values())


def _track_line(info: TrackInfo) -> Line:
    ident = f"{info.provider}-{info.id}"
    url = reverse("catalog:track_from", args=[info.provider, info.id])
    return Line(
        ident=f"track-{ident}",
        title=info.title,
        note=" · ".join(filter(None, [credit_words(info.credits), info.album.title if info.album else ""])),
        url=url,
        state=_absent("track", info.provider, info.id, info.title, url),
        button_id=f"state-track-{ident}",
        duration_ms=info.duration_ms,
        is_explicit=bool(info.explicit),
        art=art_key(info.album.pictures) if info.album else "",
    )


def album_hits(infos: Sequence[AlbumInfo]) -> list[Card]:
    known = AlbumId.objects.filter(provider__in={info.provider for info in infos}, value__in=[i.id for i in infos])
    rows = {(one.provider, one.value): one.album for one in known.select_related("album__artwork")}
    standings = album_standings(list({row.pk: row for row in rows.values()}.values()))
    cards: dict[str, Card] = {}
    for info in infos:
        row = rows.get((info.provider, info.id))
        url = row.get_absolute_url() if row else reverse("catalog:album_from", args=[info.provider, info.id])
        state = (
            album_state(row, standings[row.pk])
            if row
            else _absent("album", info.provider, info.id, info.title, url, total=info.track_total)
        )
        card = Card(
            key=f"album-{row.pk}" if row else f"album-{info.provider}-{info.id}",
            title=info.title,
            note=" · ".join(filter(None, [credit_words(info.credits), info.released_on[:4]])),
            url=url,
            art=art_key(info.pictures),
            kind=info.kind.value,
            tag="" if info.kind.value == "album" else KIND_LABELS.get(info.kind.value, ""),
            state=state,
            tint=row.artwork.tint if row and row.artwork else None,
            ask=f"album:{row.key}" if row else f"album:{info.provider}:{info.id}",
        )
        cards.setdefault(card.key, card)
    return list(cards.values())


def artist_hits(infos: Sequence[ArtistInfo]) -> list[Card]:
    known = ArtistId.objects.filter(provider__in={info.provider for info in infos}, value__in=[i.id for i in infos])
    rows = {(one.provider, one.value): one.artist for one in known.select_related("artist")}
    return [
        Card(
            key=f"artist-{info.provider}-{info.id}",
            title=info.name,
            note=", ".join(info.genres[:2]) or "Artist",
            url=row.get_absolute_url()
            if (row := rows.get((info.provider, info.id)))
            else reverse("catalog:artist_from", args=[info.provider, info.id]),
            art=art_key(info.pictures),
            shape="round",
            kind="artist",
            ask=f"artist:{info.provider}:{info.id}",
        )
        for info in infos
    ]


def playlist_hits(infos: Sequence[PlaylistInfo]) -> list[Card]:
    found = Playlist.objects.filter(
        is_private=False, provider__in={info.provider for info in infos}, provider_id__in=[info.id for info in infos]
    )
    rows = {(row.provider, row.provider_id): row for row in found}
    standings = playlist_standings(list(rows.values()))
    cards = []
    for info in infos:
        row = rows.get((info.provider, info.id))
        url = row.get_absolute_url() if row else reverse("catalog:playlist_from", args=[info.provider, info.id])
        count = plural(info.track_total, "track") if info.track_total else ""
        cards.append(
            Card(
                key=f"playlist-{row.pk}" if row else f"playlist-{info.provider}-{info.id}",
                title=info.title,
                note=" · ".join(filter(None, [info.owner, count])),
                url=url,
                art=art_key(info.pictures),
                kind="playlist",
                state=playlist_state(row, standings[row.pk])
                if row
                else _absent("playlist", info.provider, info.id, info.title, url, total=info.track_total),
            )
        )
    return cards


def credit_words(credits: Iterable[Credit]) -> str:
    """``Glass Harbour feat. Ines Harbourne``."""
    parts = list(credits)
    words = [f"{credit.artist.name}{credit.join_phrase or ', '}" for credit in parts[:-1]]
    return "".join([*words, *(credit.artist.name for credit in parts[-1:])])


def _absent(kind: str, provider: str, value: str, title: str, url: str, *, total: int | None = None) -> State:
    return State(Standing(total_known=total), title, url, f"{kind}:{provider}:{value}")
