"""A passport in words."""

import pytest

from library.selectors import passport_words

WHOLE = {
    "source": {
        "codec": "opus",
        "container": "webm",
        "bitrate_kbps": 131,
        "is_lossless": False,
        "link": "https://www.youtube.com/watch?v=abc",
        "licence": "CC BY 4.0",
        "audio_hash": "0" * 64,
    },
    "asked": {"format": "mp3", "quality_kbps": 320},
    "conversions": ["encoded to MP3 320 kbit/s"],
    "is_lossy": True,
    "warnings": ["The source is lossy."],
    "steps": [{"step": "trim", "words": "trimmed 2.0 s of silence"}],
    "loudness": {"loudness_lufs": -9.14, "range_lu": 5.0, "peak_dbfs": -0.5, "true_peak_dbtp": -0.41},
    "checks": {
        "container": "whole",
        "decoded": "by the conversion",
        "duration_ms": 232_000,
        "promised_ms": 232_000,
        "catalogue_ms": 233_000,
        "audio_hash": "abcdef0123456789" * 4,
    },
}


def test_passport_says_what_it_knows_in_words():
    assert passport_words(WHOLE) == [
        ("Source", "Opus 131 kbit/s, lossy"),
        ("Licence", "CC BY 4.0"),
        ("Done to it", "encoded to MP3 320 kbit/s; trimmed 2.0 s of silence"),
        ("Beware", "The source is lossy."),
        ("Loudness", "-9.1 LUFS, range 5.0 LU, true peak -0.4 dBTP"),
        ("Checked", "container whole, decoded by the conversion, 3:52 long, the catalogue says 3:53"),
        ("Fingerprint", "abcdef012345"),
    ]


def test_passport_of_a_file_kept_as_it_came_says_so():
    kept = WHOLE | {"conversions": [], "steps": [], "warnings": [], "loudness": {"loudness_lufs": -14, "peak_dbfs": -1}}

    words = dict(passport_words(kept))

    assert words["Done to it"] == "nothing: as it came"
    assert words["Loudness"] == "-14.0 LUFS, highest sample -1.0 dBFS"
    assert "Beware" not in words


@pytest.mark.parametrize(
    "passport",
    [{}, {"source": None, "steps": 7}, {"source": {"codec": "mp3"}, "checks": "yes"}, {"asked": {"format": "mp3"}}],
)
def test_passport_of_an_older_version_or_none_is_no_error(passport):
    assert all(words for _, words in passport_words(passport))


@pytest.mark.django_db
def test_track_page_shows_the_passport_of_its_file(visitor, house):
    file = house.track.recording.files.get()
    file.passport = WHOLE
    file.save()

    html = visitor.get(house.track.get_absolute_url()).content.decode()

    assert '<h3 class="facts-head">Passport</h3>' in html
    assert "-9.1 LUFS, range 5.0 LU, true peak -0.4 dBTP" in html


@pytest.mark.django_db
def test_track_page_of_a_file_without_a_passport_shows_no_empty_one(visitor, house):
    house.track.recording.files.update(passport={})

    assert "Passport" not in visitor.get(house.track.get_absolute_url()).content.decode()
