"""The page of people: roles, locking out, and invitations from the link to the first sign-in."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Invite, Person
from accounts.services import invites
from core.errors import NotFound

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk home"
JOINING = {"username": "cleo", "password": PASSWORD}


@pytest.fixture
def owner():
    return Person.objects.create_user("anna", password=PASSWORD, role=Person.Role.OWNER)


@pytest.fixture
def admin(owner):
    return Person.objects.create_user("ben", password=PASSWORD, role=Person.Role.ADMIN)


@pytest.fixture
def member(owner):
    return Person.objects.create_user("dora", password=PASSWORD)


def of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def link_of(client: Client, role: str = "member") -> str:
    html = client.post("/people/invite/", {"role": role}).content.decode()
    found = re.search(r'id="invite-link">([^<]+)<', html)
    assert found
    return urlsplit(found[1]).path + "?" + urlsplit(found[1]).query


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
def test_invitation_followed_makes_the_person_with_its_role_and_signs_in(admin, role):
    stranger = Client()
    link = link_of(of(admin), role)
    token = link.partition("token=")[2]

    page = stranger.get(link).content.decode()
    joined = stranger.post("/invite/", {**JOINING, "token": token})

    assert "<bdi>ben</bdi> invites you" in page
    assert joined.headers["Location"] == "/"
    cleo = Person.objects.get(username="cleo")
    assert (cleo.role, cleo.is_staff, cleo.check_password(PASSWORD)) == (role, role == "admin", True)
    assert stranger.get("/account/").status_code == 200
    assert Invite.objects.get().used_by == cleo


def test_invitation_used_once_opens_nothing_again(admin):
    link = link_of(of(admin))
    token = link.partition("token=")[2]
    Client().post("/invite/", {**JOINING, "token": token})

    answers = [Client().get(link), Client().post("/invite/", {**JOINING, "username": "zoe", "token": token})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "used, withdrawn or out of date" in answers[0].content.decode()
    assert not Person.objects.filter(username="zoe").exists()


def test_invitation_out_of_date_withdrawn_or_of_who_no_longer_manages_opens_nothing(admin, owner):
    tokens = [invites.make(role="member", by=admin) for _ in range(2)]
    late, withdrawn = Invite.objects.order_by("pk")
    Invite.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    of(owner).post("/people/invite/withdraw/", {"invite": withdrawn.pk})
    tokens.append(invites.make(role="admin", by=admin))
    Person.objects.filter(pk=admin.pk).update(role=Person.Role.MEMBER)

    assert [Client().get(f"/invite/?token={token}").status_code for token in tokens] == [404, 404, 404]


def test_invitation_taken_by_two_at_once_lets_one_in(admin, monkeypatch):
    token = invites.make(role="member", by=admin)
    found = invites.find(token)
    invites.accept(token, username="cleo", password=PASSWORD)
    monkeypatch.setattr(invites, "find", lambda _token: found)  # the other had looked before the first wrote

    with pytest.raises(NotFound, match="used just now"):
        invites.accept(token, username="zoe", password=PASSWORD)

    assert not Person.objects.filter(username="zoe").exists()


def test_secret_of_an_invitation_is_stored_as_its_hash_alone_and_shown_once(admin):
    client = of(admin)
    token = link_of(client).partition("token=")[2]

    assert token not in str(Invite.objects.values().get())
    assert token not in client.get("/people/").content.decode()


@pytest.mark.parametrize("query", ["", "?token=", "?token=nonsense", "?token=" + "x" * 5000])
def test_invitation_that_is_none_is_a_404_in_words(owner, query):
    answer = Client().get(f"/invite/{query}")

    assert answer.status_code == 404
    assert "Ask for a new one." in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "This field is required."),
        ({"username": "ANNA", "password": PASSWORD}, "Somebody has this name already."),
        ({"username": "cleo", "password": "short"}, "too short"),
        ({"username": "cleo/../x y", "password": PASSWORD}, "valid username"),
        ({"username": "c" * 200, "password": PASSWORD}, "at most 150"),
    ],
)
def test_joining_with_what_will_not_do_is_refused_and_the_invitation_stays_good(admin, fields, words):
    token = link_of(of(admin)).partition("token=")[2]

    answer = Client().post("/invite/", {**fields, "token": token})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert invites.find(token)


def test_invitation_for_who_is_signed_in_leads_home(admin, member):
    link = link_of(of(admin))

    assert of(member).get(link).headers["Location"] == "/"


@pytest.mark.parametrize("role", ["", "owner", "king"])
def test_invitation_with_a_role_that_nobody_gives_is_refused(admin, role):
    said = of(admin).post("/people/invite/", {"role": role}, follow=True)

    assert "There is no such role to give." in said.content.decode()
    assert not Invite.objects.exists()


def test_role_that_is_changed_holds_from_the_next_page(admin, member):
    theirs = of(member)
    of(admin).post("/people/change/", {"person": member.pk, "act": "role", "role": "viewer"})
    assert theirs.post("/queue/get/", {}, headers={"HX-Request": "true"}).status_code == 403

    of(admin).post("/people/change/", {"person": member.pk, "act": "role", "role": "admin"})

    assert theirs.get("/settings/general/").status_code == 200
    member.refresh_from_db()
    assert (member.role, member.is_superuser) == ("admin", True)


def test_person_who_is_locked_out_is_signed_out_and_cannot_sign_in_until_let_in_again(admin, member):
    theirs, ours = Client(), of(admin)
    fields = {"username": "dora", "password": PASSWORD}
    theirs.post("/login/", fields)
    ours.post("/people/change/", {"person": member.pk, "act": "deactivate"})

    assert theirs.get("/account/").status_code == 302
    assert Client().post("/login/", fields).status_code == 422

    ours.post("/people/change/", {"person": member.pk, "act": "activate"})
    assert Client().post("/login/", fields).status_code == 302


@pytest.mark.parametrize("fields", [{"act": "role", "role": "viewer"}, {"act": "deactivate"}])
def test_owner_and_oneself_are_changed_by_nobody(admin, owner, fields):
    answers = [
        of(by).post("/people/change/", {"person": who.pk, **fields}).status_code
        for by, who in ((admin, owner), (owner, owner), (admin, admin))
    ]

    assert answers == [403, 403, 403]
    rows = Person.objects.order_by("username").values_list("role", "is_active")
    assert list(rows) == [("owner", True), ("admin", True)]


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("/people/change/", {"person": "7777777", "act": "deactivate"}, "There is no such person."),
        ("/people/change/", {"person": "x", "act": "activate"}, "There is no such person."),
        ("/people/change/", {"act": "role", "role": "king"}, "There is no such role"),
        ("/people/change/", {}, "There is no such role"),
        ("/people/invite/withdraw/", {"invite": "9" * 40}, "used, withdrawn or out of date"),
        ("/people/invite/withdraw/", {}, "used, withdrawn or out of date"),
    ],
)
def test_forged_press_is_told_and_changes_nothing(admin, path, fields, words):
    said = of(admin).post(path, fields, follow=True)

    assert words in said.content.decode()


def test_list_asks_as_often_for_many_people_as_for_one(admin, django_assert_max_num_queries):
    client = of(admin)
    for number in range(20):
        Person.objects.create_user(f"guest-{number}")
        invites.make(role="viewer", by=admin)
    client.get("/people/")

    with django_assert_max_num_queries(12):
        html = client.get("/people/").content.decode()

    assert html.count('value="deactivate"') == 20


def test_people_are_in_the_menu_of_those_who_manage_alone(admin, member):
    assert b'href="/people/"' in of(admin).get("/").content
    assert b'href="/people/"' not in of(member).get("/").content
