"""The quality of many files in one line."""

from __future__ import annotations

import pytest

from downloads.selectors.states import qualities_of
from library.models import AudioFile


def files(codec, *rates):
    return [AudioFile(codec=codec, bitrate_kbps=rate, sample_rate_hz=44_100) for rate in rates]


@pytest.mark.parametrize(
    ("those", "words"),
    [
        (files("opus", 128, 128), "Opus 128"),
        (files("mp3", 250, 239, 241), "MP3 239 to 250"),
        (files("flac", 900, 812), "FLAC 44.1"),
        (files("mp3", 239, 241) + files("aac", 256), "2 × MP3 239 to 241, 1 × AAC 256"),
        (files("vorbis", None), "Ogg Vorbis"),
        ([], ""),
    ],
)
def test_qualities_are_told_by_codec_and_from_the_lowest_bitrate_to_the_highest(those, words):
    assert qualities_of(those) == words
