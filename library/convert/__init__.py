"""From the form that a source delivered to the form that is wanted, with as little done to the sound as possible."""

from library.convert.convert import Converted, carry_out
from library.convert.plan import Plan, plan_for

__all__ = ["Converted", "Plan", "carry_out", "plan_for"]
