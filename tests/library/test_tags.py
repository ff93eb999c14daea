"""Tags written into real files read back equal, by our reader and by mutagen's plain view."""

from dataclasses import dataclass, replace
from io import BytesIO

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.flac import FLAC
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from PIL import Image

from core.errors import PermanentError
from library.audio import audio_hash
from library.tags import Tags, read_cover, read_lyrics, read_tags, tags_for, write_tags
from library.tags.values import clean_text
from providers.base import AlbumInfo, ArtistInfo, Credit, ReleaseKind, TrackInfo

KINDS = ["mp3", "m4a", "alac.m4a", "flac", "opus", "ogg", "wav"]
FULL = Tags(
    title="Blue Door (Live)",
    artist="Vera Holm feat. Кит",
    artists=("Vera Holm", "Кит"),
    album="Tidal Rooms",
    album_artist="Vera Holm & שיר",
    album_artists=("Vera Holm", "שיר"),
    track_number=3,
    track_total=12,
    disc_number=2,
    disc_total=2,
    date="2025-10-03",
    original_date="1999",
    genres=("Indie Pop", "Norsk Vår"),
    composer="V. Holm",
    isrc="NOXX12500001",
    barcode="0712345678904",
    label="Saltmarsh / Records",
    catalogue_number="SALT-012",
    copyright="℗ 2025 Saltmarsh",
    release_type="album",
    advisory=True,
    is_compilation=True,
    recording_mbid="11111111-1111-4111-8111-111111111111",
    album_mbid="22222222-2222-4222-8222-222222222222",
    release_group_mbid="33333333-3333-4333-8333-333333333333",
    artist_mbids=("44444444-4444-4444-8444-444444444444", "55555555-5555-4555-8555-555555555555"),
    album_artist_mbids=("44444444-4444-4444-8444-444444444444",),
    catalogue_ids=(("deezer_album_id", "302127"), ("deezer_track_id", "3135556")),
    catalogue_link="https://www.deezer.com/track/3135556",
    source_link="https://music.youtube.com/watch?v=abc",
    encoder_settings="libmp3lame, V0; from opus 131 kbit/s",
    track_gain_db=-6.54,
    track_peak=0.987654,
    album_gain_db=3.2,
    album_peak=1.0012,
)


@dataclass(frozen=True)
class Words:
    synced: str = ""
    plain: str = ""


def jpeg():
    buffer = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_tags_read_back_equal_in_every_format(copy_of, kind):
    path = copy_of(kind)

    write_tags(path, FULL)

    assert read_tags(path) == (replace(FULL, track_peak=None, album_peak=None) if kind == "opus" else FULL)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "tags",
    [
        Tags(),
        Tags(title="Only a title"),
        Tags(title="x", advisory=False, track_number=7),
        Tags(title="x", disc_number=1, disc_total=1, date="2025-10"),
    ],
)
def test_sparse_tags_read_back_equal_in_every_format(copy_of, kind, tags):
    path = copy_of(kind)

    write_tags(path, tags)

    assert read_tags(path) == tags


@pytest.mark.parametrize("kind", KINDS)
def test_tag_write_leaves_the_sound_untouched(copy_of, kind):
    path = copy_of(kind)
    before = audio_hash(path)

    write_tags(path, FULL, cover=jpeg(), lyrics=Words(plain="la la\nla"))

    assert audio_hash(path) == before


@pytest.mark.parametrize("kind", KINDS)
def test_second_write_leaves_nothing_of_the_first(copy_of, kind):
    path = copy_of(kind)
    write_tags(path, FULL, cover=jpeg(), lyrics=Words(plain="la la"))

    write_tags(path, Tags(title="New"))

    assert read_tags(path) == Tags(title="New")
    assert read_cover(path) is None
    assert read_lyrics(path) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_cover_and_lyrics_read_back(copy_of, kind):
    path = copy_of(kind)
    cover = jpeg()

    write_tags(path, FULL, cover=cover, lyrics=Words(synced="[00:01.00] la", plain="la\n\nlö <b>"))

    assert read_cover(path) == cover
    assert read_lyrics(path) == "la\n\nlö <b>"


def test_synced_lyrics_alone_are_embedded_without_their_time_stamps(copy_of):
    path = copy_of("flac")

    write_tags(path, FULL, lyrics=Words(synced="[ar:Vera]\n[00:01.00] first\n[00:02.50][00:09.00] second\n[00:03.00]"))

    assert read_lyrics(path) == "first\nsecond"


def test_fields_have_the_names_that_picard_gives_them(copy_of):
    mp3, m4a, flac, opus = (copy_of(kind) for kind in ("mp3", "m4a", "flac", "opus"))
    for path in (mp3, m4a, flac, opus):
        write_tags(path, FULL)

    frames = ID3(mp3)
    assert frames.version == (2, 4, 0)
    assert frames["TPE1"].text == ["Vera Holm feat. Кит"]
    assert frames["TXXX:ARTISTS"].text == ["Vera Holm", "Кит"]
    assert frames["TRCK"].text == ["3/12"]
    assert frames["TPOS"].text == ["2/2"]
    assert frames["TSRC"].text == ["NOXX12500001"]
    assert frames["UFID:http://musicbrainz.org"].data == FULL.recording_mbid.encode()
    atoms = MP4(m4a).tags
    assert atoms["trkn"] == [(3, 12)]
    assert atoms["rtng"] == [1]
    assert atoms["cpil"] is True
    assert bytes(atoms["----:com.apple.iTunes:ISRC"][0]) == b"NOXX12500001"
    assert bytes(atoms["----:com.apple.iTunes:MusicBrainz Track Id"][0]) == FULL.recording_mbid.encode()
    for comments in (FLAC(flac), OggOpus(opus)):
        assert comments["artists"] == ["Vera Holm", "Кит"]
        assert comments["tracktotal"] == comments["totaltracks"] == ["12"]
        assert comments["musicbrainz_trackid"] == [FULL.recording_mbid]
        assert comments["genre"] == ["Indie Pop", "Norsk Vår"]


@pytest.mark.parametrize("kind", KINDS)
def test_another_reader_sees_the_same(copy_of, kind):
    path = copy_of(kind)
    write_tags(path, FULL)

    with av.open(str(path)) as container:
        # ffmpeg keeps the comments of Ogg with the stream.
        found = {**container.metadata, **container.streams.audio[0].metadata}

    found = {key.lower(): value for key, value in found.items()}
    assert found["title"] == FULL.title
    assert found["artist"] == FULL.artist
    assert found["album"] == FULL.album
    assert found["album_artist"] == FULL.album_artist
    assert found["date"] == FULL.date
    assert found["track"].split("/")[0] == "3"
    assert found["disc"].split("/")[0] == "2"


def test_write_tags_when_the_file_is_no_audio_says_broken_file(tmp_path):
    path = tmp_path / "page.flac"
    path.write_text("<html>not found</html>")

    with pytest.raises(PermanentError) as caught:
        write_tags(path, FULL)

    assert caught.value.reason == "broken_file"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [("a\x00b", "ab"), ("a\nb", "a b"), ("\x1b[31mred", "[31mred"), (" x ", "x"), ("\ud800x", "x"), ("a\x85b", "ab")],
)
def test_clean_text(dirty, clean):
    assert clean_text(dirty) == clean


nasty = st.text(max_size=60) | st.text(alphabet="\x00\x01/;\\a\ud800\u202eé\n", max_size=20)


@given(title=nasty, names=st.lists(nasty, max_size=3), number=st.none() | st.integers(-5, 10**7), date=nasty)
def test_any_values_read_back_equal_in_every_format(sounds, tmp_path_factory, title, names, number, date):
    tags = Tags(
        title=title,
        artist=title,
        artists=tuple(names),
        genres=tuple(f"g{name}" for name in names),  # a bare number is an ID3v1 genre to every reader
        track_number=number,
        track_total=number,
        date=date,
        isrc=title,
        catalogue_ids=(("deezer_track_id", title),),
    )
    folder = tmp_path_factory.mktemp("any")
    for kind in KINDS:
        path = folder / f"x.{kind}"
        path.write_bytes(sounds[kind].read_bytes())

        write_tags(path, tags)

        assert read_tags(path) == tags


def artist(name, mbid=""):
    return ArtistInfo("deezer", name, name, mbid=mbid)


def make_info(**more):
    album = AlbumInfo(
        "deezer",
        "302127",
        "Tidal Rooms",
        credits=(Credit(artist("Vera Holm", "a-1")),),
        released_on="2025-10-03",
        track_total=12,
        disc_total=1,
        upc="0712345678904",
        label="Saltmarsh",
        genres=("Indie Pop",),
    )
    return TrackInfo(
        "deezer",
        "3135556",
        "Blue Door",
        credits=(Credit(artist("Vera Holm", "a-1"), " feat. "), Credit(artist("Kit"), is_featured=True)),
        album=replace(album, **more),
        disc_number=1,
        track_number=3,
        isrc="NOXX12500001",
        explicit=True,
        link="https://www.deezer.com/track/3135556",
    )


def test_tags_for_takes_all_that_the_catalogue_knows():
    tags = tags_for(make_info(), source_link="https://youtu.be/abc")

    assert (tags.artist, tags.artists) == ("Vera Holm feat. Kit", ("Vera Holm", "Kit"))
    assert (tags.album_artist, tags.album_artists) == ("Vera Holm", ("Vera Holm",))
    assert (tags.track_number, tags.track_total, tags.disc_number, tags.disc_total) == (3, 12, 1, 1)
    assert (tags.date, tags.barcode, tags.label, tags.genres) == (
        "2025-10-03",
        "0712345678904",
        "Saltmarsh",
        ("Indie Pop",),
    )
    assert (tags.advisory, tags.is_compilation) == (True, False)
    assert tags.catalogue_ids == (("deezer_album_id", "302127"), ("deezer_track_id", "3135556"))
    assert tags.source_link == "https://youtu.be/abc"


def test_best_of_by_one_artist_is_no_compilation_but_various_artists_are():
    assert not tags_for(make_info(kind=ReleaseKind.COMPILATION)).is_compilation
    assert tags_for(make_info(kind=ReleaseKind.COMPILATION, credits=())).is_compilation
