"""Lists as other programs write them, read into lines. Pure: no database, no network."""

from playlists.readers.reading import read_list
from playlists.readers.values import LARGEST_FILE, LARGEST_PASTE, MOST_LINES, Line, ReadList, Unread

__all__ = ["LARGEST_FILE", "LARGEST_PASTE", "MOST_LINES", "Line", "ReadList", "Unread", "read_list"]
