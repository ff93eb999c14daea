"""Deezer's answers for one album, in its shapes, for tests that need every field in their own hand."""

from __future__ import annotations

from typing import Any

from tests.server import Server

HOST = "/api.deezer.com"
ARTIST = {"id": 270, "name": "Vera Holm", "type": "artist"}
GUEST = {"id": 271, "name": "Ida", "type": "artist", "role": "Featured"}
NO_DATA = {"error": {"type": "DataException", "message": "no data", "code": 800}}


def put_album(server: Server, album_id: int = 302001, tracks: int = 3, **head: Any) -> None:
    body = {
        "id": album_id,
        "title": "Tidal Rooms",
        "upc": "7040000000012",
        "record_type": "album",
        "release_date": "2025-10-03",
        "nb_tracks": tracks,
        "label": "Fjord",
        "genres": {"data": [{"id": 1, "name": "Dream Pop"}]},
        "md5_image": "2e018122cb56986277102d2041a592c8",
        "artist": ARTIST,
        "contributors": [{**ARTIST, "role": "Main"}],
        "explicit_lyrics": False,
    }
    server.answer(f"{HOST}/album/{album_id}", body | head)
    rows = [a_row(album_id, number) for number in range(1, tracks + 1)]
    server.answer(f"{HOST}/album/{album_id}/tracks", {"data": rows, "total": tracks})
    for row in rows:
        named = {"id": album_id, "title": "Tidal Rooms", "md5_image": body["md5_image"]}
        server.answer(f"{HOST}/track/{row['id']}", {**row, "album": named, "contributors": [ARTIST, GUEST]})


def a_row(album_id: int, number: int) -> dict[str, Any]:
    return {
        "id": album_id * 100 + number,
        "readable": True,
        "title": f"Song {number}",
        "isrc": f"NOAB1{album_id % 1000:03}{number:04}",
        "duration": 200 + number,
        "track_position": number,
        "disk_number": 1,
        "explicit_content_lyrics": 0,
        "artist": ARTIST,
    }
