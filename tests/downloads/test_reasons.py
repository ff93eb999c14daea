import re
from pathlib import Path

from django.conf import settings

from core import errors
from downloads import reasons

CODE = re.compile(r"""\breason\s*=\s*"([a-z_]+)\"""")
APPS = ("core", "providers", "ops", "catalog", "library", "downloads")


def codes_in_the_code() -> set[str]:
    files = [
        path for app in APPS for path in Path(settings.BASE_DIR, app).rglob("*.py") if "migrations" not in path.parts
    ]
    return {code for path in files for code in CODE.findall(path.read_text("utf-8"))}


def test_every_reason_that_the_code_gives_has_its_entry():
    classes = [value for value in vars(errors).values() if isinstance(value, type) and hasattr(value, "reason")]

    assert reasons.missing(codes_in_the_code() | {one.reason for one in classes}) == []


def test_every_entry_says_what_happened_and_failures_say_what_to_do():
    for entry in reasons.TABLE:
        assert entry.sentence.endswith("."), entry.code
        assert entry.remedy.endswith(".") or not entry.may_retry or entry.code == "cancelled" or entry.code == "paused"


def test_codes_are_there_once():
    assert len(reasons.REASONS) == len(reasons.TABLE)


def test_unknown_code_reads_as_the_general_failure():
    assert reasons.reason_for("never heard of").code == "unknown"
