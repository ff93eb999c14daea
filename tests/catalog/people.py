"""Ida, who is signed in to Spotify, and Tom, who is not: for tests of what belongs to a person there."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Person
from downloads.services.expanding import claim_next, expand
from downloads.services.worker import Worker
from tests.accounts.signing import sign_in, use_app

ALL = "?for=playlists&for=liked&for=artists"
PRIVATE = "For Nobody Else"


@pytest.fixture
def known(sandbox, settings) -> dict[str, str]:
    """Ids of Spotify by name, asked for with a new app."""
    use_app(settings)
    summary = sandbox.catalogue()
    return {entry["name"]: entry["spotify"] for entry in [*summary["playlists"], *summary["albums"]]}


@pytest.fixture
def ida(visitor, person, known) -> Person:
    sign_in(visitor, what=ALL)
    return person


@pytest.fixture
def tom(known) -> Person:
    return Person.objects.create_user("tom", password="x")


@pytest.fixture
def tom_visits(tom) -> Client:
    client = Client()
    client.force_login(tom)
    return client


def link(known, name: str) -> str:
    return f"https://open.spotify.com/playlist/{known[name]}"


def expand_all() -> None:
    worker = Worker.here()
    while request := claim_next(worker):
        expand(request, worker)
