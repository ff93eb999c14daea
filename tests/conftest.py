"""What every test may use. The settings of a test run are in ``tests/settings.py``."""

import os

import hypothesis
import pytest

from ops.settings import stored

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("spotizer", deadline=None)
hypothesis.settings.load_profile("spotizer")

pytest_plugins = ["tests.fixtures_sandbox", "tests.fixtures_pages"]

# What leans on the database most: claims, locks and constraints. These run on both databases.
ON_BOTH_DATABASES = (
    "accounts/test_setup.py",
    "accounts/test_spotify_tokens.py",
    "catalog/metadata/test_choosing.py",
    "catalog/metadata/test_enriching.py",
    "catalog/metadata/test_saying.py",
    "catalog/test_mine.py",
    "catalog/test_mine_private.py",
    "core/test_bulk.py",
    "crash/test_random_kills.py",
    "downloads/test_claims.py",
    "downloads/test_crash.py",
    "downloads/test_enriching.py",
    "downloads/test_queue.py",
    "downloads/test_requests.py",
    "downloads/test_states.py",
    "downloads/test_work.py",
    "library/test_journal.py",
    "library/test_journal_kills.py",
    "library/test_journal_undo.py",
    "ops/test_lanes.py",
    "ops/test_live.py",
    "ops/test_notices.py",
    "ops/test_settings.py",
    "spotizer/test_nul.py",
)


@pytest.fixture(autouse=True)
def _no_settings_of_another_test():
    yield
    stored.forget()


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.as_posix().endswith(ON_BOTH_DATABASES):
            item.add_marker(pytest.mark.databases)
        if item.get_closest_marker("postgres") and not os.environ.get("SPOTIZER_TEST_DATABASE"):
            item.add_marker(pytest.mark.skip(reason="needs SPOTIZER_TEST_DATABASE; make test sets it"))
