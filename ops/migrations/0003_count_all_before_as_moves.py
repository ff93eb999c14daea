from django.db import migrations


class Migration(migrations.Migration):
    """What changed before the difference was kept may have been a move: pages that are open learn of it all."""

    dependencies = [
        ("ops", "0002_tell_moves_from_progress"),
    ]

    operations = [
        migrations.RunSQL("UPDATE ops_livesequence SET moved = value", migrations.RunSQL.noop),
    ]
