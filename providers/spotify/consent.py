"""Signing a person in: authorization code with PKCE, as Spotify wants it since 2025. No secret is needed.

spotipy's own helper keeps the verifier in an object and lets an empty refresh token overwrite a good one, so these are
our own two calls. Source: https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests

from core.answers import decode_json, error_for_request, error_for_status
from core.errors import AuthRequired, BadResponse, UserError
from core.http import ServiceSession, retry_after
from providers.spotify import words
from providers.spotify.errors import LABEL, ConsentGone, SetupNeeded

# What Spotizer asks for, by what it is for. Only reading: nothing is written to Spotify.
SCOPES = {
    "playlists": ("playlist-read-private", "playlist-read-collaborative"),
    "liked": ("user-library-read",),
    "artists": ("user-follow-read",),
}


class CodeRefused(UserError):
    """The code of a sign-in is not taken: too old, used already, or not ours."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What Spotify hands out. ``refresh_token`` is empty where the one before stays."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    seconds: int
    scopes: tuple[str, ...]


def new_verifier() -> str:
    """86 characters that nobody guesses; 43 to 128 are allowed."""
    return secrets.token_urlsafe(64)


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def authorize_url(
    base_url: str, *, client_id: str, redirect_uri: str, scopes: Iterable[str], state: str, verifier: str
) -> str:
    """Where the person's browser goes. Spotify always asks there: the six months begin with each consent."""
    query = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge_method": "S256",
        "code_challenge": challenge_of(verifier),
        "show_dialog": "true",
    }
    return f"{base_url.rstrip('/')}/authorize?{urlencode(query)}"


def redeem(
    session: ServiceSession, base_url: str, *, client_id: str, code: str, verifier: str, redirect_uri: str
) -> Grant:
    """The tokens for a code. Raises CodeRefused where it is not taken; a code is spent by asking."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client_id,
        "code_verifier": verifier,
    }
    refused = CodeRefused(
        "Spotify does not take this code any more: it works once, and for about ten minutes.",
        remedy="Begin the sign-in once more.",
    )
    grant = _grant(_ask(session, base_url, form, refused))
    if not grant.refresh_token:
        raise BadResponse("Spotify's answer lacks what keeps you signed in.", remedy="Begin the sign-in once more.")
    return grant


def renew(session: ServiceSession, base_url: str, *, client_id: str, refresh_token: str) -> Grant:
    """A new access token. Raises ConsentGone where the consent has ended: never ask again with this token."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
    gone = ConsentGone(words.SIGN_IN_AGAIN, remedy=words.SIGN_IN_AGAIN_REMEDY)
    return _grant(_ask(session, base_url, form, gone))


def _ask(session: ServiceSession, base_url: str, form: Mapping[str, str], refused: UserError) -> dict[str, Any]:
    try:
        response = session.post(f"{base_url.rstrip('/')}/api/token", data=form, allow_redirects=False)
    except requests.RequestException as exc:
        raise error_for_request(LABEL, exc) from None  # its text may hold what was sent
    if response.status_code in {400, 401, 403}:
        raise _refusal(response, refused)
    if not response.ok:
        raise error_for_status(LABEL, response.status_code, asked=retry_after(response.headers))
    body = decode_json(LABEL, response)
    if not isinstance(body, dict):
        raise BadResponse("Spotify answered with something unreadable.", remedy="Try again later.")
    return body


def _refusal(response: requests.Response, refused: UserError) -> Exception:
    """OAuth's shape: ``error`` is a text here, an object elsewhere."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    said = body.get("error") if isinstance(body, dict) else ""
    if said == "invalid_grant":
        return refused
    if said in {"invalid_client", "unauthorized_client"}:
        return SetupNeeded(words.APP_GONE, remedy=words.APP_GONE_REMEDY)
    if "premium" in response.text[:500].lower():
        return SetupNeeded(words.NEEDS_PREMIUM, remedy=words.NEEDS_PREMIUM_REMEDY)
    return AuthRequired("Spotify refused the sign-in.", remedy="Begin it once more.")


def _grant(body: Mapping[str, Any]) -> Grant:
    access, refresh, seconds = body.get("access_token"), body.get("refresh_token"), body.get("expires_in")
    if not isinstance(access, str) or not access:
        raise BadResponse("Spotify's answer holds no token.", remedy="Try again later.")
    scope = body.get("scope")
    return Grant(
        access_token=access,
        refresh_token=refresh if isinstance(refresh, str) else "",
        seconds=seconds if isinstance(seconds, int) and not isinstance(seconds, bool) else 3600,
        scopes=tuple(scope.split()) if isinstance(scope, str) else (),
    )
