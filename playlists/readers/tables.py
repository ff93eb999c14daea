"""CSV of any delimiter: Exportify, TuneMyMusic, Soundiiz, spreadsheets."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from playlists.readers.columns import find_columns, is_in_ms, line_of, names_of
from playlists.readers.values import LONGEST_LINE, Gathered, Line, ReadList, Unread, tidy, unread

DELIMITERS = ",;\t|"
EXPORTIFY = {"Track URI", "Track Name", "Artist Name(s)"}
_LONGEST_ROW = 20  # lines that one row may stretch over: behind that a quote was forgotten
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table is written; without columns its first two fields are artist and title, in either order."""

    delimiter: str
    header: tuple[str, ...] = ()
    columns: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    raw: str
    fields: list[str]
    why: str = ""  # it is broken


def find_shape(text: str) -> Shape | None:
    """How ``text`` is written, or None where it is no table."""
    start, said = _without_sep(text[: _LOOKED_AT * 2000])
    shapes = []
    for delimiter in said or DELIMITERS:
        first = next((row for row in _rows(start, delimiter) if row.fields), None)
        if first is not None and len(first.fields) > 1 and (columns := find_columns(first.fields)):
            shapes.append(Shape(delimiter, tuple(first.fields), tuple(columns.items())))
    if shapes:
        return max(shapes, key=lambda shape: len(shape.columns))
    return _without_header(start, said)


def _without_header(start: str, said: str) -> Shape | None:
    """A table that names no columns: every row has as many fields. Bare commas are too common in names to say so."""
    rows = start.splitlines()[:_LOOKED_AT]
    is_quoted = bool(rows) and all(row.strip().startswith('"') for row in rows if row.strip())
    for delimiter in said or (";\t|," if is_quoted else ";\t|"):
        counts = Counter(len(row.fields) for row in list(_rows("\n".join(rows), delimiter)) if row.fields)
        if counts and 2 <= counts.most_common(1)[0][0] <= 4 and counts.most_common(1)[0][1] * 5 >= counts.total() * 4:
            return Shape(delimiter)
    return None


def read_table(text: str, shape: Shape) -> ReadList:
    """Each row as a wish; a broken one costs itself and no other."""
    body, _ = _without_sep(text)
    columns, in_ms = dict(shape.columns), is_in_ms(shape.header, dict(shape.columns))
    gathered = Gathered()
    is_header = bool(shape.header)
    for row in _rows(body, shape.delimiter, len(shape.header)):
        if is_header and row.fields:
            is_header = False
        elif row.why:
            gathered.add(unread(row.number, row.raw, row.why))
        elif any(value.strip() for value in row.fields):
            gathered.add(_line(row, shape, columns, in_ms=in_ms))
    return gathered.finish("Exportify" if set(shape.header) >= EXPORTIFY else "CSV")


def _line(row: _Row, shape: Shape, columns: dict[str, int], *, in_ms: bool) -> Line | Unread:
    fields = row.fields
    if not columns:
        if len(fields) > 2 and fields[0].strip().rstrip(".").isdigit():  # it counts the rows
            fields = fields[1:]
        values = {"artist": fields[0], "title": fields[1] if len(fields) > 1 else ""}
        found = line_of(row.number, row.raw, values)
        if isinstance(found, Unread):
            return found
        other = (tidy(fields[1]), names_of(fields[0]))
        return Line(found.number, found.title, found.artist, raw=found.raw, others=(other,))
    while len(fields) > len(shape.header) and not fields[-1].strip():
        fields = fields[:-1]
    if len(fields) > len(shape.header):
        why = (
            f"It has {len(fields)} fields, the first line {len(shape.header)}: a field with the delimiter needs quotes."
        )
        return unread(row.number, row.raw, why)
    values = {name: fields[place] for name, place in columns.items() if place < len(fields)}
    return line_of(row.number, row.raw, values, in_ms=in_ms)


def _without_sep(text: str) -> tuple[str, str]:
    """``text`` without the line by which spreadsheets tell the delimiter, and that delimiter."""
    head, _, body = text.partition("\n")
    said = head.strip().strip('"')
    if said.lower().startswith("sep=") and len(said) == 5:
        return "\n" + body, said[4]  # the line stays, empty, so that the others keep their numbers
    if head.lower().startswith("sep=\t"):
        return "\n" + body, "\t"
    return text, ""


def _rows(text: str, delimiter: str, width: int = 0) -> Iterator[_Row]:
    """Rows in order. One whose quote never ends is said to be broken, and the next line is read as a new row.

    So it is where lines taken together do not make ``width`` fields: their quotes belong to different rows.
    """
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        taken = _stretch(lines, at, delimiter)
        raw = "\n".join(lines[at : at + taken]) if taken else lines[at]
        parsed = _parsed(at + 1, raw, delimiter)
        if not taken or (taken > 1 and width and len(parsed.fields) != width):
            taken, raw = 1, lines[at]
            yield _Row(at + 1, raw, [], "A quote in it does not end.")
        elif len(raw) > LONGEST_LINE:
            yield _Row(at + 1, raw, [], "It is too long for one track.")
        else:
            yield parsed
        at += taken


def _stretch(lines: list[str], at: int, delimiter: str) -> int:
    """How many lines the row at ``at`` takes; 0 where its quote does not end."""
    if lines[at].count('"') % 2 == 0 or not _opens(lines[at], delimiter):
        return 1
    for count in range(1, min(_LONGEST_ROW, len(lines) - at)):
        if lines[at + count].count('"') % 2:
            return count + 1
    return 0


def _opens(line: str, delimiter: str) -> bool:
    """Whether a field of it begins with a quote: inches and nicknames inside a field open nothing."""
    return any(field.lstrip().startswith('"') for field in line.split(delimiter))


def _parsed(number: int, raw: str, delimiter: str) -> _Row:
    """One row; what stretches over lines must be written properly, else it is no row but a forgotten quote."""
    lines = raw.replace("\x00", "").splitlines(keepends=True)
    try:
        fields = next(csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=len(lines) > 1), [])
    except csv.Error:
        return _Row(number, raw, [], "It is no row of a CSV file.")
    return _Row(number, raw, fields)
