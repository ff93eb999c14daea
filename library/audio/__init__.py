"""Audio files from inside: what they hold, whether they are whole, and the fingerprint of their sound."""

from library.audio.check import check, check_arrival, check_length, check_sound, has_sound
from library.audio.facts import AudioFacts, audio_hash, measure, probe
from library.audio.tools import ffmpeg_path

__all__ = [
    "AudioFacts",
    "audio_hash",
    "check",
    "check_arrival",
    "check_length",
    "check_sound",
    "ffmpeg_path",
    "has_sound",
    "measure",
    "probe",
]
