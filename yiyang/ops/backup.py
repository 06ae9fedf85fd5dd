"""One file that holds a whole installation, except its keys.

The file is a ZIP: `database.dump` (pg_dump's custom format) and `manifest.json`, which tells the versions,
the number of rows of each table in the dump's own snapshot, and the fingerprints of the keys needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from yiyang import __version__
from yiyang.ops.configuration import Config
from yiyang.ops.postgres import find_binaries

DUMP, MANIFEST, FORMAT = "database.dump", "manifest.json", 1
CHUNK = 1024 * 1024


class BackupFailed(Exception):
    pass


@dataclass(frozen=True)
class Manifest:
    format: int
    yiyang: str
    postgres: int
    made_at: str
    mode: str
    area: str
    cipher_suite: str
    keys: dict[str, str]
    migrations: list[str]
    rows: dict[str, int]
    dump_sha256: str
    dump_bytes: int


def backup(config: Config, file: Path, say: Callable[[str], None]) -> Manifest:
    """Works beside a running installation. The file appears under its name only when it is complete."""
    if file.exists():
        raise BackupFailed(f"{file} exists and is left alone. Choose another name.")
    draft = file.with_name(f".{file.name}.part")
    try:
        manifest = _write(config, draft, say)
        os.link(draft, file)
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}. Choose another place.")
    finally:
        draft.unlink(missing_ok=True)
    _remember(config, file, manifest)
    return manifest


def _write(config: Config, draft: Path, say: Callable[[str], None]) -> Manifest:
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        psycopg.connect(config.conninfo, connect_timeout=10) as connection,
        os.fdopen(descriptor, "w+b") as target,
    ):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute(
            "SELECT pg_export_snapshot(), current_setting('server_version_num')::int / 10000,"
            " pg_database_size(current_database())"
        ).fetchone()
        assert row
        snapshot, major, size = row
        say(f"Dumping {size / CHUNK:.0f} MB of PostgreSQL {major} …")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            digest, length = _dump(config, snapshot, archive, say)
            say("Counting rows …")
            manifest = Manifest(
                format=FORMAT,
                yiyang=__version__,
                postgres=major,
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                mode=config.mode,
                area=config.area,
                cipher_suite=config.cipher_suite,
                keys=config.key_fingerprints,
                migrations=_migrations(connection),
                rows=count_rows(connection),
                dump_sha256=digest,
                dump_bytes=length,
            )
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
        target.flush()
        os.fsync(target.fileno())
    return manifest


def _dump(
    config: Config, snapshot: str, archive: zipfile.ZipFile, say: Callable[[str], None]
) -> tuple[str, int]:
    program = find_binaries(config.postgres_bin).program("pg_dump")
    command = [program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    process = subprocess.Popen(
        [*command, f"--dbname={config.conninfo}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    with archive.open(DUMP, "w", force_zip64=True) as part:
        digest, length = copy(process.stdout, part, lambda done: say(f"  {done / CHUNK:.0f} MB written"))
    complaint = process.stderr.read().decode(errors="replace").strip()
    if process.wait():
        raise BackupFailed(f"pg_dump failed: {complaint}")
    return digest, length


def copy(source: IO[bytes], target: IO[bytes], progress: Callable[[int], None]) -> tuple[str, int]:
    """Copies to the end; returns the digest and the length. Progress every few seconds."""
    digest, length, told = hashlib.sha256(), 0, time.monotonic()
    while chunk := source.read(CHUNK):
        target.write(chunk)
        digest.update(chunk)
        length += len(chunk)
        if time.monotonic() - told > 3:
            progress(length)
            told = time.monotonic()
    return digest.hexdigest(), length


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows of every table, partitions counted once."""
    tables = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        row = counted.fetchone()
        counts[table] = row[0] if row else 0
    return counts


def _migrations(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def _remember(config: Config, file: Path, manifest: Manifest) -> None:
    note = {"file": str(file.absolute()), "made_at": manifest.made_at, "sha256": manifest.dump_sha256}
    (config.data_dir / "newest-backup.json").write_text(json.dumps(note))


def read_manifest(file: Path) -> Manifest:
    try:
        with zipfile.ZipFile(file) as archive:
            return Manifest(**json.loads(archive.read(MANIFEST)))
    except FileNotFoundError:
        raise BackupFailed(f"{file} does not exist.")
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError):
        raise BackupFailed(f"{file} is no complete backup of yiyang. Use another one.")
