"""Why the candidate that was taken won, and why each of the others lost: the end of the receipt."""

from __future__ import annotations

from core.text import plural
from downloads.models import DownloadCandidate
from downloads.services.tiers import Tier, tier_of

State = DownloadCandidate.State
TIERS = {Tier.LOW: "low", Tier.USUAL: "usual", Tier.HIGH: "high", Tier.LOSSLESS: "lossless"}


def say_who_won(winner: DownloadCandidate, *, picked: object) -> dict[str, object]:
    """The receipt's words of the choice; each candidate that was good enough, and not needed, says why from now on.

    Call it inside the transaction that ends the download.
    """
    others = [row for row in winner.download.candidates.all() if row.pk != winner.pk]
    good = [row for row in others if row.state == State.UNTRIED]
    for row in good:
        row.message = f"{row.message} Not needed: {_why_not(row, winner, picked=picked)}."
    DownloadCandidate.objects.bulk_update(good, ["message"])
    words: dict[str, object] = {"found": _count(others, good)}
    if picked == winner.pk:
        words["chosen_by"] = "hand"
    elif good:
        second = max(good, key=lambda row: row.score)
        words["next_best"] = f"“{second.title}”, {second.score} of 100. {_why_not(second, winner, picked=picked)}."
    elif refused := [row for row in others if row.state == State.REJECTED]:
        second = max(refused, key=lambda row: row.score)
        words["next_best"] = f"“{second.title}”, {second.score} of 100, refused. {second.message}"
    return words


def _count(others: list[DownloadCandidate], good: list[DownloadCandidate]) -> str:
    failed = sum(row.state == State.FAILED for row in others)
    words = f"{plural(len(others) + 1, 'candidate')}, {len(good) + failed + 1} good enough"
    return f"{words}, {failed} tried in vain" if failed else words


def _why_not(row: DownloadCandidate, winner: DownloadCandidate, *, picked: object) -> str:
    """Why ``winner`` went before ``row``, in the order in which candidates are compared."""
    if winner.pk == picked:
        return "another was picked by hand"
    if row.score < winner.score:
        return f"“{winner.title}” is nearer, with {winner.score} of 100"
    if tier_of(row.info) < tier_of(winner.info):
        return f"“{winner.title}” sounds better ({TIERS[tier_of(winner.info)]} against {TIERS[tier_of(row.info)]})"
    if row.source != winner.source:
        return f"{winner.source} comes first in your order of sources"
    return "an equal one came first"
