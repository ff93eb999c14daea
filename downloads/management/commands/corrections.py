"""``manage.py corrections``: share which upload is which recording, as one small open file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import UserError
from core.text import plural
from downloads.corrections import MOST_BYTES, Conflict, Entry, merge, read, write
from downloads.services.sharing import exported, import_entries
from spotizer.supervisor.prepare import make_ready


class Command(BaseCommand):
    help = (
        "Share corrections: which upload is a recording, and which is not (docs/corrections.md). Exit code 0: done; "
        "1: done but for what is told (conflicts, entries that cannot be used); 2: bad usage or another file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        out = actions.add_parser("export", help="write all corrections that can be shared")
        out.add_argument("file", help="the file to write; - is standard output")
        come = actions.add_parser("import", help="heed the corrections of a file")
        come.add_argument("file", help="the file to read; - is standard input")
        both = actions.add_parser("merge", help="put several files together, without touching what is known here")
        both.add_argument("files", nargs="+", metavar="file", help="the files to read, the first goes before the next")
        both.add_argument("--to", required=True, metavar="FILE", help="the file to write; - is standard output")
        for parser_of in (come, both):
            parser_of.add_argument(
                "--prefer",
                choices=("ours", "theirs"),
                default="ours",
                help="what stands where two say the opposite (import: what is known here; merge: the earlier file)",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        prefer_theirs = options.get("prefer") == "theirs"
        try:
            if options["action"] == "merge":
                self._merge(options["files"], options["to"], prefer_theirs=prefer_theirs)
                return
            make_ready()
            if options["action"] == "export":
                self._export(options["file"])
            else:
                self._import(options["file"], prefer_theirs=prefer_theirs)
        except UserError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=2) from exc

    def _export(self, file: str) -> None:
        entries, left = exported()
        self._write(file, entries)
        kept = f"; {left} of recordings without ISRC and MusicBrainz id were left out" if left else ""
        self.stderr.write(f"{plural(len(entries), 'correction')} exported{kept}.")

    def _import(self, file: str, *, prefer_theirs: bool) -> None:
        entries, wrong = self._read(file)
        came = import_entries(entries, prefer_theirs=prefer_theirs)
        self.stderr.write(f"{came.new} new, {came.known} known already.")
        self._tell(wrong, came.conflicts, prefer_theirs=prefer_theirs)

    def _merge(self, files: list[str], to: str, *, prefer_theirs: bool) -> None:
        merged: list[Entry] = []
        told: list[str] = []
        conflicts: list[Conflict] = []
        for file in files:
            entries, wrong = self._read(file)
            told += [f"{file}, {words}" for words in wrong]
            merged, found = merge(merged, entries, prefer_theirs=prefer_theirs)
            conflicts += found
        self._write(to, merged)
        self.stderr.write(f"{plural(len(merged), 'correction')} of {plural(len(files), 'file')}.")
        self._tell(told, conflicts, prefer_theirs=prefer_theirs)

    def _tell(self, wrong: list[str], conflicts: list[Conflict], *, prefer_theirs: bool) -> None:
        stands = "the later one stands" if prefer_theirs else "the earlier one stands"
        for words in wrong:
            self.stderr.write(f"Left out, {words}.")
        for conflict in conflicts:
            self.stderr.write(f"Conflict, {stands}. {conflict}.")
        if wrong or conflicts:
            raise SystemExit(1)

    def _read(self, file: str) -> tuple[list[Entry], list[str]]:
        try:
            with sys.stdin.buffer if file == "-" else Path(file).open("rb") as stream:
                text = stream.read(MOST_BYTES + 1).decode("utf-8-sig")
        except OSError as exc:
            raise UserError(f"{file} cannot be read: {exc.strerror}.") from exc
        except UnicodeDecodeError as exc:
            raise UserError(f"{file} is no file of corrections: it is not UTF-8.") from exc
        return read(text)

    def _write(self, file: str, entries: list[Entry]) -> None:
        if file == "-":
            self.stdout.write(write(entries), ending="")
            return
        try:
            Path(file).write_text(write(entries), encoding="utf-8")
        except OSError as exc:
            raise UserError(f"{file} cannot be written: {exc.strerror}.") from exc
