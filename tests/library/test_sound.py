"""What is done to the sound on its way, measured in what came out: decoded, by ffmpeg's meter, in two readers."""

import re
import subprocess
from dataclasses import dataclass, replace

import av
import mutagen
import pytest

from core.errors import PermanentError
from core.formats import FORMS
from library.audio import audio_hash, check, ends_of, ffmpeg_path, joint_lufs
from library.services import finish_track
from library.steps import Steps
from library.tags import read_tags, tags_for
from tests.library.audio_files import by_ffmpeg, decode_ms, make_audio
from tests.library.rows import make_fetched, make_rows, make_wanted
from tests.library.test_audio import DAMAGES

pytestmark = pytest.mark.django_db
SECONDS, SILENCE = 3.0, (1.5, 1.2)
WHOLE_MS = 5_700
KEEP_MS = 100
TRIM = {"trim": True, "trim_keep_ms": KEEP_MS, "trim_least_ms": 500}
TARGET = -23.0
CODECS = {"keep": "opus"} | {name: form.codec for name, form in FORMS.items()}
ASKED = [(name, 0) for name in CODECS] + [("mp3", 320), ("mp3", 128)]  # MP3 without a rate is V0


@dataclass(frozen=True)
class Measured:
    lufs: float
    true_peak: float


def measured(path) -> Measured:
    """By a run of ffmpeg of our own, from its summary."""
    command = [ffmpeg_path(), "-hide_banner", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]
    summary = subprocess.run(command, capture_output=True, text=True, check=True).stderr.rpartition("Summary:")[2]
    lufs, peak = (float(re.search(rf"{name}:\s+(-?[\d.]+)", summary)[1]) for name in ("I", "Peak"))
    return Measured(lufs, peak)


def packets(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def samples(path, bits=16):
    """The first channel."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format=f"s{bits}p", layout="stereo")
        frames = [ready for frame in container.decode(audio=0) for ready in resampler.resample(frame)]
        return b"".join(bytes(frame.planes[0])[: frame.samples * bits // 8] for frame in frames)


def ffmpegs_tags(path):
    """Tags as libavformat reads them, in small letters."""
    with av.open(str(path)) as container:
        found = {**container.metadata, **container.streams.audio[0].metadata}
        return {key.lower(): value for key, value in found.items()}


def mutagens_text(path, name):
    """The value of a free field by mutagen's plain view, whatever the tag system calls it."""
    for key, value in mutagen.File(path).tags.items() if path.suffix != ".opus" else mutagen.File(path).items():
        if key.upper().rpartition(":")[2] == name:
            first = value.text[0] if hasattr(value, "text") else value[0]
            return first.decode() if isinstance(first, bytes) else str(first)
    return ""


@pytest.fixture(scope="module")
def padded(tmp_path_factory):
    """The sound with silence around it, in every kind that a source may deliver."""
    folder = tmp_path_factory.mktemp("padded")
    kinds = ("webm", "m4a", "mp3", "ogg", "flac", "alac.m4a", "deep.flac", "wav")
    return {
        kind: make_audio(folder / f"came.{kind}", kind=kind, seconds=SECONDS, silence=SILENCE, loudness=0.5)
        for kind in kinds
    }


@pytest.fixture
def finish(settings, tmp_path, padded):
    settings.LIBRARY = tmp_path / "library"
    work = tmp_path / "work"
    work.mkdir()

    def run(kind="webm", output_format="keep", quality_kbps=0, **steps):
        recording, track = make_rows()
        finished = finish_track(
            make_fetched(padded[kind], duration_ms=WHOLE_MS),
            wanted=make_wanted(duration_ms=WHOLE_MS),
            track=track,
            recording=recording,
            work_folder=work,
            output_format=output_format,
            quality_kbps=quality_kbps,
            template="{Title}",
            download_id=7,
            steps=Steps(force_lossless=True, target_lufs=TARGET, peak_dbtp=-1.0, **steps),
        )
        return finished, settings.LIBRARY / finished.path

    return run


@pytest.mark.parametrize("trim", [False, True], ids=["whole", "trimmed"])
@pytest.mark.parametrize("loudness", ["off", "tags", "gain"])
@pytest.mark.parametrize(("output_format", "kbps"), ASKED)
def test_every_format_with_every_step_sounds_as_asked_and_is_whole(finish, padded, output_format, kbps, loudness, trim):
    finished, path = finish("webm", output_format, kbps, loudness=loudness, **(TRIM if trim else {}))

    facts, heard, came = check(path), measured(path), measured(padded["webm"])
    assert facts.codec == CODECS[output_format]
    assert not kbps or facts.bitrate_kbps == pytest.approx(kbps, rel=0.03)
    assert facts.decode_errors == 0
    assert facts.audio_hash == finished.audio_hash == finished.passport["checks"]["audio_hash"]
    silence_ms = (KEEP_MS, KEEP_MS) if trim else (1_500, 1_200)
    assert ends_of(path, below_db=-60) == pytest.approx(silence_ms, abs=70)
    assert decode_ms(path) == pytest.approx(SECONDS * 1000 + sum(silence_ms), abs=70)
    assert finished.duration_ms == pytest.approx(decode_ms(path), abs=70)
    assert heard.lufs == pytest.approx(TARGET if loudness == "gain" else came.lufs, abs=0.5)
    assert finished.passport["loudness"]["loudness_lufs"] == pytest.approx(heard.lufs, abs=0.5)
    assert (read_tags(path).title, ffmpegs_tags(path)["title"]) == ("Blue Door", "Blue Door")
    gain_db = -18 - heard.lufs
    if loudness != "tags":
        assert read_tags(path).track_gain_db is None
    elif facts.codec == "opus":
        assert int(mutagens_text(path, "R128_TRACK_GAIN")) / 256 == pytest.approx(gain_db - 5, abs=0.5)
        assert ffmpegs_tags(path)["r128_track_gain"] == mutagens_text(path, "R128_TRACK_GAIN")
        assert "replaygain_track_gain" not in ffmpegs_tags(path)
    else:
        text = mutagens_text(path, "REPLAYGAIN_TRACK_GAIN")
        assert float(text.removesuffix(" dB")) == pytest.approx(gain_db, abs=0.5)
        assert ffmpegs_tags(path)["replaygain_track_gain"] == text
        assert float(mutagens_text(path, "REPLAYGAIN_TRACK_PEAK")) == pytest.approx(
            10 ** (heard.true_peak / 20), abs=0.05
        )


@pytest.mark.parametrize("output_format", FORMS)
@pytest.mark.parametrize("kind", ["flac", "deep.flac"])
def test_lossless_source_of_any_rate_and_depth_becomes_every_format_with_all_steps(finish, kind, output_format):
    _, path = finish(kind, output_format, loudness="gain", **TRIM)

    assert check(path).codec == CODECS[output_format]
    assert measured(path).lufs == pytest.approx(TARGET, abs=0.5)
    assert ends_of(path, below_db=-60) == pytest.approx((KEEP_MS, KEEP_MS), abs=70)
    with av.open(str(path)) as container:
        bits = container.streams.audio[0].codec_context.format.bytes * 8
    if output_format in ("flac", "alac", "wav"):
        assert bits == (32 if kind == "deep.flac" and output_format != "wav" else 16)


@pytest.mark.parametrize("output_format", CODECS)
def test_tags_are_the_same_in_a_second_reader(finish, output_format):
    _, path = finish("flac", output_format, loudness="tags")

    expected = tags_for(make_wanted(duration_ms=WHOLE_MS), source_link=make_fetched(path).source_url)
    found = read_tags(path)
    unmeasured = replace(found, track_gain_db=None, track_peak=None, encoder_settings="")
    assert unmeasured == expected
    second = ffmpegs_tags(path)
    assert (second["title"], second["artist"], second["album"]) == (expected.title, expected.artist, expected.album)
    assert second["date"] == expected.date
    assert second["track"].partition("/")[0].lstrip("0") == "1"
    assert ("flac" in found.encoder_settings) == (output_format not in ("keep", "flac"))


@pytest.mark.parametrize("kind", ["webm", "m4a", "mp3", "ogg"])
def test_trimming_of_a_kept_lossy_file_takes_packets_away_and_leaves_the_rest_as_they_were(finish, padded, kind):
    finished, path = finish(kind, **TRIM)

    before, after = packets(padded[kind]), packets(path)
    assert len(after) < len(before)
    start = before.index(after[len(after) // 2]) - len(after) // 2
    # The MP3's first packet is its own index, which is written anew.
    first = 1 if kind == "mp3" else 0
    assert before[start + first : start + len(after)] == after[first:]
    assert check(path).decode_errors == 0
    step = next(step for step in finished.passport["steps"] if step["step"] == "trim")
    assert step["before"]["silence_before_ms"] == pytest.approx(1_500, abs=30)
    assert step["before"]["silence_after_ms"] == pytest.approx(1_200, abs=80)
    assert step["after"]["duration_ms"] == pytest.approx(decode_ms(path), abs=70)
    assert any(words.startswith("silence trimmed") for words in finished.changes)


@pytest.mark.parametrize("output_format", ["flac", "alac", "wav"])
@pytest.mark.parametrize("kind", ["flac", "alac.m4a", "wav"])
def test_lossless_to_lossless_changes_no_sample(finish, padded, kind, output_format):
    _, path = finish(kind, output_format)

    assert samples(path) == samples(padded[kind])


def test_every_one_of_24_bits_goes_through_the_meter_as_it_was(finish, padded, tmp_path, monkeypatch):
    deep = ("-af", "volume=-1.3dB:precision=double", "-sample_fmt", "s32")
    came = by_ffmpeg(tmp_path / "fine.flac", padded["wav"], *deep)
    monkeypatch.setitem(padded, "fine.flac", came)

    _, path = finish("fine.flac", "alac", loudness="tags")

    whole = samples(came, bits=32)
    assert any(whole[1::4]), "below the sixteen upper bits"
    assert samples(path, bits=32) == whole


@pytest.mark.parametrize("output_format", ["flac", "alac", "wav"])
def test_trimming_of_a_lossless_file_leaves_every_other_sample(finish, padded, output_format):
    _, path = finish(output_format if output_format != "alac" else "alac.m4a", output_format, **TRIM)

    whole, rest = samples(padded["wav"]), samples(path)
    assert len(rest) < len(whole)
    assert whole.find(rest) == pytest.approx((1_500 - KEEP_MS) * 44.1 * 2, abs=10)


def test_short_silence_is_left_and_said_to_be(finish, padded):
    finished, path = finish("webm", trim=True, trim_least_ms=2_000)

    assert packets(path) == packets(padded["webm"])
    assert any(words.endswith("nothing trimmed") for words in finished.changes)


def test_gain_never_lifts_the_true_peak_over_its_limit(finish, padded):
    finished, path = finish("flac", "flac", loudness="gain", trim=False)
    quiet = finished.passport["steps"][-1]

    assert quiet["gain_db"] == pytest.approx(TARGET - measured(padded["flac"]).lufs, abs=0.1)
    assert measured(path).lufs == pytest.approx(TARGET, abs=0.1)


@pytest.mark.parametrize("output_format", ["flac", "mp3", "opus"])
def test_gain_that_would_clip_stops_at_the_limit_and_says_so(finish, settings, output_format, monkeypatch, padded):
    monkeypatch.setitem(globals(), "TARGET", -5.0)

    finished, path = finish("flac", output_format, loudness="gain")

    step = finished.passport["steps"][-1]
    heard = measured(path)
    assert heard.true_peak <= -1.0 + (0.1 if output_format == "flac" else 1.0)
    assert heard.lufs < -5.0
    assert "true peak shall stay below -1 dBTP" in step["words"]
    assert step["before"]["loudness_lufs"] == pytest.approx(measured(padded["flac"]).lufs, abs=0.1)
    assert step["after"]["loudness_lufs"] == pytest.approx(heard.lufs, abs=0.5)


def test_kept_lossy_file_with_a_gain_is_encoded_in_its_own_codec_and_says_so(finish):
    finished, path = finish("m4a", loudness="gain")

    assert check(path).codec == "aac"
    assert any(words.startswith("converted from aac") for words in finished.changes)


def test_lossy_source_forced_to_lossless_stays_lossy_in_its_passport_and_tags(finish):
    finished, path = finish("mp3", "flac")

    assert finished.passport["is_lossy"]
    assert finished.passport["source"]["codec"] == "mp3"
    assert "bigger and sounds no better" in finished.passport["warnings"][0]
    assert "bigger and sounds no better" in " ".join(finished.changes)
    [words] = finished.passport["conversions"]
    assert words.startswith("converted from mp3 1")
    assert "from mp3" in read_tags(path).encoder_settings
    assert not finish("wav", "flac")[0].passport["is_lossy"]


@pytest.mark.parametrize(("kind", "output_format"), [("webm", "keep"), ("webm", "mp3"), ("flac", "alac")])
def test_passport_tells_how_loud_the_file_is_though_no_step_is_on(finish, kind, output_format):
    finished, path = finish(kind, output_format)

    found, heard = finished.passport["loudness"], measured(path)
    assert found["loudness_lufs"] == pytest.approx(heard.lufs, abs=0.5)
    assert found["peak_dbfs"] == pytest.approx(heard.true_peak, abs=1)
    # Beside an encoder the true peak would cost too much: there it is found where a loudness step is on.
    assert ("true_peak_dbtp" in found) == (output_format == "keep")
    assert finished.passport["steps"] == []


def test_blocks_of_a_track_give_its_loudness(finish):
    finished, _ = finish("webm", loudness="tags")

    found = finished.passport["loudness"]
    blocks = {int(tenths): count for tenths, count in found["blocks"].items()}
    assert joint_lufs([blocks]) == pytest.approx(found["loudness_lufs"], abs=0.1)


def test_kept_file_is_not_decoded_where_the_settings_say_so(finish, padded):
    finished, path = finish("webm", verify=False)

    assert finished.passport["checks"]["decoded"] == "no"
    assert finished.changes[0].endswith("not decoded")
    assert audio_hash(path) == audio_hash(padded["webm"])


@pytest.mark.parametrize("output_format", CODECS)
def test_every_damage_to_a_filed_file_shows_in_its_check_or_by_its_stored_hash(finish, tmp_path, output_format):
    finished, path = finish("flac", output_format)

    for name, damage in DAMAGES.items():
        damaged = tmp_path / f"{name}{path.suffix}"
        damaged.write_bytes(damage(path.read_bytes()))
        try:
            is_seen = check(damaged, promised_ms=WHOLE_MS).audio_hash != finished.audio_hash
        except PermanentError as exc:
            is_seen = exc.reason == "broken_file"
        assert is_seen, name
