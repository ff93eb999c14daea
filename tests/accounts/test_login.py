"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import FailedSignIn, Person
from accounts.services import throttle

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk home"


@pytest.fixture
def anna():
    return Person.objects.create_user("anna", password=PASSWORD, role=Person.Role.OWNER)


def sign_in(client, name="anna", password=PASSWORD, **more):
    return client.post("/login/", {"username": name, "password": password, **more})


def test_login_with_the_right_password_opens_the_wished_page(client, anna):
    page = client.get("/login/?next=/search/%3Fq%3Dabba")
    response = sign_in(client, next=page.context["next"])

    assert response.headers["Location"] == "/search/?q=abba"
    assert client.session["_auth_user_id"] == str(anna.pk)


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil", ""])
def test_login_with_a_foreign_next_goes_home(client, anna, wanted):
    assert sign_in(client, next=wanted).headers["Location"] == "/"


def test_login_that_fails_does_not_say_which_half_was_wrong(client, anna):
    wrong_password = sign_in(client, password="nope")
    wrong_name = sign_in(client, name="anne")

    assert wrong_password.status_code == wrong_name.status_code == 422
    errors = [response.context["form"].non_field_errors() for response in (wrong_password, wrong_name)]
    assert errors[0] == errors[1] == ["Name and password do not go together."]


def test_login_after_five_failures_waits_even_with_the_right_password(client, anna):
    for _ in range(5):
        sign_in(client, password="nope")

    response = sign_in(client)

    assert response.status_code == 429
    assert "Wait 15 minutes" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_login_throttle_when_the_window_has_passed_lets_try_again(client, anna):
    for _ in range(5):
        sign_in(client, password="nope")
    FailedSignIn.objects.update(at=timezone.now() - throttle.WINDOW - timedelta(seconds=1))

    assert sign_in(client).status_code == 302


def test_login_throttle_of_one_address_does_not_lock_others_out(client, anna):
    for _ in range(20):
        throttle.note_failure(username="anna", address="203.0.113.9")

    assert throttle.seconds_to_wait(username="anybody", address="203.0.113.9") > 0
    assert sign_in(client).status_code == 302


def test_login_that_succeeds_forgets_earlier_slips(client, anna):
    for _ in range(4):
        sign_in(client, password="nope")
    sign_in(client)
    client.post("/logout/")

    assert sign_in(client, password="nope").status_code == 422


def test_logout_by_post_signs_out_and_by_get_does_nothing(client, anna):
    sign_in(client)

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert "_auth_user_id" not in client.session


def test_login_with_a_megabyte_of_paste_is_refused_quickly(client, anna):
    response = sign_in(client, password="x" * 1_000_000)

    assert response.status_code == 200
    assert response.context["form"].errors


def test_login_of_a_disabled_person_fails_like_a_wrong_password(client, anna):
    Person.objects.update(is_active=False)

    assert sign_in(client).status_code == 422
