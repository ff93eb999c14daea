"""From the form that a source delivered to the form that is wanted, with as little done to the sound as possible."""

from library.convert.convert import Converted, carry_out, convert
from library.convert.plan import FORMATS, Plan, plan_for

__all__ = ["FORMATS", "Converted", "Plan", "carry_out", "convert", "plan_for"]
