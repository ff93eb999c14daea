"""The documents say what is so."""

from __future__ import annotations

import re

import pytest

from ops.settings import KINDS
from scripts.settings_table import with_table
from tests.spotizer.serving import ROOT

# Read before the settings, or instead of them.
ELSEWHERE = {"SPOTIZER_DEMO_DATA", "SPOTIZER_DOTENV"}


def text_of_settings() -> str:
    return (ROOT / "spotizer" / "settings.py").read_text("utf-8")


def rows_of_the_table() -> dict[str, str]:
    text = (ROOT / "README.md").read_text("utf-8")
    return {name: line for line in text.splitlines() for name in re.findall(r"^\| (?:`[a-z_]+` \| )?`([A-Z_]+)`", line)}


def test_settings_table_of_the_readme_lists_exactly_what_the_settings_read():
    read = set(re.findall(r'\benv\.\w+\(\s*"(\w+)"', text_of_settings()))

    assert set(rows_of_the_table()) == read | ELSEWHERE | {kind.variable for kind in KINDS.values()}


def test_settings_table_marks_the_secrets_that_may_come_from_files():
    secrets = set(re.findall(r'env\.secret\(\s*"(\w+)"', text_of_settings()))
    secrets |= {kind.variable for kind in KINDS.values() if kind.is_secret}

    assert {name for name, line in rows_of_the_table().items() if f"`{name}` ¹" in line} == secrets


def test_settings_table_tells_each_setting_that_can_be_changed_as_its_page_does():
    readme = (ROOT / "README.md").read_text("utf-8")

    assert with_table(readme) == readme, "run scripts/settings_table.py"


def test_settings_table_gives_the_defaults_of_what_the_environment_alone_says(settings):
    rows = rows_of_the_table()
    for name, value in {"SPOTIZER_LEASE_SECONDS": settings.LEASE_SECONDS, "SPOTIZER_PORT": settings.PORT}.items():
        assert f"| `{value}` |" in rows[name], name


@pytest.mark.parametrize("document", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))])
def test_links_between_documents_lead_somewhere(document):
    path = ROOT / document
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{document}: {target}"


def test_make_help_lists_every_target():
    text = (ROOT / "Makefile").read_text("utf-8")
    explained = set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))

    assert {"help", "run", "demo", "test", "bench", "soak", "lint", "lock", "doctor"} == explained


def test_lock_files_name_no_index_and_pin_every_package_with_hashes():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        packages = re.findall(r"^[\w.\[\]-]+==\S+.*$", text, re.MULTILINE)
        assert len(packages) > 30
        assert all(line.rstrip().endswith("\\") for line in packages), "a package without hashes"


def test_runtime_lock_is_part_of_the_development_lock():
    def pins(name):
        return set(re.findall(r"^([\w.-]+==[^\s;]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
