from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0017_udi"),
    ]

    operations = [
        migrations.AlterField(
            model_name="beat",
            name="way",
            field=models.CharField(max_length=80, primary_key=True, serialize=False),
        ),
    ]
