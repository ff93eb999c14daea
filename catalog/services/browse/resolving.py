"""From what a person pasted to what it is."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Person
from accounts.services import spotify_people
from catalog.models import Album, Artist, Playlist, Track
from catalog.services import oembed
from catalog.services.browse.items import open_album, open_artist, open_track
from catalog.services.browse.playlists import open_playlist
from catalog.services.catalogues import is_configured
from catalog.services.search import search
from catalog.services.short_links import follow
from core.errors import NotFound, UserError
from ops.settings import in_force
from providers.base import Kind, Link, SearchResults
from providers.links import SHORT, explain_unknown, recognise


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be meant by a link that cannot be opened itself. A person picks; nothing starts unseen."""

    title: str  # what the service calls it
    query: str  # what was searched for
    catalogue: str
    results: SearchResults
    why: str  # in words: why the link itself was not opened
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a link is: one stored row, an address of audio, or an offer to choose from."""

    link: Link
    kind: Kind | None = None
    track: Track | None = None
    album: Album | None = None
    artist: Artist | None = None
    playlist: Playlist | None = None
    audio: Link | None = None
    offer: Offer | None = None

    @property
    def row(self) -> Track | Album | Artist | Playlist | None:
        return self.track or self.album or self.artist or self.playlist


def resolve(text: str, person: Person | None = None) -> Resolved:
    """What ``text`` points at, opened as ``person`` may see it, and stored.

    Raises UserError for an unknown service or a malformed id, NotFound for what is gone, and what the catalogue raises.
    """
    link = recognise(text)
    if link is not None and link.provider == SHORT:
        link = recognise(follow(link))
    if link is None or link.provider == SHORT:
        raise explain_unknown(text)
    if link.kind is None:
        return Resolved(link, audio=link)
    if link.provider == "spotify" and not is_configured("spotify") and not _is_theirs(link, person):
        return Resolved(link, link.kind, offer=_offer(link))
    return _open(link, link.kind, person)


def _is_theirs(link: Link, person: Person | None) -> bool:
    """Whether the person's own sign-in opens it: playlists need no keys of the app."""
    return link.kind is Kind.PLAYLIST and spotify_people.account_of(person) is not None


def _open(link: Link, kind: Kind, person: Person | None) -> Resolved:
    match kind:
        case Kind.TRACK:
            return Resolved(link, kind, track=open_track(link.provider, link.value))
        case Kind.ALBUM:
            return Resolved(link, kind, album=open_album(link.provider, link.value))
        case Kind.ARTIST:
            return Resolved(link, kind, artist=open_artist(link.provider, link.value))
        case Kind.PLAYLIST:
            return Resolved(link, kind, playlist=open_playlist(link.provider, link.value, person))


def _offer(link: Link) -> Offer:
    """Hits of the default catalogue for the title that Spotify shows to everybody."""
    default = in_force.DEFAULT_CATALOGUE if in_force.DEFAULT_CATALOGUE != "spotify" else "deezer"
    kind = link.kind or Kind.TRACK
    why = "Spotizer has no keys for Spotify, so it looked for the title elsewhere. Check that it is the right one."
    remedy = "Add Spotify keys in the settings to open such links themselves."
    title = oembed.title_of(link)
    if not title:
        raise NotFound("Spotify has nothing at this link: it was removed or never existed.")
    try:
        results = search(title, kinds=(kind,), provider=default, limit=10)
    except UserError as exc:
        raise UserError(f"{why} {exc.message}", remedy=remedy) from exc
    return Offer(title=title, query=title, catalogue=default, results=results, why=why, remedy=remedy)
