"""Folders and names, what is saved beside the music, and how deleting is made safe."""

from __future__ import annotations

from ops.settings.kinds import Boolean, Integer, Template
from ops.settings.table.section import Section

ONLY_NEW = (
    "Files that are in the library already keep their names; a download keeps the template of when it was asked for."
)


class Names(Section):
    TAB = "files"
    TITLE = "Folders and names"

    NAME_TEMPLATE = Template(
        "SPOTIZER_NAME_TEMPLATE",
        "{Album Artist}/{Album} ({Year})/{Track} {Title}",
        label="Names",
        help="Folders and names below the library; %name% works too.",
        effect=ONLY_NEW,
    )
    PLAYLIST_TEMPLATE = Template(
        "SPOTIZER_PLAYLIST_TEMPLATE",
        "",
        label="Names of playlists",
        help="Another template for what a playlist asked for, such as Playlists/{Playlist}/{Position} {Title}.",
        effect=ONLY_NEW,
    )
    SAVE_PLAYLIST = Boolean(
        "SPOTIZER_SAVE_PLAYLIST",
        True,
        label="Save playlists",
        help="An M3U8 of each downloaded playlist in the library's folder Playlists.",
    )


class Beside(Section):
    TAB = "files"
    TITLE = "Covers and lyrics"

    COVER_PX = Integer(
        "SPOTIZER_COVER_PX",
        1000,
        least=300,
        most=3000,
        unit="pixels",
        label="Size of covers",
        help="The longest side of those in tags; never enlarged.",
    )
    COVER_FILE_PX = Integer(
        "SPOTIZER_COVER_FILE_PX",
        3000,
        least=300,
        most=3000,
        unit="pixels",
        label="Size of cover.jpg",
        help="The longest side of those beside the tracks; never enlarged.",
    )
    EMBED_COVER = Boolean("SPOTIZER_EMBED_COVER", True, label="Cover in the file", help="In each file's tags.")
    SAVE_COVER = Boolean("SPOTIZER_SAVE_COVER", True, label="Cover in the folder", help="cover.jpg beside the tracks.")
    EMBED_LYRICS = Boolean(
        "SPOTIZER_EMBED_LYRICS", True, label="Lyrics in the file", help="Those of LRCLIB, in each file's tags."
    )
    SAVE_LYRICS = Boolean(
        "SPOTIZER_SAVE_LYRICS", True, label="Lyrics beside it", help="Synced lyrics as a .lrc beside each track."
    )


class Safety(Section):
    TAB = "files"
    TITLE = "Bin and brake"

    BIN_DAYS = Integer(
        "SPOTIZER_BIN_DAYS",
        30,
        least=0,
        most=3650,
        unit="days",
        label="Keep the bin",
        help="So long the bin keeps what was deleted or replaced; 0 keeps it until the bin is emptied.",
        effect="With fewer days, what is older leaves the bin for good at the next sweep.",
    )
    STOP_FILES = Integer(
        "SPOTIZER_STOP_FILES",
        500,
        least=0,
        unit="files",
        label="Stop at",
        help="A job that would touch more files at once stops before the first one and asks; 0 never does.",
        effect="With 0 nothing stops a job that is about to touch the whole library by mistake.",
    )
    STOP_SHARE = Integer(
        "SPOTIZER_STOP_SHARE",
        20,
        least=0,
        most=100,
        unit="%",
        label="Stop at a share of",
        help="The same, as a share of the library, from 20 files on.",
        effect="With 0 nothing stops a job that is about to touch the whole library by mistake.",
    )
