from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0018_beats_of_machines"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alarm",
            name="about",
            field=models.CharField(blank=True, max_length=80),
        ),
    ]
