from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.models import Credential, Person
from accounts.services import credentials
from accounts.services.spotify_app import SharedToken, StoredCapabilities
from core.errors import UserError
from ops.models import CachedResponse, Notice
from ops.services.secrets import decrypt, encrypt
from tests.server import Server, serve

pytestmark = pytest.mark.django_db

CLIENT_ID = "0123456789abcdef0123456789abcdef"
SECRET = "fedcba9876543210fedcba9876543210"
TOKEN = {"access_token": "BQ-token", "token_type": "Bearer", "expires_in": 3600}
PREMIUM = b"Active premium subscription required for the owner of the app."


@pytest.fixture
def spotify(settings) -> Iterator[Server]:
    """Spotify as far as keys go: a token, and a search."""
    with serve() as server:
        settings.SANDBOX_URL = server.url
        server.answer("/accounts.spotify.com/api/token", TOKEN)
        page = {"items": [], "next": None, "total": 0}
        server.answer("/api.spotify.com/v1/search", {"tracks": page})
        yield server


def save(**more) -> Credential:
    values = {"service": "spotify_app", "name": "Home", "identifier": CLIENT_ID, "secret": SECRET}
    return credentials.save_credential(**(values | more))


def test_a_secret_comes_back_only_with_the_key(settings):
    kept = encrypt("hush")

    assert b"hush" not in kept
    assert decrypt(kept) == "hush"
    settings.SECRET_KEY = "another"
    with pytest.raises(UserError) as caught:
        decrypt(kept)
    assert "SPOTIZER_OLD_SECRET_KEYS" in caught.value.remedy


def test_a_secret_survives_a_changed_key_while_the_old_one_is_named(settings):
    kept = encrypt("hush")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert decrypt(kept) == "hush"


def test_a_saved_credential_is_tried_and_stored_encrypted(spotify):
    row = save()

    assert row.check_message == ""
    assert row.checked_at is not None
    assert SECRET.encode() not in bytes(row.secret_encrypted)
    active = credentials.active_credential("spotify_app")
    assert active is not None
    assert (active.identifier, active.secret) == (CLIENT_ID, SECRET)
    assert SECRET not in repr(active)


@pytest.mark.parametrize(
    "wrong",
    [{"identifier": "short"}, {"secret": ""}, {"secret": "nope"}, {"secret": CLIENT_ID}, {"service": "napster"}],
)
def test_a_credential_that_cannot_be_right_is_not_saved(spotify, wrong):
    with pytest.raises(UserError):
        save(**wrong)

    assert not Credential.objects.exists()
    assert spotify.asked == []


def test_refused_keys_are_saved_with_what_to_do(spotify):
    spotify.answer("/accounts.spotify.com/api/token", {"error": "invalid_client"}, status=400)

    row = save()

    assert "client id and secret" in row.check_message
    assert "dashboard" in row.check_message


def test_an_owner_without_premium_is_told_so(spotify):
    spotify.answer("/api.spotify.com/v1/search", PREMIUM, status=403, headers={"Content-Type": "text/plain"})

    row = save()

    assert "Premium" in row.check_message
    assert "Premium" in Notice.objects.get().message
    page = {"items": [], "next": None, "total": 0}
    spotify.answer("/api.spotify.com/v1/search", {"tracks": page})
    assert credentials.check_credential(row)
    assert not Notice.objects.exists()


def test_a_service_that_does_not_answer_is_no_reason_not_to_save(spotify):
    spotify.answer("/accounts.spotify.com/api/token", status=503)

    assert save().check_message


def test_saving_without_a_secret_keeps_the_stored_one(spotify):
    row = save()

    save(name="Attic", secret="", row=row)

    active = credentials.active_credential("spotify_app")
    assert active is not None
    assert active.secret == SECRET
    assert Credential.objects.get().name == "Attic"


def test_the_environment_is_used_where_the_table_has_none(settings, spotify):
    assert credentials.active_credential("spotify_app") is None
    settings.SPOTIFY_CLIENT_ID, settings.SPOTIFY_CLIENT_SECRET = "a" * 32, "b" * 32

    from_environment = credentials.active_credential("spotify_app")
    save()
    from_table = credentials.active_credential("spotify_app")

    assert from_environment is not None
    assert from_table is not None
    assert (from_environment.identifier, from_environment.pk) == ("a" * 32, None)
    assert from_table.identifier == CLIENT_ID


def test_a_switched_off_credential_is_not_used(spotify):
    save(is_active=False)

    assert credentials.active_credential("spotify_app") is None


def test_no_secret_and_no_token_is_in_the_database_or_the_log(spotify, caplog):
    with caplog.at_level(logging.DEBUG):
        save()

    assert SharedToken(CLIENT_ID).load() is not None
    assert "BQ-token" not in str(list(CachedResponse.objects.values()))
    assert "BQ-token" not in caplog.text
    assert SECRET not in caplog.text


def test_a_token_is_shared_until_it_ends(spotify):
    token = SharedToken(CLIENT_ID)
    token.save(TOKEN)
    assert token.load() == TOKEN

    CachedResponse.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert token.load() is None


@pytest.mark.parametrize("is_row", [True, False])
def test_what_an_app_can_do_is_forgotten_after_a_week(spotify, time_machine, is_row):
    can = StoredCapabilities(CLIENT_ID, save().pk if is_row else None)
    can.learn("search_limit", 10)
    can.learn("playlist_items_path", "items")
    assert (can.get("search_limit"), can.get("playlist_items_path"), can.get("other")) == (10, "items", None)

    time_machine.move_to(timezone.now() + timedelta(days=8))

    assert can.get("search_limit") is None


@pytest.fixture
def owner_client(client):
    person = Person.objects.create_superuser("ida", password="x", role=Person.Role.OWNER)
    client.force_login(person)
    return client


def test_the_admin_saves_a_credential_and_never_shows_its_secret(spotify, owner_client):
    values = {"service": "spotify_app", "name": "Home", "identifier": CLIENT_ID, "secret": SECRET, "is_active": "on"}

    answer = owner_client.post(reverse("admin:accounts_credential_add"), values, follow=True)

    assert "the service accepts it" in answer.content.decode()
    row = Credential.objects.get()
    page = owner_client.get(reverse("admin:accounts_credential_change", args=[row.pk])).content.decode()
    assert CLIENT_ID in page
    assert SECRET not in page


def test_the_admin_says_what_is_wrong_with_a_credential(spotify, owner_client):
    values = {"service": "spotify_app", "name": "Home", "identifier": "short", "secret": SECRET, "is_active": "on"}

    page = owner_client.post(reverse("admin:accounts_credential_add"), values).content.decode()

    assert "32 letters" in page
    assert not Credential.objects.exists()


def test_the_admin_tests_a_credential_again(spotify, owner_client):
    row = save()
    spotify.answer("/accounts.spotify.com/api/token", {"error": "invalid_client"}, status=400)

    values = {"action": "check_again", "_selected_action": [row.pk]}
    owner_client.post(reverse("admin:accounts_credential_changelist"), values, follow=True)

    row.refresh_from_db()
    assert "client id and secret" in row.check_message


def test_people_are_in_the_admin(owner_client):
    assert admin.site.is_registered(Person)
    assert owner_client.get(reverse("admin:accounts_person_changelist")).status_code == 200
