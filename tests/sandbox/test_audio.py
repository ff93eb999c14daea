"""Made audio: true length, decodes in full, one melody per recording, the same bytes every time."""

from __future__ import annotations

import io

import av
import pytest

from sandbox.audio import AudioShop

FORMATS = ["249", "251", "251-drc", "140"]


def decoded_ms(data: bytes) -> float:
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        return samples / stream.rate * 1000


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("duration_ms", [900, 3_020, 4_000, 5_345, 61_200])
def test_file_decodes_in_full_to_its_length(tmp_path, form, duration_ms):
    data = AudioShop(tmp_path).file("a melody", form, duration_ms)

    with av.open(io.BytesIO(data)) as container:
        promised = container.duration / 1000
    assert abs(promised - duration_ms) < 50
    assert abs(decoded_ms(data) - duration_ms) < 50


def test_two_melodies_differ_and_one_is_always_the_same(tmp_path):
    first, again = AudioShop(tmp_path / "one"), AudioShop(tmp_path / "two")

    assert first.file("a", "251", 5_000) == again.file("a", "251", 5_000)
    assert first.file("a", "251", 5_000) != first.file("b", "251", 5_000)
    assert first.file("a", "140", 5_000) == again.file("a", "140", 5_000)


def test_file_when_its_loop_lies_on_disk_is_the_same(tmp_path):
    fresh = AudioShop(tmp_path).file("a", "251", 7_000)

    assert AudioShop(tmp_path).file("a", "251", 7_000) == fresh


def test_all_uploads_have_melodies_of_their_own(sandbox_server):
    uploads = sandbox_server.world.catalogue.uploads

    assert len({upload.melody for upload in uploads}) == len(uploads)


@pytest.mark.parametrize("kind", ["flac", "mp3"])
@pytest.mark.parametrize("duration_ms", [900, 4_000, 5_345, 61_200])
def test_shared_file_decodes_in_full_to_its_length_and_is_always_the_same(tmp_path, kind, duration_ms):
    data = AudioShop(tmp_path / "one").shared("a melody", kind, duration_ms)

    assert abs(decoded_ms(data) - duration_ms) < 50
    assert AudioShop(tmp_path / "two").shared("a melody", kind, duration_ms) == data
