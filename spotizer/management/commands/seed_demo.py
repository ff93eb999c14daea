"""``manage.py seed_demo``: a part of ``serve`` in the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from spotizer.demo_seed import seed


class Command(BaseCommand):
    help = "Asks for a little music in the demo, so that its first page has content; `serve` runs it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is for the demo: SPOTIZER_DEMO=1.")
        seed()
