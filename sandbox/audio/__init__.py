"""Real encoded audio of the true length for every upload, cheap enough to be made when it is asked for."""

from __future__ import annotations

from sandbox.audio.shop import FORMATS, AudioFormat, AudioShop

__all__ = ["FORMATS", "AudioFormat", "AudioShop"]
