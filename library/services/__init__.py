"""Every write to the library: finishing a fetched file, filing it, its row, and sweeping up after a crash."""

from library.services import renaming, retag
from library.services.album_gain import level_album
from library.services.finish import Covers, finish_track
from library.services.folder import check_library, has_library, ready_library
from library.services.place import Placed, place_file, place_instead, place_sidecar
from library.services.playlist_file import Entry, write_playlist
from library.services.receipt import Finished, adopt_finished
from library.services.record import record_file, take_back
from library.services.sweep import sweep_parts

__all__ = [
    "Covers",
    "Entry",
    "Finished",
    "Placed",
    "adopt_finished",
    "check_library",
    "finish_track",
    "has_library",
    "level_album",
    "place_file",
    "place_instead",
    "place_sidecar",
    "ready_library",
    "record_file",
    "renaming",
    "retag",
    "sweep_parts",
    "take_back",
    "write_playlist",
]
