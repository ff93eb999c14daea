from typing import Any

from django.db import migrations

from catalog.names import recording_key

CHUNK = 1_000


def fill(apps: Any, schema_editor: Any) -> None:
    AudioFile = apps.get_model("library", "AudioFile")
    rows = AudioFile.objects.filter(recording__isnull=False, match_key="").select_related("recording").order_by("pk")
    part = []
    for row in rows.iterator(chunk_size=CHUNK):
        row.match_key = recording_key(row.recording.artist_text, row.recording.title)
        part.append(row)
        if len(part) == CHUNK:
            AudioFile.objects.bulk_update(part, ["match_key"])
            part = []
    AudioFile.objects.bulk_update(part, ["match_key"])


class Migration(migrations.Migration):
    dependencies = [("library", "0002_name_files_by_artist_and_title")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
