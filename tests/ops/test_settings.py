"""Settings in force: the environment's, else the stored, else the default; changed by one hand at a time."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.db import OperationalError, connection, connections

from accounts.models import Person
from core.errors import UserError
from ops.models import Setting, SettingChange
from ops.selectors.settings import changes, latest_changes, standing, stored_texts
from ops.services.changes import HIDDEN, Overtaken, Refused, Way, change, who
from ops.settings import KINDS, Settings, in_force, stored

pytestmark = pytest.mark.django_db
PAGE = Way.PAGE


def put(**texts: str) -> list[SettingChange]:
    return change(texts, way=PAGE)


def test_value_in_force_is_the_default_then_the_stored_one_then_the_environments(settings):
    assert in_force.MATCH_THRESHOLD == 80

    put(MATCH_THRESHOLD="85")
    assert in_force.MATCH_THRESHOLD == 85
    assert standing(Settings.MATCH_THRESHOLD).where == "set here"

    settings.MATCH_THRESHOLD, settings.SET_BY_ENVIRONMENT = 70, frozenset({"MATCH_THRESHOLD"})
    assert in_force.MATCH_THRESHOLD == 70
    assert standing(Settings.MATCH_THRESHOLD).where == "SPOTIZER_MATCH_THRESHOLD"


def test_empty_text_puts_the_default_back():
    put(MATCH_THRESHOLD="85", TRIM="yes")

    done = put(MATCH_THRESHOLD="")

    assert (in_force.MATCH_THRESHOLD, in_force.TRIM) == (80, True)
    assert [(row.key, row.old, row.new) for row in done] == [("match_threshold", "85", "")]


def test_change_keeps_who_what_and_when_and_raises_the_version():
    olga = Person.objects.create_user("olga", password="a long walk home")

    change({"MATCH_THRESHOLD": "85", "TRIM": "on"}, way=PAGE, by_id=olga.pk)
    change({"MATCH_THRESHOLD": "90"}, way=Way.COMMAND)

    told = [(row.version, row.key, row.old, row.new, who(row), row.way) for row in changes()]
    assert told == [
        (2, "match_threshold", "85", "90", "the command line", "command"),
        (1, "match_threshold", "", "85", "olga", "page"),
        (1, "trim", "", "yes", "olga", "page"),
    ]
    assert latest_changes()["match_threshold"].version == stored.current().version == 2
    assert [row.version for row in changes(key="match_threshold")] == [2, 1]


def test_change_to_what_is_stored_already_changes_nothing():
    put(QUIET_HOURS="23:00-7:00")

    assert put(QUIET_HOURS="23:00 - 07:00") == []
    assert SettingChange.objects.count() == 1


def test_change_with_one_wrong_value_stores_none_and_says_what_is_wrong():
    with pytest.raises(Refused) as caught:
        put(TRIM="yes", MATCH_THRESHOLD="850", NAME_TEMPLATE="{Fo}/{Title}", NONE="1")

    assert caught.value.errors["MATCH_THRESHOLD"] == "“850” cannot be. Write a whole number from 0 to 100."
    assert "unknown placeholder" in caught.value.errors["NAME_TEMPLATE"]
    assert caught.value.errors.keys() == {"MATCH_THRESHOLD", "NAME_TEMPLATE", "NONE"}
    assert in_force.TRIM is False
    assert not SettingChange.objects.exists()


def test_change_of_what_the_environment_sets_is_refused_with_the_variables_name(settings):
    settings.SET_BY_ENVIRONMENT = frozenset({"TRIM"})

    with pytest.raises(Refused, match="SPOTIZER_TRIM"):
        put(TRIM="yes")


def test_change_of_what_somebody_else_changed_meanwhile_is_refused_and_names_them():
    olga = Person.objects.create_user("olga", password="a long walk home")
    put(TRIM="yes")
    seen = stored.current().version
    change({"MATCH_THRESHOLD": "85"}, way=PAGE, by_id=olga.pk)

    with pytest.raises(Overtaken, match="“Sure from”: changed meanwhile by olga"):
        change({"MATCH_THRESHOLD": "90", "COVER_PX": "600"}, way=PAGE, seen=seen)
    assert (in_force.MATCH_THRESHOLD, in_force.COVER_PX) == (85, 1000)

    change({"COVER_PX": "600"}, way=PAGE, seen=seen)
    change({"MATCH_THRESHOLD": "85"}, way=PAGE, seen=seen)
    assert (in_force.MATCH_THRESHOLD, in_force.COVER_PX) == (85, 600)


def test_secret_is_encrypted_and_told_nowhere():
    put(SLSKD_KEY="a-key-of-mine-0123")

    assert in_force.SLSKD_KEY == "a-key-of-mine-0123"
    assert "a-key" not in str(Setting.objects.values_list("value", flat=True)[0])
    assert [(row.old, row.new) for row in SettingChange.objects.all()] == [("", HIDDEN)]
    state = standing(Settings.SLSKD_KEY)
    assert (state.text, state.has_value) == ("", True)
    assert stored_texts() == {}


def test_secret_stored_under_another_secret_key_counts_as_none_and_is_kept(settings):
    put(SLSKD_KEY="a-key-of-mine-0123", TRIM="yes")
    settings.SECRET_KEY, own = "another", settings.SECRET_KEY
    stored.expect_change()
    assert (in_force.SLSKD_KEY, in_force.TRIM) == ("", True)

    put(TRIM="no")

    settings.SECRET_KEY = own
    stored.expect_change()
    assert in_force.SLSKD_KEY == "a-key-of-mine-0123"


def test_stored_value_that_this_version_does_not_know_is_left_alone():
    texts = {"MATCH_THRESHOLD": "850", "OF_THE_FUTURE": "1", "TRIM": "yes"}
    Setting.objects.create(key=stored.KEY, value={"version": 4, "texts": texts})
    stored.expect_change()
    assert (in_force.MATCH_THRESHOLD, in_force.TRIM) == (80, True)

    put(COVER_PX="600")

    assert Setting.objects.get(key=stored.KEY).value == {"version": 5, "texts": {**texts, "COVER_PX": "600"}}


@pytest.mark.parametrize(
    "nonsense",
    [[], "text", {}, {"version": 3}, {"version": 3, "texts": ["TRIM"]}, {"version": 3, "texts": {"TRIM": 1}}],
)
def test_row_that_cannot_be_read_is_not_written_over(nonsense):
    Setting.objects.create(key=stored.KEY, value=nonsense)
    stored.expect_change()
    assert in_force.TRIM is False

    with pytest.raises(UserError, match="cannot be read, so nothing was written"):
        put(TRIM="yes")

    assert Setting.objects.get(key=stored.KEY).value == nonsense


@contextmanager
def database_away():
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the connection is gone")

    with connection.execute_wrapper(refuse):
        yield


def test_read_that_fails_leaves_what_is_known_in_force_and_the_next_one_finds_the_new(settings):
    put(MATCH_THRESHOLD="85")
    assert in_force.MATCH_THRESHOLD == 85
    row = Setting.objects.get(key=stored.KEY)
    Setting.objects.filter(key=stored.KEY).update(value={"version": 2, "texts": {"MATCH_THRESHOLD": "90"}})

    stored.expect_change()
    with database_away():
        assert in_force.MATCH_THRESHOLD == 85
    assert row.value["texts"] == {"MATCH_THRESHOLD": "85"}

    stored.expect_change()
    assert in_force.MATCH_THRESHOLD == 90


def test_values_cost_one_point_read_however_many_are_asked_for(django_assert_num_queries):
    put(MATCH_THRESHOLD="85")

    with django_assert_num_queries(1):
        for _ in range(100):
            assert [getattr(in_force, name) for name in KINDS]


def test_process_looks_for_newer_settings_when_what_it_knows_is_old(settings, django_assert_num_queries):
    put(MATCH_THRESHOLD="85")
    assert in_force.MATCH_THRESHOLD == 85
    Setting.objects.filter(key=stored.KEY).update(value={"version": 2, "texts": {"MATCH_THRESHOLD": "90"}})
    assert in_force.MATCH_THRESHOLD == 85

    settings.SETTINGS_SECONDS = 0

    with django_assert_num_queries(1):
        assert in_force.MATCH_THRESHOLD == 90


@pytest.mark.django_db(transaction=True)
def test_two_who_change_settings_at_once_lose_nothing_of_each_other():
    names = [name for name, kind in KINDS.items() if kind.write(kind.default) in {"yes", "no"}]
    errors = []

    def one(name: str) -> None:
        try:
            put(**{name: "yes" if KINDS[name].default is False else "no"})
        except Exception as exc:  # noqa: BLE001 - told below
            errors.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert errors == []
    assert sorted(SettingChange.objects.values_list("version", flat=True)) == list(range(1, len(names) + 1))
    assert {name.lower() for name in names} == stored_texts().keys()


def test_number_of_workers_that_was_stored_by_itself_becomes_a_setting_and_goes_back():
    migration = import_module("ops.migrations.0006_move_workers_among_the_settings")
    Setting.objects.create(key="workers", value=7)

    migration.forwards(apps, None)
    stored.expect_change()
    assert (in_force.WORKERS, Setting.objects.filter(key="workers").exists()) == (7, False)

    migration.backwards(apps, None)
    assert Setting.objects.get(key="workers").value == 7


def test_migration_of_workers_without_any_stores_nothing():
    migration = import_module("ops.migrations.0006_move_workers_among_the_settings")

    migration.forwards(apps, None)
    migration.backwards(apps, None)

    assert not Setting.objects.exists()
