"""How settings are written, wherever: each kind takes what it should and says what it expects of the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ops.settings import KINDS, SECTIONS, Settings, environment, kinds_of
from tests.spotizer.serving import ROOT

GOOD = [
    ("MATCH_THRESHOLD", "85", 85),
    ("TRIM", "On", True),
    ("VERIFY", "0", False),
    ("RETRY_FACTOR", "1.5", 1.5),
    ("OUTPUT_FORMAT", "MP3", "mp3"),
    ("QUIET_HOURS", "23:00-07:30", (time(23), time(7, 30))),
    ("QUIET_HOURS", "off", None),
    ("REQUEST_RATES", "deezer=8, MusicBrainz=0.5", {"deezer": 8.0, "musicbrainz": 0.5}),
    ("PERMITS", "youtube=1 music.youtube.com=2", {"youtube": 1, "music.youtube.com": 2}),
    ("PERMITS", "none", {}),
    ("EXCLUDED_WORDS", "bass  boosted, karaoke,, karaoke", ["bass boosted", "karaoke"]),
    ("EXCLUDED_WORDS", "Off", []),
    ("SOURCES", "YouTube, youtube_music youtube", ["youtube", "youtube_music"]),
    ("ALLOWED_FORMATS", "flac mp3", ["mp3", "flac"]),
    ("SLSKD_URL", "http://slskd:5030/", "http://slskd:5030"),
    ("SPOTIFY_MARKET", "de", "DE"),
]
NONSENSE = [
    *(("QUIET_HOURS", text) for text in ["23", "23:00-", "25:00-07:00", "23:00-23:00", "night", "1:00-2:00-3:00"]),
    *(("REQUEST_RATES", text) for text in ["deezer", "deezer=", "deezer=fast", "deezer=0", "deezer=-1", "=3"]),
    *(("REQUEST_RATES", text) for text in ["deezer=inf", "deezer=nan", "napster=2", "deezer=2 lrclib"]),
    *(("PERMITS", text) for text in ["youtube=0.5", "youtube=0"]),
    *(("RETRY_FACTOR", text) for text in ["0.5", "11", "nan", "inf", "twice"]),
    *(("MATCH_THRESHOLD", text) for text in ["-1", "101", "80.5", "eighty"]),
    *(("SOURCES", text) for text in ["yuotube", ","]),
    *(("SLSKD_URL", text) for text in ["slskd:5030", "ftp://a", "http://a:b", "http://u:p@a", "http://"]),
    *(("SPOTIFY_MARKET", text) for text in ["USA", "1a", "ÄÖ"]),
    ("TRIM", "maybe"),
    ("OUTPUT_FORMAT", "wma"),
]


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_what_is_written_means_its_value(name, text, value):
    assert KINDS[name].parse(text) == value


@pytest.mark.parametrize(("name", "text"), NONSENSE)
def test_nonsense_is_refused_and_stops_the_start_naming_its_variable(name, text):
    kind = KINDS[name]
    with pytest.raises(ValueError):
        kind.parse(text)
    with pytest.raises(ImproperlyConfigured) as caught:
        environment.read({kind.variable: text})

    assert str(caught.value) == f"{kind.variable} is {text!r}; expected {kind.expected}."


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_default_can_be_written_and_read_back(kind):
    written = kind.write(kind.default)

    assert not written or kind.parse(written) == kind.default
    assert kind.words.label
    assert kind.words.help.endswith(".")


def test_every_setting_stands_in_one_section_and_has_a_variable_of_its_own():
    shown = [kind for section in SECTIONS for kind in kinds_of(section)]

    assert len(shown) == len(KINDS) == len({kind.variable for kind in shown})
    assert all(isinstance(getattr(Settings, name), type(kind)) for name, kind in KINDS.items())
    assert all(section.TAB and section.TITLE for section in SECTIONS)


def test_environment_gives_what_it_says_and_defaults_for_the_rest(tmp_path):
    key = tmp_path / "key"
    key.write_text("of a file\n")

    values, said = environment.read(
        {"SPOTIZER_MATCH_THRESHOLD": " 70 ", "SPOTIZER_TRIM": " ", "SPOTIZER_SLSKD_KEY_FILE": str(key)},
        {"YOUTUBE_AT_ONCE": 0},
    )

    assert said == {"MATCH_THRESHOLD", "SLSKD_KEY"}
    assert (values["MATCH_THRESHOLD"], values["SLSKD_KEY"]) == (70, "of a file")
    assert (values["TRIM"], values["YOUTUBE_AT_ONCE"], values["MAX_FAILURES"]) == (False, 0, 3)


def test_secret_that_cannot_be_read_stops_the_start_and_names_the_file():
    with pytest.raises(ImproperlyConfigured, match=r"SPOTIZER_SLSKD_KEY_FILE: /nowhere/key cannot be read"):
        environment.read({"SPOTIZER_SLSKD_KEY_FILE": "/nowhere/key"})


def test_settings_module_marks_what_the_environment_sets(tmp_path: Path):
    code = "from spotizer import settings as s; print(s.MATCH_THRESHOLD, sorted(s.SET_BY_ENVIRONMENT), s.TRIM)"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SPOTI", "DATABASE_URL"))}
    env |= {"SPOTIZER_DATA": str(tmp_path), "SPOTIZER_DOTENV": str(tmp_path / "env"), "SPOTIZER_TRIM": "yes"}
    (tmp_path / "env").write_text("SPOTIZER_MATCH_THRESHOLD=66\n")

    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "66 ['MATCH_THRESHOLD', 'TRIM'] True\n"
