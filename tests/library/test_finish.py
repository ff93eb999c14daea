"""From a fetched file to a named, tagged, verified one in the library."""

from dataclasses import dataclass, replace
from io import BytesIO

import pytest
from PIL import Image

from core.errors import Cancelled, PermanentError
from library.audio import audio_hash, check
from library.models import AudioFile
from library.selectors import owned_file, owned_files
from library.services import Covers, adopt_finished, finish_track, record_file, retag, take_back
from library.services.receipt import read_receipt
from library.steps import Steps
from library.tags import read_cover, read_lyrics, read_tags, tags_for
from tests.library.audio_files import decode_ms, make_audio
from tests.library.rows import make_fetched, make_rows, make_wanted

pytestmark = pytest.mark.django_db
TEMPLATE = "{Album Artist}/{Album} ({Year})/{Track} {Title}"


@dataclass(frozen=True)
class Words:
    synced: str = "[00:00.50] la\n[00:01.00] la la"
    plain: str = "la\nla la"


def jpeg():
    buffer = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


COVERS = Covers(jpeg(), jpeg())


@pytest.fixture
def library(settings, tmp_path):
    settings.LIBRARY = tmp_path / "library"
    return settings.LIBRARY


@pytest.fixture
def finish(library, tmp_path, sounds):
    """Finish the sound of a kind; everything can be given otherwise."""
    work = tmp_path / "work"
    work.mkdir()

    def run(kind="webm", *, wanted=None, fetched=None, output_format="keep", quality_kbps=0, **more):
        recording, track = make_rows()
        path = work / f"fetched.{kind}"
        path.write_bytes(sounds[kind].read_bytes())
        return finish_track(
            fetched or make_fetched(path),
            wanted=wanted or make_wanted(),
            track=track,
            recording=recording,
            work_folder=work,
            output_format=output_format,
            quality_kbps=quality_kbps,
            template=more.pop("template", TEMPLATE),
            download_id=7,
            **more,
        )

    run.work = work
    return run


@pytest.mark.parametrize(
    ("output_format", "quality", "name", "codec"),
    [
        ("keep", 0, "01 Blue Door.opus", "opus"),
        ("mp3", 320, "01 Blue Door.mp3", "mp3"),
        ("mp3", 0, "01 Blue Door.mp3", "mp3"),
        ("m4a", 0, "01 Blue Door.m4a", "aac"),
        ("ogg", 0, "01 Blue Door.ogg", "vorbis"),
        ("flac", 0, "01 Blue Door.flac", "flac"),
        ("alac", 0, "01 Blue Door.m4a", "alac"),
        ("wav", 0, "01 Blue Door.wav", "pcm_s16le"),
    ],
)
def test_finished_track_has_its_name_tags_cover_lyrics_and_length(finish, library, output_format, quality, name, codec):
    steps = []

    finished = finish(
        output_format=output_format,
        quality_kbps=quality,
        steps=Steps(force_lossless=True),
        covers=COVERS,
        lyrics=Words(),
        on_step=steps.append,
    )

    path = library / finished.path
    assert finished.path == f"Vera Holm/Tidal Rooms (2025)/{name}"
    assert check(path, expected_ms=2_000).codec == finished.codec == codec
    assert decode_ms(path) == pytest.approx(2_000, abs=100)
    tags = read_tags(path)
    assert replace(tags, encoder_settings="") == tags_for(make_wanted(), source_link=make_fetched(path).source_url)
    assert bool(tags.encoder_settings) == (output_format != "keep")
    assert read_cover(path) == jpeg()
    assert read_lyrics(path) == "la\nla la"
    assert path.with_suffix(".lrc").read_text() == "[00:00.50] la\n[00:01.00] la la\n"
    assert (path.parent / "cover.jpg").read_bytes() == jpeg()
    assert finished.audio_hash == audio_hash(path)
    assert finished.size_bytes == path.stat().st_size
    assert finished.passport["source"]["codec"] == "opus"
    assert steps[0] == "Checking"
    assert steps[-1] == "Filing"
    assert not list(library.rglob("*.part"))


def test_finish_names_what_each_step_changed(finish):
    changes = finish(output_format="mp3", quality_kbps=320, covers=COVERS, lyrics=Words()).changes

    assert changes[0].startswith("checked: opus, 0:02")
    assert changes[1].startswith("converted from opus")
    assert changes[1].endswith("to mp3 (320 kbit/s)")
    assert "tags written" in changes
    assert "lyrics embedded" in changes
    assert "filed as Vera Holm/Tidal Rooms (2025)/01 Blue Door.mp3" in changes
    assert "cover.jpg saved beside it" in changes


def test_finish_of_a_lossy_source_to_a_lossless_format_keeps_it_and_counts_as_owned(finish):
    finished = finish(output_format="flac")

    recording, track = make_rows()
    record_file(finished, track=track, recording=recording)
    assert finished.codec == "opus"
    assert any(words.startswith("Kept as opus") for words in finished.changes)
    assert owned_file(recording.pk, output_format="flac", quality_kbps=0) is not None
    assert owned_file(recording.pk, output_format="wav", quality_kbps=0) is None


def test_kept_sound_is_the_one_that_came(finish, library, sounds):
    assert finish().audio_hash == audio_hash(sounds["webm"])


@pytest.mark.parametrize("kind", ["webm", "mp3", "flac", "m4a"])
def test_what_came_stays_as_it_came(finish, sounds, kind):
    finish(kind, fetched=None, covers=COVERS)

    assert (finish.work / f"fetched.{kind}").read_bytes() == sounds[kind].read_bytes()


def test_finish_when_the_settings_say_so_saves_nothing_beside_the_file(finish, library, settings):
    settings.SAVE_LYRICS = False

    finished = finish(covers=Covers(embedded=jpeg()), lyrics=Words())

    assert [path.name for path in (library / finished.path).parent.iterdir()] == ["01 Blue Door.opus"]


def test_cover_is_not_saved_where_albums_share_a_folder(finish, library):
    finished = finish(covers=COVERS, template="{Artist}/{Title}")

    assert [path.name for path in (library / finished.path).parent.iterdir()] == ["Blue Door.opus"]


@pytest.mark.parametrize("output_format", ["keep", "mp3"])
@pytest.mark.parametrize(
    ("make_change", "reason"),
    [
        (lambda fetched: fetched.path.write_bytes(b"<html>sorry</html>"), "broken_file"),
        (lambda fetched: fetched.path.write_bytes(b""), "broken_file"),
        (lambda fetched: fetched.path.write_bytes(fetched.path.read_bytes()[:-900]), "broken_file"),
        (lambda fetched: make_audio(fetched.path, seconds=0.9), "broken_file"),
        (lambda fetched: make_audio(fetched.path, loudness=0), "broken_file"),
    ],
    ids=["html", "empty", "cut", "short", "silent"],
)
def test_finish_of_a_bad_file_says_why_and_files_nothing(
    finish, library, tmp_path, sounds, output_format, make_change, reason
):
    fetched = make_fetched(tmp_path / "came.webm", duration_ms=3_000)
    fetched.path.write_bytes(sounds["webm"].read_bytes())
    make_change(fetched)

    with pytest.raises(PermanentError) as caught:
        finish(fetched=fetched, output_format=output_format)

    assert caught.value.reason == reason
    assert not list(library.rglob("*.*"))


@pytest.mark.parametrize("output_format", ["keep", "mp3"])
def test_finish_of_another_version_says_wrong_length(finish, library, output_format):
    with pytest.raises(PermanentError) as caught:
        finish(wanted=make_wanted(duration_ms=240_000), output_format=output_format)

    assert caught.value.reason == "wrong_length"
    assert not library.exists()


def test_finish_when_cancelled_files_nothing(finish, library):
    with pytest.raises(Cancelled):
        finish(cancelled=lambda: True)

    assert not library.exists()


def test_finished_file_whose_row_was_never_written_is_adopted(finish, library):
    finished = finish()

    adopted = adopt_finished(finish.work)

    assert replace(adopted, changes=[]) == replace(finished, changes=[])
    assert adopted.changes[-1].startswith("adopted")


def test_receipt_of_a_file_that_is_not_there_or_another_is_not_believed(finish, library):
    finished = finish()
    (library / finished.path).write_bytes(b"something else")

    assert adopt_finished(finish.work) is None
    (library / finished.path).unlink()
    assert adopt_finished(finish.work) is None
    (finish.work / "receipt.json").write_text('{"path": ')
    assert read_receipt(finish.work) is None


def test_finish_a_second_time_after_a_crash_gives_the_same_file(finish, library):
    first = finish()
    second = finish()

    assert second.path == first.path
    assert len(list(library.rglob("*.opus"))) == 1


def test_record_file_twice_gives_one_row(finish):
    finished = finish()
    recording, track = make_rows("Other", number=2)

    first = record_file(finished, track=track, recording=recording)
    second = record_file(finished, track=track, recording=recording)

    assert first.pk == second.pk
    row = AudioFile.objects.get()
    assert (row.path, row.codec, row.audio_hash) == (finished.path, "opus", finished.audio_hash)
    assert row.modified_ns == finished.modified_ns


def test_take_back_leaves_the_library_as_it_was(finish, library):
    finished = finish(covers=COVERS, lyrics=Words())

    assert take_back(finished)

    assert [path.name for path in library.iterdir()] == [".spotizer"]


def test_take_back_leaves_what_was_there_before_has_a_row_or_belongs_to_another_track(finish, library):
    first = finish(covers=COVERS)
    again = finish()
    second = finish(wanted=make_wanted("Grey Door", number=2))

    assert not take_back(again)
    assert take_back(first)
    recording, track = make_rows()
    record_file(second, track=track, recording=recording)
    assert not take_back(second)
    assert sorted(path.name for path in (library / second.path).parent.iterdir()) == ["02 Grey Door.opus", "cover.jpg"]


def make_file(library, recording, name="a.mp3", **more):
    (library / ".spotizer").mkdir(parents=True, exist_ok=True)
    (library / name).write_bytes(b"x")
    values = {"codec": "mp3", "container": "mp3", "bitrate_kbps": 192} | more
    return AudioFile.objects.create(
        path=name, recording=recording, size_bytes=1, modified_ns=1, duration_ms=2_000, **values
    )


@pytest.mark.parametrize(
    ("row", "output_format", "quality", "is_owned"),
    [
        ({}, "keep", 0, True),
        ({}, "mp3", 192, True),
        ({}, "mp3", 128, True),
        ({}, "mp3", 320, False),
        ({}, "mp3", 0, False),
        ({}, "flac", 0, False),
        ({"bitrate_kbps": 245}, "mp3", 0, True),
        ({"passport": {"asked": {"format": "mp3", "quality_kbps": 320}}}, "mp3", 320, True),
        ({"passport": {"asked": {"format": "mp3", "quality_kbps": 0}}}, "mp3", 0, True),
        ({"passport": {"asked": {"format": "mp3", "quality_kbps": 128}}}, "mp3", 0, False),
        ({"codec": "flac", "container": "flac"}, "flac", 0, True),
        ({"codec": "opus", "container": "ogg"}, "m4a", 0, False),
    ],
)
def test_owned_file_is_one_in_at_least_the_wanted_form(library, row, output_format, quality, is_owned):
    recording, _ = make_rows()
    make_file(library, recording, **row)

    found = owned_file(recording.pk, output_format=output_format, quality_kbps=quality)

    assert (found is not None) == is_owned


def test_owned_file_that_left_the_disk_is_not_owned(library):
    recording, _ = make_rows()
    make_file(library, recording)
    (library / "a.mp3").unlink()

    assert owned_file(recording.pk, output_format="keep", quality_kbps=0) is None


def test_owned_files_while_the_library_is_away_believes_its_rows(library):
    recording, _ = make_rows()
    make_file(library, recording)
    library.rename(library.with_name("away"))

    assert owned_file(recording.pk, output_format="keep", quality_kbps=0) is not None


def test_owned_files_takes_one_query_for_any_number(library, django_assert_num_queries):
    recordings = [make_rows(f"T{number}", number=number)[0] for number in range(1, 6)]
    for number, recording in enumerate(recordings):
        make_file(library, recording, f"{number}.mp3")

    with django_assert_num_queries(1):
        assert len(owned_files([r.pk for r in recordings], output_format="keep", quality_kbps=0)) == 5


def test_finish_when_the_settings_say_so_keeps_cover_and_lyrics_out_of_the_tags_and_beside_the_file(
    finish, library, settings
):
    settings.EMBED_LYRICS = False

    finished = finish("mp3", covers=Covers(beside=jpeg()), lyrics=Words())

    path = library / finished.path
    assert (read_cover(path), finished.has_cover, finished.has_lyrics) == (None, False, False)
    assert not read_lyrics(path)
    assert sorted(beside.name for beside in path.parent.iterdir()) == [
        "01 Blue Door.lrc",
        "01 Blue Door.mp3",
        "cover.jpg",
    ]
    assert "lyrics embedded" not in finished.changes


@pytest.mark.django_db(transaction=True)
def test_file_that_takes_the_place_of_another_says_what_was_set_by_hand_there(finish, library):
    recording, track = make_rows()
    first = finish()
    file = record_file(first, track=track, recording=recording)
    retag.set_manual([file], {"title": "My Door", "composer": "V. Holm"}, by=None)

    second = finish("mp3", replaces=first.path)

    tags = read_tags(library / second.path)
    assert (tags.title, tags.composer, tags.album) == ("My Door", "V. Holm", "Tidal Rooms")
