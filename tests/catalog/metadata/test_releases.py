"""Which of MusicBrainz's releases and recordings is the one that we hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.metadata.releases import choose_by_name, choose_recording, choose_release, paired_artists, track_on
from providers.base import AlbumInfo, ArtistInfo, Credit, TrackInfo
from providers.musicbrainz.details import DetailedTrack, RecordingHit, Release, ReleaseHit

HOLM = ArtistInfo("musicbrainz", "m-holm", "Vera Holm", mbid="m-holm")
IDA = ArtistInfo("musicbrainz", "m-ida", "Ida Berg", mbid="m-ida")
OURS = AlbumInfo(
    "deezer",
    "1",
    "Tidal Rooms",
    credits=(Credit(ArtistInfo("deezer", "2", "Vera Holm")),),
    released_on="2025-10-03",
    track_total=12,
    upc="7040000000009",
)


def hit(mbid: str = "a", **more: object) -> ReleaseHit:
    is_official = bool(more.pop("is_official", True))
    values = {"credits": (Credit(HOLM),), "released_on": "2025-10-03", "track_total": 12} | more
    return ReleaseHit(
        AlbumInfo("musicbrainz", mbid, str(values.pop("title", "Tidal Rooms")), mbid=mbid, **values), is_official
    )


def chosen(*hits: ReleaseHit, album: AlbumInfo = OURS) -> str:
    release = choose_release(album, hits).release
    return release.mbid if release else ""


def test_the_barcode_decides_whatever_the_date_says():
    assert chosen(hit("a"), hit("b", upc="07040000000009", released_on="2024-01-01")) == "b"


def test_another_barcode_is_another_edition():
    assert chosen(hit("a", upc="7040000000016")) == ""


def test_a_barcode_under_another_name_is_a_mistake_of_somebody():
    assert chosen(hit("a", upc=OURS.upc, title="Glass Cranes")) == ""
    assert chosen(hit("a", upc=OURS.upc, credits=(Credit(IDA),))) == ""


@pytest.mark.parametrize(
    ("more", "is_taken"),
    [
        ({}, True),
        ({"released_on": "2025"}, True),
        ({"released_on": ""}, True),
        ({"released_on": "2024"}, False),
        ({"track_total": 18}, False),
        ({"track_total": None}, False),
        ({"title": "Tidal Rooms (Deluxe Edition)"}, False),
        ({"credits": (Credit(IDA),)}, False),
    ],
)
def test_without_barcode_name_artist_tracks_and_date_must_agree(more, is_taken):
    assert (chosen(hit("a", **more)) == "a") is is_taken


def test_of_several_that_say_the_same_any_will_do_but_the_same_each_time():
    assert chosen(hit("b"), hit("a"), hit("c")) == "a"


def test_of_several_that_differ_none_is_taken_and_why_is_said():
    choice = choose_release(OURS, [hit("a", released_on="2025"), hit("b", released_on="2025-10")])

    assert choice.release is None
    assert "2 releases of the same" in choice.why


@pytest.mark.parametrize(
    "worse", [{"is_official": False}, {"released_on": "2025"}, {"track_total": 13}, {"title": "Tidal Rooms (Live)"}]
)
def test_of_several_with_the_barcode_the_nearest_is_taken(worse):
    assert chosen(hit("a", upc=OURS.upc, **worse), hit("b", upc=OURS.upc)) == "b"


@pytest.mark.parametrize("hits", [[], [hit("a", title="Glass Cranes")]])
def test_no_release_is_no_choice_and_why_is_said(hits):
    assert choose_release(OURS, hits).why.startswith("no release")


# --- recordings ------------------------------------------------------------------------------------------------------

TRACK = TrackInfo(
    "deezer",
    "1",
    "Lantern Year (feat. Ida Berg)",
    duration_ms=201_000,
    isrc="NOAB12600123",
    track_number=3,
    disc_number=1,
)


def theirs(mbid: str = "r", title: str = "Lantern Year", **more: object) -> TrackInfo:
    return TrackInfo("musicbrainz", mbid, title, mbid=mbid, **{"duration_ms": 201_480, **more})


def test_of_recordings_with_one_code_title_and_length_decide():
    edit = RecordingHit(theirs("edit", "Lantern Year (Radio Edit)", duration_ms=174_000))
    album = RecordingHit(theirs("album"))

    assert choose_recording(TRACK, [edit, album]) is album
    assert choose_recording(TRACK, [edit]) is None
    assert choose_recording(TRACK, []) is None


def test_two_recordings_that_fit_are_one_too_many_unless_one_has_no_length():
    unmeasured = RecordingHit(theirs("b", duration_ms=None))

    assert choose_recording(TRACK, [RecordingHit(theirs("a")), RecordingHit(theirs("b"))]) is None
    assert choose_recording(TRACK, [RecordingHit(theirs("a")), unmeasured]).track.mbid == "a"
    assert choose_recording(TRACK, [unmeasured]) is unmeasured


OF_HOLM = replace(TRACK, isrc="", credits=(Credit(ArtistInfo("deezer", "2", "Vera Holm")),))


@pytest.mark.parametrize(
    ("more", "note", "is_taken"),
    [
        ({}, "", True),
        ({"title": "Lantern Year (Live)"}, "", False),
        ({"credits": (Credit(IDA),)}, "", False),
        ({"duration_ms": 190_000}, "", False),
        ({"duration_ms": None}, "", False),
        ({}, "live, 2011-05-06: Oslo", False),
    ],
)
def test_without_a_code_title_version_artist_and_length_must_all_be_the_same(more, note, is_taken):
    track = theirs(**{"credits": (Credit(HOLM),), **more})

    assert (choose_by_name(OF_HOLM, [RecordingHit(track, note=note)]) is not None) is is_taken


def test_without_a_code_two_that_fit_are_one_too_many():
    hits = [RecordingHit(theirs(mbid, credits=(Credit(HOLM),))) for mbid in "ab"]

    assert choose_by_name(OF_HOLM, hits) is None
    assert choose_by_name(replace(OF_HOLM, duration_ms=None), hits[:1]) is None


def on(*tracks: DetailedTrack) -> Release:
    return Release(OURS, tracks)


def test_a_track_is_found_on_the_release_by_its_code_else_by_its_place():
    by_code = DetailedTrack(theirs("a", track_number=9), isrcs=(TRACK.isrc,))
    by_place = DetailedTrack(theirs("b", track_number=3, disc_number=1))

    assert track_on(on(by_place, by_code), TRACK) is by_code
    assert track_on(on(by_place), TRACK) is by_place
    assert track_on(on(by_place), replace(TRACK, isrc="")) is by_place


@pytest.mark.parametrize(
    "other",
    [
        DetailedTrack(theirs("b", track_number=4)),
        DetailedTrack(theirs("b", track_number=3, disc_number=2)),
        DetailedTrack(theirs("b", "Undertow", track_number=3)),
        DetailedTrack(theirs("b", track_number=3, duration_ms=100_000)),
        DetailedTrack(theirs("b", track_number=3), isrcs=("NOAB12600999",)),
        DetailedTrack(theirs("b", "Undertow", track_number=3), isrcs=(TRACK.isrc,)),
    ],
)
def test_a_track_that_is_not_surely_there_is_not_found(other):
    assert track_on(on(other), TRACK) is None


def test_artists_are_paired_by_name_and_others_are_left_out():
    ours = [Credit(ArtistInfo("deezer", str(n), name)) for n, name in enumerate(["vera holm", "Somebody", "IDA BERG"])]

    assert paired_artists(ours, [Credit(HOLM), Credit(IDA)]) == {0: "m-holm", 2: "m-ida"}
    namesake = Credit(replace(HOLM, mbid="m-other"))
    assert paired_artists(ours, [Credit(HOLM), namesake]) == {}
