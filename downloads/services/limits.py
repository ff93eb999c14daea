"""What the settings leave out of the candidates, and of what was fetched."""

from __future__ import annotations

from catalog.matching import Limits
from catalog.matching.limits import CODECS
from core.errors import PermanentError
from ops.settings import in_force
from providers.base import FetchedFile

ALL_FORMATS = frozenset(CODECS.values())


def limits() -> Limits:
    """The settings' lowest bitrate, formats and words."""
    allowed = frozenset(in_force.ALLOWED_FORMATS)
    return Limits(
        least_kbps=in_force.MIN_BITRATE_KBPS,
        formats=frozenset() if allowed >= ALL_FORMATS else allowed,  # all: also those that nobody thought of
        words=tuple(in_force.EXCLUDED_WORDS),
    )


def check_fetched(fetched: FetchedFile, *, is_picked: bool) -> None:
    """Raises PermanentError (left_out) where what came is not what the settings allow: many say it only then.

    What a person picked by hand is taken as it is.
    """
    if is_picked:
        return
    if objection := limits().objection_to_sound(fetched.codec, fetched.bitrate_kbps):
        raise PermanentError(f"{objection[:1].upper()}{objection[1:]}.", reason="left_out")
