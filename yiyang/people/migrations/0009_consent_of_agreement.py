import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_assistance"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="agreement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="people.serviceagreement",
            ),
        ),
    ]
