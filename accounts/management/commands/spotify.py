"""``manage.py spotify``: which people are signed in to Spotify and until when; signing one out."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Person
from accounts.services import spotify_people
from accounts.services.spotify_people import SpotifyState
from catalog.services.mine import forget_lists
from spotizer.supervisor.prepare import make_ready

REFUSED = 1


class Command(BaseCommand):
    help = (
        "Show who is signed in to Spotify, with what allowed and until when, or sign somebody out. No key is shown. "
        "Exit code 0: done; 1: no such person, or not signed in; 2: bad usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        status = actions.add_parser("status", help="the app, and every person's sign-in")
        status.add_argument("--json", action="store_true", help="one JSON object a line")
        leaving = actions.add_parser("sign-out", help="forget a person's sign-in")
        leaving.add_argument("person", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        if options["action"] == "sign-out":
            self._sign_out(options["person"])
            return
        if not options["json"]:
            app = spotify_people.client_id()
            self.stdout.write(f"App: {app}" if app else "App: none. Without a client id nobody can sign in.")
        for person in Person.objects.filter(is_active=True).order_by("username"):
            state = spotify_people.state_of(person)
            self.stdout.write(json.dumps(_facts(person, state)) if options["json"] else _line(person, state))

    def _sign_out(self, name: str) -> None:
        person = Person.objects.filter(username=name).first()
        if person is None:
            raise CommandError(f"There is nobody named {name!r}.", returncode=REFUSED)
        forget_lists(person)
        if not spotify_people.sign_out(person):
            raise CommandError(f"{name} is not signed in to Spotify.", returncode=REFUSED)
        self.stdout.write(f"{name} is signed out of Spotify.")


def _facts(person: Person, state: SpotifyState) -> dict[str, object]:
    return {
        "person": person.get_username(),
        "state": "lost" if state.is_lost else "signed_in" if state.is_signed_in else "not_signed_in",
        "account": state.account.name if state.account else None,
        "ends_at": state.ends_at.isoformat(timespec="seconds") if state.ends_at and state.is_signed_in else None,
        "allowed": [one.name for one in state.allowed if one.is_allowed],
    }


def _line(person: Person, state: SpotifyState) -> str:
    if state.account is None or state.ends_at is None:
        return f"{person}: not signed in"
    if state.is_lost:
        return f"{person}: has to sign in again as {state.account.name} ({state.lost_words.lower()})"
    allowed = ", ".join(one.name for one in state.allowed if one.is_allowed)
    soon = ", which is soon" if state.ends_soon else ""
    return (
        f"{person}: {state.account.name}, until {timezone.localtime(state.ends_at):%Y-%m-%d}{soon}; may read {allowed}"
    )
