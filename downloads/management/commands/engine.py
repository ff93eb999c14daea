"""``manage.py engine``: how fresh yt-dlp and its companions are, renewing them, and the way back."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import SpotizerError, UserError
from downloads.services.updating import probe
from downloads.services.updating.status import engine_status
from downloads.services.updating.update import roll_back, update
from spotizer.supervisor.prepare import make_ready

ACTS = {
    "status": "what is in use and how old",
    "update": "the newest set, once it passed its trial",
    "rollback": "the set before",
}


class Command(BaseCommand):
    help = "yt-dlp, its solver scripts and ytmusicapi: status, update (tried before it is used) and rollback."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        for name, words in ACTS.items():
            acts.add_parser(name, help=words).add_argument("--json", action="store_true", help="one JSON object")
        trial = acts.add_parser("probe", help="the trial of a set in a folder, as update runs it")
        trial.add_argument("folder")
        trial.add_argument("versions")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "probe":
            self._probe(options["folder"], json.loads(options["versions"]))
            return
        make_ready()
        try:
            if options["act"] == "status":
                self._status(as_json=options["json"])
                return
            outcome = update() if options["act"] == "update" else roll_back()
        except SpotizerError as exc:
            code = 2 if isinstance(exc, UserError) else 1
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=code) from exc
        self.stdout.write(json.dumps(asdict(outcome)) if options["json"] else outcome.message)

    def _status(self, *, as_json: bool) -> None:
        status = engine_status()
        if as_json:
            self.stdout.write(json.dumps(asdict(status) | {"is_old": status.is_old}))
            return
        where = "renewed" if status.is_own else "as installed"
        self.stdout.write(f"{', '.join(f'{name} {version}' for name, version in status.versions.items())} ({where})")
        self.stdout.write(f"{status.age_days} days old")
        if status.is_old:
            self.stdout.write(self.style.WARNING("That is old: YouTube changes often. manage.py engine update"))
        if not status.may_update:
            self.stdout.write("It is not changed from within (SPOTIZER_ENGINE_UPDATE=off).")
        if status.message:
            self.stdout.write(f"Last try, {status.tried_at}: {status.message}")

    def _probe(self, folder: str, versions: dict[str, str]) -> None:
        """In a process of its own; the last line says why where it fails."""
        try:
            for line in probe.probe(folder, versions):
                self.stdout.write(line)
        except Exception as exc:  # noqa: BLE001 - whatever a broken package raises is its verdict
            self.stderr.write(probe.words_of(exc))
            sys.exit(1)
