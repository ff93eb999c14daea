"""``manage.py doctor``: a line for each check, and the command that mends what is bad."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from spotizer.doctor import machine, running
from spotizer.doctor.findings import Finding, Health

CHECKS = (
    machine.python,
    machine.packages,
    machine.folders,
    running.database,
    machine.ffmpeg,
    machine.deno,
    machine.yt_dlp,
    running.services,
    running.workers,
)


class Command(BaseCommand):
    help = "Checks this machine and says how to mend what is wrong. Exit code 1 where something is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        findings: list[Finding] = []
        for check in CHECKS:
            for finding in check():
                findings.append(finding)
                if not options["json"]:
                    self._write(finding)
        bad = sum(finding.health is Health.BAD for finding in findings)
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": not bad, "checks": [asdict(finding) for finding in findings]}, indent=2)
            )
        elif bad:
            self.stdout.write(self.style.ERROR(f"\n{bad} to mend."))
        else:
            self.stdout.write(self.style.SUCCESS("\nAll is well."))
        if bad:
            sys.exit(1)

    def _write(self, finding: Finding) -> None:
        styles = {Health.GOOD: self.style.SUCCESS, Health.NOTE: self.style.WARNING, Health.BAD: self.style.ERROR}
        mark = {Health.GOOD: "ok  ", Health.NOTE: "note", Health.BAD: "BAD "}[finding.health]
        self.stdout.write(f"{styles[finding.health](mark)} {finding.name}: {finding.message}")
        if finding.remedy:
            self.stdout.write(f"       {finding.remedy}")
