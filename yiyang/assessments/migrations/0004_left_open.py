from django.db import migrations, models

import yiyang.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_rotated_cards"),
        ("assessments", "0003_rescoring"),
        ("people", "0009_consent_of_agreement"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeftOpen",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yiyang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("DRAFT", "begun and not signed"),
                            ("SECOND", "not signed by a second assessor"),
                            ("DISPUTE", "questioned and not assessed again"),
                            ("DUE", "due and not done"),
                        ],
                        max_length=8,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("day", models.DateField()),
                (
                    "rung",
                    models.CharField(
                        choices=[
                            ("ASSESSOR", "assessor"),
                            ("LEAD", "head of the unit"),
                            ("COORDINATOR", "district coordinator"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reached", models.BooleanField()),
                ("told_on", models.DateField()),
            ],
            options={
                "ordering": ["told_on", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(
                condition=models.Q(("state__in", ("DRAFT", "AWAITING_SECOND"))),
                fields=["begun_at"],
                name="assessment_left_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="leftopen",
            constraint=models.UniqueConstraint(
                fields=("subject_id", "kind", "day", "rung"), name="left_open_told_once"
            ),
        ),
    ]
