"""Whether this process was told to stop: long work asks now and then, puts its row back and returns."""

from __future__ import annotations

import os
from pathlib import Path

# ``serve`` names a file here before it starts its parts, and makes the file when everything shall stop.
VARIABLE = "SPOTIZER_STOP_FILE"


def is_stopping() -> bool:
    """True from the moment ``serve`` or ``work`` was asked to stop; always False where neither runs."""
    name = os.environ.get(VARIABLE, "")
    return name != "" and Path(name).exists()
