"""One sign-in to Spotify from the button to the stored tokens: begun, answered, finished or decided by the person."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Person, SpotifyAccount, SpotifySignIn
from accounts.services import spotify_notices, spotify_people
from accounts.services.spotify_tokens import Tokens, seal, unseal
from core.errors import SpotizerError, TransientError, UserError
from core.http import unhurried
from ops.services.secrets import decrypt, encrypt
from ops.services.sessions import session_for
from providers.spotify import consent, words
from providers.spotify.consent import SCOPES

BEGUN_LASTS = timedelta(minutes=30)
WAITS = timedelta(hours=24)  # for a person to decide, or for the app's owner to let them in
MOST_BEGUN = 8  # several tabs; older ones are forgotten
LONGEST_PASTE = 4000
STATE = re.compile(r"[\w-]{20,64}", re.ASCII)
START_AGAIN = "Begin the sign-in once more."


class NotOurs(UserError):
    """No sign-in that was begun here, by this person in this session, waits for this answer."""


def begin(
    *, person: Person, session_key: str, redirect_uri: str, wanted: tuple[str, ...] = ("playlists",), next_url: str = ""
) -> str:
    """The address at Spotify that asks for the person's consent: to ``wanted``, and to what was allowed before.

    Raises UserError where there is no app to ask with.
    """
    client_id = spotify_people.client_id()
    if not client_id:
        raise UserError(words.NO_KEYS, remedy=words.NO_KEYS_REMEDY)
    account = SpotifyAccount.objects.filter(person=person).first()
    scopes = {scope for name in wanted for scope in SCOPES[name]} | set(account.scopes.split() if account else ())
    state, verifier, now = secrets.token_urlsafe(32), consent.new_verifier(), timezone.now()
    with transaction.atomic():
        SpotifySignIn.objects.filter(expires_at__lte=now).delete()
        mine = SpotifySignIn.objects.filter(person=person, tokens_encrypted=b"").order_by("-pk")
        old = list(mine.values_list("pk", flat=True)[MOST_BEGUN - 1 :])
        SpotifySignIn.objects.filter(pk__in=old).delete()
        SpotifySignIn.objects.create(
            state=state,
            person=person,
            session_hash=_hash(session_key),
            client_id=client_id,
            verifier_encrypted=encrypt(verifier),
            redirect_uri=redirect_uri,
            next_url=next_url[:500],
            profile={"scopes": " ".join(sorted(scopes))},
            expires_at=now + BEGUN_LASTS,
        )
    return consent.authorize_url(
        accounts_address(),
        client_id=client_id,
        redirect_uri=redirect_uri,
        scopes=sorted(scopes),
        state=state,
        verifier=verifier,
    )


def accounts_address() -> str:
    """Where a browser finds Spotify's accounts: it cannot be sent to the sandbox by us, so its address says so."""
    url = str(settings.SERVICE_URLS["spotify_accounts"])
    if not settings.SANDBOX_URL:
        return url
    parts = urlsplit(url)
    return f"{settings.SANDBOX_URL}/{parts.netloc}{parts.path}"


def read_pasted(text: str) -> dict[str, str]:
    """``code``, ``state`` and ``error`` of the address that a person pasted. Raises UserError that says what it lacks.

    Only the query is read: to which host the browser was sent makes no difference.
    """
    text = "".join(text.split()).strip("<>\"'")
    if not text:
        raise UserError("Nothing was pasted.", remedy="Copy the whole address from the browser's address bar.")
    if len(text) > LONGEST_PASTE:
        raise UserError("That is far too long for the address.", remedy="Copy the address alone.")
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.netloc.endswith("spotify.com") and "/authorize" in parts.path:
        raise UserError(
            "That is the address of Spotify's question. The one after you agreed is needed.",
            remedy="Agree there first; the page that then cannot be opened has the right address.",
        )
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    found = {name: query[name] for name in ("code", "state", "error") if query.get(name)}
    if "state" not in found or not {"code", "error"} & set(found):
        raise UserError(
            "This is not the address that Spotify leads to after you agreed.",
            remedy="It begins with http://127.0.0.1 and holds code= and state=. Copy all of it.",
        )
    return found


def answer(*, person: Person, session_key: str, query: Mapping[str, str]) -> SpotifySignIn:
    """What Spotify answered is taken: the person is signed in, or the row says what has to be decided.

    Raises NotOurs for a forged or foreign state, UserError for a denied, used or late one, TransientError where Spotify
    does not answer. In each case nothing of an earlier sign-in is touched.
    """
    row = _taken(person, session_key, query.get("state", ""))
    if row.finished_at:
        return row  # pressed twice
    if error := query.get("error"):
        raise _denied(error)
    code = query.get("code", "")
    if not code:
        raise UserError("Spotify sent no code.", remedy=START_AGAIN)
    with unhurried():  # the code is spent by asking, whoever waits
        grant = consent.redeem(
            session_for("spotify"),
            settings.SERVICE_URLS["spotify_accounts"],
            client_id=row.client_id,
            code=code,
            verifier=decrypt(bytes(row.verifier_encrypted)),
            redirect_uri=row.redirect_uri,
        )
    now = timezone.now()
    row.tokens_encrypted = seal(Tokens(grant.access_token, grant.refresh_token))
    # Where it names no scopes they are those that were asked for: RFC 6749, section 5.1.
    row.profile = {"seconds": grant.seconds, "scopes": " ".join(grant.scopes) or row.profile["scopes"]}
    row.verifier_encrypted, row.consented_at, row.expires_at = b"", now, now + WAITS
    row.save(update_fields=["tokens_encrypted", "profile", "verifier_encrypted", "consented_at", "expires_at"])
    return _finish(row)


def waiting(person: Person, number: int) -> SpotifySignIn:
    """The sign-in of ``person`` that waits for a decision. Raises UserError where it does not any more."""
    rows = SpotifySignIn.objects.filter(pk=number, person=person, finished_at=None, expires_at__gt=timezone.now())
    if row := rows.exclude(tokens_encrypted=b"").first():
        return row
    raise UserError("This sign-in does not wait any more.", remedy=START_AGAIN)


def try_again(row: SpotifySignIn) -> SpotifySignIn:
    """Ask Spotify once more who it is, with the consent that was given."""
    return _finish(row)


def use_other_account(row: SpotifySignIn) -> SpotifySignIn:
    """The person wants this account instead of the one before."""
    return _store(row)


def drop(row: SpotifySignIn) -> None:
    """The person stays with what was before; the tokens of this sign-in are forgotten."""
    SpotifySignIn.objects.filter(pk=row.pk).delete()


def is_other_account(row: SpotifySignIn) -> bool:
    """Whether it waits because it is another account than the person's."""
    return "user_id" in row.profile and not row.finished_at


def _taken(person: Person, session_key: str, state: str) -> SpotifySignIn:
    """The begun sign-in, which nobody else can take any more."""
    rows = SpotifySignIn.objects.filter(state=state, person=person, session_hash=_hash(session_key))
    row = rows.first() if STATE.fullmatch(state) else None
    if row is None:
        raise NotOurs(
            "This answer of Spotify belongs to no sign-in that you began here.",
            remedy="Begin it once more, in this browser. If you began it in another Spotizer or browser, paste the "
            "address of this page there.",
        )
    if row.finished_at:
        return row
    if row.expires_at <= timezone.now():
        raise UserError("That took longer than half an hour, so it is not valid any more.", remedy=START_AGAIN)
    if not SpotifySignIn.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
        raise UserError(
            "This answer of Spotify was used already.", remedy="Look at the state below; " + START_AGAIN.lower()
        )
    return row


def _denied(error: str) -> UserError:
    if error == "access_denied":
        return UserError(
            "You did not agree at Spotify, so nothing was stored.",
            remedy="Spotizer works without it; sign in whenever you like.",
        )
    code = error if re.fullmatch(r"[a-z_]{1,40}", error) else "something unreadable"
    return UserError(f"Spotify refused the sign-in ({code}).", remedy=START_AGAIN)


def _finish(row: SpotifySignIn) -> SpotifySignIn:
    """Find out who it is. What keeps us from it stands on the row, with its tokens, until tried again."""
    from providers.spotify.person import PersonCatalogue

    catalogue = PersonCatalogue(
        session_for("spotify"),
        tokens=_Given(row),
        capabilities=_Forgetful(),
        base_url=settings.SERVICE_URLS["spotify"],
    )
    try:
        profile = catalogue.me()
    except SpotizerError as exc:
        row.message = f"{exc.message} {exc.remedy}".strip()
        row.save(update_fields=["message"])
        return row
    row.profile |= {"user_id": profile.id, "account_id": profile.account_id, "name": profile.name}
    row.message = ""
    row.save(update_fields=["profile", "message"])
    account = SpotifyAccount.objects.filter(person=row.person_id).first()
    if account is not None and not account.is_of(user_id=profile.id, account_id=profile.account_id):
        return row  # another account than before: the person decides
    return _store(row)


@transaction.atomic
def _store(row: SpotifySignIn) -> SpotifySignIn:
    """The tokens are the person's, in place of any before; the row holds them no more."""
    now = timezone.now()
    if not SpotifySignIn.objects.filter(pk=row.pk, finished_at=None).update(finished_at=now, tokens_encrypted=b""):
        raise UserError("This sign-in does not wait any more.", remedy=START_AGAIN)
    consented_at = row.consented_at or now
    SpotifyAccount.objects.update_or_create(
        person_id=row.person_id,
        defaults={
            "client_id": row.client_id,
            "user_id": row.profile["user_id"],
            "account_id": row.profile["account_id"],
            "name": row.profile["name"][:300],
            "scopes": row.profile["scopes"],
            "tokens_encrypted": bytes(row.tokens_encrypted),
            "expires_at": consented_at + timedelta(seconds=row.profile["seconds"]),
            "consented_at": consented_at,
            "signed_in_at": now,
            "refreshed_at": None,
            "lost_at": None,
            "lost_reason": "",
            "refresh_owner": "",
            "refresh_until": None,
        },
    )
    spotify_notices.clear(row.person_id)
    row.finished_at, row.tokens_encrypted = now, b""
    return row


class _Given:
    """The access token of a sign-in that is not finished. It is not renewed: it is minutes old."""

    def __init__(self, row: SpotifySignIn) -> None:
        self._row = row

    def access(self) -> str:
        return unseal(bytes(self._row.tokens_encrypted)).access

    def refused(self, access: str) -> None:
        raise TransientError("Spotify does not accept its own token.", remedy=START_AGAIN)


class _Forgetful:
    """Nothing is learned from one question."""

    def get(self, name: str) -> None:
        return None

    def learn(self, name: str, value: object) -> None:
        """Forgotten."""


def _hash(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()
