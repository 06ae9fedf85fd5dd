from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0002_acts_at_stays"),
    ]

    operations = [
        migrations.AlterField(
            model_name="matter",
            name="act",
            field=models.CharField(
                choices=[
                    ("ANSWER", "answer a request"),
                    ("GIVE_BED", "give a bed"),
                    ("SEND", "prepare and send"),
                    ("RECEIVE", "receive the person"),
                    ("COORDINATE", "coordinate"),
                    ("FIND_OUT", "find out who is late from leave"),
                    ("DECIDE_HOLD", "decide about a held bed"),
                    ("ACT_ON_ALERT", "do at once what an assessment demands"),
                ],
                max_length=12,
            ),
        ),
    ]
