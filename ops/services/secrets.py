"""Keeps secrets so that neither the database nor a backup of it gives them away.

The cryptography itself is imported where a secret is: most processes never meet one.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.conf import settings

from core.errors import UserError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet


def encrypt(secret: str) -> bytes:
    """``secret`` under the newest secret key."""
    return _box().encrypt(secret.encode())


def decrypt(encrypted: bytes) -> str:
    """The secret again. Raises UserError where neither the secret key nor an older one opens it."""
    from cryptography.fernet import InvalidToken

    try:
        return _box().decrypt(bytes(encrypted)).decode()
    except InvalidToken:
        raise UserError(
            "A stored secret cannot be read: it was stored under another secret key.",
            remedy="Enter it again, or add the old key to SPOTIZER_OLD_SECRET_KEYS.",
        ) from None


def under_newest_key(encrypted: bytes) -> bytes | None:
    """The same secret under the newest key, None where it is so already. Raises UserError as ``decrypt`` does."""
    from cryptography.fernet import InvalidToken

    try:
        _fernet(settings.SECRET_KEY).decrypt(bytes(encrypted))
    except InvalidToken:
        return encrypt(decrypt(encrypted))
    return None


def _box() -> MultiFernet:
    from cryptography.fernet import MultiFernet

    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret_key: str) -> Fernet:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"spotizer credentials").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
