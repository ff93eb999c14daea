"""Names are what the template says, and safe whatever the catalogue says."""

import os
import unicodedata
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from library.naming import (
    PART_BYTES,
    PLACEHOLDERS,
    TOTAL_BYTES,
    check_template,
    folded,
    numbered,
    relative_path,
    safe_part,
)
from library.naming.safe import RESERVED
from providers.base import AlbumInfo, ArtistInfo, Credit, ReleaseKind, TrackInfo

DEFAULT = "{Album Artist}/{Album} ({Year})/{Track} {Title}"


def credit(*names, **more):
    return tuple(Credit(ArtistInfo("deezer", name, name), **more) for name in names)


def make_info(title="Blue Door", artists=("Vera Holm",), album="Tidal Rooms", **more):
    album_more = {"released_on": "2025-10-03", "track_total": 12, "disc_total": 1} | more.pop("album_more", {})
    album_info = AlbumInfo("deezer", "1", album, credits=credit(*artists[:1]), **album_more) if album else None
    values = {"track_number": 1, "disc_number": 1, "duration_ms": 200_000, "isrc": "NOXX12500001"} | more
    return TrackInfo("deezer", "7", title, credits=credit(*artists), album=album_info, **values)


def name(template=DEFAULT, extension="mp3", **more):
    return str(relative_path(template, make_info(**more), extension=extension))


def test_default_template_on_one_disc_gives_artist_album_year_and_padded_number():
    assert name() == "Vera Holm/Tidal Rooms (2025)/01 Blue Door.mp3"


def test_default_template_on_several_discs_puts_the_disc_before_the_number():
    assert name(disc_number=2, album_more={"disc_total": 2}) == "Vera Holm/Tidal Rooms (2025)/2-01 Blue Door.mp3"


def test_track_when_the_template_names_the_disc_itself_does_not_repeat_it():
    template = "{Album}/CD{Disc}/{Track} {Title}"

    assert name(template, disc_number=2, album_more={"disc_total": 2}) == "Tidal Rooms/CD2/01 Blue Door.mp3"


def test_track_without_an_album_is_artist_and_title():
    assert name(album=None) == "Vera Holm/Blue Door.mp3"


def test_missing_year_leaves_no_empty_brackets():
    assert name(album_more={"released_on": ""}) == "Vera Holm/Tidal Rooms/01 Blue Door.mp3"


def test_brackets_of_the_title_itself_stay_when_nothing_is_missing():
    assert name(title="() Blue") == "Vera Holm/Tidal Rooms (2025)/01 () Blue.mp3"


def test_track_of_an_album_with_more_than_99_tracks_gets_three_digits():
    assert name("{Track} {Title}", album_more={"track_total": 120}) == "001 Blue Door.mp3"


def test_percent_placeholders_mean_the_same_as_braces():
    assert name("%ar_album%/%album%/%tracknum% %music%") == name("{Album Artist}/{album}/{TRACK} {title}")


def test_featured_artists_do_not_scatter_a_single_track():
    assert name(album=None, artists=("Vera Holm", "Kit")) == "Vera Holm/Blue Door.mp3"


def test_artist_joins_all_names_and_numbered_artist_picks_one():
    assert name("{Artist}/{Artist 2} {Title}", artists=("Vera Holm", "Kit")) == "Vera Holm, Kit/Kit Blue Door.mp3"


def test_compilation_without_album_credits_is_of_various_artists():
    info = make_info(album_more={"kind": ReleaseKind.COMPILATION})
    info = TrackInfo(
        "deezer",
        "7",
        "Blue Door",
        credits=info.credits,
        album=AlbumInfo("deezer", "1", "Hits", kind=ReleaseKind.COMPILATION),
    )

    assert str(relative_path("{Album Artist}/{Title}", info, extension="mp3")) == "Various Artists/Blue Door.mp3"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{Genre|No Genre}/{Title}", "No Genre/Blue Door.mp3"),
        ("{Genre|{Album Type}}/{Title}", "album/Blue Door.mp3"),
        ("{Genre|no {Label|a/b}}/{Title}", "no a-b/Blue Door.mp3"),
        ("{Genre}/{Title}", "Blue Door.mp3"),
        ("{Title}<, {Genre}>", "Blue Door.mp3"),
        ("{Title}< [{ISRC}]>", "Blue Door [NOXX12500001].mp3"),
        ("{Track:000} {Title}", "001 Blue Door.mp3"),
        ("{Track:3} {Title}", "001 Blue Door.mp3"),
        ("{Initial}/{Title}", "V/Blue Door.mp3"),
        ("{Disc Folder}/{Title}", "Blue Door.mp3"),
        ("{Total Tracks}/{Total Discs}/{Title}", "12/1/Blue Door.mp3"),
        ("{Format}/{Duration} {Title}", "MP3/200 Blue Door.mp3"),
        ("Music\\{Title}", "Music/Blue Door.mp3"),
        ("/{Title}", "Blue Door.mp3"),
        ("../../{Title}", "Blue Door.mp3"),
        ("{Title}.mp3", "Blue Door.mp3"),
        ("{Title}/", "Blue Door.mp3"),
        ("", "Blue Door.mp3"),
        ("...", "Blue Door.mp3"),
        ("{Nonsense}", "Blue Door.mp3"),
    ],
)
def test_template(template, expected):
    assert name(template) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("AC/DC", "AC-DC"),
        ("Live: Part 1", "Live - Part 1"),
        ("12:34", "12-34"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("What?", "What"),
        ("?", "？"),
        ("...", "．．．"),
        ("..", "．．"),
        ("?!", "!"),
        ("", "Unknown Title"),
        ("\u202eevil\u202c", "evil"),
        ("a\x00b\tc\nd", "ab c d"),
        ("CON", "CON_"),
        ("aux.live", "aux_.live"),
        ("com¹", "com¹_"),
        ("Ends with dots...", "Ends with dots"),
        (".hidden", "hidden"),
        ("e\u0301te\u0301", "été"),
        ('Say "Yes" <now> *', "Say 'Yes' [now] +"),
        ("🎸👩‍🚀 emoji", "🎸👩‍🚀 emoji"),
        ("شمس الليل", "شمس الليل"),
        ("\ud800lone", "lone"),
        ("\u3164", "Unknown Title"),
    ],
)
def test_title_that_a_file_system_would_not_take(title, expected):
    assert name("{Title}", title=title) == f"{expected}.mp3"


def test_artist_and_album_of_dots_have_folders_of_their_own():
    assert name(artists=("..",), album="...", title="/") == "．．/．．． (2025)/01 -.mp3"


def test_title_that_cannot_be_seen_is_unknown():
    assert name(title="\u202e\u200b", artists=("\u2066",)) == "Unknown Artist/Tidal Rooms (2025)/01 Unknown Title.mp3"


def test_long_title_is_cut_between_characters_and_keeps_its_extension():
    cut = name("{Title}", title="Ж" * 300, extension="opus")

    assert cut.endswith("Ж.opus")
    assert PART_BYTES - 2 <= len(cut.encode()) <= PART_BYTES


def test_cut_does_not_part_an_accent_or_a_joined_emoji_from_its_letter():
    assert not safe_part("x" * 238 + "q\u0301\u0301").endswith("q")
    assert safe_part("x" * 230 + "👩‍🚀👩‍🚀").rstrip("x") in ("", "👩‍🚀")


def test_numbered_name_keeps_extension_and_limit():
    assert numbered("01 Title.mp3", 2) == "01 Title (2).mp3"
    assert len(numbered("Ж" * 125 + ".opus", 12).encode()) <= 255
    assert numbered("Ж" * 125 + ".opus", 12).endswith(" (12).opus")


def test_folded_names_are_equal_when_a_case_insensitive_disk_would_take_them_for_one():
    assert folded("Été.MP3") == folded("E\u0301TE\u0301.mp3")


@pytest.mark.parametrize(
    "template",
    ["{Nonsense} {Title}", "{Genre|{Nonsense}} {Title}", "just words", "..", "", "{Title}/{Artist}", "{Album}"],
)
def test_check_template_when_tracks_would_share_a_name_says_so(template):
    with pytest.raises(UserError):
        check_template(template)


@pytest.mark.parametrize("template", [DEFAULT, "%music%", "%artist%/%tracknum% %title%", "{Artist 1}/{ISRC}"])
def test_check_template_takes_what_works(template):
    check_template(template)


nasty = st.one_of(
    st.text(max_size=400),
    st.text(alphabet='./\\ :*?"<>|\x00\u202e\u200d\u0301éA', max_size=300),
    st.sampled_from([*RESERVED, "..", ".", "", " ", "a" * 1000, "Ж" * 300, "👩‍🚀" * 60, "ΐ" * 200, "각" * 99, "con.x"]),
)
templates = st.one_of(
    st.sampled_from([DEFAULT, "{Artist}/{Album}/{Label}/{Genre}/{Copyright}/{Artist}/{Title}", "%artist_2%/%title%"]),
    st.lists(
        st.sampled_from(
            [
                "/",
                "..",
                "{Genre|",
                "}}",
                "{Compilation|{Artist}}",
                "{Title}",
                "{Album}",
                "<{Year}>",
                ".",
                "\\",
                "|",
                "{",
                "}",
                "%",
                " ",
            ]
        )
    ).map("".join),
    st.text(max_size=200),
)


@given(template=templates, title=nasty, artist=nasty, album=nasty, label=nasty, disc=st.integers(1, 99))
def test_no_input_escapes_the_library_exceeds_a_limit_or_is_empty(template, title, artist, album, label, disc):
    more = {"label": label, "genres": (title,), "copyright": artist, "disc_total": disc}
    info = make_info(title, (artist, album), album, disc_number=disc, album_more=more)

    path = relative_path(template, info, extension="opus")

    assert not path.is_absolute()
    assert os.path.normpath(f"/library/{path}") == f"/library/{path}"
    assert len(str(path).encode()) <= TOTAL_BYTES
    assert unicodedata.is_normalized("NFC", str(path))
    assert path.name.endswith(".opus")
    assert path.name != ".opus"
    for part in path.parts:
        assert part.strip(" .")
        assert not part.startswith((".", " "))
        assert not part.endswith((".", " "))
        assert len(part.encode()) <= 255
        assert len(unicodedata.normalize("NFD", part).encode("utf-16-le")) // 2 <= 255
        assert part.split(".")[0].strip().upper() not in RESERVED
        assert not set(part) & set('/\\:*?"<>|\u202e\u202a\u2066\ufeff')
        assert all(unicodedata.category(character) not in ("Cc", "Cs", "Co") for character in part)
    assert PurePosixPath(numbered(path.name, 999)).suffix == ".opus"
    assert len(numbered(path.name, 999).encode()) <= 255


@given(text=nasty)
def test_safe_part_twice_is_safe_part_once(text):
    once = safe_part(text)

    assert safe_part(once) == once


def test_every_placeholder_is_explained():
    words = (Path(__file__).parents[2] / "docs/files.md").read_text("utf-8")

    assert [name for name in PLACEHOLDERS if f"{{{name}}}" not in words] == []


def test_number_that_is_missing_leaves_no_separator_dangling():
    assert name("{Artist}/{Track} - {Title}", album=None) == "Vera Holm/Blue Door.mp3"
    assert name("{Title} - {Genre}") == "Blue Door.mp3"
    assert name("{Track} - {Title}", title="- dash -") == "01 - - dash -.mp3"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            "{Artist Name}/{Album Title} ({Release Year})/{Track Number:02d} - {Track Title}",
            "Vera Holm/Tidal Rooms (2025)/01 - Blue Door.mp3",
        ),
        (
            "{Artist CleanName} - {Album Type} - {Release Year} - {Album CleanTitle}"
            "/{medium:02d}{track:02d} - {Track CleanTitle}",
            "Vera Holm - album - 2025 - Tidal Rooms/0201 - Blue Door.mp3",
        ),
        ("%ar_album_1%/%album%/%discnum%-%tracknum% %title%", "Vera Holm/Tidal Rooms/02-01 Blue Door.mp3"),
    ],
)
def test_templates_of_other_programs_mean_the_same_here(template, expected):
    check_template(template)
    assert name(template, disc_number=2, album_more={"disc_total": 2}) == expected


def test_words_between_percent_signs_that_nobody_knows_are_left_out_and_braces_refused():
    check_template("%mood% %whatever% %title%")
    assert name("%mood% %whatever% %title%") == "Blue Door.mp3"
    with pytest.raises(UserError, match="whatever"):
        check_template("{whatever} {title}")


def test_what_only_the_filing_knows_is_left_out_of_a_name_without_it():
    info = make_info()
    filed = {"Playlist": "Evening: late", "Position": "007", "Quality": "320 kbps"}
    template = "Lists/{Playlist}/<{Position} >{Title}< [{Quality}]>"

    assert str(relative_path(template, info, extension="mp3", extra=filed)) == (
        "Lists/Evening - late/007 Blue Door [320 kbps].mp3"
    )
    assert str(relative_path(template, info, extension="mp3")) == "Lists/Blue Door.mp3"


def test_every_field_of_the_tags_that_can_name_a_file_has_a_placeholder():
    holm = ArtistInfo("musicbrainz", "a1", "Vera Holm", mbid="a1", genres=("folk",))
    album = AlbumInfo(
        "musicbrainz", "r1", "Tidal Rooms", credits=(Credit(holm),), released_on="2025-10-03",
        first_released_on="1999-02-01", upc="0602445790920", label="Salt", copyright="2025 Salt", mbid="r1",
        release_group_mbid="g1", track_total=12, disc_total=1,
    )  # fmt: skip
    info = TrackInfo(
        "musicbrainz", "t1", "Blue Door", credits=(Credit(holm),), album=album, track_number=1, disc_number=1,
        isrc="NOXX12500001", mbid="m1", composer="Ida Berg", explicit=True, duration_ms=200_000,
    )  # fmt: skip
    expected = {
        "Original Year": "1999", "Original Date": "1999-02-01", "Genre": "folk", "Composer": "Ida Berg",
        "MusicBrainz Track Id": "m1", "MusicBrainz Album Id": "r1", "MusicBrainz Release Group Id": "g1",
        "MusicBrainz Artist Id": "a1", "MusicBrainz Album Artist Id": "a1", "Barcode": "0602445790920",
        "Label": "Salt", "Copyright": "2025 Salt", "ISRC": "NOXX12500001", "Explicit": "Explicit",
    }  # fmt: skip

    for placeholder, value in expected.items():
        assert str(relative_path(f"{{{placeholder}}} {{Title}}", info, extension="mp3")) == f"{value} Blue Door.mp3"
    assert name("%composer% {MusicBrainz Album Id}/%title%") == "Blue Door.mp3"
    check_template("{MusicBrainz Track Id}")


@pytest.mark.parametrize(
    ("kind", "artists", "expected"),
    [
        (ReleaseKind.COMPILATION, (), "Compilations/Hits/03 Kit feat. Ada - Blue Door.mp3"),
        (ReleaseKind.ALBUM, ("Various Artists",), "Compilations/Hits/03 Kit feat. Ada - Blue Door.mp3"),
        (ReleaseKind.COMPILATION, ("Vera Holm",), "Vera Holm/Hits/03 Blue Door.mp3"),
        (ReleaseKind.ALBUM, ("Kit",), "Kit/Hits/03 Blue Door.mp3"),
    ],
)
def test_compilations_can_have_a_folder_and_the_artist_in_the_name(kind, artists, expected):
    album = AlbumInfo("deezer", "1", "Hits", kind=kind, credits=credit(*artists), track_total=12)
    kit, ada = ArtistInfo("deezer", "k", "Kit"), ArtistInfo("deezer", "a", "Ada")
    info = TrackInfo(
        "deezer", "7", "Blue Door", credits=(Credit(kit), Credit(ada, is_featured=True)), album=album, track_number=3
    )
    template = "{Compilation|{Album Artist}}/{Album}/{Track}< {Compilation Artist} -> {Title}"

    check_template(template)
    assert str(relative_path(template, info, extension="mp3")) == expected
