"""``manage.py sources``: which sources there are and in what order, and a trial of each, step by step."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import SpotizerError, UserError
from downloads.selectors.sources import SourceRow, source_rows
from downloads.selectors.trials import LABELS
from downloads.services import trying
from providers.base import TrackInfo
from spotizer.supervisor.prepare import make_ready

BAD_USAGE = 2


class Command(BaseCommand):
    help = "The sources of audio: list them, or try them out. Order and on or off: manage.py settings set sources."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        listing = acts.add_parser("list", help="order, on or off, and what keeps a source closed")
        trial = acts.add_parser(
            "test", help="search, fetch and read one track from each source that is on, or from NAME; also catalogues"
        )
        trial.add_argument("names", nargs="*", metavar="NAME", help="youtube_music, slskd … deezer, lrclib …")
        trial.add_argument("--for", dest="wanted", metavar="ARTIST - TITLE", default="", help="the track to look for")
        trial.add_argument("--link", default="", help="an address to fetch instead of a search (one source)")
        for one in (listing, trial):
            one.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        if options["act"] == "list":
            self._list(as_json=options["json"])
            return
        try:
            wanted = trying.wanted_from(options["wanted"]) if options["wanted"] else trying.usual_track()
            names = options["names"] or [row.name for row in source_rows() if row.is_on]
            trials = {name: self._trial_of(name, wanted, options["link"]) for name in names}
        except SpotizerError as exc:
            code = BAD_USAGE if isinstance(exc, UserError) else 1
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=code) from exc
        is_well = True
        for name, steps in trials.items():
            is_well &= self._test(name, steps, as_json=options["json"])
        if not is_well:
            sys.exit(1)

    def _list(self, *, as_json: bool) -> None:
        for row in source_rows():
            if as_json:
                self.stdout.write(json.dumps(_facts(row)))
                continue
            place = f"{row.place}." if row.place else "  "
            self.stdout.write(f"{place:<3} {row.name:<18} {row.state}")
            if row.closed_until:
                self.stdout.write(f"       until {row.closed_until:%H:%M} UTC: {row.message}")
            if row.cookies:
                self.stdout.write(f"       {row.cookies.count} cookies{', run out' if row.cookies.are_stale else ''}")

    def _trial_of(self, name: str, wanted: TrackInfo, link: str) -> Iterator[trying.Step]:
        if name in trying.SERVICES:
            return trying.try_service(name)
        return trying.try_source(trying.find_source(name), wanted, link=link)

    def _test(self, name: str, steps: Iterator[trying.Step], *, as_json: bool) -> bool:
        if not as_json:
            self.stdout.write(LABELS.get(name, name))
        is_well = True
        for step in steps:
            is_well &= step.is_ok
            if as_json:
                self.stdout.write(json.dumps({"source": name, **asdict(step)}, ensure_ascii=False))
                continue
            style = self.style.SUCCESS if step.is_ok else self.style.ERROR
            self.stdout.write(
                f"  {style('ok  ' if step.is_ok else 'BAD ')} {step.name}: {step.message} ({step.seconds:.1f} s)"
            )
            if step.remedy and not step.is_ok:
                self.stdout.write(f"         {step.remedy}")
        return is_well


def _facts(row: SourceRow) -> dict[str, object]:
    return {
        "name": row.name,
        "label": row.label,
        "place": row.place,
        "state": row.state,
        "closed_until": row.closed_until.isoformat() if row.closed_until else None,
        "message": row.message,
        "cookies": row.cookies.count if row.cookies else 0,
    }
