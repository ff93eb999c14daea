"""``manage.py library``: what was done to files, taking it back, and the bin."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import StorageError, UserError
from core.text import plural
from core.units import file_size
from library.management import spelling, tagging
from library.models import FileAct, JournalBatch
from library.selectors import journal as selectors
from library.services import journal
from spotizer.supervisor.prepare import make_ready

REFUSED, BAD_USAGE = 1, 2
MOST_ID = 2**63 - 1
BY = "manage.py library"
Options = dict[str, Any]


def number(text: str) -> int:
    """The number of an act or a batch: 1 or more."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:20]) <= MOST_ID:
        raise ArgumentTypeError(f"“{text}” is no number of the list; `manage.py library journal` shows them")
    return int(text)


class Command(BaseCommand):
    help = (
        "Look at what was done to files, take it back, and manage the bin. Exit code 0: done; 1: some or all could not "
        "be done, and why is said; 2: bad usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        listing = actions.add_parser("journal", help="what was done to files, newest first")
        add_filters(listing)
        listing.add_argument("--state", choices=[*FileAct.State.values, selectors.BIN], help="bin: what is in the bin")
        listing.add_argument("--kind", choices=FileAct.Kind.values)
        undo = actions.add_parser("undo", help="take acts back: files are as they were before")
        add_which(undo)
        bins = actions.add_parser("bin", help="what was deleted or replaced")
        bin_actions = bins.add_subparsers(dest="bin_action", required=True, metavar="ACTION")
        add_filters(bin_actions.add_parser("list", help="what is in the bin, newest first"))
        restore = bin_actions.add_parser("restore", help="bring it back to where it was")
        add_which(restore)
        restore.add_argument("--to", default="", metavar="PATH", help="another path in the library, for one file")
        empty = bin_actions.add_parser("empty", help="delete it for good")
        empty.add_argument("ids", nargs="*", type=number, metavar="ID", help="only of these acts")
        empty.add_argument("--older-than", type=number, metavar="DAYS", help="only what has been there for longer")
        empty.add_argument("--yes", action="store_true", help="really; without it the amount is told and nothing done")
        add_dry_run(empty)
        tagging.add_arguments(actions)
        spelling.add_arguments(actions, number)

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        action = options["action"] if options["action"] != "bin" else options["bin_action"]
        try:
            {
                "journal": self._list,
                "list": self._list,
                "undo": self._undo,
                "restore": self._restore,
                "empty": self._empty,
                "retag": self._retag,
                "artists": self._artists,
            }[action](options)
        except UserError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=BAD_USAGE) from None
        except StorageError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=REFUSED) from None

    # --- lists ---------------------------------------------------------------------------------------------------

    def _list(self, options: Options) -> None:
        is_bin = options["action"] == "bin"
        found = selectors.acts(
            kind=options.get("kind") or "",
            state=selectors.BIN if is_bin else options.get("state") or "",
            text=options["text"],
            batch=options["batch"],
        )
        rows = [selectors.act_row(act) for act in found[: options["limit"]]]
        if options["json"]:
            for row in rows:
                self.stdout.write(json.dumps(asdict(row), ensure_ascii=False, default=str))
            return
        for row in rows:
            self.stdout.write(f"{row.id:>7}  {row.at:%Y-%m-%d %H:%M}  {row.did:<9} {row.state_label:<9} {row.name}")
            for words in details(row):
                self.stdout.write(f"{'':>9}{words}")
        if len(rows) == options["limit"] and (more := found.count() - len(rows)):
            self.stdout.write(f"{more:,} more; --limit shows them.")
        size = selectors.bin_size()
        self.stdout.write(f"{plural(size.files, 'file')} in the bin, {file_size(size.size_bytes)}.")

    # --- acting --------------------------------------------------------------------------------------------------

    def _undo(self, options: Options) -> None:
        check_one_wish(options)
        if options["batch"]:
            self._carry_out(journal.undo_batch_plan(wanted_batch(options["batch"]), by=BY), options)
        else:
            acts = wanted_acts(options["ids"])
            self._carry_out(journal.undo_plan(acts, by=BY, what="Undo"), options)

    def _restore(self, options: Options) -> None:
        check_one_wish(options)
        if options["batch"]:
            acts = list(selectors.acts(batch=wanted_batch(options["batch"]).pk, state=selectors.BIN))
        else:
            acts = wanted_acts(options["ids"])
        self._carry_out(journal.restore_plan(acts, by=BY, to=options["to"]), options)

    def _carry_out(self, plan: journal.Plan, options: Options) -> None:
        """The plan is done, or printed where this is a dry run. Ends with 1 where something could not be done."""
        if options["dry_run"]:
            for line in plan.lines():
                self.stdout.write(line)
            if plan.problems:
                raise CommandError("Some of it could not be done.", returncode=REFUSED)
            return
        outcome = journal.carry_out(plan)
        if options["json"]:
            answer = {
                "batch": outcome.batch.pk,
                "done": [act.undoes_id for act in outcome.done],
                "failed": {act.undoes_id: act.message for act in outcome.failed},
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write(
                f"{plural(len(outcome.done), 'act')} taken back, as batch {outcome.batch.pk}."
                if outcome.done
                else "Nothing done."
            )
        if outcome.failed:
            words = [f"{act.undoes_id}: {act.message}" for act in outcome.failed]
            more = f"\n… and {len(words) - 10} more" if len(words) > 10 else ""
            raise CommandError("\n".join(words[:10]) + more, returncode=REFUSED)

    def _retag(self, options: Options) -> None:
        if words := tagging.run(options, by=BY, tell=self.stdout.write):
            raise CommandError(words, returncode=REFUSED)

    def _artists(self, options: Options) -> None:
        if words := spelling.run(options, by=BY, tell=self.stdout.write):
            raise CommandError(words, returncode=REFUSED)

    def _empty(self, options: Options) -> None:
        acts = selectors.acts(state=selectors.BIN, ids=options["ids"])
        if options["ids"]:
            wanted_acts(options["ids"])
        if options["older_than"]:
            acts = acts.filter(ended_at__lt=timezone.now() - timedelta(days=options["older_than"]))
        if options["dry_run"] or not options["yes"]:
            found = list(acts)
            if options["dry_run"]:
                for act in found:
                    self.stdout.write(f"delete   {act.path} ({file_size(act.kept_bytes)})")
            size = file_size(sum(act.kept_bytes for act in found))
            self.stdout.write(f"This would delete {plural(len(found), 'file')} for good, {size}.")
            if found and not options["dry_run"]:
                raise CommandError("Nothing was deleted. Say --yes if it is meant.", returncode=REFUSED)
            return
        emptied = journal.empty_bin(acts)
        self.stdout.write(f"{plural(emptied.files, 'file')} deleted for good, {file_size(emptied.size_bytes)}.")


def add_filters(parser: Any) -> None:
    parser.add_argument("--batch", type=number, metavar="ID", help="only of this batch")
    parser.add_argument("--text", default="", metavar="WORDS", help="only where the path has these words")
    parser.add_argument("--limit", type=number, default=50, metavar="N", help="at most so many rows; 50")
    parser.add_argument("--json", action="store_true", help="one JSON object per line instead of words")


def add_which(parser: Any) -> None:
    """Which acts are meant."""
    parser.add_argument("ids", nargs="*", type=number, metavar="ID", help="numbers of the list")
    parser.add_argument("--batch", type=number, metavar="ID", help="all of this batch")
    parser.add_argument("--json", action="store_true", help="JSON instead of words")
    add_dry_run(parser)


def add_dry_run(parser: Any) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and touch nothing")


def details(row: selectors.ActRow) -> list[str]:
    """What else a person wants to know of an act, a line each."""
    why = f" ({row.why})" if row.why else ""
    lines = [f"to {row.to}"] * bool(row.to)
    lines.append(f"batch {row.batch_id}: {row.what}{why}, by {row.by}")
    if row.message:
        lines.append(row.message)
    if row.is_kept:
        until = "" if row.days_left is None else f", for {plural(row.days_left, 'more day')}"
        lines.append(f"in the bin ({file_size(row.kept_bytes)}){until}")
    return lines


def check_one_wish(options: Options) -> None:
    """Raise UserError unless acts were named in one way."""
    if bool(options["ids"]) == bool(options["batch"]):
        raise UserError("Say which acts are meant.", remedy="Give their numbers, or --batch ID.")


def wanted_batch(number: int) -> JournalBatch:
    """The batch that was named. Raises CommandError where there is none."""
    batch = JournalBatch.objects.filter(pk=number).first()
    if batch is None:
        raise CommandError(f"There is no batch {number}.", returncode=REFUSED)
    return batch


def wanted_acts(ids: Sequence[int]) -> list[FileAct]:
    """The acts that were named. Raises CommandError where one does not exist."""
    found = {act.pk: act for act in FileAct.objects.filter(pk__in=ids)}
    if missing := sorted(set(ids) - set(found)):
        raise CommandError(f"There is no act {', '.join(map(str, missing))}.", returncode=REFUSED)
    return [found[key] for key in dict.fromkeys(ids)]
