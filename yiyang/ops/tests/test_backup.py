import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from yiyang.ops.postgres.server import Server
from yiyang.ops.tests.conftest import Operator, copied, new_folder
from yiyang.ops.tests.running import add_an_account, database_of

pytestmark = pytest.mark.proof


# Partitions that no migration makes: the clock does, as time goes on.
READINGS = """
CREATE TABLE devices_reading_2026112001 PARTITION OF devices_reading FOR VALUES FROM ('2026-11-20 01:00Z') TO ('2026-11-20 02:00Z');
CREATE TABLE devices_pack_20261119 PARTITION OF devices_pack FOR VALUES FROM ('2026-11-19 00:00Z') TO ('2026-11-20 00:00Z');
INSERT INTO devices_reading SELECT gen_random_uuid(), '2026-11-20 01:30Z', 1, 72, 1, 0 FROM generate_series(1, 3);
INSERT INTO devices_pack (person_id, hour, device_no, code, count, offsets, values)
    VALUES (gen_random_uuid(), '2026-11-19 05:00Z', 1, 1, 2, '{0, 60000}', '{70, 71}');
INSERT INTO devices_horizon (packed_before) VALUES ('2026-11-20 01:00Z');
SELECT count(*) FROM devices_reading
"""
SAME_READINGS = """
SELECT (SELECT count(*) FROM devices_reading_2026112001), (SELECT count(*) FROM devices_reading WHERE at > '2026-11-20 01:00Z'),
    (SELECT values FROM devices_pack), (SELECT count(*) FROM devices_horizon)
"""


@pytest.fixture(scope="module")
def monday(migrated_folder: Path) -> Iterator[Operator]:
    """An installation whose backup lies beside its data."""
    operator = copied(migrated_folder, Operator(new_folder()))
    with database_of(operator) as statement:
        statement(READINGS)
        written = operator.run("backup", str(operator.folder / "monday.yiyang"))
    assert written.returncode == 0, written.stderr
    yield operator
    shutil.rmtree(operator.folder, ignore_errors=True)


@pytest.fixture
def backup(monday: Operator, operator: Operator) -> Path:
    """A copy of Monday's, for a test to read or to spoil."""
    return Path(shutil.copy2(monday.folder / "monday.yiyang", operator.folder))


def with_keys_of(monday: Operator, operator: Operator) -> Operator:
    operator.data.mkdir(exist_ok=True)
    shutil.copy(monday.data / "keys.toml", operator.data / "keys.toml")
    return operator


def test_every_row_comes_back_under_a_higher_generation_with_messages_held(
    monday: Operator, backup: Path, operator: Operator
):
    restored = with_keys_of(monday, operator).run("restore", str(backup))

    assert restored.returncode == 0, restored.stderr
    rows = json.loads(zipfile.ZipFile(backup).read("manifest.json"))["rows"]
    with database_of(operator) as statement:
        assert [(rows["django_migrations"],)] == statement("SELECT count(*) FROM django_migrations")
        assert statement("SELECT generation, messages_held FROM kernel_installation") == [(2, True)]
        assert statement(SAME_READINGS) == [(3, 3, [70, 71], 1)]
        assert operator.run("check", "--audit").returncode == 0
        assert operator.run("release-messages").returncode == 0
        assert statement("SELECT messages_held FROM kernel_installation") == [(False,)]


OLDER = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def older_server(operator: Operator) -> Iterator[Server]:
    if not (OLDER / "initdb").exists():
        pytest.skip("PostgreSQL 15 is not installed")
    server = Server(operator.folder / "older", configured_bin=OLDER, durable=False)
    server.start()
    yield server
    server.stop()


@pytest.mark.skipif("YIYANG_PROOF" not in os.environ, reason="a long one: make proof")
def test_a_server_of_version_15_takes_its_backup_back(migrated: Operator, older_server: Server):
    """What dumps and restores may be newer than the server."""
    file = migrated.folder / "monday.yiyang"
    at = {"DATABASE_URL": older_server.url}
    assert migrated.run("migrate", **at).returncode == 0
    written = migrated.run("backup", str(file), **at)

    restored = migrated.run("restore", str(file), **at)

    assert written.returncode == 0, written.stderr
    assert restored.returncode == 0, restored.stderr
    assert migrated.run("check", "--audit", **at).returncode == 0


def test_a_backup_never_holds_a_key(monday: Operator, backup: Path):
    keys = [
        line.split('"')[1] for line in (monday.data / "keys.toml").read_text().splitlines() if '"' in line
    ]

    content = backup.read_bytes()

    assert not [key for key in keys if len(key) > 20 and key.encode() in content]
    assert backup.stat().st_mode & 0o077 == 0


def test_a_restore_without_the_keys_says_which_and_changes_nothing(backup: Path, operator: Operator):
    refused = operator.run("restore", str(backup))

    assert refused.returncode == 6
    assert "needs keys that this installation does not have: identifier.1 with fingerprint" in refused.stderr


def test_a_restore_over_data_is_refused(monday: Operator, backup: Path, migrated: Operator):
    add_an_account(with_keys_of(monday, migrated))

    refused = migrated.run("restore", str(backup))

    assert refused.returncode == 6
    assert "is not empty" in refused.stderr


def test_a_damaged_backup_is_noticed_before_anything_is_kept(
    monday: Operator, backup: Path, operator: Operator
):
    damage(backup)

    refused = with_keys_of(monday, operator).run("restore", str(backup))

    assert refused.returncode == 6
    assert "damaged" in refused.stderr or "nothing was restored" in refused.stderr


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def test_a_file_that_is_no_backup_is_named(operator: Operator):
    (operator.folder / "x").write_text("no")

    refused = operator.run("restore", str(operator.folder / "x"))

    assert refused.returncode == 6
    assert "is no complete backup" in refused.stderr
