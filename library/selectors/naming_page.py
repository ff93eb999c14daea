"""The page of a name that was given: what it would change in the files, before any is touched."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.models import ArtistNaming
from core.errors import UserError
from library.selectors.chosen import chosen
from library.selectors.tag_page import MOST_LOOKED_AT, TagPage, tag_page
from library.services import renaming

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class NamingPage:
    """``tags``: what the tags would say. ``moves``: the first of what would lie elsewhere."""

    naming: ArtistNaming
    tags: TagPage
    moves: list[renaming.Move]
    move_count: int
    file_count: int  # files that would be tagged or moved
    digest: str
    stop_words: str

    @property
    def is_whole(self) -> bool:
        return self.tags.is_whole

    @property
    def has_work(self) -> bool:
        return bool(self.file_count)

    @property
    def more_moves(self) -> int:
        return self.move_count - len(self.moves)


def naming_page(naming: ArtistNaming) -> NamingPage:
    """Reads the artist's files and their folders, touches nothing."""
    tags = tag_page(chosen("artist", naming.artist.key), renaming.OPTIONS)
    files = renaming.files_called(naming)
    moves = renaming.moves_of(naming, files)
    changed = {one.file.pk for one in tags.differing} | {move.file_id for move in moves if move.file_id}
    digest = renaming.digest_of(tags.found, moves) if tags.is_whole else ""
    shown = moves[:MOST_SHOWN]
    return NamingPage(naming, tags, shown, len(moves), len(changed), digest, _stop_words(naming, tags, moves))


def _stop_words(naming: ArtistNaming, tags: TagPage, moves: list[renaming.Move]) -> str:
    if not tags.is_whole:
        return tags.stop_words or f"This may touch more than {MOST_LOOKED_AT} files."
    try:
        renaming.plan_of(naming, tags.found, moves, by="page").check_amount()
    except UserError as exc:
        return exc.message
    return ""
