"""Conversion does as little as it can, verifies what came out, and stops when told."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from core.errors import Cancelled, PermanentError, StorageError, UserError
from core.formats import FORMS
from library.audio import audio_hash, check, ffmpeg_path, probe
from library.convert import carry_out, plan_for
from library.convert.ffmpeg import run_ffmpeg
from library.convert.plan import Way
from library.convert.remux import remux
from tests.library.audio_files import decode_ms, make_audio


def converted(source, folder, output_format="keep", quality_kbps=0, *, force_lossless=True, **more):
    plan = plan_for(
        probe(source), output_format=output_format, quality_kbps=quality_kbps, force_lossless=force_lossless
    )
    return carry_out(plan, source, folder, facts=probe(source), **more)


@pytest.mark.parametrize(
    ("kind", "extension", "codec", "container"),
    [
        ("webm", ".opus", "opus", "ogg"),
        ("opus", ".opus", "opus", "ogg"),
        ("m4a", ".m4a", "aac", "m4a"),
        ("mp3", ".mp3", "mp3", "mp3"),
        ("flac", ".flac", "flac", "flac"),
        ("alac.m4a", ".m4a", "alac", "m4a"),
        ("ogg", ".ogg", "vorbis", "ogg"),
    ],
)
def test_keep_leaves_every_packet_as_it_was(sounds, tmp_path, kind, extension, codec, container):
    result = converted(sounds[kind], tmp_path)

    facts = check(result.path, promised_ms=2_000)
    assert result.path.suffix == extension
    assert (facts.codec, facts.container) == (codec, container)
    assert facts.audio_hash == audio_hash(sounds[kind])


def test_keep_of_a_fragmented_m4a_gives_a_plain_one_with_its_index_in_front(tmp_path):
    source = make_audio(
        tmp_path / "dash.m4a", options={"movflags": "dash+empty_moov+frag_keyframe", "frag_duration": "500000"}
    )
    assert b"moof" in source.read_bytes()

    result = converted(source, tmp_path)

    data = result.path.read_bytes()
    assert b"moof" not in data
    assert data.index(b"moov") < data.index(b"mdat")
    assert decode_ms(result.path) == pytest.approx(decode_ms(source), abs=30)


def test_keep_of_pcm_becomes_flac_without_loss(sounds, tmp_path):
    result = converted(sounds["wav"], tmp_path)

    assert result.path.suffix == ".flac"
    assert check(result.path).duration_ms == 2_000


@pytest.mark.parametrize("kind", ["webm", "m4a", "mp3", "ogg", "flac", "alac.m4a", "wav"])
@pytest.mark.parametrize(
    ("output_format", "quality", "codec"),
    [
        ("mp3", 320, "mp3"),
        ("mp3", 0, "mp3"),
        ("m4a", 128, "aac"),
        ("opus", 96, "opus"),
        ("ogg", 192, "vorbis"),
        ("flac", 0, "flac"),
        ("alac", 0, "alac"),
        ("wav", 0, "pcm_s16le"),
    ],
)
def test_every_source_becomes_every_format_at_full_length(sounds, tmp_path, kind, output_format, quality, codec):
    result = converted(sounds[kind], tmp_path, output_format, quality)

    facts = check(result.path, promised_ms=2_000, expected_ms=2_000)
    assert facts.codec == codec
    assert result.path.suffix == f".{FORMS[output_format].extension}"
    assert decode_ms(result.path) == pytest.approx(2_000, abs=60)


def test_mp3_at_a_fixed_rate_has_that_rate(sounds, tmp_path):
    assert converted(sounds["flac"], tmp_path, "mp3", 192).facts.bitrate_kbps == pytest.approx(192, abs=4)


def test_flac_from_a_lossy_source_is_16_bits_and_says_what_it_is(sounds, tmp_path):
    result = converted(sounds["webm"], tmp_path, "flac")

    assert "lossy" in result.changes[0]
    import av

    with av.open(str(result.path)) as container:
        assert container.streams.audio[0].codec_context.format.name == "s16"


@pytest.mark.parametrize(
    ("kind", "output_format", "quality", "way"),
    [
        ("webm", "keep", 0, Way.REMUX),
        ("webm", "opus", 0, Way.REMUX),
        ("webm", "opus", 256, Way.REMUX),
        ("opus", "opus", 64, Way.ENCODE),
        ("opus", "keep", 64, Way.COPY),
        ("mp3", "mp3", 0, Way.COPY),
        ("mp3", "mp3", 320, Way.COPY),
        ("mp3", "mp3", 64, Way.ENCODE),
        ("m4a", "m4a", 0, Way.REMUX),
        ("flac", "flac", 320, Way.COPY),
        ("flac", "mp3", 0, Way.ENCODE),
        ("wav", "keep", 0, Way.ENCODE),
        ("wav", "wav", 320, Way.COPY),
        ("ogg", "ogg", 0, Way.COPY),
        ("alac.m4a", "alac", 0, Way.REMUX),
        ("alac.m4a", "m4a", 0, Way.ENCODE),
        ("flac", "alac", 0, Way.ENCODE),
        ("webm", "flac", 0, Way.REMUX),
        ("mp3", "wav", 0, Way.COPY),
        ("m4a", "alac", 0, Way.REMUX),
    ],
)
def test_nothing_is_encoded_that_already_fits(sounds, kind, output_format, quality, way):
    assert plan_for(probe(sounds[kind]), output_format=output_format, quality_kbps=quality).way is way


@pytest.mark.parametrize(("output_format", "rate"), [("mp3", "320k"), ("m4a", "256k"), ("ogg", "8"), ("opus", "128k")])
def test_bitrate_that_a_format_does_not_have_falls_back_to_its_default_with_a_note(sounds, output_format, rate):
    plan = plan_for(probe(sounds["flac"]), output_format=output_format, quality_kbps=200)

    assert rate in plan.options
    assert plan.notes[0].startswith("200 kbit/s is none of ")


@pytest.mark.parametrize("output_format", ["flac", "alac", "wav"])
def test_bitrate_of_a_lossless_format_is_ignored_with_a_note(sounds, output_format):
    plan = plan_for(
        probe(sounds["wav" if output_format != "wav" else "flac"]), output_format=output_format, quality_kbps=320
    )

    assert "-b:a" not in plan.options
    assert "lossless" in plan.notes[0]


@pytest.mark.parametrize("output_format", ["flac", "alac", "wav"])
def test_lossy_source_becomes_lossless_only_where_it_is_forced_and_is_warned_of(sounds, output_format):
    kept = plan_for(probe(sounds["mp3"]), output_format=output_format, quality_kbps=0)
    forced = plan_for(probe(sounds["mp3"]), output_format=output_format, quality_kbps=0, force_lossless=True)

    assert (kept.way, kept.extension) == (Way.COPY, "mp3")
    assert kept.notes[0].startswith("Kept as mp3")
    assert forced.way is Way.ENCODE
    assert "sounds no better" in forced.notes[0]
    assert "mp3 1" in forced.made_by


def test_unknown_format_is_the_persons_to_mend(sounds):
    with pytest.raises(UserError, match="wma"):
        plan_for(probe(sounds["flac"]), output_format="wma", quality_kbps=0)


def test_conversion_of_a_damaged_source_says_broken_file(sounds, tmp_path):
    data = bytearray(sounds["flac"].read_bytes())
    data[len(data) // 2 : len(data) // 2 + 5000] = bytes(5000)
    source = tmp_path / "damaged.flac"
    source.write_bytes(data)

    with pytest.raises(PermanentError) as caught:
        converted(source, tmp_path, "mp3")

    assert caught.value.reason == "broken_file"


def test_ffmpeg_that_changes_the_rate_of_a_lossless_sound_is_told_to_be_too_old(sounds, tmp_path, settings):
    old = tmp_path / "ffmpeg"
    old.write_text(f'#!/bin/bash\nexec {ffmpeg_path()} "${{@:1:$#-1}}" -ar 48000 "${{@: -1}}"\n')
    old.chmod(0o755)
    settings.FFMPEG = str(old)

    with pytest.raises(UserError, match="48000 Hz of 44100 Hz") as caught:
        converted(sounds["flac"], tmp_path, "alac")

    assert caught.value.reason == "ffmpeg_missing"


def test_conversion_onto_a_full_disk_is_the_disks_fault(sounds):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")

    with pytest.raises(StorageError) as caught:
        run_ffmpeg(
            ["-i", str(sounds["wav"]), "-c:a", "copy", "-f", "wav", "file:/dev/full"],
            cancelled=lambda: False,
            time_limit=20,
        )

    assert caught.value.reason == "disk_full"


def test_remux_onto_a_full_disk_is_the_disks_fault(sounds):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")

    with pytest.raises(StorageError) as caught:
        remux(sounds["webm"], Path("/dev/full"), muxer="ogg", cancelled=lambda: False)

    assert caught.value.reason == "disk_full"


def endless():
    """A job for ffmpeg that takes minutes."""
    return ["-f", "lavfi", "-i", "sine=440:duration=36000", "-c:a", "libmp3lame", "-f", "mp3", "file:/dev/null"]


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_ffmpeg_when_cancelled_is_dead_within_a_second():
    stop = threading.Event()
    asked_at = []
    timer = threading.Timer(0.3, lambda: (asked_at.append(time.monotonic()), stop.set()))
    timer.start()

    with pytest.raises(Cancelled):
        run_ffmpeg(endless(), cancelled=stop.is_set, time_limit=60)

    assert time.monotonic() - asked_at[0] < 1
    assert (
        str(ffmpeg_path())
        not in subprocess.run(
            ["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
        ).stdout
    )


def test_ffmpeg_that_takes_too_long_is_stopped():
    with pytest.raises(Exception, match="no end in time") as caught:
        run_ffmpeg(endless(), cancelled=lambda: False, time_limit=0.3)

    assert caught.value.reason == "conversion_failed"


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_ffmpeg_when_its_parent_is_killed_dies_with_it(tmp_path):
    script = tmp_path / "work.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import os
            os.environ["DJANGO_SETTINGS_MODULE"] = "spotizer.settings"
            from library.convert.ffmpeg import run_ffmpeg
            run_ffmpeg({endless()!r}, cancelled=lambda: False, time_limit=60)
            """
        )
    )
    parent = subprocess.Popen([sys.executable, script], env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    deadline = time.monotonic() + 60
    while not children(parent.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    child = int(children(parent.pid)[0])

    parent.kill()
    parent.wait()

    deadline = time.monotonic() + 30
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(child)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def test_conversion_when_cancelled_leaves_the_source(sounds, tmp_path):
    with pytest.raises(Cancelled):
        converted(sounds["webm"], tmp_path, "mp3", cancelled=lambda: True)

    assert check(sounds["webm"]).codec == "opus"
