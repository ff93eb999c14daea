"""``manage.py search``: hits of one catalogue, each with its link."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.services.catalogues import get_catalogue
from catalog.services.search import search
from core.errors import SpotizerError, UserError
from core.units import clock
from providers.base import AlbumInfo, ArtistInfo, Credit, Kind, PlaylistInfo, SearchResults, TrackInfo
from spotizer.supervisor.prepare import make_ready

Hit = dict[str, object]


class Command(BaseCommand):
    help = "Search a catalogue for tracks, albums, artists and playlists. Give a hit's link to `manage.py download`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", nargs="+", metavar="QUERY", help="a title, a name, or both")
        parser.add_argument("--type", choices=[kind.value for kind in Kind], help="only hits of this kind")
        parser.add_argument("--provider", metavar="NAME", help="deezer, spotify or musicbrainz; else the default")
        parser.add_argument("--limit", type=int, default=10, metavar="N", help="at most so many of each kind (10)")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        query = " ".join(options["query"]).strip()
        if not query:
            raise CommandError("There is nothing to search for. Give a title or a name.", returncode=2)
        if not 1 <= options["limit"] <= 50:
            raise CommandError("--limit takes a number from 1 to 50.", returncode=2)
        make_ready()
        kinds = (Kind(options["type"]),) if options["type"] else tuple(Kind)
        try:
            name = get_catalogue(options["provider"]).name
            results = search(query, kinds=kinds, provider=name, limit=options["limit"])
        except SpotizerError as exc:
            code = 2 if isinstance(exc, UserError) else 1
            raise CommandError(" ".join(part for part in (exc.message, exc.remedy) if part), returncode=code) from exc
        try:
            self._write(results, name, query, as_json=options["json"])
        except BrokenPipeError:  # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _write(self, results: SearchResults, name: str, query: str, *, as_json: bool) -> None:
        found = 0
        for hit in _hits(results, name):
            found += 1
            self.stdout.write(json.dumps(hit, ensure_ascii=False) if as_json else _line(hit))
        if not found:
            self.stderr.write(f"{name} has nothing for “{query}”.")


def _hits(results: SearchResults, provider: str) -> Iterator[Hit]:
    for track in results.tracks:
        yield _track(track, provider)
    for album in results.albums:
        yield _album(album, provider)
    for artist in results.artists:
        yield _hit("artist", artist, provider, title=artist.name, artist="")
    for playlist in results.playlists:
        yield _hit("playlist", playlist, provider, artist=playlist.owner, tracks=playlist.track_total)


def _track(track: TrackInfo, provider: str) -> Hit:
    album = track.album.title if track.album else ""
    artist = _names(track.credits)
    return _hit("track", track, provider, artist=artist, album=album, duration_ms=track.duration_ms, isrc=track.isrc)


def _album(album: AlbumInfo, provider: str) -> Hit:
    more = {"released_on": album.released_on, "tracks": album.track_total, "album_type": album.kind.value}
    return _hit("album", album, provider, artist=_names(album.credits), **more)


def _hit(kind: str, info: TrackInfo | AlbumInfo | ArtistInfo | PlaylistInfo, provider: str, **more: object) -> Hit:
    hit: Hit = {"type": kind, "provider": info.provider or provider, "id": info.id, "link": info.link}
    return hit | {"title": getattr(info, "title", "")} | more


def _names(credits: tuple[Credit, ...]) -> str:
    return ", ".join(credit.artist.name for credit in credits)


def _line(hit: Hit) -> str:
    length = hit.get("duration_ms")
    parts = [hit["title"], hit["artist"], hit.get("album"), hit.get("released_on")]
    parts.append(clock(length) if isinstance(length, int) else "")
    words = " · ".join(str(part) for part in parts if part)
    return f"{hit['type']:<9}{words}\n         {hit['link']}"
