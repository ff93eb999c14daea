"""What all workers share of one Spotify app: its access token (encrypted) and what it was found able to do."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Credential
from core.errors import UserError
from ops.models import CachedResponse, Setting
from ops.services.secrets import decrypt, encrypt

LEARNED_FOR = timedelta(days=7)
TOKEN_SERVICE = "spotify_token"  # noqa: S105 the name of a place, not a secret


class SharedToken:
    """The access token of one app, for an hour. Losing it costs one call."""

    def __init__(self, client_id: str) -> None:
        self._key = sha256(f"{TOKEN_SERVICE} {client_id}".encode()).hexdigest()

    def load(self) -> dict[str, Any] | None:
        body = CachedResponse.objects.filter(pk=self._key, expires_at__gt=timezone.now()).values_list("body", flat=True)
        found = body.first()
        if found is None:
            return None
        try:
            token = json.loads(decrypt(str(found).encode()))
        except (UserError, ValueError):  # stored under a secret key that is gone
            return None
        return token if isinstance(token, dict) else None

    def save(self, token: dict[str, Any]) -> None:
        expires_at = timezone.now() + timedelta(seconds=max(0, int(token.get("expires_in") or 0)))
        kept = {"service": TOKEN_SERVICE, "body": encrypt(json.dumps(token)).decode(), "expires_at": expires_at}
        CachedResponse.objects.update_or_create(key=self._key, defaults=kept)

    def forget(self) -> None:
        CachedResponse.objects.filter(pk=self._key).delete()


class StoredCapabilities:
    """What one app can do, learned from answers: on its credential's row, or in a setting for the environment's app."""

    def __init__(self, client_id: str, credential_id: int | None) -> None:
        self._credential_id = credential_id
        self._setting = f"capabilities.spotify_app.{client_id[:64]}"

    def get(self, name: str) -> Any:
        entry = self._read().get(name)
        if not isinstance(entry, dict) or "value" not in entry:
            return None
        learned_at = datetime.fromisoformat(str(entry.get("learned_at")))
        return entry["value"] if timezone.now() - learned_at < LEARNED_FOR else None

    @transaction.atomic
    def learn(self, name: str, value: Any) -> None:
        known = self._read(for_update=True) | {name: {"value": value, "learned_at": timezone.now().isoformat()}}
        if self._credential_id is not None:
            Credential.objects.filter(pk=self._credential_id).update(capabilities=known)
        else:
            Setting.objects.update_or_create(key=self._setting, defaults={"value": known})

    def _read(self, *, for_update: bool = False) -> dict[str, Any]:
        if self._credential_id is not None:
            rows = Credential.objects.select_for_update() if for_update else Credential.objects.all()
            found = rows.filter(pk=self._credential_id).values_list("capabilities", flat=True).first()
        else:
            settings = Setting.objects.select_for_update() if for_update else Setting.objects.all()
            found = settings.filter(pk=self._setting).values_list("value", flat=True).first()
        return found if isinstance(found, dict) else {}
