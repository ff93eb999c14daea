from __future__ import annotations

import pytest

from core.errors import UserError
from providers.base import Kind
from providers.links import explain_unknown, find_links, is_address, recognise

SPOTIFY_ID = "6Qm0000000000000000Tr1"
LIST = "PLsandbox0sketches0and0sparks00001"
MBID = "5f6a0000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("text", "provider", "kind", "value"),
    [
        (f"https://open.spotify.com/track/{SPOTIFY_ID}", "spotify", Kind.TRACK, SPOTIFY_ID),
        (f"https://open.spotify.com/intl-de/album/{SPOTIFY_ID}?si=abc&utm_source=x", "spotify", Kind.ALBUM, SPOTIFY_ID),
        (f"http://open.spotify.com/artist/{SPOTIFY_ID}/", "spotify", Kind.ARTIST, SPOTIFY_ID),
        (f"open.spotify.com/playlist/{SPOTIFY_ID}", "spotify", Kind.PLAYLIST, SPOTIFY_ID),
        (f"https://open.spotify.com/embed/playlist/{SPOTIFY_ID}", "spotify", Kind.PLAYLIST, SPOTIFY_ID),
        (f"https://open.spotify.com/user/ida.berg/playlist/{SPOTIFY_ID}", "spotify", Kind.PLAYLIST, SPOTIFY_ID),
        (f"  spotify:track:{SPOTIFY_ID} ", "spotify", Kind.TRACK, SPOTIFY_ID),
        (f"spotify:user:ida:playlist:{SPOTIFY_ID}", "spotify", Kind.PLAYLIST, SPOTIFY_ID),
        (SPOTIFY_ID, "spotify", Kind.TRACK, SPOTIFY_ID),
        ("https://www.deezer.com/track/3100456", "deezer", Kind.TRACK, "3100456"),
        ("https://www.deezer.com/en/album/302001?utm_source=deezer", "deezer", Kind.ALBUM, "302001"),
        ("https://deezer.com/pt-br/artist/270", "deezer", Kind.ARTIST, "270"),
        ("www.deezer.com/playlist/5", "deezer", Kind.PLAYLIST, "5"),
        (f"https://musicbrainz.org/recording/{MBID}", "musicbrainz", Kind.TRACK, MBID),
        (f"https://musicbrainz.org/release/{MBID.upper()}/disc/1", "musicbrainz", Kind.ALBUM, MBID),
        (f"https://musicbrainz.org/release-group/{MBID}", "musicbrainz", Kind.ALBUM, f"rg-{MBID}"),
        (f"https://musicbrainz.org/artist/{MBID}/recordings", "musicbrainz", Kind.ARTIST, MBID),
        ("https://www.youtube.com/watch?v=aaaaaaaaaaa&list=PL1&t=3s", "youtube", None, "aaaaaaaaaaa"),
        ("https://youtu.be/aaa-aaa_aaa?si=1", "youtube", None, "aaa-aaa_aaa"),
        ("https://m.youtube.com/shorts/aaaaaaaaaaa", "youtube", None, "aaaaaaaaaaa"),
        ("https://music.youtube.com/watch?v=aaaaaaaaaaa&feature=share", "youtube_music", None, "aaaaaaaaaaa"),
        ("https://soundcloud.com/vera-holm/lantern-year?in=x", "soundcloud", None, "vera-holm/lantern-year"),
        ("https://veraholm.bandcamp.com/track/lantern-year", "bandcamp", None, "veraholm/track/lantern-year"),
        ("https://archive.org/details/lantern_year.2025", "internet_archive", None, "lantern_year.2025"),
        ("https://archive.org/details/lantern_year.2025/01%20A.flac", "internet_archive", None, "lantern_year.2025"),
        (f"https://www.youtube.com/playlist?list={LIST}&si=1", "youtube", None, LIST),
        (f"https://music.youtube.com/playlist?list={LIST}", "youtube_music", None, LIST),
        ("https://music.youtube.com/browse/MPREb_aaaaaaaaaaa", "youtube_music", None, "MPREb_aaaaaaaaaaa"),
        ("https://soundcloud.com/vera-holm/sets/tidal-rooms", "soundcloud", None, "vera-holm/sets/tidal-rooms"),
        ("https://soundcloud.com/vera-holm/sets/own/s-aB1", "soundcloud", None, "vera-holm/sets/own/s-aB1"),
        ("https://soundcloud.com/vera-holm/own/s-aB1", "soundcloud", None, "vera-holm/own/s-aB1"),
        ("https://veraholm.bandcamp.com/album/tidal-rooms", "bandcamp", None, "veraholm/album/tidal-rooms"),
        ("https://spotify.link/AbCdEf", "short", None, "spotify"),
        ("https://link.tospotify.com/AbCdEf", "short", None, "spotify"),
        ("https://link.deezer.com/s/30abc", "short", None, "deezer"),
        ("https://deezer.page.link/Xy1", "short", None, "deezer"),
    ],
)
def test_recognise_when_the_service_is_known_names_kind_and_id(text, provider, kind, value):
    link = recognise(text)

    assert link is not None
    assert (link.provider, link.kind, link.value) == (provider, kind, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"https://www.youtube.com/playlist?list={LIST}", True),
        (f"https://www.youtube.com/watch?v=aaaaaaaaaaa&list={LIST}", False),  # the one video that is on screen
        ("https://soundcloud.com/vera-holm/sets/tidal-rooms", True),
        ("https://soundcloud.com/vera-holm/lantern-year", False),
        ("https://veraholm.bandcamp.com/album/tidal-rooms", True),
        ("https://veraholm.bandcamp.com/track/lantern-year", False),
        ("https://archive.org/details/lantern_year.2025", True),
        ("https://archive.org/details/lantern_year.2025/01%20A.flac", False),
    ],
)
def test_recognise_tells_lists_from_single_recordings(text, expected):
    link = recognise(text)

    assert link is not None
    assert link.is_list == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://soundcloud.com/vera-holm/sets",
        "https://soundcloud.com/vera-holm/sets/a/b/c",
        "https://soundcloud.com/vera-holm/own/other",
        "https://soundcloud.com/discover/sets/charts",
        "https://music.youtube.com/browse/UCaaaaaaaaaaa",
        "lantern year",
        "lantern",
        "https://open.spotify.com.evil.example/track/6Qm0000000000000000Tr1",
        "https://evil.example/open.spotify.com/track/6Qm0000000000000000Tr1",
        "https://open.spotify.com@evil.example/track/6Qm0000000000000000Tr1",
        "https://user@open.spotify.com/track/6Qm0000000000000000Tr1",
        "https://open.spotify.com:8080/track/6Qm0000000000000000Tr1",
        "https://notdeezer.com/track/1",
        "https://evil.example/?u=https://www.deezer.com/track/1",
        "https://www.deezer.com.evil.example/track/1",
        "https://xbandcamp.com/track/a",
        "https://a.bandcamp.com.evil.example/track/a",
        "https://archive.org.evil.example/details/a",
        "ftp://open.spotify.com/track/6Qm0000000000000000Tr1",
        "javascript:alert(1)",
        "http://127.0.0.1/track/1",
        "http://[::1",
        "https://open.spotify.com:port/track/1",
        "https://tidal.com/track/1",
        "aaaaaaaaaaaaaaaaaaaaaa",
        "x" * 5000,
    ],
)
def test_recognise_when_it_is_no_address_of_a_known_service_gives_nothing(text):
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://open.spotify.com/track/short",
        "https://open.spotify.com/album/6Qm0000000000000000Tr1x",
        "https://open.spotify.com/album/6Qm000000000000000%2FTr1",
        "spotify:track:nope",
        "spotify:track",
        "https://www.deezer.com/track/abc",
        "https://musicbrainz.org/recording/5f6a",
        "https://www.youtube.com/watch?v=short",
        "https://youtu.be/",
    ],
)
def test_recognise_when_the_id_is_malformed_says_so(text):
    with pytest.raises(UserError) as caught:
        recognise(text)

    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        f"https://open.spotify.com/episode/{SPOTIFY_ID}",
        f"spotify:show:{SPOTIFY_ID}",
        "https://www.deezer.com/en/profile/12",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/playlist?list=PL1%22%3E%3Cscript%3E00000",
        "https://music.youtube.com/playlist?list=LM",
        "https://www.youtube.com/playlist?list=RDCLAK5uy_aaaaaaaaaaaaaaa",
    ],
)
def test_recognise_when_it_is_no_music_of_ours_says_what_can_be_opened(text):
    with pytest.raises(UserError):
        recognise(text)


def test_find_links_in_pasted_text_gives_them_in_order():
    text = f"""Listen: https://www.deezer.com/track/1, then
    (spotify:album:{SPOTIFY_ID}) and https://tidal.com/track/9.
    open.spotify.com/track/bad words https://www.deezer.com/album/2"""

    found = find_links(text)

    assert [link if isinstance(link, str) else (link.provider, link.value) for link in found] == [
        ("deezer", "1"),
        ("spotify", SPOTIFY_ID),
        "https://tidal.com/track/9",
        "open.spotify.com/track/bad",
        ("deezer", "2"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://tidal.com/x", True),
        ("tidal.com/x", True),
        ("spotify:track:x", True),
        ("AC/DC", False),
        ("vera holm", False),
        ("mr. big/green", False),
        ("http://127.0.0.1/x", True),
    ],
)
def test_is_address_tells_links_from_words(text, expected):
    assert is_address(text) is expected


def test_explain_unknown_names_the_host_and_what_would_work():
    error = explain_unknown("https://tidal.com/track/1")

    assert "tidal.com" in error.message
    assert "Deezer" in error.remedy
