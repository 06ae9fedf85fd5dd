from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("duty", "0003_act_on_alerts"),
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
                    ("ACT_ON_ALARM", "an alarm of a device: look after the person"),
                ],
                max_length=12,
            ),
        ),
    ]
