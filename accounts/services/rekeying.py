"""After the secret key was changed: what is stored under an older one moves to the newest."""

from __future__ import annotations

import logging

from django.conf import settings

from accounts.models import Credential, SpotifyAccount
from core.errors import UserError
from ops.services.secrets import under_newest_key

log = logging.getLogger(__name__)


def move_to_newest_key() -> int:
    """No credential and no person's tokens need an older key any more; how many were moved.

    Nothing is looked at where the settings name no older key. What changes meanwhile is left for the next time.
    """
    if not settings.SECRET_KEY_FALLBACKS:
        return 0
    return _move_credentials() + _move_accounts()


def _move_credentials() -> int:
    moved = 0
    for pk, old in Credential.objects.exclude(secret_encrypted=b"").values_list("pk", "secret_encrypted"):
        if new := _moved(bytes(old), f"credential {pk}"):
            moved += Credential.objects.filter(pk=pk, secret_encrypted=old).update(secret_encrypted=new)
    return moved


def _move_accounts() -> int:
    moved = 0
    rows = SpotifyAccount.objects.filter(lost_at=None, refresh_owner="")
    for pk, old in rows.values_list("pk", "tokens_encrypted"):
        if new := _moved(bytes(old), f"sign-in {pk}"):
            same = SpotifyAccount.objects.filter(pk=pk, tokens_encrypted=old, refresh_owner="")
            moved += same.update(tokens_encrypted=new)
    return moved


def _moved(encrypted: bytes, what: str) -> bytes | None:
    try:
        return under_newest_key(encrypted)
    except UserError:
        log.warning("The secret of %s cannot be read with any key that is named", what)
        return None
