"""The page of the sources and the cookies that an admin lends them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from core.errors import UserError
from downloads.services import cookies
from downloads.services.previews import ledger_name
from downloads.services.sources import MAKERS
from downloads.services.terms import LINKS, TERMS, agree, read_terms
from ops.models import Setting
from ops.services import lanes
from ops.services.gate import count_calls
from ops.settings import in_force
from providers.youtube.cookies import own_jar, read_cookies
from providers.youtube.options import FetchOptions

pytestmark = pytest.mark.django_db
PAGE, SAVE, FORGET = (reverse(f"downloads:{name}") for name in ("source_list", "cookies_save", "cookies_forget"))
AGREE = reverse("downloads:terms_agree")
LINE = ".youtube.com\tTRUE\t/\tTRUE\t1893456000\tSID\tvery-secret-value"
FOREIGN = ".bank.example\tTRUE\t/\tTRUE\t0\tlogin\tbank-secret"
FILE = f"# Netscape HTTP Cookie File\n\n{LINE}\n#HttpOnly_{LINE}\n{FOREIGN}\n".encode()


def upload(client, data=FILE, **more):
    values = {"lane": "youtube", "file": SimpleUploadedFile("cookies.txt", data), "knows_risk": "on"} | more
    return client.post(SAVE, {name: value for name, value in values.items() if value is not None}, follow=True)


def test_page_lists_the_sources_in_their_order_with_their_state(visitor, settings):
    settings.SOURCES = ["internet_archive", "youtube", "link"]

    page = visitor.get(PAGE).content.decode()

    places = [page.index(f'id="source-{name}"') for name in ("internet_archive", "youtube", "soundcloud")]
    assert places == sorted(places)
    assert "links only" in page


def test_page_asks_as_much_of_the_database_whatever_cookies_there_are(visitor, person):
    visitor.get(PAGE)
    with CaptureQueriesContext(connection) as before:
        visitor.get(PAGE)
    cookies.save_cookies("youtube", FILE, by=person, knows_risk=True)
    with CaptureQueriesContext(connection) as after:
        visitor.get(PAGE)

    assert len(after) == len(before)


@pytest.mark.parametrize("role", [Person.Role.MEMBER, Person.Role.VIEWER])
@pytest.mark.parametrize("path", [PAGE, SAVE, FORGET, AGREE])
def test_sources_are_closed_to_who_does_not_manage(client, role, path):
    client.force_login(Person.objects.create_user("ben", role=role))

    answer = client.get(path) if path == PAGE else client.post(path, {"lane": "youtube", "name": "youtube"})

    assert answer.status_code == 403
    assert not Setting.objects.exists()


def test_uploaded_cookies_are_kept_encrypted_and_only_those_of_the_site(visitor):
    page = upload(visitor).content.decode()

    assert "2 cookies are kept" in page
    row = Setting.objects.get(key="cookies:youtube")
    assert "very-secret-value" not in str(row.value)
    assert "very-secret-value" not in page
    assert cookies.cookies_of("youtube").count("very-secret-value") == 2
    assert "bank-secret" not in cookies.cookies_of("youtube")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"knows_risk": None}, "tick the box"),
        ({"file": None}, "not taken"),
        ({"lane": "slskd"}, "not taken"),
        ({"lane": ""}, "not taken"),
        ({"data": b"{}"}, "no cookies.txt"),
        ({"data": b"\xff\xfe\x00"}, "no text"),
        ({"data": FOREIGN.encode()}, "no cookie of youtube.com"),
        ({"data": b"x" * 300_000}, "200 kB"),
        ({"data": b""}, "not taken"),
    ],
)
def test_upload_that_cannot_be_right_says_why_and_keeps_nothing(visitor, more, words):
    page = upload(visitor, **more).content.decode()

    assert words in page
    assert not Setting.objects.exists()


def test_terms_of_each_source_are_open_until_somebody_has_read_them(visitor, person):
    page = visitor.get(PAGE).content.decode()
    assert all(f'id="terms-{name}" open' in page for name in MAKERS)
    assert "forbid copying streams" in page

    page = visitor.post(AGREE, {"name": "soundcloud"}, follow=True).content.decode()

    assert 'id="terms-soundcloud" open' not in page
    assert 'id="terms-youtube" open' in page
    assert "read by mara" in page
    kept = read_terms()["soundcloud"]
    agree("soundcloud", by=Person.objects.create_user("ben", role=Person.Role.ADMIN))
    assert read_terms()["soundcloud"] == kept, "the first who read them stays named"


def test_source_is_switched_on_by_who_has_read_its_terms(visitor, person):
    order = reverse("downloads:source_order")
    page = visitor.get(PAGE).content.decode()
    assert 'value="on:bandcamp"' not in page
    assert 'value="agree:bandcamp"' in page

    refused = visitor.post(order, {"act": "on:bandcamp"}, follow=True).content.decode()
    assert "The terms of Bandcamp come first." in refused
    assert "bandcamp" not in in_force.SOURCES
    visitor.post(order, {"act": "agree:bandcamp"})

    assert in_force.SOURCES[-2:] == ["bandcamp", "link"]
    assert read_terms()["bandcamp"].by == person.username
    visitor.post(order, {"act": "off:bandcamp"})
    assert 'value="on:bandcamp"' in visitor.get(PAGE).content.decode()  # once read, never asked again


def test_terms_can_be_read_where_the_environment_has_the_order(visitor, settings):
    settings.SET_BY_ENVIRONMENT = settings.SET_BY_ENVIRONMENT | {"SOURCES"}

    page = visitor.get(PAGE).content.decode()

    assert "agree:" not in page
    assert "SPOTIZER_SOURCES" in page
    visitor.post(AGREE, {"name": "soundcloud"})
    assert "soundcloud" in read_terms()


@pytest.mark.parametrize("act", ["agree:", "agree:nonesuch", "agree:link", "agree"])
def test_agreeing_to_what_there_is_not_changes_nothing(visitor, act):
    page = visitor.post(reverse("downloads:source_order"), {"act": act}, follow=True).content.decode()

    assert "There is no" in page
    assert read_terms() == {}


@pytest.mark.parametrize("name", ["", "nonesuch", "link", "x" * 9999])
def test_terms_of_what_there_is_not_are_refused(visitor, name):
    assert "no source of this name" in visitor.post(AGREE, {"name": name}, follow=True).content.decode()
    assert read_terms() == {}


def test_every_source_has_terms():
    assert set(TERMS) == set(LINKS) == set(MAKERS)


def test_forgotten_cookies_are_gone(visitor):
    upload(visitor)

    visitor.post(FORGET, {"lane": "youtube"})

    assert cookies.cookies_of("youtube") == ""
    assert not Setting.objects.exists()


def test_cookies_kept_under_a_lost_key_are_not_used_and_do_not_stop_anything(visitor, settings):
    upload(visitor)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []

    assert cookies.cookies_of("youtube") == ""


def test_each_use_gets_a_file_of_its_own_that_nobody_else_reads_and_that_is_gone_afterwards():
    options = FetchOptions(cookies=lambda: "text")

    with own_jar(options) as one, own_jar(options) as other:
        path = Path(one["cookiefile"])
        assert path != Path(other["cookiefile"])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert path.stat().st_uid == os.getuid()
    assert not path.exists()
    with own_jar(FetchOptions()) as none:
        assert none == {}


def test_browsers_are_never_asked():
    with pytest.raises(UserError):
        read_cookies(b"", ("youtube.com",))
    assert "cookiesfrombrowser" not in (Path(__file__).parents[2] / "providers/youtube/options.py").read_text()


def test_page_says_how_many_previews_were_heard_and_what_is_used_of_the_hour(visitor, settings):
    settings.YOUTUBE_PER_HOUR, settings.SANDBOX_URL = 60, ""
    lanes.try_enter("youtube", "x", at_once=0, pace_seconds=0, jitter_seconds=0, per_hour=60, lease_seconds=1)
    count_calls(ledger_name("youtube"), timezone.now(), calls=3)

    html = visitor.get(PAGE).content.decode()

    assert "1 of 60 downloads in the last hour, previews among them; 3 previews in the last day" in html
