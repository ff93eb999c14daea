"""Which role may do what: every address of the project is in the table below, and each role tries each of them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import Person
from downloads.services.queue import is_paused
from tests.spotizer.test_doors import all_paths

pytestmark = pytest.mark.django_db

RANKS = ["viewer", "member", "admin", "owner"]
LOOK, DOWNLOAD, MANAGE = "viewer", "member", "admin"
MAIN = {"HX-Request": "true", "HX-Target": "main"}
# The lowest role that may ask; the first pattern that fits counts. A new address needs its place here.
TABLE = {
    r"/(login|setup|healthz|live|styleguide|open|search|spotify|spotify/liked|spotify/artists)/": LOOK,
    r"/": LOOK,
    r"/logout/": LOOK,
    r"/invite/": LOOK,  # sends who is signed in home
    r"/people/.*": MANAGE,
    r"/account/.*": LOOK,  # everybody's own
    r"/playlists/import/.*": DOWNLOAD,  # each line asks a catalogue
    r"/(albums|artists|playlists)/.*": LOOK,
    r"/tracks/.*": LOOK,  # also the catalogue's own preview, which everybody may hear
    r"/(art|media)/.*": LOOK,  # who may look may listen
    r"/queue/(get|as|act)/": DOWNLOAD,
    r"/queue/candidates/.*": DOWNLOAD,  # each is one of the source's fetches
    r"/queue/.*": LOOK,
    r"/history/": LOOK,
    r"/sources/": LOOK,  # leads to /settings/sources/
    r"/library/(metadata|journal|tags|artists)/.*": MANAGE,
    r"/settings/.*": MANAGE,
    r"/sources/.+": MANAGE,
}


def lowest(path: str) -> str | None:
    return next((role for pattern, role in TABLE.items() if re.fullmatch(pattern, path)), None)


def own_paths() -> list[str]:
    return [path for path in dict.fromkeys(all_paths()) if not path.startswith("/admin/")]


def test_every_address_has_its_role_in_the_table():
    assert [path for path in own_paths() if lowest(path) is None] == []
    assert len(own_paths()) > 50


@pytest.mark.parametrize("role", RANKS)
def test_role_at_every_address_is_refused_exactly_what_is_above_it(role):
    person = Person.objects.create_user("ben", role=role)
    wrong = []
    for path in own_paths():
        may = RANKS.index(role) >= RANKS.index(lowest(path) or LOOK)
        for method in ("get", "post"):
            client = Client()
            client.force_login(person)
            # As a part of the page: without script a refusal is a word on the page one comes back to.
            status = getattr(client, method)(path, headers=MAIN).status_code
            if status != 405 and (status == 403) == may:
                wrong.append(f"{method} {path}: {status}")

    assert wrong == []


@pytest.mark.parametrize("role", ["viewer", "member"])
def test_administration_is_closed_to_who_does_not_manage(role):
    client = Client()
    client.force_login(Person.objects.create_user("ben", role=role))
    for path in dict.fromkeys(all_paths()):
        if path.startswith("/admin/") and path not in {"/admin/login/", "/admin/logout/", "/admin/jsi18n/"}:
            for ask in (client.get, client.post):
                assert ask(path).status_code in {302, 403, 405}, path


def test_administration_keeps_the_owner_from_other_admins(client):
    owner = Person.objects.create_user("anna", password="harbour-lights", role="owner", is_staff=True)
    admin = Person.objects.create_superuser("ben", password="harbour-lights")
    client.force_login(admin)

    change = client.post(f"/admin/accounts/person/{owner.pk}/change/", {"username": "gone"})
    password = client.post(f"/admin/accounts/person/{owner.pk}/password/", {"password1": "mine-now-1", "password2": ""})
    delete = client.post(f"/admin/accounts/person/{owner.pk}/delete/", {"post": "yes"})
    fields = {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"}
    client.post("/admin/accounts/person/", fields)

    assert (admin.role, change.status_code, password.status_code, delete.status_code) == ("admin", 403, 403, 403)
    kept = Person.objects.get(pk=owner.pk)
    assert (kept.username, kept.password) == ("anna", owner.password)


@pytest.mark.parametrize("act", ["pause_all", "resume_all", "retry_failed", "clear", "accept_from:1:60"])
def test_member_steers_downloads_but_not_the_queue_of_all(act):
    client = Client()
    client.force_login(Person.objects.create_user("ben", role=Person.Role.MEMBER))

    response = client.post("/queue/act/", {"act": act}, headers=MAIN)

    assert response.status_code == 403
    assert "for those who manage" in response.content.decode()
    assert not is_paused()


@pytest.mark.parametrize(("role", "is_offered"), [("member", False), ("admin", True)])
def test_switches_of_the_whole_queue_are_offered_to_who_may_press_them(client, house, role, is_offered):
    client.force_login(Person.objects.create_user("ben", role=role))
    pages = "".join(client.get(path).content.decode() for path in ("/queue/", "/queue/drawer/", house.urls["download"]))

    offered = [act for act in ("pause_all", "retry_failed", "clear") if f'value="{act}"' in pages]

    assert offered == (["pause_all", "retry_failed", "clear"] if is_offered else [])
    assert 'value="cancel:' in pages  # a member steers what is in the queue
