"""From the form that a source delivered to the form that is wanted, with as little done to the sound as possible."""

from library.convert.convert import Converted, carry_out
from library.convert.plan import Edit, Plan, Way, edited, plan_for
from library.convert.preview import PREVIEW_SECONDS, make_preview

__all__ = [
    "PREVIEW_SECONDS",
    "Converted",
    "Edit",
    "Plan",
    "Way",
    "carry_out",
    "edited",
    "make_preview",
    "plan_for",
]
