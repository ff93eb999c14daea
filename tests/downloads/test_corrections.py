"""The open file of corrections: written, read, merged, and what is wrong with it told."""

import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from downloads.corrections import Entry, merge, read, write
from downloads.models import Correction
from downloads.services.sharing import exported, import_entries
from tests.downloads.make import make_track

VIDEO = "https://www.youtube.com/watch?v=jTtrwPzEm7g"
MBID = "1b3b4b5c-0000-4000-8000-000000000001"
RIGHT = Entry("NLZZ12400001", "", "youtube", "jTtrwPzEm7g", "right", "Undertow", "Nadir", VIDEO, "2026-01-02")
WRONG = Entry("NLZZ12400001", MBID, "youtube", "aaaaaaaaaaa", "wrong")


def file_of(*rows, **changes):
    return json.dumps({"format": "spotizer-corrections", "version": 1, "corrections": list(rows)} | changes)


ROW = {"isrc": "NLZZ12400001", "service": "youtube", "id": "aaaaaaaaaaa", "verdict": "wrong"}


def test_what_is_written_is_read_again_and_the_same_whatever_the_order():
    assert write([RIGHT, WRONG]) == write([WRONG, RIGHT])
    assert read(write([RIGHT, WRONG])) == ([RIGHT, WRONG], [])


@pytest.mark.parametrize(
    "text",
    [
        *("", "no json", "[]", "{}", "null", "[" * 100_000, "\ud800"),
        file_of(ROW, format="other"),
        file_of(version=2),
        file_of(corrections={}),
    ],
)
def test_another_file_is_refused_in_words(text):
    with pytest.raises(UserError):
        read(text)


@pytest.mark.parametrize(
    "change",
    [
        {"isrc": ""},
        {"isrc": "NOPE"},
        {"isrc": "", "mbid": "nope"},
        {"service": ""},
        {"service": "../etc"},
        {"id": ""},
        {"id": "x" * 501},
        {"id": "a\0b"},
        {"id": 7},
        {"verdict": "maybe"},
        {"title": ["x"]},
        {"verdict": "right"},
        {"verdict": "right", "url": "http://127.0.0.1/secret"},
        {"verdict": "right", "url": "https://www.youtube.com/watch?v=bbbbbbbbbbb"},
        {"verdict": "right", "service": "shelf", "url": VIDEO},
    ],
)
def test_an_entry_that_cannot_be_used_is_left_out_and_told_and_the_others_are_read(change):
    entries, wrong = read(file_of(ROW | change, ROW | {"id": "ccccccccccc"}))

    assert [entry.id for entry in entries] == ["ccccccccccc"]
    assert wrong[0].startswith("correction 1: ")


def test_an_entry_that_is_no_object_is_told():
    assert read(file_of("x", 7, None))[1] == [f"correction {number}: it is no object" for number in (1, 2, 3)]


def test_codes_are_read_in_any_case_and_with_dashes():
    entry = read(file_of(ROW | {"isrc": "nl-zz1-24-00001", "mbid": MBID.upper()}))[0][0]

    assert (entry.isrc, entry.mbid) == ("NLZZ12400001", MBID)


def test_of_two_that_say_the_opposite_the_first_stands_and_it_is_told():
    other = Entry("", MBID, "youtube", "aaaaaaaaaaa", "right", url="https://www.youtube.com/watch?v=aaaaaaaaaaa")

    kept, conflicts = merge([WRONG], [other, RIGHT])

    assert kept == [WRONG, RIGHT]
    assert [(one.ours, one.theirs) for one in conflicts] == [(WRONG, other)]
    assert "wrong here, right there" in str(conflicts[0])
    assert merge([WRONG], [other], prefer_theirs=True)[0] == [other]


texts = st.text(max_size=20)
entries = st.builds(
    Entry,
    isrc=st.sampled_from(["NLZZ12400001", "NLZZ12400002", "NLZZ12400003"]),
    mbid=st.just(""),
    service=st.sampled_from(["youtube", "soulseek"]),
    id=st.sampled_from(["a", "b", "c"]),
    verdict=st.just("wrong"),
    title=texts.filter(lambda text: "\0" not in text),
)


@given(st.lists(entries, max_size=8), st.lists(entries, max_size=8))
def test_a_merge_with_itself_changes_nothing_and_a_merge_has_all_uploads_of_both(ours, theirs):
    merged, conflicts = merge(merge([], ours)[0], theirs)

    assert conflicts == []
    assert {key for one in merged for key in one.keys} == {key for one in [*ours, *theirs] for key in one.keys}
    assert merge(merged, merged) == (merged, [])
    assert set(read(write(merged))[0]) == set(merged)


plain = st.none() | st.booleans() | st.integers() | texts


@given(st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8))
def test_no_content_of_a_correction_raises(content):
    read(file_of(content, ROW | {"title": content}))


@pytest.mark.django_db
def test_an_import_is_heeded_once_and_ours_stays_where_it_says_the_opposite():
    track = make_track("Undertow", isrc="NLZZ12400001")
    mine = Correction.objects.create(
        isrc="NLZZ12400001", recording=track.recording, service="youtube", source_id="jTtrwPzEm7g", verdict="wrong"
    )

    first = import_entries([RIGHT, WRONG])
    second = import_entries([RIGHT, WRONG])

    assert (first.new, first.known, len(first.conflicts)) == (1, 0, 1)
    assert (second.new, second.known, len(second.conflicts)) == (0, 1, 1)
    assert list(Correction.objects.exclude(pk=mine.pk).values_list("recording", "is_imported")) == [
        (track.recording_id, True)
    ]


@pytest.mark.django_db
def test_an_import_that_is_preferred_takes_the_place_of_ours():
    Correction.objects.create(isrc="NLZZ12400001", service="youtube", source_id="jTtrwPzEm7g", verdict="wrong")

    import_entries([RIGHT], prefer_theirs=True)

    assert Correction.objects.get().verdict == "right"


@pytest.mark.django_db
def test_what_has_no_code_is_not_exported_and_counted():
    Correction.objects.create(recording=make_track().recording, service="youtube", source_id="x", verdict="wrong")
    Correction.objects.create(mbid=MBID, service="youtube", source_id="x", verdict="wrong")

    entries, left = exported()

    assert [entry.mbid for entry in entries] == [MBID]
    assert left == 1


@pytest.mark.django_db
def test_twice_the_corrections_ask_no_more_questions(django_assert_num_queries):
    many = [Entry("NLZZ12400001", "", "youtube", f"video{number:06}", "wrong") for number in range(40)]
    import_entries(many[:20])
    with django_assert_num_queries(1):
        exported()
    import_entries(many[20:])
    with django_assert_num_queries(1):
        exported()


@pytest.mark.django_db
def test_the_command_exports_imports_and_merges(tmp_path, capsys):
    Correction.objects.create(isrc="NLZZ12400001", service="youtube", source_id="one", verdict="wrong")
    ours, theirs, both = (tmp_path / name for name in ("ours.json", "theirs.json", "both.json"))
    theirs.write_text(write([RIGHT]), encoding="utf-8")

    call_command("corrections", "export", str(ours))
    call_command("corrections", "merge", str(ours), str(theirs), "--to", str(both))
    call_command("corrections", "import", str(both))

    assert Correction.objects.count() == 2
    assert "1 new, 1 known already." in capsys.readouterr().err


@pytest.mark.django_db
def test_the_command_ends_with_1_and_tells_conflicts_and_what_it_left_out(tmp_path, capsys):
    Correction.objects.create(isrc="NLZZ12400001", service="youtube", source_id="jTtrwPzEm7g", verdict="wrong")
    file = tmp_path / "theirs.json"
    file.write_text(file_of(ROW | {"verdict": "?"}, json.loads(write([RIGHT]))["corrections"][0]), encoding="utf-8")

    with pytest.raises(SystemExit) as ended:
        call_command("corrections", "import", str(file))

    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert "wrong here, right there" in told
    assert "Left out, correction 1" in told


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"{}"])
def test_the_command_refuses_a_file_that_is_none_in_words(tmp_path, content):
    file = tmp_path / "file.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError) as caught:
        call_command("corrections", "import", str(file))

    assert caught.value.returncode == 2


CLOUD = "https://soundcloud.com/nadir/undertow"
SHOP = "https://nadir.bandcamp.com/track/undertow"
OPEN = "https://archive.org/details/nadir-undertow/01%20Undertow.flac"


@pytest.mark.parametrize(
    ("service", "number", "url"),
    [
        ("soundcloud", "123456", CLOUD),
        ("soundcloud", "nadir/undertow", CLOUD),
        ("soundcloud", "nadir/undertow", "http://m.soundcloud.com/nadir/undertow"),
        ("bandcamp", "4003100013", SHOP),
        ("bandcamp", "nadir/track/undertow", SHOP),
        ("internet_archive", "nadir-undertow/01 Undertow.flac", OPEN),
        ("internet_archive", "nadir-undertow/01 Undertow.flac", OPEN.replace("details", "download")),
        ("internet_archive", "nadir-undertow/01 Undertow.flac", OPEN.replace(".flac", ".mp3")),
        ("youtube", "jTtrwPzEm7g", "https://music.youtube.com/watch?v=jTtrwPzEm7g"),
    ],
)
def test_right_is_taken_from_every_service_with_links(service, number, url):
    [entry], wrong = read(file_of(ROW | {"service": service, "id": number, "url": url, "verdict": "right"}))

    assert wrong == []
    assert (entry.service, entry.id) == (service, number)
    assert entry.url.startswith("https://")


@pytest.mark.parametrize(
    ("service", "number", "url", "words"),
    [
        ("slskd", "peer/Undertow.flac", "", "Soulseek has no links"),
        ("soulseek", "peer/Undertow.flac", "https://example.org", "Soulseek has no links"),
        ("soundcloud", "nadir/ebb", CLOUD, "another upload"),
        ("soundcloud", "123456", "https://soundcloud.com/nadir/sets/tides", "whole list"),
        ("soundcloud", "123456", "https://soundcloud.com.evil.example/nadir/undertow", "no link that Spotizer knows"),
        ("bandcamp", "x", SHOP, "another upload"),
        ("bandcamp", "123456", "https://nadir.bandcamp.com/album/tides", "whole list"),
        ("internet_archive", "other/01 Undertow.flac", OPEN, "another upload"),
        ("internet_archive", "nadir-undertow/02 Ebb.flac", OPEN, "another upload"),
        ("internet_archive", "nadir-undertow", "https://archive.org/details/nadir-undertow", "whole list"),
        ("youtube", "jTtrwPzEm7g", "https://open.spotify.com/track/4ti1rbddBvtklh49kr7qzS", "has no audio"),
        ("youtube", "jTtrwPzEm7g", CLOUD, "SoundCloud"),
        ("shelf", "1", CLOUD, "SoundCloud"),
    ],
)
def test_right_that_leads_elsewhere_or_nowhere_is_left_out_in_words(service, number, url, words):
    entries, [told] = read(file_of(ROW | {"service": service, "id": number, "url": url, "verdict": "right"}))

    assert entries == []
    assert words in told


def test_wrong_of_soulseek_is_taken_as_it_needs_no_link():
    [entry], wrong = read(file_of(ROW | {"service": "slskd", "id": "peer/Undertow.flac"}))

    assert (entry.verdict, wrong) == ("wrong", [])
