"""A place in the priority channel that the criteria gave, and not somebody by hand."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("beds", "0017_statistics_of_open_rows")]

    operations = [
        migrations.AddField(
            model_name="waitingentry", name="by_criteria", field=models.BooleanField(default=False)
        ),
    ]
