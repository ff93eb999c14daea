"""open.spotify.com and spotify.link: pages, oEmbed without a token, and short links."""

from __future__ import annotations

import re
from html import escape

from sandbox.catalogue.model import Playlist
from sandbox.catalogue.playlists import SPOTIFY_OWNED
from sandbox.http import Request, Response, Service, as_html, as_json, redirect
from sandbox.services.spotify_shapes import images, name_of
from sandbox.world import World

KINDS = {"t": "track", "a": "album", "r": "artist", "p": "playlist"}
LINK = re.compile(
    r"(?:https://open\.spotify\.com/(?:intl-[a-z]{2,3}(?:-[a-z]{2})?/)?|spotify:)(track|album|artist|playlist)[/:]([0-9A-Za-z]+)"
)

service = Service("open.spotify.com", "spotify.link", "spotify.app.link")
service.not_found = lambda request: as_html("<title>Page not found</title>", 404)


def titled(world: World, kind: str, identifier: str) -> tuple[str, str] | None:
    """Title and picture of what an address names; None where there is nothing."""
    catalogue = world.catalogue
    if kind == "track" and (track := catalogue.track_by_spotify.get(identifier)):
        return name_of(track), track.album.picture
    if kind == "album" and (album := catalogue.album_by_spotify.get(identifier)):
        return album.title, album.picture
    if kind == "artist" and (artist := catalogue.artist_by_spotify.get(identifier)):
        return artist.name, artist.picture
    if kind == "playlist":
        if identifier == SPOTIFY_OWNED:
            return "Today's Invented Hits", catalogue.playlists[0].picture
        playlist: Playlist | None = catalogue.playlist_by_spotify.get(identifier)
        if playlist is not None and not playlist.is_private:
            return playlist.title, playlist.picture
    return None


@service.route(r"/oembed/?", parameters=("url", "format"))
def oembed(world: World, request: Request) -> Response:
    """The title and a thumbnail, and nothing about who made it."""
    match = LINK.match(request.query.get("url", ""))
    found = titled(world, *match.groups()) if match else None
    if match is None or found is None:
        return as_html("<title>404</title>", 404)
    title, picture = found
    return as_json(
        {
            "html": f'<iframe src="https://open.spotify.com/embed/{match[1]}/{match[2]}"></iframe>',
            "iframe_url": f"https://open.spotify.com/embed/{match[1]}/{match[2]}",
            "width": 456,
            "height": 352,
            "version": "1.0",
            "provider_name": "Spotify",
            "provider_url": "https://spotify.com",
            "type": "rich",
            "title": title,
            "thumbnail_url": images(picture)[1]["url"],
            "thumbnail_width": 300,
            "thumbnail_height": 300,
        }
    )


@service.route(r"/(?:intl-[a-z]{2,3}(?:-[a-z]{2})?/)?(track|album|artist|playlist)/([0-9A-Za-z]{22})", parameters=None)
def page(world: World, request: Request, kind: str, identifier: str) -> Response:
    found = titled(world, kind, identifier)
    if found is None or request.host != "open.spotify.com":
        return as_html("<title>Page not found</title>", 404)
    return as_html(f"<title>{escape(found[0])} | Spotify</title>")


@service.route(r"/([tarp])([0-9A-Za-z]{22})", parameters=None)
def short(world: World, request: Request, letter: str, identifier: str) -> Response:
    """``spotify.link/a<album id>`` leads to the album: a letter for the kind, and the id."""
    if request.host == "open.spotify.com" or titled(world, KINDS[letter], identifier) is None:
        return as_html("<title>Page not found</title>", 404)
    return redirect(f"https://open.spotify.com/{KINDS[letter]}/{identifier}?si=sandbox&_branch_referrer=x", 307)
