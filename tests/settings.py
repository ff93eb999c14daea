"""The settings of a test run: the product's own, over a data folder that is made for the run and dropped after it.

Whatever the environment or ``.env`` says, a test never touches ``./data``.
"""

# ruff: noqa: F403, E402

import atexit
import math
import os
import shutil
import tempfile
from pathlib import Path

_data = tempfile.mkdtemp(prefix="spotizer-test-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith(("SPOTIZER_", "SPOTIFY_", "DATABASE_URL"))]:
    if not _name.startswith("SPOTIZER_TEST_"):
        del os.environ[_name]
os.environ["SPOTIZER_DATA"] = _data
os.environ["SPOTIZER_DOTENV"] = os.devnull
# PostgreSQL instead of SQLite, for the tests that are marked so.
os.environ["DATABASE_URL"] = os.environ.get("SPOTIZER_TEST_DATABASE", "")
(Path(_data) / "static").mkdir()

from spotizer.settings import *

# A test that counts queries is not to count the look for newer settings, which comes with the clock. What a test stores
# itself is in force at once, and a running server that a test starts has the product's own settings.
SETTINGS_SECONDS = math.inf

# Hashing that is slow on purpose would be most of the time of a test that signs in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
