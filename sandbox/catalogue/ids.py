"""Identifiers in the form in which each service writes them, derived from a seed and a name."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Ids:
    """Makes identifiers: the same seed, kind and name give the same identifier on every machine."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def number(self, kind: str, name: object) -> int:
        """A number below 2**128."""
        return int.from_bytes(blake2b(f"{self._seed}|{kind}|{name}".encode(), digest_size=16).digest(), "big")

    def spotify(self, kind: str, name: object) -> str:
        """22 characters of base62."""
        return _digits(self.number(f"spotify-{kind}", name), BASE62, 22)

    def mbid(self, kind: str, name: object) -> str:
        """A version 4 UUID."""
        return str(UUID(int=self.number(f"mb-{kind}", name), version=4))

    def video(self, name: object) -> str:
        """11 characters, as YouTube writes a video's id."""
        return _digits(self.number("video", name), BASE64, 11)

    def text(self, kind: str, name: object, length: int) -> str:
        """``length`` characters of base64 for the other ids of YouTube."""
        return _digits(self.number(kind, name), BASE64[:62], length)

    def md5(self, kind: str, name: object) -> str:
        """32 hexadecimal digits, as Deezer names a picture."""
        return f"{self.number(f'picture-{kind}', name):032x}"


def _digits(number: int, alphabet: str, length: int) -> str:
    digits = []
    for _ in range(length):
        number, index = divmod(number, len(alphabet))
        digits.append(alphabet[index])
    return "".join(reversed(digits))


def ean13(twelve: str) -> str:
    """The 13 digits of a barcode: twelve and their check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"
