"""``manage.py settings``: what is said, what is stored, and how it ends."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from ops.models import SettingChange
from ops.settings import in_force

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("settings", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_set_stores_get_says_and_reset_puts_the_default_back():
    assert run("get", "match_threshold") == "80\n"
    assert run("set", "match-threshold", "85") == "match_threshold=85  (set here)\n"
    assert run("get", "SPOTIZER_MATCH_THRESHOLD") == "85\n"
    assert in_force.MATCH_THRESHOLD == 85

    assert run("reset", "match_threshold") == "match_threshold=80  (default)\n"
    assert in_force.MATCH_THRESHOLD == 80


def test_list_names_the_variable_that_locks_a_setting(settings):
    settings.TRIM, settings.SET_BY_ENVIRONMENT = True, frozenset({"TRIM"})
    run("set", "cover_px", "600")

    lines = run("list").splitlines()

    assert "trim=yes  (SPOTIZER_TRIM)" in lines
    assert "cover_px=600  (set here)" in lines
    assert "bin_days=30  (default)" in lines


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["get", "colour"], "There is no setting “colour”"),
        (["set", "match_threshold", "850"], "Write a whole number from 0 to 100"),
        (["set", "trim", "yes"], "It is set by SPOTIZER_TRIM"),
        (["reset"], "Name settings, or give --all"),
        (["reset", "cover_px", "--all"], "Name settings, or give --all"),
        (["import", "/nowhere/settings.json"], "/nowhere/settings.json cannot be read"),
        (["export", "/nowhere/settings.json"], "/nowhere/settings.json cannot be written"),
        (["history", "colour"], "There is no setting “colour”"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_two(settings, arguments, says):
    settings.SET_BY_ENVIRONMENT = frozenset({"TRIM"})

    with pytest.raises(CommandError) as caught:
        run(*arguments)

    assert says in str(caught.value)
    assert caught.value.returncode == 2
    assert not SettingChange.objects.exists()


def test_secret_comes_from_standard_input_and_is_never_printed(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a-key-of-mine-0123\n"))

    said = run("set", "slskd_key", "-") + run("get", "slskd_key") + run("list") + run("export") + run("history")

    assert in_force.SLSKD_KEY == "a-key-of-mine-0123"
    assert "a-key" not in said
    assert "slskd_key=(set, not shown)  (set here)" in said


def test_export_imported_elsewhere_gives_the_same_settings(tmp_path):
    file = str(tmp_path / "settings.json")
    run("set", "match_threshold", "85")
    run("set", "excluded_words", "off")
    run("set", "sources", "youtube link")
    assert run("export", file) == f"3 settings are in {file}.\n"
    run("reset", "--all")
    run("set", "cover_px", "600")

    run("import", file)
    assert (in_force.MATCH_THRESHOLD, in_force.EXCLUDED_WORDS, in_force.SOURCES) == (85, [], ["youtube", "link"])
    assert in_force.COVER_PX == 600

    assert "cover_px=1000  (default)" in run("import", file, "--exact")
    assert in_force.COVER_PX == 1000


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("nonsense", "not JSON"),
        ("[]", "no export"),
        ('{"settings": {"trim": "yes"}}', "no export"),
        ('{"format": "spotizer-settings", "settings": {"trim": "yes", "colour": "red"}}', "colour"),
        ('{"format": "spotizer-settings", "settings": {"trim": "yes", "cover_px": "9"}}', "cover_px: “9” cannot be"),
        ('{"format": "spotizer-settings", "settings": {"trim": true}}', "trim is true"),
    ],
)
def test_import_of_what_is_wrong_in_one_place_stores_nothing(tmp_path, content, says):
    file = tmp_path / "settings.json"
    file.write_text(content)

    with pytest.raises(CommandError, match=says) as caught:
        run("import", str(file))

    assert caught.value.returncode == 2
    assert in_force.TRIM is False
    assert not SettingChange.objects.exists()


def test_import_leaves_what_the_environment_sets_and_says_so(settings, tmp_path):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"format": "spotizer-settings", "settings": {"trim": "yes", "cover_px": "600"}}))
    settings.SET_BY_ENVIRONMENT = frozenset({"TRIM"})

    said = run("import", str(file))

    assert "trim stays as SPOTIZER_TRIM says." in said
    assert (in_force.TRIM, in_force.COVER_PX) == (False, 600)


def test_history_says_who_changed_what(tmp_path):
    run("set", "cover_px", "600")
    run("set", "trim", "yes")
    run("reset", "cover_px")

    lines = run("history", "cover_px").splitlines()

    assert [line[17:] for line in lines] == [
        "cover_px: 600 → the default, by the command line (command)",
        "cover_px: the default → 600, by the command line (command)",
    ]
    assert "trim: the default → yes" in run("history")
