"""lrclib.net: lyrics by exact names and length, refused to whoever does not say who he is."""

from __future__ import annotations

import random
import re
import time

from sandbox.catalogue.model import Recording, Track
from sandbox.catalogue.search import fold
from sandbox.catalogue.words import LYRIC_LINES
from sandbox.http import BadParameter, Request, Response, Service, as_html, as_json
from sandbox.world import World

FIRST_ID = 1_200_001
NAMES = ("track_name", "artist_name", "album_name")
MOST_HITS = 20
LEAST_SPACING = 0.2  # seconds between calls, where the limit is switched on
PUNCTUATION = re.compile(r"[^\w\s]")

service = Service("lrclib.net")
service.not_found = lambda request: as_html("<title>LRCLIB</title>", 404)
service.bad_parameter = lambda bad: _error(400, "ValidationError", f"Failed to deserialize query string: {bad}")


def _error(status: int, name: str, message: str) -> Response:
    return as_json({"message": message, "name": name, "statusCode": status}, status)


def _guard(world: World, request: Request) -> Response | None:
    if not any(request.headers.get(name) for name in ("user-agent", "lrclib-client", "x-user-agent")):
        return as_html("<title>Just a moment...</title><h1>403 Forbidden</h1><p>cloudflare</p>", 403)
    if world.moods.lrclib_limit:
        with world.lock:
            now, last = time.monotonic(), world.memory.get("lrclib-last", 0.0)
            world.memory["lrclib-last"] = now
            if isinstance(last, float) and now - last < LEAST_SPACING:
                return as_json({"message": "Too many requests"}, 429, Retry_After="2")
    return None


service.guard = _guard


@service.route(r"/api/get", parameters=(*NAMES, "duration"))
def get(world: World, request: Request) -> Response:
    """The lyrics whose names are the asked ones and whose length is within 2 s."""
    wanted = {name: _plain(request.query.get(name, "")) for name in NAMES}
    if not request.query.get("track_name") or not request.query.get("artist_name"):
        raise BadParameter("missing field `track_name` or `artist_name`")
    seconds = _seconds(request)
    for track in _with_lyrics(world):
        if wanted["track_name"] not in _titles(track.recording) or wanted["artist_name"] not in _artists(
            track.recording
        ):
            continue
        if wanted["album_name"] and wanted["album_name"] != _plain(track.album.title):
            continue
        if seconds is None or abs(track.recording.duration_ms / 1000 - seconds) <= 2:
            return as_json(_entry(world, track))
    return _not_found()


@service.route(r"/api/get/(\d+)")
def by_id(world: World, request: Request, number: str) -> Response:
    place = int(number) - FIRST_ID
    tracks = world.catalogue.tracks
    if not 0 <= place < len(tracks) or tracks[place].recording.lyrics == "none":
        return _not_found()
    return as_json(_entry(world, tracks[place]))


@service.route(r"/api/search", parameters=(*NAMES, "q"))
def search(world: World, request: Request) -> Response:
    query = request.query
    if not query.get("q") and not query.get("track_name"):
        return as_json([])
    words = query.get("q") or " ".join(query.get(name, "") for name in NAMES)
    found = world.catalogue.track_index.find(words, share=0.9)
    return as_json([_entry(world, track) for track in found if track.recording.lyrics != "none"][:MOST_HITS])


def _not_found() -> Response:
    return _error(404, "TrackNotFound", "Failed to find specified track")


def _seconds(request: Request) -> float | None:
    text = request.query.get("duration")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        raise BadParameter("duration", text) from None
    if not 1 <= seconds <= 3600:
        raise BadParameter("duration", text)
    return seconds


def _plain(text: str) -> str:
    """Lower case without punctuation; a name that is nothing but signs stays as it is."""
    return " ".join(PUNCTUATION.sub(" ", fold(text)).split()) or fold(text).strip()


def _titles(recording: Recording) -> set[str]:
    return {_plain(text) for text in (recording.plain_title, recording.full_title)}


def _artists(recording: Recording) -> set[str]:
    names = [artist.name for artist in recording.all_artists]
    return {_plain(names[0]), _plain(" ".join(names)), _plain(" & ".join(a.name for a in recording.artists))}


def _with_lyrics(world: World) -> list[Track]:
    return [track for track in world.catalogue.tracks if track.recording.lyrics != "none"]


def _entry(world: World, track: Track) -> dict[str, object]:
    recording = track.recording
    lines = lyric_lines(recording)
    synced = "\n".join(f"[{_stamp(at)}] {text}" for at, text in lines) if recording.lyrics == "synced" else None
    is_instrumental = recording.lyrics == "instrumental"
    is_synced_only = synced is not None and recording.isrc.endswith("7")
    return {
        "id": FIRST_ID + world.catalogue.place_of_track[track.deezer_id],
        "name": recording.full_title,
        "trackName": recording.full_title,
        "artistName": recording.artists[0].name,
        "albumName": track.album.title,
        "duration": round(recording.duration_ms / 1000, 0),
        "instrumental": is_instrumental,
        "plainLyrics": None if is_instrumental or is_synced_only else "\n".join(text for _, text in lines),
        "syncedLyrics": synced,
    }


def lyric_lines(recording: Recording) -> list[tuple[int, str]]:
    """Invented lines with their moment in milliseconds, spread over the recording."""
    rng = random.Random(f"lyrics|{recording.name}")
    count = max(2, min(24, recording.duration_ms // 8_000))
    step = recording.duration_ms * 9 // 10 // count
    return [(recording.duration_ms // 20 + number * step, rng.choice(LYRIC_LINES)) for number in range(count)]


def _stamp(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes:02d}:{rest / 1000:05.2f}"
