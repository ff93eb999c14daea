"""Lists as people and programs write them become lines; what is not understood says why."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from playlists.readers import LARGEST_PASTE, MOST_LINES, read_list

EXPORTIFY = (
    "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,Explicit\n"
    'spotify:track:4uLU6hMCjMI75M1A2tKUQC,"Lantern Year, Part 2",Tidal Rooms,Vera Holm;Nils Ek,2021,201480,12,false\n'
)


def one(data, **more):
    [found] = read_list(data, **more)
    return found


def pairs(data, **more):
    return [(line.artist, line.title) for line in one(data, **more).lines]


@pytest.mark.parametrize(
    "written",
    [
        "Vera Holm - Lantern Year",
        "Vera Holm – Lantern Year",
        "Vera Holm—Lantern Year",
        "1. Vera Holm -- Lantern Year",
        "* “Vera Holm” ― “Lantern Year”",
        "Lantern Year by Vera Holm",
        '"Lantern Year" by Vera Holm',
        "Vera Holm\tLantern Year",
        "Vera Holm | Lantern Year",
        "[00:12:03] Vera Holm - Lantern Year",
    ],
)
def test_line_in_any_style_is_read_as_artist_and_title(written):
    assert pairs(written) == [("Vera Holm", "Lantern Year")]


def test_line_whose_halves_may_be_either_keeps_the_other_reading():
    [line] = one("Lantern Year - Vera Holm").lines

    assert line.others == (("Vera Holm", "Lantern Year"),)


def test_title_with_the_word_by_keeps_the_whole_as_another_reading():
    [line] = one("Stand by Me").lines

    assert ("", "Stand by Me") in line.others


def test_hyphen_within_a_name_parts_nothing():
    assert pairs("Jay-Z - 99 Problems") == [("Jay-Z", "99 Problems")]


def test_number_that_is_a_name_stays_where_lines_are_not_counted():
    assert pairs("50 Cent - In da Club\n10. Symphony - Mahler\nVera Holm - Lantern Year")[0][0] == "50 Cent"
    assert pairs("01 - 2 Chainz - Spend It\n02 - Vera Holm - Lantern Year")[0] == ("2 Chainz", "Spend It")


def test_length_at_the_end_of_a_line_is_its_duration():
    [line] = one("Vera Holm - Lantern Year (3:21)").lines

    assert (line.title, line.duration_ms) == ("Lantern Year", 201_000)


def test_links_copied_out_of_spotify_are_lines_and_other_links_say_why_not():
    found = one("https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC?si=1\nhttps://example.org/song\n--- ...")

    assert [line.link for line in found.lines] == ["https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"]
    assert [line.number for line in found.unread] == [2, 3]
    assert "no link to a track" in found.unread[0].why


def test_m3u_is_read_from_its_remarks_else_from_names_of_files():
    found = one(
        "#EXTM3U\n#PLAYLIST:Night\n#EXTINF:201,Vera Holm - Lantern Year\nmusic/a.mp3\n"
        "C:\\Music\\Nils Ek\\Snow\\03 - First Frost.flac\n#EXTINF:-1,\nfile:///m/04%20Vera%20Holm%20-%20Tide.ogg\n"
    )

    assert (found.kind, found.title) == ("M3U playlist", "Night")
    assert [(line.artist, line.title) for line in found.lines] == [
        ("Vera Holm", "Lantern Year"),
        ("", "First Frost"),
        ("Vera Holm", "Tide"),
    ]
    assert found.lines[0].duration_ms == 201_000
    assert ("Nils Ek", "First Frost") in found.lines[1].others


def test_exportify_is_known_by_its_columns():
    found = one(EXPORTIFY, name="late_train.csv")

    [line] = found.lines
    assert (found.kind, found.title) == ("Exportify", "late_train")
    assert (line.title, line.artist, line.album) == ("Lantern Year, Part 2", "Vera Holm, Nils Ek", "Tidal Rooms")
    assert (line.duration_ms, line.link[-22:]) == (201_480, "4uLU6hMCjMI75M1A2tKUQC")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_delimiter_and_encoding_are_found_out(delimiter, encoding):
    rows = [["Künstler", "Titel", "ISRC", "Länge"], ["Bjørn Ås", "Élan", "de-a12-34-56789", "3:21"]]
    text = "\r\n".join(delimiter.join(f'"{field}"' for field in row) for row in rows)

    [line] = one(text.encode(encoding)).lines

    assert (line.artist, line.title, line.isrc, line.duration_ms) == ("Bjørn Ås", "Élan", "DEA123456789", 201_000)


def test_spreadsheet_that_names_its_delimiter_is_read_with_it():
    [line] = one("sep=;\nTitle;Artist\nOne; Two, Three;Vera Holm\nLantern Year;Vera Holm\n").lines

    assert (line.number, line.title) == (4, "Lantern Year")


def test_table_without_header_is_read_either_way():
    [line, _] = one("1;Vera Holm;Lantern Year\n2;Nils Ek;First Frost\n").lines

    assert (line.artist, line.title) == ("Vera Holm", "Lantern Year")
    assert line.others == (("Lantern Year", "Vera Holm"),)


def test_broken_rows_cost_themselves_alone():
    found = one(
        "Title,Artist\n"
        "First Frost,Nils Ek\n"
        '"No end,Nils Ek\n'
        "Lantern Year,Vera Holm\n"
        "Salt, Stone,Vera Holm\n"
        ",Vera Holm\n"
        '12" Mix,Vera Holm\n'
        '"Two\nlines",Nils Ek\n'
    )

    assert [line.title for line in found.lines] == ["First Frost", "Lantern Year", '12" Mix', "Two lines"]
    assert [(row.number, row.why.split(":")[0]) for row in found.unread] == [
        (3, "A quote in it does not end."),
        (5, "It has 3 fields, the first line 2"),
        (6, "It has no title."),
    ]


def test_account_export_gives_each_playlist():
    data = {
        "playlists": [
            {
                "name": "Late Train",
                "items": [
                    {"track": {"trackName": "Lantern Year", "artistName": "Vera Holm", "trackUri": "spotify:track:x"}},
                    {"track": None, "episode": {"episodeName": "Talk"}},
                    {"track": None, "localTrack": {"uri": "spotify:local:::"}},
                    7,
                ],
            },
            {"name": "Empty", "items": []},
            {"name": "Second", "items": [{"track": {"trackName": "Tide", "artistName": "Vera Holm"}}]},
        ]
    }
    first, second = read_list(json.dumps(data).encode(), name="Playlist1.json")

    assert (first.title, second.title) == ("Late Train", "Second")
    assert [(line.artist, line.title) for line in first.lines] == [("Vera Holm", "Lantern Year")]
    assert [row.number for row in first.unread] == [2, 3, 4]


def test_library_of_an_account_export_gives_the_liked_songs():
    track = {"artist": "Vera Holm", "album": "Tidal Rooms", "track": "Tide", "uri": "spotify:track:" + "4" * 22}
    found = one(json.dumps({"tracks": [track], "albums": [], "artists": [], "shows": []}))

    assert (found.title, found.lines[0].title, found.lines[0].album) == ("Liked songs", "Tide", "Tidal Rooms")
    assert found.lines[0].link.endswith("4" * 22)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "nothing in this list"),
        (b"PK\x03\x04abc", "packed"),
        (bytes(range(32)) * 40, "no text"),
        ('{"playlists": [', "broken at line 1"),
        ('{"endTime": "2026"}', "no tracks"),
        ('{"a":' * 100_000, "nested too deep"),
        ("x" * (LARGEST_PASTE + 1), "too much for a paste"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words(data, says):
    with pytest.raises(UserError) as refused:
        read_list(data)

    assert says in refused.value.message
    assert refused.value.remedy


def test_lines_beyond_the_most_are_counted_and_left_off():
    found = one("\n".join(f"Vera Holm - Song {number}" for number in range(MOST_LINES + 3)))

    assert (len(found.lines), found.left_off) == (MOST_LINES, 3)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400)))
@settings(max_examples=150, deadline=None)
def test_anything_is_read_or_refused_with_words(data):
    lists = []
    with suppress(UserError):
        lists = read_list(data)

    for found in lists:
        for line in found.lines:
            assert line.title or line.link
            f"{line.title}{line.artist}{line.album}{line.raw}".encode()  # no half signs, which no database takes
        assert all(row.why for row in found.unread)


NAME = st.from_regex(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ ,;'\"]{0,18}[a-z]", fullmatch=True).map(
    lambda text: " ".join(text.split())
)


@given(st.lists(st.tuples(NAME, NAME), min_size=1, max_size=8), st.sampled_from(",;\t|"))
@settings(max_examples=80, deadline=None)
def test_table_that_is_written_properly_comes_back_whole(rows, delimiter):
    quoted = [
        delimiter.join('"' + name.replace('"', '""') + '"' for name in row) for row in [("Title", "Album"), *rows]
    ]

    found = one("\n".join(quoted).encode())

    assert [(line.title, line.album) for line in found.lines] == rows
