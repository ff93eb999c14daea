"""Deezer's pages and short links: what a browser would see, and where a short link leads."""

from __future__ import annotations

from html import escape

from sandbox.http import Request, Response, Service, as_html, redirect
from sandbox.world import World

service = Service("www.deezer.com", "link.deezer.com", "deezer.page.link", "deezer.com")
service.not_found = lambda request: as_html("<h1>404</h1>", 404)


@service.route(r"/(?:[a-z]{2}/)?(track|album|artist|playlist)/(\d+)", parameters=None)
def page(world: World, request: Request, kind: str, number: str) -> Response:
    return (
        as_html(f"<title>{escape(kind)} {number} - Deezer</title>")
        if _exists(world, kind, number)
        else as_html("404", 404)
    )


@service.route(r"/(?:s/)?(t|a|r|p)(\d+)[A-Za-z]*", parameters=None)
def short(world: World, request: Request, letter: str, number: str) -> Response:
    """``link.deezer.com/s/a302001x`` leads to album 302001: letter, number, and what chance would add."""
    if request.host in ("www.deezer.com", "deezer.com"):
        return as_html("404", 404)
    kind = {"t": "track", "a": "album", "r": "artist", "p": "playlist"}[letter]
    if not _exists(world, kind, number):
        return redirect("https://www.deezer.com/")
    return redirect(
        f"https://www.deezer.com/en/{kind}/{number}?host=0&utm_campaign=clipboard-generic&utm_source=user_sharing"
    )


@service.route(r"/(?:en/|us/)?", parameters=None)
def home(world: World, request: Request) -> Response:
    return as_html("<title>Deezer</title>")


def _exists(world: World, kind: str, number: str) -> bool:
    catalogue = world.catalogue
    known = {
        "track": catalogue.track_by_deezer,
        "album": catalogue.album_by_deezer,
        "artist": catalogue.artist_by_deezer,
        "playlist": catalogue.playlist_by_deezer,
    }[kind]
    return int(number) in known  # type: ignore[operator]
