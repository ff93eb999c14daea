"""One module per outside service; each answers as its section of the services' reference says, bad days included."""

from __future__ import annotations

from sandbox.http import Service
from sandbox.services import (
    acoustid,
    bandcamp,
    cover_art_archive,
    deezer,
    deezer_links,
    deezer_previews,
    internet_archive,
    lastfm,
    lrclib,
    musicbrainz,
    packages,
    pictures,
    slskd,
    soundcloud,
    spotify,
    spotify_accounts,
    spotify_me,
    spotify_playlists,
    spotify_web,
    youtube,
    youtube_music,
)

SERVICES: tuple[Service, ...] = (
    deezer.service,
    deezer_links.service,
    deezer_previews.service,
    pictures.service,
    youtube.service,
    youtube_music.service,
    musicbrainz.service,
    cover_art_archive.service,
    lrclib.service,
    acoustid.service,
    lastfm.service,
    slskd.service,
    packages.service,
    soundcloud.service,
    bandcamp.service,
    spotify.service,
    spotify_accounts.service,
    spotify_web.service,
)
# These add their routes to the service of another module.
parts = (spotify_me, spotify_playlists, internet_archive)
