"""The catalogue: big enough, the same every time, with the hard cases that it promises; the README tells the truth."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from sandbox.catalogue import build
from sandbox.catalogue.model import Mood, UploadKind

README = Path(__file__).resolve().parents[2] / "sandbox" / "README.md"


@pytest.fixture(scope="module")
def catalogue():
    return build()


def rows(columns):
    """The README's tables with so many columns, as lists of cells."""
    lines = README.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return [row for row in cells if len(row) == columns and not row[0].startswith(("name", "---"))]


def test_catalogue_is_big_and_built_quickly(catalogue):
    began = time.process_time()
    build()

    assert time.process_time() - began < 1.0
    assert len(catalogue.artists) >= 40
    assert len(catalogue.albums) >= 150
    assert len(catalogue.tracks) >= 1_500
    assert len(catalogue.playlists) >= 30
    assert len(catalogue.playlist_by_name["ten-thousand"].entries) == 10_000


def facts(catalogue):
    tracks = [(t.deezer_id, t.spotify_id, t.mbid, t.recording.isrc, t.recording.duration_ms) for t in catalogue.tracks]
    uploads = [(u.video_id, u.title, u.duration_ms, u.melody) for u in catalogue.uploads]
    lists = [(p.spotify_id, [e.track and e.track.deezer_id for e in p.entries]) for p in catalogue.playlists]
    return tracks, uploads, lists


def test_catalogue_of_one_seed_is_the_same_and_of_another_differs(catalogue):
    assert facts(build()) == facts(catalogue)
    assert facts(build("other")) != facts(catalogue)


def test_ids_are_unique(catalogue):
    for ids in (
        [t.spotify_id for t in catalogue.tracks],
        [t.deezer_id for t in catalogue.tracks],
        [r.isrc for r in catalogue.recordings],
        [r.mbid for r in catalogue.recordings],
        [a.upc for a in catalogue.albums],
        [a.mbid for a in catalogue.albums],
        [u.video_id for u in catalogue.uploads],
        [u.melody for u in catalogue.uploads],
    ):
        assert len(set(ids)) == len(ids)
    assert all(len(r.isrc) == 12 for r in catalogue.recordings)


def test_albums_of_the_readme_are_as_it_says(catalogue):
    table = rows(8)

    assert len(table) > 20
    for name, title, artist, count, deezer, spotify, upc, _ in table:
        album = catalogue.album_by_name[name]
        said = (title, artist, int(count), int(deezer), spotify, upc)
        assert said == (
            album.title,
            album.artists[0].name,
            len(album.tracks),
            album.deezer_id,
            album.spotify_id,
            album.upc,
        )


def test_playlists_of_the_readme_are_as_it_says(catalogue):
    table = rows(6)

    assert len(table) == 12
    for name, title, owner, deezer, spotify, _ in table:
        playlist = catalogue.playlist_by_name[name]
        assert (title, owner, int(deezer), spotify) == (
            playlist.title,
            playlist.owner,
            playlist.deezer_id,
            playlist.spotify_id,
        )


def test_hard_cases_are_there(catalogue):
    titles = [track.recording.title for track in catalogue.tracks]

    assert max(map(len, titles)) == 250
    assert {"AC/DC", "..", "CON", "Trailing dots..."} <= set(titles)
    assert any(album.disc_total > 1 for album in catalogue.albums)
    assert Counter(track.recording.title for track in catalogue.tracks)["Home"] >= 8
    assert catalogue.album_by_name["harbour-comp"].artists[0].deezer_id == 5080
    assert all(3_000 <= t.recording.duration_ms <= 5_300 for t in catalogue.album_by_name["quick-sketches"].tracks)
    assert any("\u0590" <= char <= "\u06ff" for title in titles for char in title)
    shared = catalogue.recording_by_name["tidal-rooms/1.3"].tracks
    assert [track.album.name for track in shared] == [
        "tidal-rooms",
        "tidal-rooms-deluxe",
        "lantern-year",
        "harbour-comp",
    ]


def test_sources_have_what_the_mood_says(catalogue):
    def kinds(place):
        return [upload.kind for upload in catalogue.uploads_of.get(place, [])]

    assert kinds("lost-tapes/1.1") == []
    assert kinds("lost-tapes/1.2") == [UploadKind.UGC]
    assert kinds("lost-tapes/1.6") == [UploadKind.OMV]
    assert kinds("trouble/1.2") == [UploadKind.ATV, UploadKind.UGC]
    assert kinds("trouble/1.11") == [UploadKind.ATV]
    ordinary = [r for r in catalogue.recordings if r.mood is Mood.NORMAL]
    label = [catalogue.uploads_of[r.name][0] for r in ordinary]
    assert all(u.kind is UploadKind.ATV and abs(u.duration_ms - u.recording.duration_ms) <= 400 for u in label)
