"""Opens what a link or a hit points at: from the tables where it is stored and fresh, else from its catalogue.

Where a catalogue does not answer but a stored row exists, the row is given as it is: a dead service degrades nothing
that is known already. No transaction is open while a service is asked.
"""

from catalog.services.browse.items import (
    complete_track,
    is_complete,
    load_album_tracks,
    load_artist_albums,
    open_album,
    open_artist,
    open_track,
)
from catalog.services.browse.playlists import StoredPage, open_playlist, playlist_page, read_page
from catalog.services.browse.resolving import Offer, Resolved, resolve

__all__ = [
    "Offer",
    "Resolved",
    "StoredPage",
    "complete_track",
    "is_complete",
    "load_album_tracks",
    "load_artist_albums",
    "open_album",
    "open_artist",
    "open_playlist",
    "open_track",
    "playlist_page",
    "read_page",
    "resolve",
]
