from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.catalog.people import ida, known, tom, tom_visits  # noqa: F401 - fixtures
from tests.server import Server, serve


@pytest.fixture
def server(settings) -> Iterator[Server]:
    """A server whose answers the test writes; the product takes it for the whole internet."""
    with serve() as running:
        settings.SANDBOX_URL = running.url
        yield running
