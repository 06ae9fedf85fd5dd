"""The tables of readings. No foreign keys, every key begins with the person, partitions are made by the jobs.

They are no Django models: they are written in arrays and read in arrays (yiyang/devices/commands/intake.py,
yiyang/devices/queries/series.py).
"""

from django.db import migrations, models

import yiyang.kernel.ids

# Widest columns first: nothing is lost to alignment.
TABLES = """
CREATE TABLE devices_reading (
    person_id uuid NOT NULL,
    at timestamptz NOT NULL,
    device_no bigint NOT NULL,
    value real NOT NULL,
    code smallint NOT NULL,
    marks smallint NOT NULL,
    CONSTRAINT devices_reading_once UNIQUE (person_id, code, at)
) PARTITION BY RANGE (at);

CREATE TABLE devices_late (
    person_id uuid NOT NULL,
    at timestamptz NOT NULL,
    device_no bigint NOT NULL,
    value real NOT NULL,
    code smallint NOT NULL,
    marks smallint NOT NULL,
    CONSTRAINT devices_late_once UNIQUE (person_id, code, at)
);

-- Everything before this instant is packed or waits in devices_late.
CREATE TABLE devices_horizon (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    packed_before timestamptz NOT NULL,
    hour timestamptz,
    packed_persons uuid
);

CREATE TABLE devices_pack (
    person_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    device_no bigint NOT NULL,
    code smallint NOT NULL,
    count smallint NOT NULL,
    min real,
    mean real,
    max real,
    last real,
    offsets integer[] NOT NULL,
    "values" real[] NOT NULL,
    marks smallint[],
    devices bigint[],
    CONSTRAINT devices_pack_once UNIQUE (person_id, code, hour)
) PARTITION BY RANGE (hour);

CREATE TABLE devices_day (
    person_id uuid NOT NULL,
    day date NOT NULL,
    count integer NOT NULL,
    code smallint NOT NULL,
    min real,
    mean real,
    max real,
    last real,
    CONSTRAINT devices_day_once UNIQUE (person_id, code, day)
) PARTITION BY RANGE (day);

CREATE TABLE devices_position (
    person_id uuid NOT NULL,
    at timestamptz NOT NULL,
    device_no bigint NOT NULL,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    accuracy real,
    CONSTRAINT devices_position_once UNIQUE (person_id, at)
) PARTITION BY RANGE (at);

CREATE TABLE devices_signal (
    person_id uuid NOT NULL,
    at timestamptz NOT NULL,
    device_no bigint NOT NULL,
    rate real NOT NULL CHECK (rate > 0),
    scale real NOT NULL,
    floating boolean NOT NULL,
    code varchar(40) NOT NULL,
    unit varchar(20) NOT NULL,
    samples bytea NOT NULL,
    CONSTRAINT devices_signal_once UNIQUE (person_id, code, at)
) PARTITION BY RANGE (at);

-- Devices are written to whenever one is heard from after a while: the row stays on its page.
ALTER TABLE devices_device SET (fillfactor = 80);
"""
GONE = (
    "DROP TABLE devices_reading, devices_late, devices_horizon, devices_pack, devices_day, devices_position,"
    " devices_signal; ALTER TABLE devices_device RESET (fillfactor)"
)


class Migration(migrations.Migration):
    dependencies = [("devices", "0002_loans_returned")]

    operations = [
        migrations.RunSQL(TABLES, GONE),
        migrations.CreateModel(
            name="Rejected",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yiyang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("credential_id", models.UUIDField()),
                ("gateway_id", models.UUIDField(blank=True, null=True)),
                ("unit_id", models.UUIDField(blank=True, null=True)),
                ("urn", models.CharField(blank=True, max_length=120)),
                ("code", models.CharField(max_length=20)),
                ("count", models.BigIntegerField(default=1)),
                ("last_at", models.DateTimeField()),
                ("detail", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "db_table": "devices_rejected",
                "ordering": ["-last_at"],
                "indexes": [models.Index(fields=["last_at"], name="rejected_lately")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("credential_id", "hour", "code", "urn"), name="rejected_counted_once"
                    )
                ],
            },
        ),
    ]
