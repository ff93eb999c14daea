"""What Spotify lists of a person: values only, so that whoever stores them need not load the client."""

from __future__ import annotations

from dataclasses import dataclass

from providers.base import ArtistInfo, PlaylistInfo

LIKED = "liked:"  # how the id of somebody's liked tracks begins, which Spotify shows as a list of its own
LIKED_LINK = "https://open.spotify.com/collection/tracks"


@dataclass(frozen=True, slots=True)
class Profile:
    """Who signed in. ``account_id`` stays the same for ever; Spotify has it since 2026."""

    id: str
    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ListedPlaylist:
    """One of a person's playlists, and why it is in their list."""

    info: PlaylistInfo
    is_own: bool
    is_shared: bool  # several people write to it


@dataclass(frozen=True, slots=True)
class ListedPage:
    playlists: tuple[ListedPlaylist, ...]
    next_offset: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class FollowedPage:
    artists: tuple[ArtistInfo, ...]
    after: str
    total: int | None
