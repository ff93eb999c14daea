"""Who is signed in to Spotify, with what allowed; asking Spotify as that person; signing out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Credential, Person, SpotifyAccount, SpotifySignIn
from accounts.services import spotify_notices
from accounts.services.credentials import active_credential
from accounts.services.spotify_app import StoredCapabilities
from accounts.services.spotify_tokens import WARN_AFTER, StoredTokens, consent_ends_at
from core.errors import AuthRequired, UserError
from ops.services.sessions import session_for
from providers.spotify import words
from providers.spotify.consent import SCOPES

if TYPE_CHECKING:
    from providers.spotify.person import PersonCatalogue

WHAT = {
    "playlists": "Your playlists, also private and shared ones",
    "liked": "Your liked songs",
    "artists": "The artists you follow",
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """One thing that may be read with a person's consent."""

    name: str
    label: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class SpotifyState:
    """What a person's account page says of Spotify."""

    has_app: bool
    account: SpotifyAccount | None = None
    waiting: SpotifySignIn | None = None  # a sign-in that somebody has to decide
    ends_at: datetime | None = None
    ends_soon: bool = False
    allowed: tuple[Allowed, ...] = ()

    @property
    def is_signed_in(self) -> bool:
        return self.account is not None and self.account.lost_at is None

    @property
    def is_lost(self) -> bool:
        return self.account is not None and self.account.lost_at is not None

    @property
    def lost_words(self) -> str:
        return self.account.get_lost_reason_display() if self.account else ""


def client_id() -> str:
    """The public id of the Spotify app in force; empty where there is none. A person's sign-in needs no secret."""
    try:
        active = active_credential(Credential.Service.SPOTIFY_APP)
    except UserError:  # its secret cannot be read, but its id can
        row = Credential.objects.filter(service=Credential.Service.SPOTIFY_APP, is_active=True).order_by("-pk").first()
        return row.identifier if row else ""
    return active.identifier if active else settings.SPOTIFY_CLIENT_ID


def account_of(person: Person | None) -> SpotifyAccount | None:
    """The account with which ``person`` is signed in now, None where they are not."""
    if person is None:
        return None
    return SpotifyAccount.objects.filter(person=person, lost_at=None).first()


def state_of(person: Person) -> SpotifyState:
    account = SpotifyAccount.objects.filter(person=person).first()
    waiting = SpotifySignIn.objects.filter(person=person, finished_at=None, expires_at__gt=timezone.now())
    granted = set(account.scopes.split()) if account and not account.lost_at else set()
    return SpotifyState(
        has_app=bool(client_id()),
        account=account,
        waiting=waiting.exclude(tokens_encrypted=b"").order_by("-pk").first(),
        ends_at=consent_ends_at(account) if account else None,
        ends_soon=bool(account and not account.lost_at and timezone.now() - account.consented_at > WARN_AFTER),
        allowed=tuple(Allowed(name, WHAT[name], set(SCOPES[name]) <= granted) for name in SCOPES),
    )


def may_read(account: SpotifyAccount, what: str) -> bool:
    """Whether the person's consent covers ``what``: playlists, liked, artists."""
    return set(SCOPES[what]) <= set(account.scopes.split())


def catalogue_of(account: SpotifyAccount) -> PersonCatalogue:
    """Spotify as the person of ``account`` sees it."""
    from providers.spotify.person import PersonCatalogue  # large: only where Spotify is asked

    row = Credential.objects.filter(
        service=Credential.Service.SPOTIFY_APP, identifier=account.client_id, is_active=True
    ).order_by("-pk")
    return PersonCatalogue(
        session_for("spotify"),
        tokens=StoredTokens(account.pk),
        capabilities=StoredCapabilities(account.client_id, row.values_list("pk", flat=True).first()),
        base_url=settings.SERVICE_URLS["spotify"],
    )


def require_account(person: Person | None) -> SpotifyAccount:
    """The account of ``person``. Raises AuthRequired with what to do where they are not signed in (any more)."""
    if account := account_of(person):
        return account
    if person is not None and SpotifyAccount.objects.filter(person=person).exists():
        raise AuthRequired(words.SIGN_IN_AGAIN, remedy=words.SIGN_IN_AGAIN_REMEDY)
    raise AuthRequired(words.SIGN_IN, remedy=words.SIGN_IN_REMEDY)


@transaction.atomic
def sign_out(person: Person) -> bool:
    """Nothing of the person's sign-in is kept; True where there was one. What Spotify knows of it stays there."""
    SpotifySignIn.objects.filter(person=person).delete()
    was_there = SpotifyAccount.objects.filter(person=person).delete()[0] > 0
    spotify_notices.clear(person.pk)
    return was_there
