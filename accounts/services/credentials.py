"""Accounts of outside services: stored encrypted, checked when saved, found when needed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from accounts.models import Credential
from accounts.services.spotify_app import SharedToken, StoredCapabilities
from core.errors import SpotizerError, UserError
from core.http import ServiceSession
from ops.services import notices
from ops.services.secrets import decrypt, encrypt
from ops.services.sessions import session_for
from ops.settings import in_force
from providers.spotify import words
from providers.spotify.errors import SetupNeeded

if TYPE_CHECKING:
    from providers.spotify.client import SpotifyCatalogue

HEX32 = re.compile(r"[0-9a-f]{32}")
SPOTIFY_NOTICE = "spotify_credential"


@dataclass(frozen=True, slots=True)
class ActiveCredential:
    """What a client needs. ``pk`` is None for one that comes from the environment. The secret is in no text of it."""

    service: str
    identifier: str
    secret: str = field(repr=False)
    pk: int | None = None


def active_credential(service: str) -> ActiveCredential | None:
    """The credential in force: the newest active one of the table, else the environment's, else None."""
    row = Credential.objects.filter(service=service, is_active=True).order_by("-pk").first()
    if row is not None:
        return ActiveCredential(service, row.identifier, decrypt(bytes(row.secret_encrypted)), row.pk)
    if service == Credential.Service.SPOTIFY_APP and settings.SPOTIFY_CLIENT_ID and settings.SPOTIFY_CLIENT_SECRET:
        return ActiveCredential(service, settings.SPOTIFY_CLIENT_ID, settings.SPOTIFY_CLIENT_SECRET)
    return None


def save_credential(
    *, service: str, name: str, identifier: str, secret: str = "", is_active: bool = True, row: Credential | None = None
) -> Credential:
    """Store a credential; without ``secret`` the stored one stays. It is tried at its service afterwards.

    Raises UserError for what cannot be right. A service that refuses it or does not answer is no error: the row says so
    in ``check_message``.
    """
    identifier, secret = identifier.strip(), secret.strip()
    check_shape(service, identifier, secret, is_new=row is None)
    row = row or Credential(service=service)
    row.service, row.name, row.identifier, row.is_active = service, name.strip(), identifier, is_active
    if secret:
        row.secret_encrypted = encrypt(secret)
    row.capabilities = {}
    row.save()
    check_credential(row)
    return row


def check_shape(service: str, identifier: str, secret: str, *, is_new: bool) -> None:
    """Raise UserError where id or secret cannot be right by their looks."""
    if service not in Credential.Service.values:
        raise UserError(f"Spotizer has no use for a credential of {service!r}.")
    if not HEX32.fullmatch(identifier):
        raise UserError("A client id of Spotify is 32 letters a–f and digits.", remedy=words.BAD_KEYS_REMEDY)
    if (is_new or secret) and not HEX32.fullmatch(secret):
        raise UserError("A client secret of Spotify is 32 letters a–f and digits.", remedy=words.BAD_KEYS_REMEDY)
    if secret == identifier and secret:
        raise UserError("The secret is the same as the client id.", remedy=words.BAD_KEYS_REMEDY)


def check_credential(row: Credential) -> bool:
    """Try the credential at its service and note on the row what came of it; True where it works."""
    message = ""
    try:
        active = ActiveCredential(row.service, row.identifier, decrypt(bytes(row.secret_encrypted)), row.pk)
        SharedToken(active.identifier).forget()
        spotify_catalogue(active, session_for("spotify")).probe()
    except SpotizerError as exc:
        message = f"{exc.message} {exc.remedy}".strip()
    Credential.objects.filter(pk=row.pk).update(checked_at=timezone.now(), check_message=message)
    row.refresh_from_db()
    if not message:
        notices.clear_notice(SPOTIFY_NOTICE)
    return not message


def spotify_catalogue(active: ActiveCredential, session: ServiceSession) -> SpotifyCatalogue:
    """Spotify, asked with this credential."""
    from providers.spotify.client import SpotifyCatalogue  # large: only where Spotify is asked
    from providers.spotify.tokens import TokenCache

    token = SharedToken(active.identifier)
    return SpotifyCatalogue(
        session,
        client_id=active.identifier,
        client_secret=active.secret,
        token_cache=TokenCache(token.load, token.save),
        capabilities=StoredCapabilities(active.identifier, active.pk),
        market=in_force.SPOTIFY_MARKET,
        base_url=settings.SERVICE_URLS["spotify"],
        accounts_url=settings.SERVICE_URLS["spotify_accounts"],
        on_refused=_tell_everybody,
    )


def _tell_everybody(exc: SetupNeeded) -> None:
    notices.raise_notice(
        SPOTIFY_NOTICE, exc.message, remedy=f"{exc.remedy} Then test the credential again.", level="error"
    )
