"""One's own account: the password, the places where one is signed in, and the end of sessions nobody uses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person, SignIn
from accounts.services.sign_ins import device_of, sign_ins_of

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk home"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML) Version/18.0 Safari/604.1"


@pytest.fixture
def anna():
    return Person.objects.create_user("anna", password=PASSWORD, role=Person.Role.MEMBER)


def signed_in(agent: str = FIREFOX, password: str = PASSWORD, name: str = "anna") -> Client:
    client = Client(headers={"user-agent": agent})
    assert client.post("/login/", {"username": name, "password": password}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
        ("<script>", "Unknown device"),
    ],
)
def test_device_is_named_by_what_its_browser_says(agent, words):
    assert device_of(agent) == words


def test_account_lists_where_one_is_signed_in_and_nobody_elses(anna):
    Person.objects.create_user("ben", password=PASSWORD)
    here, _phone, _other = signed_in(), signed_in(PHONE), signed_in("curl/8.5.0", name="ben")

    page = here.get("/account/").content.decode()

    assert [words for words in ("Firefox on Linux", "Safari on iPhone", "127.0.0.1") if words not in page] == []
    assert "curl" not in page
    assert page.count("This one") == 1


def test_sign_in_ended_from_another_browser_leads_to_the_login(anna):
    here, phone = signed_in(), signed_in(PHONE)
    row = SignIn.objects.get(agent=PHONE)

    said = here.post("/account/sign-ins/end/", {"sign_in": row.pk}, follow=True)

    assert "Safari on iPhone is signed out." in said.content.decode()
    assert (is_in(here), is_in(phone)) == (True, False)


@pytest.mark.parametrize("number", ["", "x", "7777777", "9" * 40, "-1"])
def test_sign_in_that_is_not_there_is_told(anna, number):
    said = signed_in().post("/account/sign-ins/end/", {"sign_in": number}, follow=True)

    assert "It is signed out already." in said.content.decode()


def test_sign_in_of_somebody_else_cannot_be_ended(anna):
    Person.objects.create_user("ben", password=PASSWORD)
    here, ben = signed_in(), signed_in(name="ben")

    here.post("/account/sign-ins/end/", {"sign_in": SignIn.objects.get(person__username="ben").pk})

    assert is_in(ben)


def test_sign_out_everywhere_ends_every_session_of_this_person_alone(anna):
    Person.objects.create_user("ben", password=PASSWORD)
    here, phone, ben = signed_in(), signed_in(PHONE), signed_in(name="ben")

    said = here.post("/account/sign-ins/end-all/", follow=True)

    assert "signed out everywhere: 2 places" in said.content.decode()
    assert (is_in(here), is_in(phone), is_in(ben)) == (False, False, True)


def test_signing_out_takes_the_row_along(anna):
    signed_in().post("/logout/")

    assert not SignIn.objects.exists()


def test_new_password_keeps_this_session_and_ends_the_others(anna):
    here, phone = signed_in(), signed_in(PHONE)
    fields = {"current": PASSWORD, "password": "quite another walk", "again": "quite another walk"}

    answer = here.post("/account/password/", fields)

    assert answer.status_code == 302
    assert (is_in(here), is_in(phone)) == (True, False)
    assert is_in(signed_in(password="quite another walk"))
    assert [row.agent for row in sign_ins_of(anna)] == [FIREFOX, FIREFOX]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "This field is required."),
        ({"current": "nope", "password": "quite another walk", "again": "quite another walk"}, "not your password"),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "too short"),
        ({"current": PASSWORD, "password": "password1", "again": "password1"}, "too common"),
        ({"current": PASSWORD, "password": "quite another walk", "again": "quite another talk"}, "not the same"),
        ({"current": PASSWORD, "password": "x" * 2000, "again": "x" * 2000}, "at most 1000"),
    ],
)
def test_password_that_will_not_do_is_refused_in_words(anna, fields, words):
    here = signed_in()

    answer = here.post("/account/password/", fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Person.objects.get(pk=anna.pk).check_password(PASSWORD)


def test_old_password_guessed_five_times_is_throttled(anna):
    here = signed_in()
    fields = {"password": "quite another walk", "again": "quite another walk"}
    for _ in range(5):
        here.post("/account/password/", {**fields, "current": "nope"})

    answer = here.post("/account/password/", {**fields, "current": PASSWORD})

    assert answer.status_code == 429
    assert Person.objects.get(pk=anna.pk).check_password(PASSWORD)


def test_session_that_idled_too_long_leads_to_the_login_and_back(anna):
    here = signed_in()
    session = here.session
    session["idle_at"] = (timezone.now() - timedelta(seconds=1)).timestamp()
    session.save()

    answer = here.get("/history/")

    assert answer.headers["Location"] == "/login/?next=/history/"
    assert not SignIn.objects.exists()


def test_opening_a_page_moves_the_end_of_the_session_and_the_poller_does_not(anna, settings):
    here = signed_in()
    session = here.session
    long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    session["seen_at"], session["idle_at"] = long_ago, timezone.now().timestamp() + 60
    session.save()

    here.get("/live/?since=0&view=home")
    assert here.session["seen_at"] == long_ago
    here.get("/history/")

    assert here.session["idle_at"] > timezone.now().timestamp() + 3600
    assert SignIn.objects.get().seen_at > timezone.now() - timedelta(minutes=1)


def test_session_from_before_the_list_is_taken_into_it(anna):
    here = signed_in()
    SignIn.objects.all().delete()
    session = here.session
    del session["seen_at"], session["idle_at"]
    session.save()

    assert "Firefox on Linux" in here.get("/account/").content.decode()


def test_list_of_sign_ins_asks_as_often_for_many_as_for_one(anna, django_assert_max_num_queries):
    here = signed_in()
    for _ in range(6):
        signed_in(PHONE)

    with django_assert_max_num_queries(16):
        here.get("/account/")
