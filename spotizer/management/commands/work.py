"""``manage.py work``: workers alone, on a further machine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from core.errors import UserError
from spotizer.supervisor import prepare, stack
from spotizer.supervisor.supervise import Supervisor


class Command(BaseCommand):
    help = "Starts workers without pages: on a further machine that shares DATABASE_URL and the library folder."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            prepare.make_folders()
            missing = prepare.unapplied_migrations()
        except UserError as exc:
            raise CommandError(f"{exc.message}\n{exc.remedy}", returncode=2) from None
        except OperationalError as exc:
            raise CommandError(f"The database does not answer: {exc}Check DATABASE_URL.", returncode=2) from None
        if missing:
            raise CommandError(
                "The database is not that of this version: start `serve` of this version once, then `work`.",
                returncode=2,
            )
        if connection.vendor == "sqlite":
            self.stdout.write("SQLite works on one machine only; further machines need DATABASE_URL.")
        connection.close()  # the supervisor forks
        stop = stack.stop_file()
        self.stdout.write(self.style.SUCCESS("Workers are starting. Ctrl-C stops them."))
        Supervisor(stack.workers(stack.environment(stop)), stop_file=stop, on_idle=lambda: False).run()
        stack.say_goodbye()
        self.stdout.write("The workers have stopped.")
