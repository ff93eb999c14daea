"""``manage.py settings``: what can be changed while Spotizer runs, said, changed, moved to another machine."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.errors import UserError
from ops.models import SettingChange
from ops.selectors.settings import Standing, changes, find, is_set_by_environment, standing, stored_texts
from ops.services.changes import Way, change, who
from ops.services.transfer import REMEDY, export_text, take_in
from ops.settings import KINDS
from ops.settings.kinds import Kind
from spotizer.supervisor.prepare import make_ready

BAD_USAGE = 2


class Command(BaseCommand):
    help = (
        "Show and change the settings. A running server follows within seconds. What the environment sets cannot be "
        "changed here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT", parser_class=ArgumentParser)
        acts.add_parser("list", help="all settings, and where each value comes from")
        get = acts.add_parser("get", help="the value that is in force")
        get.add_argument("key", metavar="KEY", help="match_threshold, or SPOTIZER_MATCH_THRESHOLD")
        put = acts.add_parser("set", help="store a value")
        put.add_argument("key", metavar="KEY")
        put.add_argument("value", metavar="VALUE", help="- reads it from standard input, as befits a secret")
        reset = acts.add_parser("reset", help="put settings back to their defaults")
        reset.add_argument("keys", nargs="*", metavar="KEY")
        reset.add_argument("--all", action="store_true", help="all of them")
        out = acts.add_parser("export", help="what is stored, without secrets, as JSON")
        out.add_argument("file", nargs="?", default="-", metavar="FILE", help="standard output without it")
        into = acts.add_parser(
            "import", help="store what an export holds: all of it, or nothing where something is wrong"
        )
        into.add_argument("file", metavar="FILE", help="- reads standard input")
        into.add_argument("--exact", action="store_true", help="and put all others back to their defaults")
        history = acts.add_parser("history", help="who changed what, newest first")
        history.add_argument("key", nargs="?", metavar="KEY")

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        acts: dict[str, Callable[[dict[str, Any]], None]] = {
            "list": self._list,
            "get": self._get,
            "set": self._set,
            "reset": self._reset,
            "export": self._export,
            "import": self._import,
            "history": self._history,
        }
        try:
            acts[options["act"]](options)
        except UserError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=BAD_USAGE) from None

    def _list(self, options: dict[str, Any]) -> None:
        for kind in KINDS.values():
            self._say(standing(kind))

    def _get(self, options: dict[str, Any]) -> None:
        self.stdout.write(_shown(standing(_kind(options["key"]))))

    def _set(self, options: dict[str, Any]) -> None:
        kind = _kind(options["key"])
        value = sys.stdin.read() if options["value"] == "-" else options["value"]
        change({kind.name: value}, way=Way.COMMAND)
        self._say(standing(kind))

    def _reset(self, options: dict[str, Any]) -> None:
        kinds = [_kind(key) for key in options["keys"]]
        if bool(kinds) == options["all"]:
            raise UserError("Nothing says what to put back.", remedy="Name settings, or give --all.")
        free = kinds or [kind for kind in KINDS.values() if not is_set_by_environment(kind)]
        for changed in change(dict.fromkeys((kind.name for kind in free), ""), way=Way.COMMAND):
            self._say(standing(_kind(changed.key)))

    def _export(self, options: dict[str, Any]) -> None:
        if options["file"] == "-":
            self.stdout.write(export_text(), ending="")
            return
        try:
            Path(options["file"]).write_text(export_text(), "utf-8")
        except OSError as exc:
            raise UserError(f"{options['file']} cannot be written ({exc.strerror}).") from None
        self.stdout.write(f"{len(stored_texts())} settings are in {options['file']}.")

    def _import(self, options: dict[str, Any]) -> None:
        done, kept = take_in(_content(options["file"]), is_exact=options["exact"])
        for name in kept:
            self.stderr.write(f"{KINDS[name].key} stays as {KINDS[name].variable} says.")
        for changed in done:
            self._say(standing(_kind(changed.key)))
        self.stdout.write(f"{len(done)} settings changed.")

    def _history(self, options: dict[str, Any]) -> None:
        key = _kind(options["key"]).key if options["key"] else ""
        for row in changes(key=key, count=100):
            self.stdout.write(_told(row))

    def _say(self, state: Standing) -> None:
        self.stdout.write(f"{state.kind.key}={_shown(state)}  ({state.where})")


def _kind(word: str) -> Kind[Any]:
    if (kind := find(word)) is None:
        raise UserError(f"There is no setting “{word}”.", remedy="See manage.py settings list.")
    return kind


def _shown(state: Standing) -> str:
    if state.kind.is_secret:
        return "(set, not shown)" if state.has_value else ""
    return state.text


def _told(row: SettingChange) -> str:
    old, new = row.old or "the default", row.new or "the default"
    return f"{timezone.localtime(row.changed_at):%Y-%m-%d %H:%M} {row.key}: {old} → {new}, by {who(row)} ({row.way})"


def _content(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except OSError as exc:
        raise UserError(f"{file} cannot be read ({exc.strerror}).") from None
    except UnicodeDecodeError:
        raise UserError(f"{file} is no text.", remedy=REMEDY) from None
