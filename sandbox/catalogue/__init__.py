"""The invented catalogue: the same for every run, because everything in it is derived from one seed."""

from __future__ import annotations

from sandbox.catalogue.build import build
from sandbox.catalogue.store import Catalogue

VERSION = "3"  # raise it when generated audio or pictures change: caches are keyed by it
DEFAULT_SEED = "spotizer"

__all__ = ["DEFAULT_SEED", "VERSION", "Catalogue", "build"]
