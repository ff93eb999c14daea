"""The tokens of people who signed in to Spotify: encrypted, renewed by one worker at a time, and lost but once.

A refresh token may be good for one use only, so whoever renews takes a lease on the row first; no transaction is open
while Spotify is asked. What others find meanwhile is the old access token, which is good for some minutes more, or they
wait.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import SpotifyAccount
from accounts.services import spotify_notices
from core.errors import AuthRequired, SpotizerError, TransientError, UserError
from core.http import seconds_left, unhurried
from ops.services.secrets import decrypt, encrypt
from ops.services.sessions import session_for
from providers.spotify import consent, words
from providers.spotify.errors import ConsentGone

CONSENT_LASTS = timedelta(days=182)  # six months from the consent, whatever is refreshed
WARN_AFTER = timedelta(days=152)
RENEW_BEFORE = timedelta(minutes=5)
LEASE = timedelta(seconds=90)  # longer than the longest answer
WAIT_SECONDS = 20.0
LOOK_SECONDS = 0.1
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tokens:
    """As they are stored. In no text of it can they be read."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


def seal(tokens: Tokens) -> bytes:
    return encrypt(json.dumps({"access": tokens.access, "refresh": tokens.refresh}))


def unseal(encrypted: bytes) -> Tokens:
    """Raises UserError where no secret key opens them."""
    body = json.loads(decrypt(bytes(encrypted)))
    return Tokens(body["access"], body["refresh"])


def consent_ends_at(account: SpotifyAccount) -> datetime:
    return account.consented_at + CONSENT_LASTS


def lose(account: SpotifyAccount, reason: SpotifyAccount.Lost) -> None:
    """The tokens are gone, the account's row stays, and the person is told once. Losing it twice changes nothing."""
    lost = SpotifyAccount.objects.filter(pk=account.pk, tokens_encrypted=account.tokens_encrypted, lost_at=None)
    if lost.update(
        lost_at=timezone.now(), lost_reason=reason, tokens_encrypted=b"", refresh_owner="", refresh_until=None
    ):
        log.warning("The Spotify sign-in of %s has ended (%s)", account.person_id, reason)
        spotify_notices.tell_ended(account.person_id)


class StoredTokens:
    """One person's access token, for ``providers.spotify.person``."""

    def __init__(self, account_id: int) -> None:
        self._pk = account_id

    def access(self) -> str:
        """A token that is good for some minutes. Raises AuthRequired where the person has to sign in again."""
        account, tokens = self._read()
        if account.expires_at > timezone.now() + RENEW_BEFORE:
            return tokens.access
        return self._renewed(tokens.access, is_refused=False)

    def refused(self, access: str) -> None:
        """The next ``access`` is another token than this one, which Spotify refused."""
        self._renewed(access, is_refused=True)

    def _read(self) -> tuple[SpotifyAccount, Tokens]:
        account = SpotifyAccount.objects.filter(pk=self._pk).first()
        if account is None:
            raise AuthRequired(words.SIGN_IN, remedy=words.SIGN_IN_REMEDY)
        if not account.lost_at and consent_ends_at(account) <= timezone.now():
            lose(account, SpotifyAccount.Lost.OVER)
            raise _ended()
        if account.lost_at:
            raise _ended()
        try:
            return account, unseal(bytes(account.tokens_encrypted))
        except (UserError, ValueError, KeyError):
            lose(account, SpotifyAccount.Lost.UNREADABLE)
            raise _ended() from None

    def _renewed(self, old: str, *, is_refused: bool) -> str:
        """Another token than ``old``: renewed by us or by whoever is at it."""
        left = seconds_left()
        until = time.monotonic() + (WAIT_SECONDS if left is None else max(0.0, min(left, WAIT_SECONDS)))
        owner = secrets.token_hex(16)
        while True:
            account, tokens = self._read()
            if tokens.access != old:
                return tokens.access
            is_good = not is_refused and account.expires_at > timezone.now()
            if self._take(account, owner):
                return self._renew(account, tokens, owner, may_keep=is_good)
            if is_good:
                return old
            if time.monotonic() >= until:
                raise TransientError(
                    "Your sign-in to Spotify is being renewed.", retry_after=5.0, remedy="Try again in a moment."
                )
            time.sleep(LOOK_SECONDS)

    def _take(self, account: SpotifyAccount, owner: str) -> bool:
        """The right to renew is ours: nobody has it, and the tokens are those that were just read."""
        now = timezone.now()
        free = Q(refresh_until=None) | Q(refresh_until__lte=now)
        rows = SpotifyAccount.objects.filter(free, pk=account.pk, tokens_encrypted=account.tokens_encrypted)
        return bool(rows.update(refresh_owner=owner, refresh_until=now + LEASE))

    def _renew(self, account: SpotifyAccount, tokens: Tokens, owner: str, *, may_keep: bool) -> str:
        mine = SpotifyAccount.objects.filter(pk=account.pk, refresh_owner=owner)
        try:
            with unhurried():
                grant = consent.renew(
                    session_for("spotify"),
                    settings.SERVICE_URLS["spotify_accounts"],
                    client_id=account.client_id,
                    refresh_token=tokens.refresh,
                )
        except ConsentGone:
            lose(account, SpotifyAccount.Lost.REFUSED)
            raise
        except SpotizerError:
            mine.update(refresh_owner="", refresh_until=None)
            if may_keep:
                return tokens.access
            raise
        now = timezone.now()
        mine.update(
            tokens_encrypted=seal(Tokens(grant.access_token, grant.refresh_token or tokens.refresh)),
            expires_at=now + timedelta(seconds=grant.seconds),
            refreshed_at=now,
            refresh_owner="",
            refresh_until=None,
        )
        if now - account.consented_at > WARN_AFTER:
            spotify_notices.tell_ends_soon(account.person_id, consent_ends_at(account))
        return grant.access_token


def look_at_consents() -> int:
    """Sign-ins that are over are lost, and those that end within a month are told of; how many were told.

    It asks nobody, so it may run at any time.
    """
    now = timezone.now()
    rows = SpotifyAccount.objects.filter(lost_at=None, consented_at__lte=now - WARN_AFTER)
    for account in rows:
        if consent_ends_at(account) <= now:
            lose(account, SpotifyAccount.Lost.OVER)
        else:
            spotify_notices.tell_ends_soon(account.person_id, consent_ends_at(account))
    return len(rows)


def _ended() -> AuthRequired:
    return AuthRequired(words.SIGN_IN_AGAIN, remedy=words.SIGN_IN_AGAIN_REMEDY)
