"""From the form that a source delivered to the form that is wanted, with as little done to the sound as possible."""

from library.convert.convert import Converted, carry_out
from library.convert.plan import Edit, Plan, Way, edited, plan_for

__all__ = ["Converted", "Edit", "Plan", "Way", "carry_out", "edited", "plan_for"]
