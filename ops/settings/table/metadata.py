"""What outside services add to what the catalogue says."""

from __future__ import annotations

from ops.settings.kinds import Boolean, Phrases, Secret
from ops.settings.table.section import Section


class Metadata(Section):
    TAB = "matching"
    TITLE = "Metadata"

    ENRICH = Boolean(
        "SPOTIZER_ENRICH",
        True,
        label="Look up what is owned",
        help="MusicBrainz, and Last.fm where there is a key, are asked about the library in the background.",
    )
    LASTFM_KEY = Secret(
        "SPOTIZER_LASTFM_KEY",
        "",
        label="Last.fm key",
        help="An application's key: what listeners call the music adds to its genres.",
    )
    MORE_GENRES = Phrases(
        "SPOTIZER_GENRES",
        [],
        label="More genres",
        help="Words of listeners that count as genres beside the usual ones; Schlager = german schlager spells one.",
    )
