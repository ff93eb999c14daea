"""A NUL, which PostgreSQL takes into no column, breaks no page and no form."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Person

pytestmark = pytest.mark.django_db
NUL = "a\0b"
SENDS_AWAY = {"logout/"}  # a test that walks through it walks on as a stranger


def routes(resolver=None, prefix=""):
    """Every route of our own pages."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from () if route.startswith("admin") else routes(entry, route)
        elif isinstance(entry, URLPattern) and route not in SENDS_AWAY:
            yield route


def address(route, text):
    for kind, sample in (("int", "160"), ("slug", "deezer"), ("str", text)):
        route = re.sub(f"<{kind}:[a-z_]+>", sample, route)
    return f"/{route}"


@pytest.fixture
def visitor(client, sandbox):
    client.force_login(Person.objects.create_user("anna", role=Person.Role.OWNER, is_staff=True))
    client.raise_request_exception = False
    return client


def test_nul_in_an_address_is_refused(visitor):
    asked = [address(route, "%00") for route in routes() if "<str:" in route]

    answers = {path: ask(path).status_code for path in asked for ask in (visitor.get, visitor.post)}

    assert len(answers) > 10
    assert set(answers.values()) <= {400, 404}, answers


@pytest.mark.parametrize("fields", [{"q": NUL}, {"id": ["1", NUL]}, {"a\0": "1"}])
def test_nul_in_a_query_or_a_form_is_refused(visitor, fields):
    """Whatever the field is called: no view is reached, so no view can forget it."""
    answers = [(path, ask(path, fields).status_code) for path in paths() for ask in (visitor.get, visitor.post)]

    assert len(answers) > 60
    assert {status for _, status in answers} <= {400, 404}, answers


def paths():
    return [address(route, "a") for route in routes() if route != "healthz/"]


def test_nul_in_an_upload_is_left_to_the_form_that_takes_it(visitor):
    upload = SimpleUploadedFile("settings.json", b"\xff\0")

    answer = visitor.post("/settings/backup/import/", {"file": upload})

    assert "could not be understood" not in answer.content.decode()
