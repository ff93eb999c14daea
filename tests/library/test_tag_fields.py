"""Every field stands in every format under the name that players look for: read by ffmpeg, by mutagen and by us."""

import base64
from io import BytesIO

import av
import mutagen
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3, SYLT, TCON, TIT2, TPE1, TXXX
from mutagen.mp4 import MP4, MP4FreeForm
from mutagen.oggopus import OggOpus
from PIL import Image

from library.audio import audio_hash
from library.tags import Tags, change_tags, read_cover, read_lyrics, read_synced, read_tags, write_tags
from library.tags.files import MOST_COVER_BYTES
from library.tags.synced import lines_of, lrc_of
from tests.library.test_tags import FULL, KINDS, Words, jpeg

# What ffmpeg calls each field: for ID3 (MP3, WAV), for Vorbis comments (FLAC, Ogg, Opus), for MP4.
# A list of ID3 is read by it to its first value; None: it does not show the field.
NAMES = {
    "title": ("title", "title", "title"),
    "artist": ("artist", "artist", "artist"),
    "artists": ("artists", "artists", "artists"),
    "album": ("album", "album", "album"),
    "album_artist": ("album_artist", "album_artist", "album_artist"),
    "album_artists": ("albumartists", "albumartists", "albumartists"),
    "track_number": ("track", "track", "track"),
    "track_total": ("track", "tracktotal", "track"),
    "disc_number": ("disc", "disc", "disc"),
    "disc_total": ("disc", "disctotal", "disc"),
    "date": ("date", "date", "date"),
    "original_date": ("tdor", "originaldate", "originaldate"),
    "genres": ("genre", "genre", "genre"),
    "composer": ("composer", "composer", "composer"),
    "isrc": ("tsrc", "isrc", "isrc"),
    "barcode": ("barcode", "barcode", "barcode"),
    "label": ("publisher", "label", "label"),
    "catalogue_number": ("catalognumber", "catalognumber", "catalognumber"),
    "copyright": ("copyright", "copyright", "copyright"),
    "release_type": ("musicbrainz album type", "releasetype", "musicbrainz album type"),
    "advisory": ("itunesadvisory", "itunesadvisory", "rating"),
    "is_compilation": ("compilation", "compilation", "compilation"),
    "recording_mbid": (None, "musicbrainz_trackid", "musicbrainz track id"),
    "album_mbid": ("musicbrainz album id", "musicbrainz_albumid", "musicbrainz album id"),
    "release_group_mbid": (
        "musicbrainz release group id",
        "musicbrainz_releasegroupid",
        "musicbrainz release group id",
    ),
    "artist_mbids": ("musicbrainz artist id", "musicbrainz_artistid", "musicbrainz artist id"),
    "album_artist_mbids": ("musicbrainz album artist id", "musicbrainz_albumartistid", "musicbrainz album artist id"),
    "catalogue_ids": ("deezer_track_id", "deezer_track_id", "deezer_track_id"),
    "catalogue_link": ("catalogue_url", "catalogue_url", "catalogue_url"),
    "source_link": ("source_url", "source_url", "source_url"),
    "licence": ("license", "license", "license"),
    "encoder_settings": (None, "encodersettings", "encodersettings"),
    "track_gain_db": ("replaygain_track_gain",) * 3,
    "track_peak": ("replaygain_track_peak",) * 3,
    "album_gain_db": ("replaygain_album_gain",) * 3,
    "album_peak": ("replaygain_album_peak",) * 3,
}
SYSTEM = {"mp3": 0, "wav": 0, "flac": 1, "opus": 1, "ogg": 1, "m4a": 2, "alac.m4a": 2}
WRITTEN = FULL.__class__(**{name: getattr(FULL, name) for name in Tags.__slots__} | {"licence": "CC BY 4.0"})
SYNCED = "[00:01.00] la\n[00:02.50] <b>lö</b>\n[01:00.00]"


def as_ffmpeg_says(name, system):
    """The text of a field, as ffmpeg shows it."""
    value = getattr(WRITTEN, name)
    if name in {"track_number", "disc_number", "track_total", "disc_total"}:
        kind = name.partition("_")[0]
        number, total = getattr(WRITTEN, f"{kind}_number"), getattr(WRITTEN, f"{kind}_total")
        return str(value) if system == 1 else f"{number}/{total}"
    if name == "catalogue_ids":
        return dict(value)["deezer_track_id"]
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ";".join(value) if system == 1 else value[0]
    if name.endswith("_db"):
        return f"{value:.2f} dB"
    return f"{value:.6f}" if name.endswith("_peak") else str(value)


def ffmpeg_view(path):
    with av.open(str(path)) as container:
        found = {**container.metadata, **container.streams.audio[0].metadata}
    return {key.lower(): value for key, value in found.items()}


def test_table_names_every_field_that_there_is():
    assert set(NAMES) == set(Tags.__slots__)
    assert all(getattr(WRITTEN, name) not in (None, "", ()) for name in NAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_read_equal_by_ffmpeg(copy_of, kind):
    path, system = copy_of(kind), SYSTEM[kind]
    write_tags(path, WRITTEN)

    found = ffmpeg_view(path)

    expected = {name: names[system] for name, names in NAMES.items() if names[system]}
    if kind == "opus":  # has words of its own for loudness
        expected = {name: key for name, key in expected.items() if not name.startswith(("track_gain", "album_gain"))}
        expected = {name: key for name, key in expected.items() if not name.endswith("_peak")}
        assert (found["r128_track_gain"], found["r128_album_gain"]) == ("-2954", "-461")
    seen = {name: found.get(key, "") for name, key in expected.items()}
    if system != 1:  # newer ones join what older ones read to the first value
        seen |= {name: seen[name].partition(";")[0] for name in seen if isinstance(getattr(WRITTEN, name), tuple)}
    assert seen == {name: as_ffmpeg_says(name, system) for name in expected}


def test_all_values_of_a_list_and_what_ffmpeg_does_not_show_are_read_equal_by_mutagen(copy_of):
    mp3, wav, m4a = copy_of("mp3"), copy_of("wav"), copy_of("m4a")
    for path in (mp3, wav, m4a):
        write_tags(path, WRITTEN)

    for frames in (ID3(mp3), mutagen.File(wav).tags):
        assert frames["TXXX:ARTISTS"].text == list(WRITTEN.artists)
        assert frames["TXXX:ALBUMARTISTS"].text == list(WRITTEN.album_artists)
        assert frames["TCON"].text == list(WRITTEN.genres)
        assert frames["TXXX:MusicBrainz Artist Id"].text == list(WRITTEN.artist_mbids)
        assert frames["UFID:http://musicbrainz.org"].data.decode() == WRITTEN.recording_mbid
        assert frames["TSSE"].text == [WRITTEN.encoder_settings]
    atoms = MP4(m4a).tags
    assert atoms["\xa9gen"] == list(WRITTEN.genres)
    for name, values in {"ARTISTS": WRITTEN.artists, "MusicBrainz Artist Id": WRITTEN.artist_mbids}.items():
        assert [bytes(value).decode() for value in atoms[f"----:com.apple.iTunes:{name}"]] == list(values)


@pytest.mark.parametrize("kind", KINDS)
def test_lyrics_plain_and_synced_and_cover_stand_in_every_format(copy_of, kind):
    path = copy_of(kind)
    before = audio_hash(path)

    write_tags(path, WRITTEN, cover=jpeg(), lyrics=Words(synced=SYNCED, plain="la\n<b>lö</b>"))

    assert read_lyrics(path) == "la\n<b>lö</b>"
    assert read_synced(path) == SYNCED
    assert read_cover(path) == jpeg()
    assert audio_hash(path) == before
    found = ffmpeg_view(path)
    assert "la" in (found.get("lyrics") or found["lyrics-und"])
    with av.open(str(path)) as container:
        assert [stream.codec_context.name for stream in container.streams.video] in ([], ["mjpeg"])


def test_synced_lyrics_are_timed_frames_in_id3(copy_of):
    path = copy_of("mp3")

    write_tags(path, WRITTEN, lyrics=Words(synced=SYNCED))

    [frame] = ID3(path).getall("SYLT")
    assert (frame.format, frame.type, frame.lang) == (2, 1, "und")
    assert frame.text == [("la", 1_000), ("<b>lö</b>", 2_500), ("", 60_000)]


@pytest.mark.parametrize("kind", KINDS)
def test_changed_lyrics_take_the_place_of_both(copy_of, kind):
    path = copy_of(kind)
    write_tags(path, WRITTEN, lyrics=Words(synced=SYNCED, plain="old"))

    change_tags(path, ["title"], Tags(title="New"), lyrics=Words(synced="[00:05.00] new", plain="new"))

    assert (read_lyrics(path), read_synced(path)) == ("new", "[00:05.00] new")
    assert read_tags(path).title == "New"


@pytest.mark.parametrize(
    ("lrc", "lines"),
    [
        ("[00:01.50] a\n[00:01.5]b\n[00:01:500] c", [(1500, "a"), (1500, "b"), (1500, "c")]),
        ("[00:09.00][00:02.00] again", [(2000, "again"), (9000, "again")]),
        ("[ar:Vera]\n[offset:+500]\n[00:02.00] x", [(1500, "x")]),
        ("[00:00.10] early\n[offset:5000]", [(0, "early")]),
        ("[00:01.00] <00:01.10>word <00:01.60>by word", [(1000, "word by word")]),
        ("no time at all\n[99] x\n[1:2] y", [(62_000, "y")]),
        ("[00:01.00] a\x00b\x1b", [(1000, "ab")]),
        ("", []),
    ],
)
def test_lines_of_lrc_text(lrc, lines):
    assert lines_of(lrc) == lines


@given(
    st.lists(st.tuples(st.integers(0, 5_999_990).map(lambda ms: ms // 10 * 10), st.text(alphabet="aö <>", max_size=9)))
)
def test_lines_written_as_lrc_read_back_the_same(lines):
    wanted = sorted(((time, " ".join(words.split(" ")).strip()) for time, words in lines), key=lambda one: one[0])

    assert lines_of(lrc_of(wanted)) == wanted


def test_lrc_without_end_is_cut():
    assert len(lines_of("[00:01.00] la\n" * 20_000)) == 5_000


# --- what other programs wrote ---------------------------------------------------------------------------------------


def test_several_artists_of_one_field_are_one_text_and_a_list(copy_of):
    mp3, flac, m4a = copy_of("mp3"), copy_of("flac"), copy_of("m4a")
    frames = ID3()
    frames.add(TPE1(encoding=3, text=["Vera Holm", "Kit"]))
    frames.save(mp3)
    comments = FLAC(flac)
    comments["ARTIST"], comments["COMPOSER"] = ["Vera Holm", "Kit"], ["A", "B"]
    comments.save()
    atoms = MP4(m4a)
    atoms["\xa9ART"] = ["Vera Holm", "Kit"]
    atoms.save()

    for path in (mp3, flac, m4a):
        tags = read_tags(path)
        assert (tags.artist, tags.artists) == ("Vera Holm, Kit", ("Vera Holm", "Kit"))
    assert read_tags(flac).composer == "A; B"


def test_genre_by_its_old_number_has_its_name(copy_of):
    path = copy_of("mp3")
    frames = ID3()
    frames.add(TCON(encoding=3, text=["(17)", "Shoegaze"]))
    frames.save(path)

    assert read_tags(path).genres == ("Rock", "Shoegaze")


def test_free_fields_in_another_case_are_read(copy_of):
    mp3, m4a = copy_of("mp3"), copy_of("m4a")
    frames = ID3()
    frames.add(TXXX(encoding=3, desc="replaygain_track_gain", text=["-6.50 dB"]))
    frames.add(TXXX(encoding=3, desc="musicbrainz album id", text=[FULL.album_mbid]))
    frames.save(mp3)
    atoms = MP4(m4a)
    atoms["----:com.apple.iTunes:replaygain_track_gain"] = [MP4FreeForm(b"-6.50 dB")]
    atoms["----:com.apple.iTunes:MUSICBRAINZ ALBUM ID"] = [MP4FreeForm(FULL.album_mbid.encode())]
    atoms.save()

    for path in (mp3, m4a):
        tags = read_tags(path)
        assert (tags.track_gain_db, tags.album_mbid) == (-6.5, FULL.album_mbid)


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_control_characters_never_reach_a_file(copy_of, kind):
    path = copy_of(kind)

    write_tags(path, Tags(title="a\x00b\x07c", artists=("x\x00y", "\x00")), lyrics=Words(plain="one\x00two\nthree"))

    assert (read_tags(path).title, read_tags(path).artists) == ("abc", ("xy",))
    assert read_lyrics(path) == "onetwo\nthree"
    assert ffmpeg_view(path)["title"] == "abc"


def test_control_characters_in_a_file_are_read_without_them(copy_of):
    mp3, flac = copy_of("mp3"), copy_of("flac")
    frames = ID3()
    frames.add(TIT2(encoding=3, text=["a\x00b"]))
    frames.add(SYLT(encoding=3, lang="und", format=2, type=1, desc="", text=[("x\x1by", 1000)]))
    frames.save(mp3)
    comments = FLAC(flac)
    comments["TITLE"] = ["a\x00b\x07"]
    comments.save()

    assert read_tags(mp3).title == "a"  # a NUL parts the values of a frame
    assert read_synced(mp3) == "[00:01.00] xy"
    assert read_tags(flac).title == "ab"


@pytest.mark.parametrize("kind", KINDS)
def test_enormous_cover_is_left_out_and_costs_no_track(copy_of, kind):
    path = copy_of(kind)

    write_tags(path, Tags(title="x"), cover=b"\xff\xd8\xff" + b"\0" * MOST_COVER_BYTES)

    assert read_cover(path) is None
    assert read_tags(path).title == "x"


@pytest.mark.parametrize("kind", KINDS)
def test_enormous_lyrics_are_cut(copy_of, kind):
    path = copy_of(kind)

    write_tags(path, Tags(title="x"), lyrics=Words(plain="la " * 1_000_000))

    assert 0 < len(read_lyrics(path)) <= 200_000
    assert mutagen.File(path) is not None


def test_picture_that_is_none_is_passed_over(copy_of):
    path = copy_of("opus")
    audio = OggOpus(path)
    good = Picture()
    good.type, good.mime, good.data = 3, "image/jpeg", jpeg()
    audio["METADATA_BLOCK_PICTURE"] = ["%%%", "AAAA", base64.b64encode(good.write()).decode()]
    audio.save()

    assert read_cover(path) == jpeg()
    change_tags(path, [], Tags(), cover=png())
    assert read_cover(path) == png()
    assert len(OggOpus(path)["METADATA_BLOCK_PICTURE"]) == 1


def test_pictures_besides_the_front_stay(copy_of):
    path = copy_of("flac")
    write_tags(path, Tags(title="x"), cover=jpeg())
    audio = FLAC(path)
    back = Picture()
    back.type, back.mime, back.data = 4, "image/png", png()
    audio.add_picture(back)
    audio.save()

    change_tags(path, [], Tags(), cover=png())

    assert [(picture.type, picture.data) for picture in FLAC(path).pictures] == [(3, png()), (4, png())]


def png():
    buffer = BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    return buffer.getvalue()
