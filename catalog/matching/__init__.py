"""Which of the candidates is the wanted recording, if any: pure functions over value types, no database, no network."""

from catalog.matching.limits import Limits
from catalog.matching.ranking import DEFAULT_THRESHOLD, Scored, choose, rank

__all__ = ["DEFAULT_THRESHOLD", "Limits", "Scored", "choose", "rank"]
