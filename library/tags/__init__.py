"""What stands in a file about itself: ID3v2.4, Vorbis comments and MP4 atoms, fields named as Picard names them."""

from library.tags.changing import change_tags, differing
from library.tags.files import read_cover, read_lyrics, read_synced, read_tags, write_tags
from library.tags.values import LyricsLike, Tags, clean_text, tags_for

__all__ = [
    "LyricsLike",
    "Tags",
    "change_tags",
    "clean_text",
    "differing",
    "read_cover",
    "read_lyrics",
    "read_synced",
    "read_tags",
    "tags_for",
    "write_tags",
]
