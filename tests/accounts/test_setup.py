"""Making the owner: once, whoever asks."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Person
from accounts.services import setup
from core.errors import UserError

pytestmark = pytest.mark.django_db
GOOD = {"username": "anna", "password": "a long walk home"}


def test_any_page_when_nobody_exists_leads_to_setup(client):
    response = client.get("/admin/")

    assert response.status_code == 302
    assert response.headers["Location"] == "/setup/"


def test_setup_from_this_machine_makes_the_owner_signs_in_and_is_gone(client):
    page = client.get("/setup/", headers={"host": "localhost"})
    made = client.post("/setup/", GOOD, headers={"host": "localhost"})

    assert "code" not in page.context["form"].fields
    assert made.status_code == 302
    owner = Person.objects.get()
    assert (owner.username, owner.role, owner.is_superuser) == ("anna", Person.Role.OWNER, True)
    assert client.session["_auth_user_id"] == str(owner.pk)
    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", GOOD).status_code == 404


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.168.1.20", "headers": {"host": "localhost"}},
        {"headers": {"host": "192.168.1.5:7171"}},
        {"headers": {"host": "localhost", "x-forwarded-for": "127.0.0.1"}},
        {"headers": {"host": "localhost", "via": "1.1 proxy"}},
    ],
    ids=["another machine", "another name", "behind a proxy", "behind a shy proxy"],
)
def test_setup_from_elsewhere_asks_for_the_code_of_the_console(client, caplog, elsewhere):
    page = client.get("/setup/", **elsewhere)
    assert "code" in page.context["form"].fields
    assert setup.setup_code() in caplog.text

    assert client.post("/setup/", {**GOOD, "code": "AAAA-AAAA-AAAA"}, **elsewhere).status_code == 200
    assert not Person.objects.exists()

    typed = setup.setup_code().lower().replace("-", " ")
    assert client.post("/setup/", {**GOOD, "code": typed}, **elsewhere).status_code == 302
    assert Person.objects.get().role == Person.Role.OWNER
    assert not (settings.DATA / "setup_code").exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"username": "anna", "password": "short"},
        {"username": "anna", "password": "password1"},
        {"username": "an na", "password": "a long walk home"},
        {"username": "", "password": "a long walk home"},
        {"username": "a" * 200, "password": "a long walk home"},
    ],
)
def test_setup_with_nonsense_says_so_and_makes_nobody(client, typed):
    response = client.post("/setup/", typed, headers={"host": "localhost"})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_setups_at_once_make_one_owner():
    outcomes = []
    ready = threading.Barrier(2)

    def try_it(name):
        ready.wait()
        try:
            outcomes.append(setup.make_owner(username=name, password=None).username)
        except setup.AlreadySetUp:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(name,)) for name in ("anna", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count(None) == 1
    assert Person.objects.count() == 1


def test_owner_from_the_environment_is_made_once(settings):
    settings.OWNER, settings.OWNER_PASSWORD = "olga", "a long walk home"

    assert setup.make_owner_from_settings().username == "olga"
    assert setup.make_owner_from_settings() is None
    assert Person.objects.get().check_password("a long walk home")


@pytest.mark.parametrize("password", ["", "short"])
def test_owner_from_the_environment_with_a_bad_password_says_what_to_change(settings, password):
    settings.OWNER, settings.OWNER_PASSWORD = "olga", password

    with pytest.raises(UserError, match="SPOTIZER_OWNER"):
        setup.make_owner_from_settings()
    assert not Person.objects.exists()


def test_createsuperuser_on_an_empty_database_makes_the_owner_and_then_admins():
    first = Person.objects.create_superuser("anna", password="x")
    second = Person.objects.create_superuser("ben", password="x")

    assert (first.role, second.role) == (Person.Role.OWNER, Person.Role.ADMIN)
    assert second.may_manage
