"""The file of corrections: a small open JSON, pure. docs/corrections.md describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.errors import UserError
from downloads.uploads import right_link

FORMAT, VERSION = "spotizer-corrections", 1
MOST_BYTES, MOST_ENTRIES = 20_000_000, 200_000
VERDICTS = ("right", "wrong")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SERVICE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_LONGEST = {"title": 1000, "artist": 1000, "id": 500, "url": 2000, "at": 40}


@dataclass(frozen=True, slots=True)
class Entry:
    """One upload of a service said to be a recording, or not to be it. ``at`` is an ISO date or empty."""

    isrc: str
    mbid: str
    service: str
    id: str
    verdict: str
    title: str = ""
    artist: str = ""
    url: str = ""
    at: str = ""

    @property
    def keys(self) -> list[tuple[str, str, str]]:
        """What makes two entries speak of the same: a code of the recording, and the upload."""
        return [(code, self.service, self.id) for code in (self.isrc, self.mbid) if code]

    def __str__(self) -> str:
        name = f"{self.artist}: {self.title}" if self.artist else self.title
        return f"{name or self.isrc or self.mbid} and {self.service} {self.id}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two files, or a file and what is known here, say the opposite of one upload."""

    ours: Entry
    theirs: Entry

    def __str__(self) -> str:
        return f"{self.ours}: {self.ours.verdict} here, {self.theirs.verdict} there"


def write(entries: Iterable[Entry]) -> str:
    """The file's text, the same for the same entries whatever their order."""
    rows = [{name: value for name, value in asdict(entry).items() if value} for entry in sorted(entries, key=_order)]
    return json.dumps({"format": FORMAT, "version": VERSION, "corrections": rows}, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> tuple[list[Entry], list[str]]:
    """The entries, and in words what is wrong with those that cannot be used. Raises UserError for another file."""
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise UserError(f"The file is larger than {MOST_BYTES // 1_000_000} MB.", remedy="Split it.")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise UserError(
            "This is no file of corrections: it is not JSON.", remedy="Give one that was exported."
        ) from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT or not isinstance(whole.get("corrections"), list):
        raise UserError("This is no file of corrections.", remedy=f"Its “format” must be “{FORMAT}”.")
    if whole.get("version") != VERSION:
        raise UserError(
            f"The file is of version {whole.get('version')}; {VERSION} is known.", remedy="Update Spotizer."
        )
    if len(whole["corrections"]) > MOST_ENTRIES:
        raise UserError(f"The file has more than {MOST_ENTRIES:,} corrections.", remedy="Split it.")
    entries, wrong = dict[Entry, None](), []
    for number, row in enumerate(whole["corrections"], start=1):
        try:
            entries[_entry(row)] = None
        except ValueError as exc:
            wrong.append(f"correction {number}: {exc}")
    return list(entries), wrong


def merge(
    ours: Iterable[Entry], theirs: Iterable[Entry], *, prefer_theirs: bool = False
) -> tuple[list[Entry], list[Conflict]]:
    """All of both. Where they say the opposite ours stays, or theirs where that is preferred; each case is told."""
    kept = list(dict.fromkeys(ours))
    known = {key: entry for entry in kept for key in entry.keys}
    conflicts: list[Conflict] = []
    for entry in theirs:
        twin = next((known[key] for key in entry.keys if key in known), None)
        if twin is not None and twin.verdict != entry.verdict:
            conflicts.append(Conflict(twin, entry))
            if not prefer_theirs:
                continue
        elif twin is not None:
            continue
        if twin is not None:
            kept.remove(twin)
        kept.append(entry)
        known |= dict.fromkeys(entry.keys, entry)
    return kept, conflicts


def _order(entry: Entry) -> tuple[str, ...]:
    return (entry.isrc or entry.mbid, entry.mbid, entry.service, entry.id, entry.verdict)


def _entry(row: Any) -> Entry:
    """Raises ValueError with the words for it."""
    if not isinstance(row, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - what is wrong with the file, not with the call
    given = {field.name: row.get(field.name, "") for field in fields(Entry)}
    for name, value in given.items():
        if not isinstance(value, str) or len(value) > _LONGEST.get(name, 100) or "\0" in value:
            raise ValueError(f"“{name}” is no text, or too long")
    entry = Entry(**given | {"isrc": given["isrc"].upper().replace("-", ""), "mbid": given["mbid"].lower()})
    if not entry.isrc and not entry.mbid:
        raise ValueError("it names no recording, by “isrc” or “mbid”")
    if (entry.isrc and not _ISRC.fullmatch(entry.isrc)) or (entry.mbid and not _MBID.fullmatch(entry.mbid)):
        raise ValueError("its “isrc” or “mbid” is not written like one")
    if not _SERVICE.fullmatch(entry.service) or not entry.id:
        raise ValueError("it names no upload, by “service” and “id”")
    if entry.verdict not in VERDICTS:
        raise ValueError("its “verdict” is neither “right” nor “wrong”")
    return replace(entry, url=right_link(entry.service, entry.id, entry.url)) if entry.verdict == "right" else entry
