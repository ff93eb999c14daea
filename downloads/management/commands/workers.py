"""``manage.py workers``: how many downloads run at once, and changing it while everything runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import UserError
from downloads.services import workforce
from spotizer.supervisor.prepare import make_ready

BAD_USAGE = 2


class Command(BaseCommand):
    help = (
        "Say how many downloads run at once on each machine, or change it. A running server follows within seconds; "
        "what is at work goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "number",
            nargs="?",
            metavar="NUMBER",
            help=f"{workforce.LEAST} to {workforce.MOST}, or default; what SPOTIZER_WORKERS says stands before it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        wish = options["number"]
        try:
            if wish is not None:
                workforce.set_workers(_number(wish))
        except UserError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=BAD_USAGE) from None
        self.stdout.write(f"Downloads at once: {workforce.workers()} ({workforce.where_from()}).")


def _number(text: str) -> int | None:
    if text == "default":
        return None
    if not text.isascii() or not text.isdigit():
        raise UserError(f"“{text}” is no number.", remedy=f"Give {workforce.LEAST} to {workforce.MOST}, or default.")
    return int(text[:9])
