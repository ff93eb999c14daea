"""``manage.py lanes``: which sources rest, until when and why; and opening one before its time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from downloads.models import Download, Status
from ops.services import lanes
from spotizer.supervisor.prepare import make_ready

REFUSED = 1


class Command(BaseCommand):
    help = (
        "Show the lanes that the sources share, or open closed ones before their time: what they held goes on at once. "
        "Exit code 0: done; 1: no such lane; 2: bad usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        actions.add_parser("list", help="every lane that was ever used")
        opening = actions.add_parser("open", help="open it now")
        opening.add_argument("lanes", nargs="+", metavar="LANE")

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        known = lanes.known_lanes()
        if options["action"] == "list":
            for name in known:
                self.stdout.write(_line(name))
            return
        if missing := sorted(set(options["lanes"]) - set(known)):
            raise CommandError(
                f"There is no lane {', '.join(missing)}. There are: {', '.join(known) or 'none yet'}.",
                returncode=REFUSED,
            )
        for name in options["lanes"]:
            was_closed = lanes.open_lane(name)
            self.stdout.write(f"{name} is open again." if was_closed else f"{name} was open.")


def _line(name: str) -> str:
    state = lanes.lane_state(name)
    if state.closed_until is None:
        return f"{name}: open, {state.running} at work, {state.starts_last_hour} started in the last hour"
    until = timezone.localtime(state.closed_until)
    held = Download.objects.filter(status=Status.WAITING, lane=name).count()
    return f"{name}: closed until {until:%Y-%m-%d %H:%M}, holds {held:,}. {state.message}".strip()
