"""Audio files from inside: what they hold, whether they are whole, and the fingerprint of their sound."""

from library.audio.check import check, check_arrival, check_length, check_sound, ends_of, has_sound
from library.audio.facts import AudioFacts, audio_hash, measure, probe
from library.audio.hearing import Ends, Meter
from library.audio.loudness import Loudness, Readings, joint_lufs
from library.audio.tools import ffmpeg_path

__all__ = [
    "AudioFacts",
    "Ends",
    "Loudness",
    "Meter",
    "Readings",
    "audio_hash",
    "check",
    "check_arrival",
    "check_length",
    "check_sound",
    "ends_of",
    "ffmpeg_path",
    "has_sound",
    "joint_lufs",
    "measure",
    "probe",
]
