"""The page that shows what the tags of files are and would become, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlencode

from django.urls import reverse

from core.errors import UserError
from library.models import AudioFile, ManualTag
from library.selectors.chosen import Chosen
from library.selectors.tags import ChangeRow, change_rows
from library.services import retag
from ops.settings import in_force

PAGE = 50  # files read for one page
MOST_LOOKED_AT = 200  # a selection up to this is shown whole


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file with what would change in it."""

    id: int
    name: str
    folder: str
    changes: list[ChangeRow]
    problem: str


@dataclass(slots=True)
class TagPage:
    """``is_whole``: everything that is chosen was looked at, so ``digest`` says what would be written."""

    chosen: Chosen
    options: retag.TagOptions
    total: int
    found: list[retag.Look]
    is_whole: bool
    digest: str = ""
    stop_words: str = ""  # why the stop rule would ask first
    next_url: str = ""
    first_url: str = ""
    common: list[ChangeRow] = field(default_factory=list)  # what is the same in all files that differ
    rows: list[FileRow] = field(default_factory=list)  # files with what differs in them alone, or why they cannot be
    plain: list[str] = field(default_factory=list)  # paths of the files of which ``common`` says all
    manual: int = 0  # values that were set by hand

    @property
    def differing(self) -> list[retag.Look]:
        return [one for one in self.found if one.differs]

    @property
    def same(self) -> int:
        return sum(not one.differs and not one.problem for one in self.found)


def tag_page(which: Chosen, options: retag.TagOptions, *, after: str = "") -> TagPage:
    """The page of these files; of more than fit on it those behind the path ``after``. Reads files, touches nothing."""
    total = which.files.count()
    is_whole = total <= MOST_LOOKED_AT
    files = list(which.files if is_whole else which.files.filter(path__gt=after)[: PAGE + 1])
    has_more = not is_whole and len(files) > PAGE
    found = retag.look(files[:PAGE] if has_more else files, options)
    page = TagPage(which, options, total, found, is_whole)
    _fill(page)
    page.manual = ManualTag.objects.filter(file__in=which.files.values("pk")).count()
    if is_whole:
        page.digest = retag.digest_of(found)
    page.stop_words = _stop_words(page)
    if has_more:
        page.next_url = address(which, options, after=files[PAGE - 1].path)
    if after and not is_whole:
        page.first_url = address(which, options)
    return page


def address(which: Chosen, options: retag.TagOptions, *, after: str = "") -> str:
    """The page's address."""
    more = {"cover": options.cover, "lyrics": options.lyrics}
    query = urlencode({name: "1" for name, value in more.items() if value} | ({"after": after} if after else {}))
    return f"{reverse('library:tag_list')}?{which.query}" + (f"&{query}" if query else "")


def _fill(page: TagPage) -> None:
    """What all files have in common is said once, and of each only what is its own."""
    changes = {one.file.pk: change_rows(one) for one in page.differing}
    first = next(iter(changes.values()), [])
    if len(changes) > 1:
        page.common = [row for row in first if all(row in rows for rows in changes.values())]
    for one in page.found:
        own = [row for row in changes.get(one.file.pk, []) if row not in page.common]
        if own or one.problem:
            page.rows.append(_row(one, own))
        elif one.differs:
            page.plain.append(one.file.path)


def _row(one: retag.Look, own: list[ChangeRow]) -> FileRow:
    path = PurePosixPath(one.file.path)
    folder = "" if str(path.parent) == "." else str(path.parent)
    return FileRow(one.file.pk, path.name, folder, own, one.problem)


def _stop_words(page: TagPage) -> str:
    if not page.is_whole:
        known = AudioFile.objects.filter(gone_at=None).count()
        share = 100 * page.total / known if known else 0
        limits = (in_force.STOP_FILES and page.total > in_force.STOP_FILES) or (
            in_force.STOP_SHARE and share > in_force.STOP_SHARE
        )
        return f"This may write up to {page.total:,} files." if limits else ""
    try:
        retag.plan_of(page.differing, by="page").check_amount()
    except UserError as exc:
        return exc.message
    return ""
