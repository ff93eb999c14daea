"""``manage.py sweeper``: a part of ``serve`` and ``work``."""

from typing import Any

from django.core.management.base import BaseCommand

from spotizer.supervisor.sweeper import Sweeper


class Command(BaseCommand):
    help = "Puts lapsed work back and keeps the workers supplied; `serve` and `work` run it."

    def handle(self, *args: Any, **options: Any) -> None:
        Sweeper().run()
