"""The secret key: made once, in the data folder, readable by its owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def secret_key(data: Path) -> str:
    """The key of this installation; whoever asks first makes it, and all readers see the same whole key.

    It is written to a file of its own and hard-linked into place, so that a reader never meets half a key.
    """
    path = data / "secret_key"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text("ascii").strip()
    data.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=data, prefix=".secret_key-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
    return path.read_text("ascii").strip()
