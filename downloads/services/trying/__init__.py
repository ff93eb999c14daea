"""Trying out what lies outside: sources, catalogues and the engine, each step with what came of it.

``steps`` says what a step is, ``sources`` and ``services`` take them, ``trials`` keeps them for the page.
"""

from downloads.services.trying.services import SERVICES, try_service
from downloads.services.trying.sources import find_source, try_source, usual_track, wanted_from
from downloads.services.trying.steps import Step

__all__ = ["SERVICES", "Step", "find_source", "try_service", "try_source", "usual_track", "wanted_from"]
