"""Rows of the queue as the template draws them, many times a second: drawn once, then only what moves is put in.

Everything in a row stays from one second to the next but its bar and its facts. So the template is drawn with marks in
the places of these; what it gave is kept, in pieces, for as long as all else of the row is the same. The page's lists
come of the same pieces: whenever a row comes or goes they are fetched anew, and all others are as they were.
"""

from __future__ import annotations

import re
from dataclasses import fields
from functools import lru_cache
from typing import Any

from django.template import Context, Template
from django.template.loader import get_template
from django.utils.html import escape

from downloads.selectors.rows import JobRow

TEMPLATE = "components/_job_row.html"
MOVING = {"percent", "facts"}
KEPT = 1000  # rows; each some 4 kB
# Private-use characters: nobody's title has them, and no filter changes them.
MARK = "\ue000{}\ue001"
MARKED = re.compile("\ue000(\\w+)\ue001")

STILL = tuple(one.name for one in fields(JobRow) if one.name not in MOVING)


def moving_row(row: JobRow, *, is_list: bool, may_download: bool, can_move: bool = False, oob: bool = True) -> str:
    """The row as ``_job_row.html`` draws it, out of band unless told otherwise."""
    still = tuple(tuple(value) if isinstance(value := getattr(row, name), list) else value for name in STILL)
    pieces = _drawn(still, len(row.facts), is_list, may_download, can_move, oob)
    values = {"percent": str(row.percent)} | {f"fact{at}": escape(fact) for at, fact in enumerate(row.facts)}
    # Pieces alternate: what stays, the name of what moves, what stays, ...
    return "".join(values[piece] if at % 2 else piece for at, piece in enumerate(pieces))


@lru_cache(maxsize=KEPT)
def _drawn(
    still: tuple[object, ...], facts: int, is_list: bool, may_download: bool, can_move: bool, oob: bool
) -> tuple[str, ...]:
    values: dict[str, Any] = dict(zip(STILL, still, strict=True))
    marks: list[Any] = [MARK.format(f"fact{at}") for at in range(facts)]
    percent: Any = MARK.format("percent")
    row = JobRow(**values, percent=percent, facts=marks)
    context: dict[str, Any] = {"row": row, "is_list": is_list, "can_move": can_move, "oob": oob}
    context["request"] = {"user": {"may_download": may_download}}
    template: Template = get_template(TEMPLATE).template  # type: ignore[attr-defined]
    html = template.render(Context(context))
    return tuple(MARKED.split(html))
