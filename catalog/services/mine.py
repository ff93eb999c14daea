"""What is a person's own at Spotify: their list of playlists, the tracks they like, the artists they follow."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Person, SpotifyAccount
from accounts.services import spotify_people
from catalog.models import Playlist, PlaylistReader
from catalog.services.store import store_listed, store_playlist
from catalog.services.store.shared import store_artworks
from core.errors import Forbidden, NotFound
from providers.base import PlaylistInfo, PlaylistPage
from providers.spotify import words
from providers.spotify.errors import ScopeMissing
from providers.spotify.listed import LIKED, LIKED_LINK, FollowedPage

PAGE = 50


def read_list(person: Person, *, offset: int = 0) -> int | None:
    """The playlists from place ``offset`` on are stored as Spotify lists them now; where the next page begins.

    Raises AuthRequired where the person is not signed in, TransientError where Spotify does not answer: what was
    stored before stays.
    """
    account = _allowed(person, "playlists")
    page = spotify_people.catalogue_of(account).my_playlists(account.user_id, offset)
    once = list({one.info.id: one for one in page.playlists}.values())
    store_listed(person, once, offset=offset, is_last=page.next_offset is None)
    return page.next_offset


def listed(person: Person, *, offset: int = 0) -> list[PlaylistReader]:
    """A page of the person's list as it is stored, in its order."""
    rows = PlaylistReader.objects.filter(person=person, position__gt=offset, position__lte=offset + PAGE)
    return list(rows.select_related("playlist__artwork").order_by("position"))


def followed(person: Person, *, after: str = "") -> FollowedPage:
    """The artists whom the person follows, after the one with this id; their pictures can be shown."""
    page = spotify_people.catalogue_of(_allowed(person, "artists")).followed_artists(after)
    store_artworks([info.pictures for info in page.artists])
    return page


def open_liked(person: Person | None, playlist_id: str = "") -> Playlist:
    """The person's liked tracks as a playlist, which only they may know of. ``playlist_id``: this one is meant.

    Raises NotFound where that is not theirs.
    """
    account = _allowed(person, "liked")
    if playlist_id and playlist_id != liked_id(account):
        raise NotFound("There is no such playlist.")
    total, snapshot = spotify_people.catalogue_of(account).liked_head()
    info = PlaylistInfo(
        provider="spotify",
        id=liked_id(account),
        title="Liked songs",
        owner=account.name,
        track_total=total,
        snapshot=snapshot,
        link=LIKED_LINK,
        is_public=False,
    )
    return store_playlist(info, reader=person, is_theirs=True)


def liked_page(playlist: Playlist, cursor: str | None, person: Person | None) -> PlaylistPage:
    """A page of the liked tracks. Raises Forbidden where ``person`` is signed in with another account than theirs."""
    account = _allowed(person, "liked")
    if playlist.provider_id != liked_id(account):
        raise Forbidden(words.ANOTHER_ACCOUNT, remedy=words.SIGN_IN_AGAIN_REMEDY)
    return spotify_people.catalogue_of(account).liked_page(cursor)


def liked_id(account: SpotifyAccount) -> str:
    return f"{LIKED}{account.account_id or account.user_id}"


@transaction.atomic
def forget_lists(person: Person) -> int:
    """Nothing is known any more of what Spotify showed to ``person`` alone; how many private lists are gone."""
    PlaylistReader.objects.filter(person=person).delete()
    return Playlist.objects.filter(is_private=True, readers=None).delete()[1].get("catalog.Playlist", 0)


def _allowed(person: Person | None, what: str) -> SpotifyAccount:
    account = spotify_people.require_account(person)
    if not spotify_people.may_read(account, what):
        raise ScopeMissing(words.SCOPE_MISSING, remedy=words.SCOPE_MISSING_REMEDY)
    return account
