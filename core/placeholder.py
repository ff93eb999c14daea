"""A drawn cover for what has none: initials on a colour that stays the same for the same name."""

from __future__ import annotations

from hashlib import sha256
from html import escape

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
    '<rect width="64" height="64" fill="hsl({hue} 32% 30%)"/>'
    '<circle cx="52" cy="12" r="26" fill="hsl({hue} 40% 40%)" opacity=".55"/>'
    '<text x="32" y="41" text-anchor="middle" font-family="system-ui,sans-serif" font-size="24" font-weight="700" '
    'fill="#f1f5f2">{initials}</text></svg>'
)


def drawn_cover(name: str) -> str:
    """An SVG with the initials of ``name``."""
    hue = int.from_bytes(sha256(name.encode()).digest()[:2], "big") % 360
    return SVG.format(hue=hue, initials=escape(initials(name)))


def initials(name: str) -> str:
    """At most two letters: of the first two words that begin with one."""
    letters = [word[0] for word in name.split() if word[0].isalnum()]
    return "".join(letters[:2]).upper() or "♪"
