"""Keeps secrets so that neither the database nor a backup of it gives them away."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from core.errors import UserError


def encrypt(secret: str) -> bytes:
    """``secret`` under the newest secret key."""
    return _box().encrypt(secret.encode())


def decrypt(encrypted: bytes) -> str:
    """The secret again. Raises UserError where neither the secret key nor an older one opens it."""
    try:
        return _box().decrypt(bytes(encrypted)).decode()
    except InvalidToken:
        raise UserError(
            "A stored secret cannot be read: it was stored under another secret key.",
            remedy="Enter it again, or add the old key to SPOTIZER_OLD_SECRET_KEYS.",
        ) from None


def _box() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"spotizer credentials").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
