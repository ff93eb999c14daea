"""Writes what catalogues say into the tables: in bulk, with a number of queries that does not grow with the rows."""

from catalog.services.store.albums import store_album, store_albums
from catalog.services.store.artists import store_artist, store_artists
from catalog.services.store.playlists import finish_playlist, store_listed, store_playlist, store_playlist_page
from catalog.services.store.tracks import store_tracks

__all__ = [
    "finish_playlist",
    "store_album",
    "store_albums",
    "store_artist",
    "store_artists",
    "store_listed",
    "store_playlist",
    "store_playlist_page",
    "store_tracks",
]
