"""As much of Lucene's query syntax as clients of MusicBrainz write: fields, phrases, ranges, AND and OR."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.catalogue.search import fold, words

TERM = re.compile(
    r"""\s*(?:(?P<join>AND|OR|&&|\|\|)\b
        |(?P<sign>[-+!]|NOT\b)?\s*(?:(?P<field>[a-z]+):)?
         (?:"(?P<phrase>(?:\\.|[^"\\])*)"(?:~\d*)?|\[(?P<low>\S+)\s+TO\s+(?P<high>\S+)\]
           |\((?P<group>(?:\\.|[^()\\])*)\)|(?P<word>(?:\\.|[^\s"()\[\]\\])+)))""",
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Clause:
    field: str  # empty: any
    text: str
    low: float | None = None
    high: float | None = None
    is_needed: bool = True
    is_not: bool = False


def parse(query: str) -> list[Clause]:
    """The clauses of ``query``. Raises ValueError for what Lucene would refuse: open quotes and stray signs."""
    clauses: list[Clause] = []
    place, is_needed = 0, " AND " in query or "&&" in query
    query = query.strip()
    while place < len(query):
        match = TERM.match(query, place)
        if match is None or match.end() == place:
            raise ValueError(query[place:])
        place = match.end()
        if match["join"]:
            continue
        is_not = (match["sign"] or "") in ("-", "!", "NOT")
        text = next((match[name] for name in ("phrase", "group", "word") if match[name] is not None), "")
        if match["word"] and re.search(r"(?<!\\)[/:]", match["word"]):
            raise ValueError(match["word"])
        low, high = (_bound(match["low"]), _bound(match["high"])) if match["low"] else (None, None)
        clauses.append(
            Clause(match["field"] or "", ESCAPE.sub(r"\1", text), low, high, is_needed or match["sign"] == "+", is_not)
        )
    if not clauses:
        raise ValueError("empty query")
    return clauses


def score(clauses: list[Clause], fields: dict[str, object]) -> float:
    """Points of an item with ``fields``; 0 where a needed clause does not fit, or none fits."""
    points = 0.0
    for clause in clauses:
        found = _clause(clause, fields)
        if clause.is_not:
            if found:
                return 0.0
        elif not found and clause.is_needed:
            return 0.0
        else:
            points += found
    return points


def _clause(clause: Clause, fields: dict[str, object]) -> float:
    names = (clause.field,) if clause.field else tuple(fields)
    return max((_value(clause, fields[name]) for name in names if name in fields), default=0.0)


def _value(clause: Clause, value: object) -> float:
    if isinstance(value, list):
        return max((_value(clause, item) for item in value), default=0.0)
    if clause.low is not None and clause.high is not None:
        return 1.0 if isinstance(value, int | float) and clause.low <= value <= clause.high else 0.0
    if isinstance(value, int | float):
        return 1.0 if clause.text == str(value) else 0.0
    text = str(value)
    asked, there = words(clause.text), words(text)
    if not asked:
        return 2.0 if fold(clause.text) == fold(text) else 0.0
    share = sum(word in there for word in asked) / len(asked)
    whole = 1.0 if asked == there else 0.0
    return share + whole if share >= 0.75 else 0.0


def _bound(text: str) -> float:
    if text == "*":
        return float("inf")
    return float(text)
