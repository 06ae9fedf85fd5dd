from django.db import migrations


class Migration(migrations.Migration):
    """The one row that says what this database is."""

    dependencies = [("kernel", "0002_facts")]
    operations = [
        migrations.RunSQL(
            "INSERT INTO kernel_installation (id, generation, created_at, messages_held) VALUES (1, 1, now(), false)",
            "DELETE FROM kernel_installation",
        ),
    ]
