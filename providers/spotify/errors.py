"""What spotipy and requests raise, as Spotizer's own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests

from core.answers import error_for_request, error_for_status
from core.errors import AuthRequired, BadResponse, SpotizerError, UserError
from core.http import retry_after
from providers.spotify import words

if TYPE_CHECKING:
    from spotipy import SpotifyException, SpotifyOauthError

LABEL = "Spotify"


class InvalidLimit(UserError):
    """This app may not ask for so many at once."""


class TokenRefused(AuthRequired):
    """The access token is refused: it ran out early, or was withdrawn."""


class ScopeMissing(AuthRequired):
    """The person who signed in has not allowed this yet."""


class ConsentGone(AuthRequired):
    """The person's consent ran out or was withdrawn: only they can give it anew."""


class SetupNeeded(AuthRequired):
    """The app's owner has to change something at Spotify; nothing can be asked before."""


@contextmanager
def spotify_errors() -> Iterator[None]:
    """Within it everything that goes wrong between us and Spotify is one of our errors."""
    from spotipy import SpotifyException, SpotifyOauthError  # large: only where Spotify is asked

    try:
        yield
    except SpotifyException as exc:
        raise error_of(exc) from exc
    except SpotifyOauthError as exc:
        raise _oauth_error(exc) from exc
    except requests.RequestException as exc:
        raise error_for_request(LABEL, exc) from exc
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        # spotipy trips over {"error": "a text"} and over a token answer without its fields
        raise BadResponse("Spotify answered with something unreadable.", remedy="Try again later.") from exc


def error_of(exc: SpotifyException) -> SpotizerError:
    said = str(exc.msg).partition("\n")[2].strip()
    lowered = said.lower()
    if exc.http_status == 403:
        if "premium" in lowered:
            return SetupNeeded(words.NEEDS_PREMIUM, remedy=words.NEEDS_PREMIUM_REMEDY)
        if "not be registered" in lowered or "not registered" in lowered:
            return SetupNeeded(words.NOT_REGISTERED, remedy=words.NOT_REGISTERED_REMEDY)
        if "scope" in lowered:
            return ScopeMissing(words.SCOPE_MISSING, remedy=words.SCOPE_MISSING_REMEDY)
    if exc.http_status == 400:
        if "limit" in lowered:
            return InvalidLimit(f"Spotify refuses the page size: {said[:100]}")
        what = "this id" if "id" in lowered else "the question"
        return UserError(f"Spotify does not accept {what}: {said[:200]}", remedy="Copy the link once more.")
    if exc.http_status == 401:
        return TokenRefused("Spotify does not accept our sign-in.", remedy=words.BAD_KEYS_REMEDY)
    asked = retry_after({str(key): str(value) for key, value in dict(exc.headers).items()})
    return error_for_status(LABEL, exc.http_status, asked=asked, quota=exc.reason == "QUOTA_EXCEEDED")


def _oauth_error(exc: SpotifyOauthError) -> SpotizerError:
    """The token endpoint's refusal; its status is kept only on what spotipy caught."""
    cause = exc.__context__
    response = cause.response if isinstance(cause, requests.HTTPError) else None
    status = response.status_code if response is not None else 400
    if status == 429 or status >= 500:
        return error_for_status(LABEL, status, asked=retry_after(response.headers) if response is not None else None)
    if "premium" in str(exc.error).lower():
        return SetupNeeded(words.NEEDS_PREMIUM, remedy=words.NEEDS_PREMIUM_REMEDY)
    return SetupNeeded(words.BAD_KEYS, remedy=words.BAD_KEYS_REMEDY)
