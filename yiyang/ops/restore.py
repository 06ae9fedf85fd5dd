"""A backup back into an empty installation that holds the right keys."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from yiyang.ops.backup import FORMAT, BackupFailed, Manifest, count_rows, read_manifest
from yiyang.ops.configuration import Config
from yiyang.ops.installation import only_one
from yiyang.ops.loading import load

# Rows that a freshly migrated installation may hold and that a restore may replace. Of the instruments these are the
# shipped ones: who puts another into use leaves a fact, and with that the installation is not empty.
OF_A_FRESH_ONE = (
    "django_", "auth_", "procrastinate_", "kernel_installation", "kernel_seal", "assessments_instrument"
)  # fmt: skip


def restore(config: Config, file: Path, say: Callable[[str], None]) -> Manifest:
    """Checks everything before it changes anything; then all rows come back in one transaction or none."""
    manifest = read_manifest(file)
    check_keys(config, manifest)
    check_versions(config, manifest)
    with only_one(config.data_dir), ExitStack() as stack:
        from yiyang.ops.installation import database_for_command

        stack.enter_context(database_for_command(config))
        with psycopg.connect(config.conninfo, connect_timeout=10, autocommit=True) as connection:
            check_empty(connection)
            check_server(connection, manifest)
            say(f"Restoring {sum(manifest.rows.values())} rows of {manifest.made_at} …")
            empty(connection)
            load(config, file, manifest, connection.info.server_version // 10000, say)
            check_rows(connection, manifest)
        say("All rows are back. Bringing the tables to this version …")
        go_on(config, manifest)
    return manifest


def check_keys(config: Config, manifest: Manifest) -> None:
    missing = [
        f"{name} with fingerprint {wanted}"
        for name, wanted in manifest.keys.items()
        if config.key_fingerprints.get(name) != wanted
    ]
    if missing:
        raise BackupFailed(
            f"This backup needs keys that this installation does not have: {', '.join(missing)}. "
            "Take the key file of that time from the safe, and set keys.file to it "
            "(yiyang keys show FILE tells fingerprints). Nothing was changed."
        )
    if manifest.cipher_suite != config.cipher_suite:
        raise BackupFailed(
            f"The backup was made with cipher_suite {manifest.cipher_suite}, this installation has "
            f'{config.cipher_suite}. Set cipher_suite = "{manifest.cipher_suite}". Nothing was changed.'
        )


def check_versions(config: Config, manifest: Manifest) -> None:
    from django.db.migrations.loader import MigrationLoader

    if manifest.format != FORMAT:
        raise BackupFailed(f"The backup has format {manifest.format}; this version reads format {FORMAT}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = [name for name in manifest.migrations if name not in known]
    if newer:
        raise BackupFailed(
            f"The backup was made by a newer version ({manifest.yiyang}): this one does not know {newer[0]}. "
            "Install that version, restore, then go on. Nothing was changed."
        )


def check_server(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    major = connection.info.server_version // 10000
    if major < manifest.postgres:
        raise BackupFailed(
            f"The backup comes from PostgreSQL {manifest.postgres}, this server is {major}. "
            f"Use a server of version {manifest.postgres} or later. Nothing was changed."
        )


def check_empty(connection: psycopg.Connection[Any]) -> None:
    held = {
        table: rows
        for table, rows in count_rows(connection).items()
        if rows and not table.startswith(OF_A_FRESH_ONE)
    }
    others = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    ).fetchone()
    if held:
        table, rows = max(held.items(), key=lambda item: item[1])
        raise BackupFailed(
            f"This installation is not empty ({sum(held.values())} rows, {rows} of them in {table}). "
            "A restore never overwrites: choose an empty folder with --data, or an empty database. "
            "Nothing was changed."
        )
    if others and others[0]:
        raise BackupFailed(f"{others[0]} other connections use this database. Stop them first.")


def empty(connection: psycopg.Connection[Any]) -> None:
    """Take away the tables of a fresh installation, so that the dump brings its own."""
    with connection.transaction():
        for kind, names in _objects(connection):
            for name in names:
                connection.execute(
                    sql.SQL("DROP {} IF EXISTS {} CASCADE").format(sql.SQL(kind), sql.SQL(name))
                )


def _objects(connection: psycopg.Connection[Any]) -> list[tuple[str, list[str]]]:
    def listed(statement: str) -> list[str]:
        return [row[0] for row in connection.execute(statement.encode()).fetchall()]

    own = " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = {}.oid AND d.deptype = 'e')"
    schema = "pg_namespace n ON n.nspname = 'public' AND n.oid ="
    return [
        ("TABLE", listed(f"SELECT c.oid::regclass::text FROM pg_class c JOIN {schema} c.relnamespace"
                         " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition" + own.format("c"))),
        ("VIEW", listed(f"SELECT c.oid::regclass::text FROM pg_class c JOIN {schema} c.relnamespace"
                        " WHERE c.relkind = 'v'" + own.format("c"))),
        ("ROUTINE", listed(f"SELECT p.oid::regprocedure::text FROM pg_proc p JOIN {schema} p.pronamespace"
                           " WHERE true" + own.format("p"))),
        ("TYPE", listed(f"SELECT t.oid::regtype::text FROM pg_type t JOIN {schema} t.typnamespace"
                        " WHERE (t.typtype IN ('e', 'd') OR EXISTS (SELECT 1 FROM pg_class c"
                        " WHERE c.oid = t.typrelid AND c.relkind = 'c'))" + own.format("t"))),
        ("SEQUENCE", listed(f"SELECT c.oid::regclass::text FROM pg_class c JOIN {schema} c.relnamespace"
                            " WHERE c.relkind = 'S'" + own.format("c"))),
        ("EXTENSION", listed("SELECT quote_ident(extname) FROM pg_extension WHERE extname <> 'plpgsql'")),
    ]  # fmt: skip


def check_rows(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    found = count_rows(connection)
    wrong = [
        f"{table} ({found.get(table, 0)} instead of {rows})"
        for table, rows in manifest.rows.items()
        if found.get(table, 0) != rows
    ]
    if wrong:
        raise BackupFailed(
            f"Some tables have not all their rows: {', '.join(wrong)}. Do not use this database."
        )


def go_on(config: Config, manifest: Manifest) -> None:
    """Tables of this version, the old generation sealed, a new one begun, messages held."""
    from django.core.management import call_command

    from yiyang.kernel import installation, seals
    from yiyang.kernel.actors import SYSTEM
    from yiyang.kernel.time import now

    outside = config.data_dir / "newest-seal.json"
    if outside.exists():
        os.replace(outside, config.data_dir / "newest-seal.before-restore.json")
    call_command("migrate", interactive=False, verbosity=0)
    seals.seal_all_restored()
    installation.begin_generation(
        by=SYSTEM,
        at=now(),
        backup_made_at=datetime.fromisoformat(manifest.made_at),
        backup_sha256=manifest.dump_sha256,
    )
