from django.db import migrations, models

# What was opened so far is written down in the relationship that followed from the consent.
SCOPES = """
    UPDATE people_consent c SET scope = r.scope
    FROM people_carerelationship r WHERE r.source_id = c.id AND r.copy_of IS NULL
"""
# A request that was granted is a consent too: it keeps its id, by which its relationship is found and ended.
GRANTED = """
    INSERT INTO people_consent
        (id, person_id, organisation_id, purpose, given_by, given_at, expires_at, withdrawn_at, scope)
    SELECT a.id, a.person_id, a.organisation_id, a.reason, a.answered_by, a.answered_at, r.ends_at, NULL, r.scope
    FROM people_accessrequest a
    JOIN people_carerelationship r ON r.source_id = a.id AND r.copy_of IS NULL
    WHERE a.state = 'GRANTED'
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_waiting_relationship"),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="scope",
            field=models.CharField(
                choices=[
                    ("FULL", "The whole record"),
                    ("MOVE", "What a transfer needs"),
                    ("BASIC", "Name, age and address"),
                ],
                default="FULL",
                max_length=8,
            ),
        ),
        migrations.RunSQL(SCOPES, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTED, migrations.RunSQL.noop),
    ]
