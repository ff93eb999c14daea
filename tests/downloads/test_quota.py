"""What a member may ask for in a day, where the settings say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from downloads.models import DownloadRequest
from history.models import Event
from tests.downloads.make import make_track

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true", "HX-Target": "x"}


@pytest.fixture
def of_role():
    def client(role: str) -> Client:
        made = Client()
        made.force_login(Person.objects.create_user(f"a-{role}", role=role))
        return made

    return client


def ask(client: Client, title: str):
    return client.post("/queue/get/", {"what": f"track:{make_track(title).key}"}, headers=PART)


def test_member_asks_as_often_as_they_like_where_nothing_is_set(of_role):
    client = of_role("member")

    assert [ask(client, f"Song {number}").status_code for number in range(4)] == [200] * 4


def test_member_who_asked_for_enough_today_is_refused_in_words_until_tomorrow(of_role, settings):
    settings.MEMBER_REQUESTS = 2
    client = of_role("member")
    ask(client, "One"), ask(client, "Two")

    refused = ask(client, "Three")

    assert refused.status_code == 403
    assert "You asked for 2 things in the last 24 hours" in refused.content.decode()
    assert DownloadRequest.objects.count() == 2
    Event.objects.update(at=timezone.now() - timedelta(hours=25))
    assert ask(client, "Four").status_code == 200


def test_requests_that_were_cleared_count_all_the_same(of_role, settings):
    settings.MEMBER_REQUESTS = 1
    client = of_role("member")
    ask(client, "One")
    DownloadRequest.objects.all().delete()

    assert ask(client, "Two").status_code == 403


def test_pressing_twice_for_the_same_is_one_request(of_role, settings):
    settings.MEMBER_REQUESTS = 1
    client, track = of_role("member"), make_track("One")

    answers = [client.post("/queue/get/", {"what": f"track:{track.key}"}, headers=PART) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("role", ["admin", "owner"])
def test_who_manages_has_no_limit(of_role, settings, role):
    settings.MEMBER_REQUESTS = 1
    client = of_role(role)

    assert [ask(client, title).status_code for title in ("One", "Two", "Three")] == [200] * 3
