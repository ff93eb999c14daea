"""Invented tracks that show what a template does: a plain one, one of several discs with guests, one without album."""

from __future__ import annotations

from dataclasses import replace

from library.naming.paths import relative_path
from library.naming.template import check_template
from providers.base import AlbumInfo, ArtistInfo, Credit, ReleaseKind, TrackInfo

FILED = {"Quality": "160 kbps", "Playlist": "Evening", "Position": "07"}
VERA, KIT = (Credit(ArtistInfo("deezer", str(number), name)) for number, name in ((1, "Vera Holm"), (2, "Kit")))
ALBUM = AlbumInfo(
    provider="deezer",
    id="1",
    title="Tidal Rooms",
    credits=(VERA,),
    released_on="2025-10-03",
    track_total=12,
    disc_total=1,
    label="North Quay",
    genres=("Electronic",),
)
BOX = replace(
    ALBUM, id="2", title="Harbour: the Collection", credits=(), kind=ReleaseKind.COMPILATION, disc_total=2, genres=()
)
WITH_KIT = (VERA, replace(KIT, is_featured=True))
EXAMPLES = (
    TrackInfo("deezer", "11", "Blue Door", (VERA,), ALBUM, 1, 1, 200_000, "NOXX12500001"),
    TrackInfo("deezer", "12", "Ebb / Flow?", WITH_KIT, BOX, 2, 9, 247_000, "NOXX12500002"),
    TrackInfo("deezer", "13", "Loose End", (KIT,), None, None, None, 181_000),
)


def show_names(template: str, infos: tuple[TrackInfo, ...] = EXAMPLES, *, extension: str = "opus") -> list[str]:
    """The path of each of ``infos`` below the library. Raises UserError where the template is no good."""
    check_template(template)
    return [str(relative_path(template, info, extension=extension, extra=FILED)) for info in infos]
