"""``manage.py serve``: everything, until Ctrl-C."""

from __future__ import annotations

import os
import time
from http.client import HTTPException
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.requests import is_loopback
from accounts.services import setup
from core.errors import UserError
from downloads.models import DownloadRequest
from spotizer.commandline import STARTED_AT
from spotizer.supervisor import listening, prepare, stack
from spotizer.supervisor.supervise import Supervisor

SEED_SECONDS = 60.0  # then the demo's page is shown as it is


class Command(BaseCommand):
    help = "Starts Spotizer: pages and workers. SIGTERM or Ctrl-C stops all of it within ten seconds."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            prepare.make_folders()
            listener = listening.listen(settings.HOST, settings.PORT)
            with listener, prepare.only_one():
                prepare.apart(self._prepare)
                setup.make_owner_from_settings()
                if settings.DEMO:
                    setup.make_demo_owner()
                self._serve(listener)
        except UserError as exc:
            raise CommandError(f"{exc.message}\n{exc.remedy}".strip(), returncode=2) from None

    def _prepare(self) -> None:
        prepare.migrate()
        prepare.settle_files()
        prepare.collect_static()

    def _serve(self, listener: Any) -> None:
        self.port = listener.getsockname()[1]
        self.needs_setup = not setup.is_set_up()
        connection.close()  # the supervisor forks
        stop = stack.stop_file()
        env = stack.environment(stop)
        parts = [stack.web(listener, env), *stack.workers(env), *([stack.demo_seed(env)] if settings.DEMO else [])]
        Supervisor(parts, stop_file=stop, on_idle=self._is_not_ready_yet).run()
        stack.say_goodbye()
        self.stdout.write("Spotizer has stopped.")

    def _is_not_ready_yet(self) -> bool:
        """Says where to go once pages are served; False from then on."""
        try:
            if not listening.answers(settings.HOST, self.port, seconds=1.0):
                return True
        except (OSError, HTTPException):
            return True
        if settings.DEMO and time.monotonic() - STARTED_AT < SEED_SECONDS and not self._has_content():
            return True
        seconds = time.monotonic() - STARTED_AT
        where = "  or  ".join(listening.addresses(settings.HOST, self.port))
        self.stdout.write(self.style.SUCCESS(f"Spotizer is ready after {seconds:.1f} s: {where}"))
        if self.needs_setup:
            self.stdout.write("Open it and make the owner: the first person, who may do everything.")
            if not is_loopback(settings.HOST):
                self.stdout.write(f"It asks for this code: {setup.setup_code()}")
        self.stdout.write(f"Music goes to {settings.LIBRARY}. Ctrl-C stops everything (process {os.getpid()}).")
        return False

    def _has_content(self) -> bool:
        try:
            return DownloadRequest.objects.exists()
        finally:
            connection.close()
