"""Any text as one part of a path that ext4, NTFS, exFAT, SMB and macOS all take as it is."""

from __future__ import annotations

import re
import unicodedata

# ext4 takes 255 bytes, NTFS and exFAT 255 UTF-16 units, HFS+ 255 units of the decomposed form. The room left over is
# for the number that a collision puts behind the name.
PART_BYTES = 240
UNITS = 250
TOTAL_BYTES = 900  # of the whole relative path: with the library's own folder before it still far below PATH_MAX

REPLACEMENTS = str.maketrans({"/": "-", "\\": "-", "|": "-", "*": "+", "?": "", '"': "'", "<": "[", ">": "]"})
LOOKALIKES = str.maketrans({"?": "？", ".": "．", ":": "：", "*": "＊", "/": "／", "\\": "＼", "|": "｜"})
# Characters that look like nothing but are letters or symbols to Unicode.
BLANKS = {"\u3164", "\uffa0", "\u2800"}
JOINERS = "\u200c\u200d"  # Persian and emoji sequences need them
# Windows keeps these for devices, whatever comes behind the first dot.
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
RESERVED = (
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"COM{digit}" for digit in "0123456789¹²³"}
    | {f"LPT{digit}" for digit in "0123456789¹²³"}
)


def safe_part(text: str, *, extension: str = "", limit: int = PART_BYTES) -> str:
    """``text`` as a name, with ``.extension`` where one is given; empty where nothing can be made of it.

    Never longer than ``limit`` bytes of UTF-8: the text gives way, the extension does not.
    """
    tail = f".{extension}" if extension else ""
    stem = _clean(text)
    if not stem:
        return ""
    stem = _shortened(_not_reserved(stem), limit - len(tail))
    return f"{_not_reserved(stem)}{tail}" if stem else ""


def legible(value: str) -> str:
    """``value``, written with lookalikes where nothing of it would be left: an artist called "..." has a folder too."""
    return value if _clean(value) else value.translate(LOOKALIKES)


def numbered(name: str, number: int) -> str:
    """``01 Title (2).mp3`` for ``01 Title.mp3`` and 2."""
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    suffix = f" ({number})"
    tail = f".{extension}" if dot else ""
    return f"{_shortened(stem, 255 - len(suffix) - len(tail.encode()))}{suffix}{tail}"


def folded(name: str) -> str:
    """What two names have in common when a file system that ignores case, or macOS, takes them for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r":\s+", " - ", text).replace(":", "-").translate(REPLACEMENTS)
    text = "".join(" " if _is_space(character) else character for character in text if _is_kept(character))
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    # A leading dot hides the file; Windows drops trailing dots and spaces behind our back.
    return text.strip(f" {JOINERS}").lstrip(f". {JOINERS}").rstrip(f". {JOINERS}")


def _is_space(character: str) -> bool:
    return character in BLANKS or character.isspace() or unicodedata.category(character).startswith("Z")


def _is_kept(character: str) -> bool:
    """Drops control, bidirectional and other invisible characters, lone surrogates, private use and non-characters."""
    category, code = unicodedata.category(character), ord(character)
    if category == "Cc":
        return character in "\t\n\r\v\f"
    if category == "Cf":
        return character in JOINERS or 0xE0020 <= code <= 0xE007F or 0x0600 <= code <= 0x0605
    return category not in ("Cs", "Co") and code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code <= 0xFDEF


def _not_reserved(stem: str) -> str:
    head, dot, rest = stem.partition(".")
    return f"{head.rstrip()}_{dot}{rest}" if head.rstrip().upper() in RESERVED else stem


def _shortened(stem: str, limit: int) -> str:
    """As much of ``stem`` as fits, cut between visible characters."""
    if _fits(stem, limit):
        return stem
    low, high = 0, len(stem)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _fits(stem[:middle], limit) else (low, middle - 1)
    end = low
    while end and _continues(stem, end):
        end -= 1
    cut = stem[: end or low].rstrip(f". {JOINERS}")
    return cut or stem[:low].rstrip(f". {JOINERS}")


def _fits(text: str, limit: int) -> bool:
    decomposed = unicodedata.normalize("NFD", text).encode("utf-16-le", "replace")
    return len(text.encode()) <= limit and len(decomposed) // 2 <= UNITS


def _continues(text: str, index: int) -> bool:
    """Whether the character at ``index`` belongs to the one before it: accents, joined emoji, skin tones."""
    character, before = text[index], text[index - 1]
    return (
        unicodedata.combining(character) != 0
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or character in JOINERS
        or before == "\u200d"
        or 0x1F3FB <= ord(character) <= 0x1F3FF
        or 0xE0020 <= ord(character) <= 0xE007F
    )
