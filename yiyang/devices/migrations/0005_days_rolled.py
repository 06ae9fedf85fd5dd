"""Until which day the days are made; and hours in which a device told more than 32,767 values."""

from django.db import migrations

THERE = """
ALTER TABLE devices_horizon ADD COLUMN days_before date;
ALTER TABLE devices_pack ALTER COLUMN count TYPE integer;
"""
BACK = """
ALTER TABLE devices_horizon DROP COLUMN days_before;
ALTER TABLE devices_pack ALTER COLUMN count TYPE smallint;
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0004_alarms")]

    operations = [migrations.RunSQL(THERE, BACK)]
