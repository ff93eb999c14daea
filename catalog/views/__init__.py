"""Search, links, pictures, and the pages of albums, tracks, artists and playlists."""

from catalog.views.art import art
from catalog.views.items import (
    album_detail,
    album_from,
    artist_detail,
    artist_from,
    playlist_detail,
    playlist_from,
    track_detail,
    track_from,
)
from catalog.views.links import open_link
from catalog.views.metadata import conflict_list, settle
from catalog.views.mine import my_artists, my_liked, my_playlists
from catalog.views.search import search

__all__ = [
    "album_detail",
    "album_from",
    "art",
    "artist_detail",
    "artist_from",
    "conflict_list",
    "my_artists",
    "my_liked",
    "my_playlists",
    "open_link",
    "playlist_detail",
    "playlist_from",
    "search",
    "settle",
    "track_detail",
    "track_from",
]
