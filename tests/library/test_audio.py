"""What a file holds, and which damages are seen when it arrives."""

import hashlib
import subprocess
import threading
from dataclasses import replace

import pytest

from core.errors import Cancelled, PermanentError
from library.audio import Meter, audio_hash, check, check_arrival, check_sound, ffmpeg_path, has_sound, measure, probe
from library.audio.containers import sniff
from tests.library.audio_files import by_ffmpeg, decode_ms, make_audio

PARTS = {
    "opus": ("opus", "ogg"),
    "webm": ("opus", "webm"),
    "m4a": ("aac", "m4a"),
    "alac.m4a": ("alac", "m4a"),
    "mp3": ("mp3", "mp3"),
    "vbr.mp3": ("mp3", "mp3"),
    "ogg": ("vorbis", "ogg"),
    "flac": ("flac", "flac"),
    "wav": ("pcm_s16le", "wav"),
}


@pytest.mark.parametrize("kind", PARTS)
def test_check_of_a_whole_file_gives_its_facts(sounds, kind):
    facts = check(sounds[kind], expected_ms=2_000, promised_ms=2_000)

    assert (facts.codec, facts.container) == PARTS[kind]
    assert facts.duration_ms == pytest.approx(2_000, abs=40)
    assert facts.channels == 2
    assert facts.decode_errors == 0
    assert facts.audio_hash == audio_hash(sounds[kind])
    assert facts.is_lossless == (kind in ("flac", "wav", "alac.m4a"))


@pytest.mark.parametrize("kind", PARTS)
def test_probe_and_measure_agree_on_what_is_in_the_file(sounds, kind):
    header, packets = probe(sounds[kind]), measure(sounds[kind])

    assert replace(packets, audio_hash="", bitrate_kbps=0, duration_ms=0) == replace(
        header, bitrate_kbps=0, duration_ms=0
    )
    assert packets.duration_ms == pytest.approx(header.duration_ms, abs=60)


def test_length_of_vorbis_with_sharp_sounds_is_what_it_plays(tmp_path):
    wav, ogg = tmp_path / "clicks.wav", tmp_path / "clicks.ogg"
    clicks = "aevalsrc='0.3*sin(440*2*PI*t)+0.6*random(0)*lt(mod(t,0.3),0.02)':s=48000:d=20"
    subprocess.run([ffmpeg_path(), "-v", "error", "-f", "lavfi", "-i", clicks, wav], check=True)
    by_ffmpeg(ogg, wav, "-ac", "2", "-c:a", "libvorbis", "-q:a", "8")

    assert decode_ms(ogg) == 20_000
    assert measure(ogg).duration_ms == check(ogg).duration_ms == 20_000


# --- the eight damages ------------------------------------------------------------------------------------------------


def _middle(data):
    """A place in the sound, after all headers and before the end."""
    return len(data) * 6 // 10


def _cut(share):
    return lambda data: data[: int(len(data) * share)]


def _flip(data, count):
    changed = bytearray(data)
    for index in range(count):
        changed[_middle(data) + index * 131] ^= 0x10
    return bytes(changed)


def _zeroed(data, start, length):
    return data[:start] + bytes(min(length, len(data) - start)) + data[start + length :]


DAMAGES = {
    "cut_at_50": _cut(0.50),
    "cut_at_90": _cut(0.90),
    "cut_at_99": _cut(0.99),
    "last_1kb_gone": lambda data: data[:-1024],
    "one_bit": lambda data: _flip(data, 1),
    "twenty_bits": lambda data: _flip(data, 20),
    # 64 KB of a full-length track: the same share of these short ones.
    "block_zeroed": lambda data: _zeroed(data, _middle(data), max(4096, len(data) // 20)),
    "last_10_percent_zeroed": lambda data: _zeroed(data, len(data) * 9 // 10, len(data)),
}
# What no check can see when the file arrives, for these formats carry no checksum over the sound. It is seen ever after
# by the stored packet hash, and on arrival where the transfer itself was checked.
BITS = ("one_bit", "twenty_bits")
MAY_BE_UNSEEN = {
    (kind, bits) for kind in ("webm", "m4a", "fast.m4a", "alac.m4a", "mp3", "vbr.mp3", "wav") for bits in BITS
}
MAY_BE_UNSEEN |= {("wav", "block_zeroed"), ("wav", "last_10_percent_zeroed")}  # zeros are silence there


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "kind", ["opus", "webm", "m4a", "fast.m4a", "alac.m4a", "mp3", "vbr.mp3", "ogg", "flac", "wav"]
)
def test_damage_is_caught_on_arrival_or_by_the_stored_hash(sounds, tmp_path, kind, damage):
    whole = sounds[kind]
    path = tmp_path / whole.name
    path.write_bytes(DAMAGES[damage](whole.read_bytes()))

    if (kind, damage) in MAY_BE_UNSEEN:
        assert audio_hash(path) != audio_hash(whole)
        return
    with pytest.raises(PermanentError) as caught:
        check(path)

    assert caught.value.reason == "broken_file"


# --- wrong files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>Not found</body></html>",
        b"#EXTM3U\nhttp://127.0.0.1/secret.ts\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"OggS" + bytes(500),
        b"fLaC" + bytes(500),
        b"\xff\xfb\x90\x00" + bytes(5000),
        bytes(64) + b"ftypM4A " + bytes(500),
        hashlib.sha512(b"noise").digest() * 200,
    ],
    ids=["empty", "html", "m3u8", "concat", "png", "ogg", "flac", "mp3", "late_ftyp", "noise"],
)
def test_check_of_what_is_no_audio_says_broken_file(tmp_path, content):
    path = tmp_path / "song.opus"
    path.write_bytes(content)

    with pytest.raises(PermanentError) as caught:
        check(path)

    assert caught.value.reason == "broken_file"
    assert "song.opus" in caught.value.message


def test_check_of_pure_silence_says_broken_file(tmp_path):
    path = make_audio(tmp_path / "silence.opus", seconds=1, loudness=0)

    assert not has_sound(path)
    with pytest.raises(PermanentError, match="silence") as caught:
        check(path)

    assert caught.value.reason == "broken_file"


def test_protected_m4a_is_refused_as_such(copy_of):
    path = copy_of("m4a")
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"enca", 1))

    with pytest.raises(PermanentError) as caught:
        check(path)

    assert caught.value.reason == "drm"


def test_check_when_the_source_promised_more_says_broken_file(sounds):
    with pytest.raises(PermanentError, match=r"promised 0:05") as caught:
        check(sounds["opus"], promised_ms=5_000)

    assert caught.value.reason == "broken_file"


def test_check_when_the_catalogue_says_another_length_says_wrong_length(sounds):
    with pytest.raises(PermanentError, match="another version") as caught:
        check(sounds["opus"], expected_ms=8_000, promised_ms=2_000)

    assert caught.value.reason == "wrong_length"


def test_check_when_the_catalogue_is_a_few_seconds_off_is_content(sounds):
    assert check(sounds["opus"], expected_ms=6_000).duration_ms == pytest.approx(2_000, abs=40)


def test_upload_of_hours_is_refused_without_decoding_it(tmp_path, sounds):
    path = make_audio(tmp_path / "long.flac", seconds=60, loudness=0.1)

    with pytest.raises(PermanentError, match="1:00") as caught:
        check_arrival(path, expected_ms=2_000)

    assert caught.value.reason == "wrong_length"


def test_check_when_cancelled_stops(sounds):
    with pytest.raises(Cancelled):
        check(sounds["mp3"], cancelled=lambda: True)


def test_check_arrival_reads_the_structure_only(sounds):
    assert check_arrival(sounds["webm"]).decode_errors is None


def test_sniff_goes_by_content_and_not_by_name(sounds, tmp_path):
    path = tmp_path / "song.mp3"
    path.write_bytes(sounds["flac"].read_bytes())

    assert sniff(path) == "flac"
    assert check(path).codec == "flac"


@pytest.mark.parametrize("bits", ["s16", "s32"])
def test_flac_of_16_and_24_bits_passes_its_own_checksum(tmp_path, bits):
    import av

    source = make_audio(tmp_path / "a.wav", seconds=1)
    path = tmp_path / "b.flac"
    with av.open(str(source)) as incoming, av.open(str(path), "w") as outgoing:
        stream = outgoing.add_stream("flac", rate=44_100, layout="stereo", options={"bits_per_raw_sample": "24"})
        stream.format = bits
        resampler = av.AudioResampler(format=bits, layout="stereo", rate=44_100)
        for frame in incoming.decode(audio=0):
            for ready in resampler.resample(frame):
                outgoing.mux(stream.encode(ready))
        outgoing.mux(stream.encode(None))

    assert check(path).codec == "flac"


def test_meter_ends_its_thread_also_where_the_check_fails(sounds, tmp_path):
    cut = tmp_path / "cut.flac"
    cut.write_bytes(sounds["flac"].read_bytes()[:-2_000])
    meter = Meter(is_exact=True)

    with pytest.raises(PermanentError):
        check_sound(cut, expected_ms=None, promised_ms=None, listeners=[meter])
    meter.conclude()

    assert "meter" not in {thread.name for thread in threading.enumerate()}


def test_meter_that_heard_nothing_measured_nothing():
    assert Meter(is_exact=False).conclude() is None


class BrokenMeter(Meter):
    def _built(self, frame):
        raise ValueError("no such form")


def test_meter_that_gives_up_keeps_nobody_waiting(sounds, caplog):
    meter = BrokenMeter(is_exact=False)

    for _ in range(3):  # more frames than may wait
        check_sound(sounds["webm"], expected_ms=None, promised_ms=None, listeners=[meter])

    assert meter.conclude() is None
    assert "The meter gave up" in caplog.text
