"""``manage.py naming``: what a template makes of some tracks, before it names any file."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import UserError
from library.naming import EXAMPLES, PLACEHOLDERS, show_names
from library.selectors.naming import newest_tracks
from ops.settings import in_force

BAD_USAGE = 2


class Command(BaseCommand):
    help = "Shows the names that a template gives, for tracks of the library and for invented ones. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("template", nargs="?", default="", help="without one: the template of the settings")
        parser.add_argument("--list", action="store_true", help="the placeholders that there are")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for name in PLACEHOLDERS:
                self.stdout.write(f"{{{name}}}")
            return
        try:
            names = show_names(options["template"] or in_force.NAME_TEMPLATE, (*newest_tracks(), *EXAMPLES))
        except UserError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}", returncode=BAD_USAGE) from exc
        for name in names:
            self.stdout.write(name)
