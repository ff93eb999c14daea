"""``manage.py metadata``: look up what is owned, see what origins contradict one another on, and settle it."""

from __future__ import annotations

import json
import threading
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.metadata.fields import AUTHORITY, FIELDS, MANUAL, Entity
from catalog.metadata.own import parse
from catalog.models import Conflict, Enrichment
from catalog.selectors import conflicts as selectors
from catalog.services.metadata import choosing, enriching, rules
from core.errors import NotFound, SpotizerError, UserError
from core.http import fresh_answers
from core.text import plural
from downloads.services.enriching import Enricher
from downloads.services.worker import Worker
from ops.settings import in_force
from spotizer.supervisor.prepare import make_ready

REFUSED, BAD_USAGE = 1, 2
BY = "manage.py metadata"
WHATS = [f"{entity}.{name}" for entity, fields in FIELDS.items() for name in fields]
ORIGINS = [origin for origin in AUTHORITY if origin != MANUAL]
Options = dict[str, Any]


class Command(BaseCommand):
    help = (
        "Look up at MusicBrainz and Last.fm what is in the library, list what services contradict one another on, and "
        "settle it. Exit code 0: done; 1: some or all could not be done, and why is said; 2: bad usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        enrich = actions.add_parser("enrich", help="look up what is due, now and here")
        enrich.add_argument("--limit", type=int, default=0, metavar="N", help="at most so many recordings")
        enrich.add_argument("--again", action="store_true", help="also those that were looked up before, asked anew")
        enrich.add_argument("--failed", action="store_true", help="also those that failed or that nobody knew")
        with_json(actions.add_parser("status", help="how many were looked up, and what is open"))
        listing = with_json(actions.add_parser("conflicts", help="what services contradict one another on"))
        listing.add_argument("--what", default="", metavar="FIELD", help="album, or album.label")
        listing.add_argument("--state", default="open", choices=[*Conflict.State.values, "all"])
        listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many rows; 50")
        resolve = actions.add_parser("resolve", help="settle conflicts, or take it back")
        resolve.add_argument("ids", nargs="*", type=int, metavar="ID", help="numbers of the list")
        resolve.add_argument("--all", action="store_true", help="all open ones of --what")
        resolve.add_argument("--what", default="", metavar="FIELD", help="album, or album.label")
        how = resolve.add_mutually_exclusive_group(required=True)
        how.add_argument("--prefer", choices=ORIGINS, help="what this origin says counts")
        how.add_argument("--value", metavar="TEXT", help="your own value, for one conflict")
        how.add_argument("--reopen", action="store_true", help="what was settled by hand is open again")
        how.add_argument("--undo", type=int, metavar="ACT", help="what this act settled is as it was")
        with_json(actions.add_parser("rules", help="which origin is believed first for which field"))
        rule = actions.add_parser("rule", help="for a field always prefer an origin")
        rule.add_argument("what", choices=WHATS, metavar="FIELD", help="album.label")
        rule.add_argument("prefer", choices=[*ORIGINS, "none"], help="none: the rule is taken back")

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        try:
            getattr(self, f"_{options['action']}")(options)
        except NotFound as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=REFUSED) from None
        except UserError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=BAD_USAGE) from None
        except SpotizerError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=REFUSED) from None

    # --- looking up ------------------------------------------------------------------------------------------------

    def _enrich(self, options: Options) -> None:
        if not in_force.ENRICH:
            raise UserError("Looking up is switched off.", remedy="Set SPOTIZER_ENRICH=yes.")
        stop = threading.Event()
        enricher = Enricher(Worker.here().name, stop)
        enricher.note_owned()
        states = Enrichment.State
        again = [states.FAILED, states.UNKNOWN] if options["failed"] else []
        if options["again"]:
            again = list(states)
        if again:
            enriching.ask_again(states=again)
        done: dict[str, int] = {}
        while not options["limit"] or sum(done.values()) < options["limit"]:
            outcome = self._next(enricher, fresh=options["again"])
            if outcome is None:
                break
            done[outcome.state] = done.get(outcome.state, 0) + 1
            self.stdout.write(f"{outcome.state:<8} {outcome.message}")
            stop.wait(outcome.wait)
        words = ", ".join(f"{count} {state}" for state, count in done.items())
        self.stdout.write(f"{plural(sum(done.values()), 'recording')} looked up{': ' if words else ''}{words}.")
        if failed := done.get(states.FAILED, 0) + done.get(states.WAITING, 0):
            raise CommandError(f"{plural(failed, 'recording')} got no answer.", returncode=REFUSED)

    def _next(self, enricher: Enricher, *, fresh: bool) -> enriching.Outcome | None:
        if not fresh:
            return enricher.look_up_one()
        with fresh_answers():
            return enricher.look_up_one()

    def _status(self, options: Options) -> None:
        counts, fields = enriching.counts(), selectors.field_counts()
        if options["json"]:
            answer = {
                "is_on": in_force.ENRICH,
                "recordings": counts,
                "open": {one.what: one.count for one in fields},
                "rules": len(selectors.rule_rows()),
            }
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(f"Looking up is {'on' if in_force.ENRICH else 'off (SPOTIZER_ENRICH)'}.")
        lastfm = "asked" if in_force.LASTFM_KEY else "not asked: there is no SPOTIZER_LASTFM_KEY"
        self.stdout.write(f"Last.fm is {lastfm}.")
        for state, count in counts.items():
            self.stdout.write(f"{count:>8,}  {state}")
        for one in fields:
            self.stdout.write(f"{one.count:>8,}  open: {one.what}")

    # --- conflicts -------------------------------------------------------------------------------------------------

    def _conflicts(self, options: Options) -> None:
        check_what(options["what"])
        state = "" if options["state"] == "all" else options["state"]
        page = selectors.conflicts_page(state=state, what=options["what"], size=max(1, options["limit"]))
        for row in page.rows:
            if options["json"]:
                self.stdout.write(json.dumps(asdict(row), ensure_ascii=False, default=str))
                continue
            by = f" ({row.subtitle})" if row.subtitle else ""
            self.stdout.write(f"{row.id:>7}  {row.entity}.{row.field:<18} {row.title}{by}")
            for value in row.values:
                mark = "*" if value.counts else " "
                self.stdout.write(f"{'':>9}{mark} {value.label}: {value.words}")
        if not options["json"]:
            self.stdout.write("More; --limit shows them." if page.next else f"{plural(len(page.rows), 'conflict')}.")

    def _resolve(self, options: Options) -> None:
        if options["undo"] is not None:
            count = choosing.undo(options["undo"])
            if not count:
                raise NotFound(f"There is nothing of act {options['undo']} to take back.")
            self.stdout.write(f"{plural(count, 'conflict')} as before.")
            return
        ids = self._ids(options)
        if options["reopen"]:
            for number in ids:
                choosing.reopen(number)
            self.stdout.write(f"{plural(len(ids), 'conflict')} open again.")
        elif options["value"] is not None:
            self._own(ids, options["value"])
        else:
            self._choose(ids, options["prefer"])

    def _ids(self, options: Options) -> list[int]:
        if bool(options["ids"]) == options["all"]:
            raise UserError("Say which conflicts are meant.", remedy="Give their numbers, or --all.")
        if not options["all"]:
            return list(dict.fromkeys(options["ids"]))
        check_what(options["what"])
        state = Conflict.State.BY_HAND if options["reopen"] else Conflict.State.OPEN
        found = selectors.conflicts(state=state, what=options["what"]).values_list("pk", flat=True)
        if not (ids := list(found)):
            raise NotFound("There is no such conflict.")
        return ids

    def _own(self, ids: list[int], text: str) -> None:
        if len(ids) != 1:
            raise UserError("An own value is for one conflict.", remedy="Give one number.")
        conflict = Conflict.objects.filter(pk=ids[0]).first()
        if conflict is None:
            raise NotFound(f"There is no conflict {ids[0]}.")
        entity = Entity(conflict.entity)
        value = parse(choosing.field_of(entity, conflict.field), text)
        chosen = choosing.write_own(entity, conflict.about, conflict.field, value, by=BY)
        self.stdout.write(f"1 conflict settled, as act {chosen.act}.")

    def _choose(self, ids: list[int], prefer: str) -> None:
        done = silent = 0
        for start in range(0, len(ids), choosing.MOST_AT_ONCE):
            part = ids[start : start + choosing.MOST_AT_ONCE]
            chosen = choosing.choose(part, prefer, by=BY)
            done, silent = done + chosen.done, silent + chosen.silent
            self.stdout.write(f"{plural(chosen.done, 'conflict')} settled, as act {chosen.act}.")
        if silent or done < len(ids):
            raise CommandError(f"{plural(len(ids) - done, 'conflict')} left as it was.", returncode=REFUSED)

    # --- rules -----------------------------------------------------------------------------------------------------

    def _rules(self, options: Options) -> None:
        for row in selectors.rule_rows():
            if options["json"]:
                self.stdout.write(json.dumps(asdict(row), default=str))
            else:
                self.stdout.write(f"{row.what:<28} {row.prefer}")

    def _rule(self, options: Options) -> None:
        entity, _, name = options["what"].partition(".")
        if options["prefer"] == "none":
            row = next((row for row in selectors.rule_rows() if row.what == options["what"]), None)
            if row is None:
                raise NotFound(f"There is no rule for {options['what']}.")
            rules.drop_rule(row.id)
        else:
            rules.make_rule(Entity(entity), name, options["prefer"], by=BY)
        while not rules.walk():
            pass
        self.stdout.write("Done; everything that is stored follows.")


def check_what(what: str) -> None:
    """Raise UserError for what is neither a kind of thing nor a field of one."""
    if what and what not in [*Entity, *WHATS]:
        raise UserError(f"There is no field {what!r}.", remedy=f"One of {', '.join([*Entity, *WHATS])}.")


def with_json(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("--json", action="store_true", help="JSON instead of words")
    return parser
