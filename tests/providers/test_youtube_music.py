"""YouTube Music through the real ytmusicapi against the sandbox: what is asked, in which order, and every refusal."""

from __future__ import annotations

import dataclasses
import locale

import pytest

from core.errors import BadResponse, RateLimited, TransientError
from core.http import OpenGate, make_session
from providers.base import AlbumInfo, ArtistInfo, Candidate, Credit, TrackInfo, UploadKind
from providers.youtube.options import FetchOptions
from providers.youtube_music.mapping import candidate_from
from providers.youtube_music.source import YouTubeMusicSource

SEARCH = "music.youtube.com/youtubei/v1/search"
BROWSE = "music.youtube.com/youtubei/v1/browse"


@pytest.fixture
def source(sandbox, settings) -> YouTubeMusicSource:
    session = make_session("youtube_music", gate=OpenGate(), sandbox_url=sandbox.url)
    return YouTubeMusicSource(session, FetchOptions(inner_host="127.0.0.1", plugins=settings.YTDLP_PLUGINS))


@pytest.fixture
def album(sandbox_server):
    """``album(key)`` gives the tracks of an anchor album as a catalogue would."""

    def tracks(key: str) -> list[TrackInfo]:
        found = next(one for one in sandbox_server.world.catalogue.albums if one.name == key)
        credits = tuple(_credit(artist.name) for artist in found.artists)
        info = AlbumInfo(
            "test", key, found.title, credits, released_on=found.released_on, track_total=len(found.tracks)
        )
        return [
            TrackInfo(
                provider="test",
                id=track.recording.name,
                title=track.recording.title,
                credits=tuple(_credit(artist.name) for artist in track.recording.all_artists),
                album=info,
                disc_number=track.disc_number,
                track_number=track.track_number,
                duration_ms=track.recording.duration_ms,
                isrc=track.recording.isrc,
                explicit=track.recording.explicit,
            )
            for track in found.tracks
        ]

    return tracks


def _credit(name: str) -> Credit:
    return Credit(ArtistInfo("test", "", name))


def test_a_track_with_a_code_is_found_in_one_search(source, sandbox, album):
    track = album("tidal-rooms")[0]

    found = source.find_candidates(track)

    assert found[0].kind is UploadKind.SONG
    assert found[0].title == track.title
    assert found[0].artists == track.artists
    assert abs(found[0].duration_ms - track.duration_ms) < 1500
    assert found[0].url == f"https://music.youtube.com/watch?v={found[0].source_id}"
    assert sandbox.count(SEARCH) == 1


def test_a_track_without_a_code_is_found_by_artist_and_title(source, album):
    track = dataclasses.replace(album("tidal-rooms")[4], isrc="")

    assert source.find_candidates(track)[0].title == track.title


def test_twelve_tracks_of_an_album_cost_a_handful_of_calls(source, sandbox, album):
    tracks = album("tidal-rooms")

    found = [source.find_candidates(track)[0] for track in tracks]

    assert [candidate.title for candidate in found] == [track.title for track in tracks]
    assert all(candidate.album == "Tidal Rooms" for candidate in found[1:])
    assert sandbox.count(SEARCH) + sandbox.count(BROWSE) <= 4


def test_a_recording_that_only_exists_as_a_video_is_looked_for_among_videos(source, sandbox, sandbox_server):
    recording = next(
        one
        for one in sandbox_server.world.catalogue.recordings
        if one.mood.value == "only_video" and one.duration_ms > 60_000
    )
    track = TrackInfo(
        "test", "1", recording.title, (_credit(recording.artists[0].name),), duration_ms=recording.duration_ms
    )

    found = source.find_candidates(track)

    assert any(candidate.kind is UploadKind.VIDEO for candidate in found)


def test_what_nobody_has_gives_nothing(source):
    track = TrackInfo("test", "1", "Qqqqzzzzxx", (_credit("Wwwwvvvvkk"),), duration_ms=200_000)

    assert source.find_candidates(track) == []


def test_a_candidate_is_fetched_by_its_own_address(source, album, tmp_path):
    candidate = source.find_candidates(album("quick-sketches")[0])[0]

    file = source.fetch(candidate, tmp_path, prefer="aac", progress=lambda _: None, cancelled=lambda: False)

    assert file.codec == "aac"
    assert file.source_url == candidate.url


def test_our_session_still_works_once_ytdlp_has_changed_the_requests_library(source, sandbox, album):
    import yt_dlp.networking._requests  # noqa: F401 - replaces how requests chooses a proxy

    assert source.find_candidates(album("tidal-rooms")[0])


def test_the_locale_of_the_process_is_left_alone(source, album):
    before = locale.setlocale(locale.LC_ALL)

    source.find_candidates(album("tidal-rooms")[0])

    assert locale.setlocale(locale.LC_ALL) == before


@pytest.mark.parametrize(
    ("kind", "order", "error"),
    [
        ("html", {"status": 429}, RateLimited),
        ("html", {"status": 200}, BadResponse),
        ("status", {"status": 429, "body": '{"error": {"code": 429, "message": "slow down"}}'}, RateLimited),
        ("status", {"status": 500, "body": '{"error": {"code": 500, "message": "oops"}}'}, TransientError),
        ("status", {"status": 503, "body": '{"error": "no message"}'}, TransientError),
        ("reset", {}, TransientError),
        ("garbage", {}, BadResponse),
        ("status", {"status": 200, "body": '{"contents": {"tabbedSearchResultsRenderer": {}}}'}, BadResponse),
    ],
)
def test_what_goes_wrong_is_told_as_our_own_error(source, sandbox, album, kind, order, error):
    sandbox.fault(SEARCH, kind, **order)

    with pytest.raises(error) as caught:
        source.find_candidates(album("tidal-rooms")[0])

    assert type(caught.value) is error
    assert "YouTube Music" in caught.value.message


def test_how_long_to_wait_is_taken_from_the_answer(source, sandbox, album):
    sandbox.fault(SEARCH, "html", status=429, headers={"Retry-After": "42"})

    with pytest.raises(RateLimited) as caught:
        source.find_candidates(album("tidal-rooms")[0])

    assert caught.value.retry_after == 42


def test_when_the_visitors_page_is_refused_the_search_works_all_the_same(source, sandbox, album):
    sandbox.fault("music.youtube.com/$", "status", status=503, body="no")

    assert source.find_candidates(album("tidal-rooms")[0])


def test_when_the_albums_list_is_broken_the_search_goes_on(source, sandbox, album):
    tracks = album("tidal-rooms")
    source.find_candidates(tracks[0])
    sandbox.fault(BROWSE, "status", status=200, body="{}")

    assert source.find_candidates(tracks[1])[0].title == tracks[1].title


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        ({"videoId": None, "title": "A"}, None),
        ({"videoId": "a" * 11, "title": "A", "isAvailable": False}, None),
        ({"videoId": "a" * 11, "title": "A", "videoType": "MUSIC_VIDEO_TYPE_PODCAST_EPISODE"}, None),
        (
            {
                "videoId": "a" * 11,
                "title": "A",
                "videoType": "MUSIC_VIDEO_TYPE_OMV",
                "isExplicit": False,
                "views": "1.4M",
            },
            {"kind": UploadKind.VIDEO, "explicit": None, "views": 1_400_000, "artists": (), "album": ""},
        ),
        (
            {
                "videoId": "a" * 11,
                "title": "A",
                "resultType": "song",
                "videoType": None,
                "duration": "1:02:03",
                "album": None,
            },
            {"kind": UploadKind.SONG, "duration_ms": 3_723_000},
        ),
        (
            {"videoId": "a" * 11, "title": "A", "artists": [{"name": "V", "id": None}, None], "album": {"name": "T"}},
            {"artists": ("V",), "album": "T", "duration_ms": None},
        ),
    ],
)
def test_any_field_of_a_hit_may_be_missing(hit, expected):
    candidate = candidate_from(hit)

    if expected is None:
        assert candidate is None
    else:
        assert isinstance(candidate, Candidate)
        assert {name: getattr(candidate, name) for name in expected} == expected
