import django.db.models.deletion
from django.db import migrations, models

import yiyang.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0001_assessments"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yiyang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("codes", models.JSONField(default=list)),
                ("done", models.CharField(max_length=400)),
                ("at", models.DateTimeField()),
                ("by_label", models.CharField(max_length=120)),
                ("by_account", models.UUIDField(null=True)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alert_answers",
                        to="assessments.assessment",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("done", ""), _negated=True),
                        name="assessment_alert_answer_says_what",
                    )
                ],
            },
        ),
    ]
