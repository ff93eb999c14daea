"""YouTube Music as the real ytmusicapi sees it."""

from __future__ import annotations

import pytest
from ytmusicapi import YTMusic
from ytmusicapi.exceptions import YTMusicServerError

from tests.sandbox.reach import session


@pytest.fixture
def music(sandbox):
    return YTMusic(requests_session=session(sandbox.url))


@pytest.fixture
def catalogue(sandbox_server):
    return sandbox_server.world.catalogue


def test_songs_when_searched_are_the_labels_uploads(music, catalogue):
    hit = music.search("Vera Holm Lantern Year", filter="songs")[0]

    assert hit["title"] == "Lantern Year"
    assert [artist["name"] for artist in hit["artists"]] == ["Vera Holm", "Ida Berg"]
    assert hit["artists"][0]["id"] == catalogue.artist_by_name["Vera Holm"].channel_id
    assert hit["album"]["name"] == "Tidal Rooms"
    assert hit["videoType"] == "MUSIC_VIDEO_TYPE_ATV"
    assert abs(hit["duration_seconds"] - 201) <= 1
    assert (hit["isExplicit"], hit["isAvailable"]) == (False, True)
    assert catalogue.upload_by_video[hit["videoId"]].recording.isrc == "NOSBK2500002"


def test_explicit_song_when_searched_is_marked(music):
    twins = [hit for hit in music.search("MC Fjord Street Signs", filter="songs") if hit["title"] == "Street Signs"]

    assert sorted(hit["isExplicit"] for hit in twins) == [False, True]


def test_videos_when_searched_are_of_other_kinds_and_lengths(music):
    hits = music.search("Vera Holm", filter="videos", limit=40)

    assert {hit["videoType"] for hit in hits} == {"MUSIC_VIDEO_TYPE_OMV", "MUSIC_VIDEO_TYPE_UGC"}
    assert all(hit["views"] for hit in hits)


def test_artists_of_an_unlinked_channel_are_absent(music):
    found = [
        hit for name in ("Long", "Night", "Home", "River") for hit in music.search(name, filter="videos", limit=60)
    ]

    assert any("artists" not in hit for hit in found)
    assert any(hit.get("artists") for hit in found)


def test_album_when_searched_and_opened_lists_its_tracks(music, catalogue):
    hit = music.search("Vera Holm Tidal Rooms", filter="albums")[0]
    album = music.get_album(hit["browseId"])

    assert (hit["type"], hit["title"], hit["year"]) == ("Album", "Tidal Rooms", "2025")
    assert (album["title"], album["trackCount"], album["year"]) == ("Tidal Rooms", 12, "2025")
    assert album["artists"][0]["name"] == "Vera Holm"
    assert album["audioPlaylistId"] == hit["playlistId"] == catalogue.album_by_name["tidal-rooms"].audio_playlist_id
    assert [track["trackNumber"] for track in album["tracks"]] == list(range(1, 13))
    third = album["tracks"][2]
    assert (third["title"], third["videoType"]) == ("Lantern Year", "MUSIC_VIDEO_TYPE_ATV")
    assert [artist["name"] for artist in third["artists"]] == ["Vera Holm", "Ida Berg"]
    assert third["videoId"] in catalogue.upload_by_video
    assert [other["title"] for other in album["other_versions"]] == ["Tidal Rooms (Deluxe Edition)"]
    assert music.get_album_browse_id(album["audioPlaylistId"]) == hit["browseId"]


def test_album_track_without_upload_has_no_video_and_is_greyed_out(music, catalogue):
    album = music.get_album(catalogue.album_by_name["lost-tapes"].browse_id)

    assert (album["tracks"][0]["videoId"], album["tracks"][0]["isAvailable"]) == (None, False)
    assert (album["tracks"][6]["isAvailable"], bool(album["tracks"][6]["videoId"])) == (True, True)


def test_isrc_when_searched_hits_or_misses(music, catalogue):
    def hits(code: str, **more: bool) -> list[str]:
        found = music.search(code, filter="songs", **more)
        return [catalogue.upload_by_video[hit["videoId"]].recording.isrc for hit in found]

    assert hits("NOSBK2500002", ignore_spelling=True) == ["NOSBK2500002"]
    assert "NOSBK2500002" not in hits("NOSBK2500002")
    assert "NOSBK2500004" not in hits("NOSBK2500004", ignore_spelling=True)
    assert hits("NO SBK2500004", ignore_spelling=True) == ["NOSBK2500004"]
    assert "NOSBK2500008" not in hits("NO SBK2500008", ignore_spelling=True)


def test_search_when_nothing_fits_is_empty(music):
    assert music.search("zzzzqqqq xxxyyy", filter="songs") == []
    assert music.search("zzzzqqqq xxxyyy") == []


def test_search_without_filter_mixes_kinds(music):
    assert {hit["resultType"] for hit in music.search("Vera Holm Tidal Rooms")} >= {"song", "album"}


def test_more_than_a_page_when_wanted_comes_by_continuation(music):
    assert len(music.search("Home", filter="songs", limit=10)) <= 20
    assert len(music.search("the", filter="songs", limit=50)) > 40


def test_song_when_asked_has_details(music, catalogue):
    upload = catalogue.uploads_of["tidal-rooms/1.1"][0]

    song = music.get_song(upload.video_id)

    assert (song["videoDetails"]["title"], song["playabilityStatus"]["status"]) == ("Harbour Lights", "OK")


def test_unknown_album_is_a_server_error(music):
    with pytest.raises(YTMusicServerError, match="404"):
        music.get_album("MPREb_nothing")


def test_html_429_when_ordered_breaks_the_parser_as_in_real_life(music, sandbox):
    sandbox.fault("music.youtube.com/youtubei", "html", status=429)

    with pytest.raises(ValueError):
        music.search("Vera Holm", filter="songs")
