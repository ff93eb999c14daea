"""accounts.spotify.com: client credentials, PKCE, refreshing. Codes and tokens are signed: they survive a restart."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from sandbox.http import Request, Response, Service, as_html, as_json, redirect
from sandbox.world import World

KEY = b"the sandbox signs what it hands out"
CONSENT_SECONDS = 182 * 86_400  # refresh tokens live six months from consent
CODE_SECONDS = 600
LOOPBACK = re.compile(r"http://(?:127\.0\.0\.1|\[::1\])(?::\d+)?/")
SECRET = "5ec2e700000000000000000000000000"


@dataclass(frozen=True, slots=True)
class Client:
    """A registered app and how its calls go."""

    id: str
    dialect: str  # new, old, extended
    trouble: str = ""  # premium, unregistered, limited

    @property
    def secret(self) -> str:
        return SECRET[:-1] + self.id[-1]


CLIENTS = {
    client.id: client
    for client in (
        Client("5a0d0b0c0000000000000000000000a1", "new"),
        Client("5a0d0b0c0000000000000000000000a2", "old"),
        Client("5a0d0b0c0000000000000000000000a3", "extended"),
        Client("5a0d0b0c0000000000000000000000a4", "new", "premium"),
        Client("5a0d0b0c0000000000000000000000a5", "new", "unregistered"),
        Client("5a0d0b0c0000000000000000000000a6", "new", "limited"),
    )
}

service = Service("accounts.spotify.com")
service.not_found = lambda request: as_html("<title>Page not found - Spotify</title>", 404)


def seal(kind: str, **content: object) -> str:
    """``content`` as a token that only the sandbox can make."""
    body = base64.urlsafe_b64encode(json.dumps({"kind": kind, **content}, separators=(",", ":")).encode())
    sign = base64.urlsafe_b64encode(hmac.new(KEY, body, hashlib.sha256).digest()[:12])
    return f"{'BQ' if kind == 'access' else 'AQ'}{(body + b'.' + sign).decode().replace('=', '')}"


def unseal(kind: str, token: str) -> dict[str, object] | None:
    """What ``seal`` put in, or None for anything else."""
    body, _, sign = token[2:].partition(".")
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        content = json.loads(raw)
    except ValueError:
        return None
    whole = base64.urlsafe_b64encode(raw)
    right = base64.urlsafe_b64encode(hmac.new(KEY, whole, hashlib.sha256).digest()[:12]).decode().replace("=", "")
    is_ours = isinstance(content, dict) and content.get("kind") == kind and hmac.compare_digest(sign, right)
    return content if is_ours else None


def _refuse(error: str, description: str, status: int = 400) -> Response:
    """OAuth's shape: ``error`` is a string here and an object on the Web API."""
    return as_json({"error": error, "error_description": description}, status)


# --- consent ---------------------------------------------------------------------------------------------------------


@service.route(r"/authorize", parameters=None)
def authorize(world: World, request: Request) -> Response:
    """Straight back with a code; with ``show_dialog=true`` the page that asks first."""
    query = request.query
    problem = _authorize_problem(query) or _unregistered(world, query["redirect_uri"])
    if problem:
        return as_html(f"<title>Error</title>{escape(problem)}", 400)
    if query.get("show_dialog") == "true" and query.get("sandbox_answer") is None:
        agree, cancel = (f"?{urlencode({**query, 'sandbox_answer': answer})}" for answer in ("yes", "no"))
        name = escape(world.moods.spotify_person)
        return as_html(
            f'<title>Connect</title><link rel="icon" href="data:,">'
            f"<p>You are {name}. It wants: {escape(query.get('scope', ''))}</p>"
            f'<a href="{escape(agree)}">Agree</a> <a href="{escape(cancel)}">Cancel</a>'
        )
    back: dict[str, str] = {"state": query["state"]} if "state" in query else {}
    if query.get("sandbox_answer") == "no" or world.moods.spotify_consent == "denied":
        return redirect(f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', **back})}")
    code = seal(
        "code",
        client=query["client_id"],
        redirect=query["redirect_uri"],
        challenge=query.get("code_challenge", ""),
        scope=query.get("scope", ""),
        user=world.moods.spotify_person,
        at=time.time(),
    )
    return redirect(f"{query['redirect_uri']}?{urlencode({'code': code, **back})}")


def _authorize_problem(query: dict[str, str]) -> str:
    if query.get("client_id") not in CLIENTS:
        return "INVALID_CLIENT: Invalid client"
    if query.get("response_type") != "code":
        return "response_type must be code"
    target = query.get("redirect_uri", "")
    if not target.startswith("https://") and not LOOPBACK.match(target):
        return "INVALID_CLIENT: Insecure redirect URI"
    if "code_challenge" in query and query.get("code_challenge_method") != "S256":
        return "code_challenge_method must be S256"
    if "code_challenge" in query and not re.fullmatch(r"[A-Za-z0-9_-]{43}", query["code_challenge"]):
        return "code_challenge must be the base64url of a SHA-256 without padding"
    return ""


def _unregistered(world: World, target: str) -> str:
    """Exactly what was registered; a loopback address that was registered without a port fits with any."""
    registered = world.moods.spotify_redirects.split()
    portless = re.sub(r"^(http://(?:127\.0\.0\.1|\[::1\])):\d+", r"\1", target)
    return "" if not registered or {target, portless} & set(registered) else "INVALID_CLIENT: Invalid redirect URI"


# --- tokens ----------------------------------------------------------------------------------------------------------


@service.route(r"/api/token", methods="POST")
def token(world: World, request: Request) -> Response:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return _refuse("invalid_request", "Content-Type must be application/x-www-form-urlencoded", 415)
    form = request.form()
    client, is_confidential, problem = _client(request, form)
    if client is None:
        return _refuse("invalid_client", problem)
    match form.get("grant_type"):
        case "client_credentials":
            return _app_token(world, client) if is_confidential else _refuse("invalid_client", "Invalid client secret")
        case "authorization_code":
            return _exchange(world, client, is_confidential, form)
        case "refresh_token":
            return _refresh(world, client, form)
        case _:
            return _refuse(
                "unsupported_grant_type", "grant_type must be client_credentials, authorization_code or refresh_token"
            )


def _client(request: Request, form: dict[str, str]) -> tuple[Client | None, bool, str]:
    """The app that asks, whether it showed its secret, and what is wrong where there is none."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        try:
            identifier, _, secret = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            return None, False, "Invalid client"
        client = CLIENTS.get(identifier)
        if client is None or secret != client.secret:
            return None, False, "Invalid client secret" if client else "Invalid client"
        return client, True, ""
    return CLIENTS.get(form.get("client_id", "")), False, "Invalid client"


def _app_token(world: World, client: Client) -> Response:
    return as_json(_access(world, client, user="", scope=""))


def _access(world: World, client: Client, *, user: str, scope: str) -> dict[str, object]:
    seconds = world.moods.spotify_token_seconds
    with world.lock:
        number = world.memory["spotify-tokens"] = int(str(world.memory.get("spotify-tokens", 0))) + 1
    sealed = seal("access", client=client.id, user=user, scope=scope, until=time.time() + seconds, number=number)
    answer: dict[str, object] = {"access_token": sealed, "token_type": "Bearer", "expires_in": seconds}
    return {**answer, "scope": scope} if user else answer


def _exchange(world: World, client: Client, is_confidential: bool, form: dict[str, str]) -> Response:
    code = form.get("code", "")
    content = unseal("code", code)
    if content is None or content["client"] != client.id or time.time() - float(str(content["at"])) > CODE_SECONDS:
        return _refuse("invalid_grant", "Invalid authorization code")
    if content["redirect"] != form.get("redirect_uri"):
        return _refuse("invalid_grant", "Invalid redirect URI")
    if content["challenge"]:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != content["challenge"]:
            return _refuse("invalid_grant", "code_verifier was incorrect")
    elif not is_confidential:
        return _refuse("invalid_request", "code_verifier required")
    with world.lock:
        used = world.memory.setdefault("spotify-codes", set())
        assert isinstance(used, set)
        if code in used:
            return _refuse("invalid_grant", "Authorization code expired")
        used.add(code)
    scope, user = str(content["scope"]), str(content["user"])
    refresh = seal("refresh", client=client.id, user=user, scope=scope, consent=time.time(), number=0)
    return as_json({**_access(world, client, user=user, scope=scope), "refresh_token": refresh})


def _refresh(world: World, client: Client, form: dict[str, str]) -> Response:
    """A new access token. Whether a refresh token comes with it is a mood: absent, empty, rotated, revoked, expired.

    One that was rotated away is spent: using it again is refused.
    """
    content = unseal("refresh", form.get("refresh_token", ""))
    if content is None or content["client"] != client.id:
        return _refuse("invalid_grant", "Invalid refresh token")
    mood, consent = world.moods.spotify_refresh, float(str(content["consent"]))
    if mood == "revoked":
        return _refuse("invalid_grant", "Refresh token revoked")
    if mood == "expired" or time.time() - consent > CONSENT_SECONDS:
        return _refuse("invalid_grant", "Refresh token expired")
    scope, user, number = str(content["scope"]), str(content["user"]), int(str(content["number"]))
    with world.lock:
        newest = world.memory.setdefault("spotify-rotations", {})
        assert isinstance(newest, dict)
        if number < newest.get((client.id, user, consent), 0):
            return _refuse("invalid_grant", "Refresh token revoked")
        if mood == "rotated":
            newest[client.id, user, consent] = number + 1
    answer = _access(world, client, user=user, scope=scope)
    if mood == "empty":
        answer["refresh_token"] = ""
    elif mood == "rotated":
        answer["refresh_token"] = seal(
            "refresh", client=client.id, user=user, scope=scope, consent=consent, number=number + 1
        )
    return as_json(answer)
