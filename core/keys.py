"""Short public ids: ``7m1qa`` in ``/albums/7m1qa-tidal-memory/``.

The id is the row's number, spread over the space by a multiplication that can be undone, so that neighbours do not look
alike and no column is needed. It is an address, not a secret.
"""

from __future__ import annotations

from django.utils.text import slugify

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
SPACE = 32**6
FACTOR = 20_393_873_621  # odd, so it has an inverse modulo a power of two
INVERSE = pow(FACTOR, -1, SPACE)


def key_for(number: int) -> str:
    """The public id of row ``number``; at least five characters."""
    value = number * FACTOR % SPACE
    digits = ""
    while value:
        value, digit = divmod(value, 32)
        digits = ALPHABET[digit] + digits
    return digits.rjust(5, "0")


def number_for(key: str) -> int | None:
    """The row number behind ``key``, or None where it is no key."""
    value = 0
    for character in key:
        digit = ALPHABET.find(character)
        if digit < 0:
            return None
        value = value * 32 + digit
    number = value * INVERSE % SPACE
    return number if value < SPACE and key_for(number) == key else None


def slug_for(title: str) -> str:
    """A readable tail for an address, maybe empty (a title without a Latin letter)."""
    return slugify(title)[:60].strip("-")
