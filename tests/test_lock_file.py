"""What is installed with Spotizer never decrypts a protected stream."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Packages that decrypt streams, take them from a service's own player, or exist to get round its protection.
REFUSED = re.compile(
    r"^(?:librespot|zotify|spotify-?dl|deemix|deezer-py|streamrip|tidal-?dl|orpheusdl|widevine|pywidevine|pyplayready"
    r"|yt-dlp-drm|gamdl|pyspotify|votify|spotizer-decrypt|pymp4|d-?fi|freezer|onthespot|qobuz-?dl)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "pyproject.toml"])
def test_no_package_that_decrypts_streams_is_installed(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    packages = re.findall(r"^\s*\"?([A-Za-z0-9][A-Za-z0-9._-]*)", text, re.MULTILINE)

    assert packages
    assert [package for package in packages if REFUSED.match(package)] == []
