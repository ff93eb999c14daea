"""Whether this process was told to stop: long work asks now and then, puts its row back and returns."""

from __future__ import annotations

import os
from pathlib import Path

# ``serve`` names a file here before it starts its parts, and makes the file when everything shall stop. A part that may
# be started anew by itself has one more, behind the separator of paths.
VARIABLE = "SPOTIZER_STOP_FILE"


def is_stopping() -> bool:
    """True from the moment this part of ``serve`` or ``work`` was asked to stop; always False where neither runs."""
    return any(name and Path(name).exists() for name in os.environ.get(VARIABLE, "").split(os.pathsep))
