from django.db import migrations


class Migration(migrations.Migration):
    """What the tables' columns need before they exist: extensions and the generation of this database."""

    dependencies = []
    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL(
            """
            CREATE FUNCTION yiyang_generation() RETURNS smallint LANGUAGE plpgsql STABLE AS
            'BEGIN RETURN (SELECT generation FROM kernel_installation); END'
            """,
            "DROP FUNCTION yiyang_generation()",
        ),
    ]
