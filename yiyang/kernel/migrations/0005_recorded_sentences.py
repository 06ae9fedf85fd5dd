from django.db import migrations, models

import yiyang.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0004_cursor_by_generation"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordedSentence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yiyang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sentence", models.CharField(max_length=40)),
                (
                    "tongue",
                    models.CharField(
                        choices=[("MANDARIN", "Mandarin"), ("SHANGHAINESE", "Shanghainese")], max_length=20
                    ),
                ),
                ("content", models.BinaryField()),
                ("media_type", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64)),
                ("speaker", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=120)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sentence", "tongue"), name="recorded_sentence_once")
                ],
            },
        ),
    ]
