from django.db import migrations

# How many rows are still open is a matter of an expression, `upper(period)`, about which PostgreSQL knows nothing by
# itself: it takes one row in two hundred for open, and reads the table where an index has all that is asked for.
# Neither statement holds up those who read or write.
KNOW = """
CREATE STATISTICS occupancy_open_rows ON (upper(period)) FROM beds_occupancy;
ANALYZE beds_occupancy;
"""
FORGET = "DROP STATISTICS IF EXISTS occupancy_open_rows;"

# An index alone answers only for pages that a vacuum has seen since their last change. By default that comes when a
# fifth of the rows has changed, which for a district is a year; from here on it comes after one in a hundred.
SWEEP = """
ALTER TABLE beds_occupancy
    SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01);
"""
AS_BEFORE = """
ALTER TABLE beds_occupancy
    RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("beds", "0016_eligibility"),
    ]

    operations = [
        migrations.RunSQL(KNOW, FORGET),
        migrations.RunSQL(SWEEP, AS_BEFORE),
    ]
