"""A person's tokens: renewed in time and by one alone, lost once and kindly, opened by old keys, seen by nobody."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Credential, Person, SpotifyAccount
from accounts.services import spotify_people, spotify_tokens
from accounts.services.rekeying import move_to_newest_key
from accounts.services.spotify_tokens import StoredTokens, unseal
from core.errors import AuthRequired, SpotizerError, TransientError
from core.http import interactive
from ops.models import Notice
from ops.services.secrets import decrypt, encrypt
from tests.accounts.signing import sign_in, use_app

pytestmark = pytest.mark.django_db
TOKEN = "accounts.spotify.com/api/token"
EXPIRED = json.dumps({"error": {"status": 401, "message": "The access token expired"}})


@pytest.fixture
def account(visitor, person, sandbox, settings) -> SpotifyAccount:
    use_app(settings)
    sign_in(visitor)
    return SpotifyAccount.objects.get(person=person)


def age(account: SpotifyAccount, *, left: timedelta = timedelta(0), consent: timedelta = timedelta(0)) -> None:
    """The access token has ``left`` to live, and the consent was given ``consent`` ago."""
    now = timezone.now()
    rows = SpotifyAccount.objects.filter(pk=account.pk)
    rows.update(expires_at=now + left, consented_at=now - consent)
    account.refresh_from_db()


def refuse_api(sandbox, times: int) -> None:
    sandbox.fault("api.spotify.com", "status", status=401, body=EXPIRED, content_type="application/json", times=times)


def test_token_that_is_good_is_not_renewed(account, sandbox):
    StoredTokens(account.pk).access()

    assert sandbox.count(TOKEN) == 1


def test_token_is_renewed_before_it_ends(account, sandbox):
    old = unseal(account.tokens_encrypted)
    age(account, left=timedelta(minutes=4))

    access = StoredTokens(account.pk).access()

    account.refresh_from_db()
    assert access != old.access
    assert account.refreshed_at is not None
    assert account.expires_at > timezone.now() + timedelta(minutes=50)
    assert sandbox.count(TOKEN) == 2


@pytest.mark.parametrize(("mood", "is_kept"), [("absent", True), ("empty", True), ("rotated", False)])
def test_refresh_token_is_replaced_only_by_a_real_one(account, sandbox, mood, is_kept):
    sandbox.mood(spotify_refresh=mood)
    old = unseal(account.tokens_encrypted).refresh

    for _ in range(2):
        age(account)
        StoredTokens(account.pk).access()
    account.refresh_from_db()

    assert (unseal(account.tokens_encrypted).refresh == old) is is_kept
    assert account.lost_at is None


def test_token_that_was_refused_is_renewed_once_and_the_question_repeated(account, sandbox):
    refuse_api(sandbox, times=1)

    profile = spotify_people.catalogue_of(account).me()

    assert profile.name == "Ida"
    assert sandbox.count(TOKEN) == 2


def test_service_that_refuses_every_token_is_asked_twice_and_no_more(account, sandbox):
    refuse_api(sandbox, times=50)

    with pytest.raises(AuthRequired) as caught:
        spotify_people.catalogue_of(account).me()

    assert "Sign in again" in caught.value.remedy
    assert (sandbox.count("v1/me"), sandbox.count(TOKEN)) == (3, 2)  # one of them was the sign-in's own


@pytest.mark.parametrize("mood", ["revoked", "expired"])
def test_consent_that_is_gone_drops_the_tokens_keeps_the_row_and_tells_the_person_alone(
    account, visitor, person, client, sandbox, mood
):
    sandbox.mood(spotify_refresh=mood)
    age(account)

    for _ in range(3):
        with pytest.raises(AuthRequired) as caught:
            StoredTokens(account.pk).access()

    account.refresh_from_db()
    assert "Sign in again" in caught.value.remedy
    assert (bytes(account.tokens_encrypted), account.lost_reason, account.name) == (b"", "refused", "Ida")
    assert sandbox.count(TOKEN) == 2  # the sign-in, and one refusal: no loop
    assert "Your sign-in to Spotify has ended" in visitor.get("/queue/").content.decode()
    assert "Sign in again" in visitor.get("/account/").content.decode()
    client.force_login(Person.objects.create_user("ben"))
    assert "Your sign-in to Spotify has ended" not in client.get("/queue/").content.decode()
    assert "Your sign-in to Spotify has ended" not in client.get("/live/?since=0&view=home").content.decode()


def test_signing_in_again_mends_it_and_takes_the_notice_away(account, visitor, sandbox):
    sandbox.mood(spotify_refresh="revoked")
    age(account)
    with pytest.raises(AuthRequired):
        StoredTokens(account.pk).access()

    sign_in(visitor)

    account.refresh_from_db()
    assert account.lost_at is None
    assert spotify_people.catalogue_of(account).me().name == "Ida"
    assert not Notice.objects.exists()


def test_consent_of_more_than_six_months_is_over_without_asking(account, sandbox):
    age(account, left=timedelta(hours=1), consent=timedelta(days=183))

    with pytest.raises(AuthRequired):
        StoredTokens(account.pk).access()

    account.refresh_from_db()
    assert account.lost_reason == "over"
    assert sandbox.count(TOKEN) == 1


def test_person_is_warned_in_the_sixth_month(account, visitor):
    age(account, left=timedelta(hours=1), consent=timedelta(days=100))
    assert spotify_tokens.look_at_consents() == 0

    age(account, left=timedelta(hours=1), consent=timedelta(days=160))
    assert spotify_tokens.look_at_consents() == 1

    ends = timezone.localtime(spotify_tokens.consent_ends_at(account))
    assert f"ends on {ends.day} {ends:%B %Y}" in visitor.get("/queue/").content.decode()
    assert "Ends soon" in visitor.get("/account/").content.decode()


def test_sweeper_ends_what_is_over(account, person):
    age(account, consent=timedelta(days=183))

    spotify_tokens.look_at_consents()

    account.refresh_from_db()
    assert account.lost_reason == "over"
    assert Notice.objects.get().person_id == person.pk


def test_spotify_that_is_down_costs_nothing_while_the_old_token_is_good(account, sandbox):
    age(account, left=timedelta(minutes=2))
    sandbox.fault(TOKEN, "status", status=502)

    assert StoredTokens(account.pk).access() == unseal(account.tokens_encrypted).access

    age(account, left=timedelta(minutes=-1))
    with pytest.raises(TransientError):
        StoredTokens(account.pk).access()
    account.refresh_from_db()
    assert (account.lost_at, account.refresh_until) == (None, None)


def test_renewing_is_not_cut_short_by_a_person_who_waits(account, sandbox):
    """A page has five seconds; a refresh token that was sent is spent, whether we read the answer or not."""
    sandbox.mood(spotify_refresh="rotated")
    sandbox.fault(TOKEN, "latency", seconds=1.5, times=1)
    age(account)

    with interactive(1.0):
        StoredTokens(account.pk).access()

    account.refresh_from_db()
    age(account)
    assert StoredTokens(account.pk).access()


def test_lease_of_a_dead_worker_is_taken_over(account, sandbox):
    age(account)
    SpotifyAccount.objects.update(refresh_owner="dead", refresh_until=timezone.now() - timedelta(seconds=1))

    assert StoredTokens(account.pk).access()

    assert sandbox.count(TOKEN) == 2


def test_worker_that_finds_another_at_it_goes_on_with_what_is_still_good(account, sandbox):
    age(account, left=timedelta(minutes=2))
    SpotifyAccount.objects.update(refresh_owner="other", refresh_until=timezone.now() + timedelta(seconds=60))

    assert StoredTokens(account.pk).access() == unseal(account.tokens_encrypted).access

    assert sandbox.count(TOKEN) == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_spend_the_refresh_token_once(account, sandbox):
    """The sandbox refuses a refresh token that was rotated away, as Spotify does."""
    sandbox.mood(spotify_refresh="rotated")
    sandbox.fault(TOKEN, "latency", seconds=0.3)
    age(account)
    start, found, failed = threading.Barrier(6), [], []

    def work() -> None:
        try:
            start.wait(30)
            found.append(StoredTokens(account.pk).access())
        except SpotizerError as exc:
            failed.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    account.refresh_from_db()
    assert failed == []
    assert len(found) == 6
    assert set(found) == {unseal(account.tokens_encrypted).access}
    assert sandbox.count(TOKEN) == 2
    assert account.lost_at is None


def test_tokens_survive_a_changed_secret_key_and_move_to_the_new_one(account, settings, sandbox):
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key that is long enough", [old]
    age(account)

    StoredTokens(account.pk).access()
    settings.SECRET_KEY_FALLBACKS = []

    account.refresh_from_db()
    assert unseal(account.tokens_encrypted).access


def test_secrets_move_to_the_new_key_without_being_used(account, settings):
    row = Credential.objects.create(
        service="spotify_app", name="app", identifier="a" * 32, secret_encrypted=encrypt("b" * 32)
    )
    assert move_to_newest_key() == 0
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key that is long enough", [old]

    moved = [move_to_newest_key(), move_to_newest_key()]
    settings.SECRET_KEY_FALLBACKS = []

    account.refresh_from_db()
    row.refresh_from_db()
    assert moved == [2, 0]
    assert unseal(account.tokens_encrypted).access
    assert decrypt(bytes(row.secret_encrypted)) == "b" * 32


def test_tokens_under_a_key_that_is_gone_mean_signing_in_again(account, settings):
    settings.SECRET_KEY = "another key, and nobody knows the old one"

    with pytest.raises(AuthRequired):
        StoredTokens(account.pk).access()

    account.refresh_from_db()
    assert account.lost_reason == "unreadable"


def test_admin_shows_who_is_signed_in_and_no_token(account, client):
    client.force_login(Person.objects.create_superuser("root", password="x"))
    tokens = unseal(account.tokens_encrypted)

    pages = [
        client.get(address).content.decode()
        for address in ("/admin/accounts/spotifyaccount/", f"/admin/accounts/spotifyaccount/{account.pk}/change/")
    ]
    client.post(
        "/admin/accounts/spotifyaccount/", {"action": "sign_out", "_selected_action": [account.pk]}, follow=True
    )

    for page in pages:
        assert "Ida" in page
        assert tokens.access not in page
        assert tokens.refresh not in page
        assert bytes(account.tokens_encrypted).decode() not in page
        assert "tokens_encrypted" not in page
    assert not SpotifyAccount.objects.exists()


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("spotify", *arguments, stdout=out)
    return out.getvalue()


def test_command_shows_every_person_and_no_token(account, person, sandbox):
    Person.objects.create_user("ben")
    tokens = unseal(account.tokens_encrypted)

    text, rows = told("status"), [json.loads(line) for line in told("status", "--json").splitlines()]

    assert "mara: Ida, until" in text
    assert "ben: not signed in" in text
    assert {row["person"]: row["state"] for row in rows} == {"mara": "signed_in", "ben": "not_signed_in"}
    assert tokens.access not in text
    sandbox.mood(spotify_refresh="revoked")
    age(account)
    with pytest.raises(AuthRequired):
        StoredTokens(account.pk).access()
    assert "has to sign in again as Ida" in told("status")


def test_command_signs_out_and_says_where_there_is_nothing_to_do(account):
    assert "mara is signed out" in told("sign-out", "mara")

    for name, words in (("mara", "not signed in"), ("nobody", "nobody named")):
        with pytest.raises(CommandError, match=words):
            told("sign-out", name)
