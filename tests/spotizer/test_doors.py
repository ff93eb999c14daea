"""No page without signing in, no foreign name, and the headers that every answer has."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Person
from ops.services.live import bump

pytestmark = pytest.mark.django_db

# Each is open on purpose: say why here before adding one.
OPEN = {
    "/login/": "where one signs in",
    "/setup/": "answers 404 once there is an owner",
    "/healthz/": "asked by machines, tells no details",
    "/live/": "tells a stranger that the session ended, and nothing else (tested below)",
    "/invite/": "opens to who holds the link of an invitation, and to nobody else (tests/accounts/test_people.py)",
    "/admin/login/": "leads to /login/",
    "/account/spotify/callback/": "shows the address that was asked for, to be carried over, and does nothing",
    "/admin/jsi18n/": "",
}
SAMPLES = {"int": "1", "str": "a", "slug": "a", "uuid": "00000000-0000-0000-0000-000000000000", "path": "a/b"}


def all_paths(resolver=None, prefix="/"):
    """Every path of the project once, with a sample for each argument."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + sample_of(entry)
        if isinstance(entry, URLResolver):
            yield from all_paths(entry, path)
        elif isinstance(entry, URLPattern):
            yield path


def sample_of(entry):
    route = str(entry.pattern)
    if hasattr(entry.pattern, "_route"):
        for name, converter in entry.pattern.converters.items():
            sample = SAMPLES.get(type(converter).__name__.removesuffix("Converter").lower(), "a")
            for written in (f"<{name}>", *(f"<{kind}:{name}>" for kind in ("int", "str", "slug", "uuid", "path"))):
                route = route.replace(written, sample)
        return route
    # Only Django's admin writes regular expressions: "^(?P<app_label>auth|accounts)/$" and "(?P<url>.*)$".
    choices = getattr(entry.pattern, "_regex", route).removeprefix("^").removesuffix("$")
    if choices.startswith("(?P<app_label>"):
        return choices.removeprefix("(?P<app_label>").partition("|")[0].partition(")")[0] + "/"
    return "anything/"


@pytest.fixture
def owner():
    return Person.objects.create_user("anna", password="x", role=Person.Role.OWNER, is_staff=True, is_superuser=True)


def test_every_page_for_a_stranger_leads_to_the_login(owner):
    client = Client()
    walked = []
    for path in dict.fromkeys(all_paths()):
        if path in OPEN:
            continue
        for ask in (client.get, client.post):
            response = ask(path)
            leads_to_login = response.status_code == 302 and response.headers["Location"].split("?")[0] in {
                "/login/",
                "/admin/login/",
            }
            assert leads_to_login, f"{path} answered {response.status_code} to a stranger"
        walked.append(path)

    assert len(walked) > 20


def test_every_page_while_nobody_exists_leads_to_setup():
    client = Client()
    for path in dict.fromkeys(all_paths()):
        if path in {"/setup/", "/healthz/"}:
            continue
        assert client.get(path).headers.get("Location") == "/setup/", path


def test_admin_login_for_a_stranger_is_our_login(client, owner):
    assert client.get("/admin/login/?next=/admin/auth/").headers["Location"] == "/login/?next=%2Fadmin%2Fauth%2F"


def test_admin_for_a_member_is_forbidden(client):
    client.force_login(Person.objects.create_user("ben"))

    assert client.get("/admin/", follow=True).status_code == 403


def test_fragment_for_a_stranger_sends_the_whole_page_to_login(client, owner):
    response = client.get(
        "/logout/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/search/?q=abba"}
    )

    assert response.headers["HX-Redirect"] == "/login/?next=/search/%3Fq%3Dabba"


def test_json_for_a_stranger_is_a_401(client, owner):
    response = client.get("/logout/", headers={"accept": "application/json"})

    assert response.status_code == 401
    assert response.json()["login"] == "/login/"


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:7171", "127.0.0.1:7171", "[::1]:7171", "192.168.1.5:7171", "10.0.0.7", "172.20.0.3",
     "100.100.1.2", "[fd00::5]:7171", "[fe80::1]"],
)  # fmt: skip
def test_host_of_the_household_is_answered(client, host):
    assert client.get("/healthz/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "8.8.8.8", "localhost.evil.example", "[2001:4860:4860::8888]", "0.0.0.0", "224.0.0.1"]
)
def test_host_of_strangers_gets_a_page_that_names_the_setting(client, host):
    response = client.get("/healthz/", headers={"host": host})

    assert response.status_code == 400
    assert f"SPOTIZER_HOSTS={host}" in response.content.decode()


@pytest.mark.parametrize("host", ["<script>alert(1)</script>", "a b", "", "x:y:z"])
def test_host_that_is_no_name_is_refused_and_escaped(client, host):
    response = client.get("/healthz/", headers={"host": host})

    assert response.status_code == 400
    assert "<script>" not in response.content.decode()


def test_host_named_in_the_settings_is_answered(client, settings):
    settings.HOST_NAMES = ["music.example.org", ".home.example"]

    assert client.get("/healthz/", headers={"host": "Music.example.org"}).status_code == 200
    assert client.get("/healthz/", headers={"host": "nas.home.example"}).status_code == 200
    assert client.get("/healthz/", headers={"host": "nothome.example"}).status_code == 400


def test_every_answer_has_the_strict_headers(client, owner):
    for path in ("/login/", "/healthz/", "/nowhere/"):
        headers = client.get(path).headers
        policy = {part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split("; ")}
        assert policy == {
            "default-src": ["'self'"],
            "img-src": ["'self'", "data:"],
            "media-src": ["'self'"],
            "object-src": ["'none'"],
            "base-uri": ["'none'"],
            "form-action": ["'self'"],
            "frame-ancestors": ["'none'"],
        }
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]


def test_cookies_over_https_behind_a_proxy_of_this_machine_are_secure(client, owner):
    over_https = client.get("/login/", headers={"x-forwarded-proto": "https"})
    plainly = Client().get("/login/")

    assert over_https.cookies["spotizer_csrf"]["secure"] is True
    assert not plainly.cookies["spotizer_csrf"]["secure"]


def test_forwarded_headers_from_a_stranger_are_not_believed(client, owner):
    response = client.get(
        "/login/", headers={"x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1"}, REMOTE_ADDR="203.0.113.9"
    )

    assert not response.cookies["spotizer_csrf"]["secure"]
    assert response.wsgi_request.META["REMOTE_ADDR"] == "203.0.113.9"


def test_forwarded_address_through_a_trusted_proxy_is_the_last_that_it_cannot_vouch_for(client, owner):
    response = client.get("/login/", headers={"x-forwarded-for": "1.1.1.1, 203.0.113.9, 127.0.0.5"})

    assert response.wsgi_request.META["REMOTE_ADDR"] == "203.0.113.9"


def test_live_for_a_stranger_tells_only_that_the_session_ended(client, owner):
    bump()
    answer = client.get("/live/?since=0&view=home")

    assert "components/_live_ended.html" in {template.name for template in answer.templates}
    assert "queue" not in answer.content.decode()


def test_health_answers_strangers_and_before_setup(client):
    response = client.get("/healthz/")

    assert (response.status_code, response.content) == (200, b"ok\n")
