from typing import Any

from django.db import migrations

WORKERS, SETTINGS = "workers", "settings"


def forwards(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("ops", "Setting").objects
    number = rows.filter(pk=WORKERS).values_list("value", flat=True).first()
    if isinstance(number, int) and 1 <= number <= 32:
        rows.get_or_create(key=SETTINGS, defaults={"value": {"version": 1, "texts": {"WORKERS": str(number)}}})
    rows.filter(pk=WORKERS).delete()


def backwards(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("ops", "Setting").objects
    stored = rows.filter(pk=SETTINGS).values_list("value", flat=True).first() or {}
    if number := stored.get("texts", {}).get("WORKERS"):
        rows.get_or_create(key=WORKERS, defaults={"value": int(number)})


class Migration(migrations.Migration):
    """The number of workers was stored by itself; now it is one of the settings that can be changed at run time."""

    dependencies = [
        ("ops", "0005_keep_changes_of_settings"),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
    ]
