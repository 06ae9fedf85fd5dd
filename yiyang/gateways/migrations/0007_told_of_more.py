from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("gateways", "0006_import_runs")]

    operations = [
        migrations.AddField(
            "hook", "fact_generation", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("hook", "fact_tx", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("hook", "fact_id", models.UUIDField(null=True)),
        migrations.AddField("hookevent", "deleted", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("hookevent", "shown", models.BooleanField(db_default=False, default=False)),
        migrations.RemoveConstraint("hookevent", "hook_event_once"),
        migrations.AddConstraint(
            "hookevent",
            models.UniqueConstraint(
                fields=["hook", "resource", "version"], condition=Q(shown=False), name="hook_event_once"
            ),
        ),
        migrations.AddIndex(
            "hookevent",
            models.Index(
                fields=["hook", "resource", "-id"], condition=Q(shown=True), name="hook_event_shown"
            ),
        ),
    ]
