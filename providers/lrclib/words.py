"""Words as people sent them in: without the markup of a page, and of a sane length."""

from __future__ import annotations

import html
import re

LONGEST = 60_000  # characters; ten times the longest song. What is longer is no lyrics, and too much for a tag
# Only what is a tag of HTML: singers write <3 and [Chorus], and LRC has <00:12.50> before single words.
UNSEEN = re.compile(r"<(script|style|head|title)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
BREAKS = re.compile(r"<(?:br|p|div|li|/p|/div|/li|h[1-6]|/h[1-6])\b[^<>]*>", re.IGNORECASE)
TAGS = re.compile(
    r"</?(?:a|abbr|b|big|body|center|code|em|embed|font|form|html|i|iframe|img|input|link|meta|object|ol|pre|s|small|span"
    r"|strike|strong|sub|sup|svg|table|tbody|td|th|tr|tt|u|ul|video|audio)\b[^<>]*>|<!--.*?-->|<!doctype[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)


def words_of(value: object) -> str:
    """The text in ``value``; empty for what is no text, or too long for any song."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return ""
    text = value.encode("utf-8", "ignore").decode().replace("\0", "")
    if "<" in text:
        text = TAGS.sub("", BREAKS.sub("\n", UNSEEN.sub("", text)))
    return html.unescape(text) if "&" in text else text
