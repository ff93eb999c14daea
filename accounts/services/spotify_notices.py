"""What a person is told of their sign-in to Spotify; nobody else sees it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from ops.services import notices
from providers.spotify import words


def tell_ended(person_id: int) -> None:
    notices.raise_notice(
        _code(person_id),
        words.SIGN_IN_AGAIN,
        remedy="Sign in again: it takes a minute, and nothing else is lost.",
        link=reverse("accounts:spotify_sign_in"),
        person_id=person_id,
    )


def tell_ends_soon(person_id: int, ends_at: datetime) -> None:
    day = timezone.localtime(ends_at)
    notices.raise_notice(
        _code(person_id),
        f"Your sign-in to Spotify ends on {day.day} {day:%B %Y}.",
        remedy="Spotify wants to be asked every six months. Sign in again before, and nothing is interrupted.",
        level="info",
        link=reverse("accounts:spotify_sign_in"),
        person_id=person_id,
    )


def clear(person_id: int) -> None:
    notices.clear_notice(_code(person_id))


def _code(person_id: int) -> str:
    return f"spotify_account:{person_id}"
