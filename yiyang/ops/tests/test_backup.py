import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from yiyang.ops.postgres.server import Server
from yiyang.ops.tests.conftest import Operator
from yiyang.ops.tests.running import statement

pytestmark = pytest.mark.proof


def elsewhere(operator: Operator) -> Operator:
    """An empty installation beside it."""
    other = Operator(operator.folder)
    other.data = operator.folder / "other"
    other.environment = operator.environment | {"YIYANG_DATA": str(other.data)}
    return other


def with_same_keys(operator: Operator, other: Operator) -> Operator:
    other.data.mkdir()
    shutil.copy(operator.data / "keys.toml", other.data / "keys.toml")
    return other


def test_every_row_comes_back_under_a_higher_generation_with_messages_held(migrated: Operator):
    file = migrated.folder / "monday.yiyang"
    other = with_same_keys(migrated, elsewhere(migrated))

    written = migrated.run("backup", str(file))
    restored = other.run("restore", str(file))

    assert written.returncode == 0, written.stderr
    assert restored.returncode == 0, restored.stderr
    rows = json.loads(zipfile.ZipFile(file).read("manifest.json"))["rows"]
    assert rows["django_migrations"] == statement(other, "SELECT count(*) FROM django_migrations")[0][0]
    assert statement(other, "SELECT generation, messages_held FROM kernel_installation") == [(2, True)]
    assert other.run("check", "--audit").returncode == 0
    assert other.run("release-messages").returncode == 0
    assert statement(other, "SELECT messages_held FROM kernel_installation") == [(False,)]


OLDER = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def older_server(operator: Operator) -> Iterator[Server]:
    if not (OLDER / "initdb").exists():
        pytest.skip("PostgreSQL 15 is not installed")
    server = Server(operator.folder / "older", configured_bin=OLDER, durable=False)
    server.start()
    yield server
    server.stop()


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


def test_a_backup_never_holds_a_key(migrated: Operator):
    file = migrated.folder / "monday.yiyang"
    migrated.run("backup", str(file))
    keys = [
        line.split('"')[1] for line in (migrated.data / "keys.toml").read_text().splitlines() if '"' in line
    ]

    content = file.read_bytes()

    assert not [key for key in keys if len(key) > 20 and key.encode() in content]
    assert file.stat().st_mode & 0o077 == 0


def test_a_restore_without_the_keys_says_which_and_changes_nothing(migrated: Operator):
    file = migrated.folder / "monday.yiyang"
    migrated.run("backup", str(file))

    refused = elsewhere(migrated).run("restore", str(file))

    assert refused.returncode == 6
    assert "needs keys that this installation does not have: identifier.1 with fingerprint" in refused.stderr


def test_a_restore_over_data_is_refused(migrated: Operator):
    file = migrated.folder / "monday.yiyang"
    migrated.run("backup", str(file))
    other = with_same_keys(migrated, elsewhere(migrated))
    other.run("restore", str(file))

    again = other.run("restore", str(file))

    assert again.returncode == 6
    assert "is not empty" in again.stderr


def test_a_damaged_backup_is_noticed_before_anything_is_kept(migrated: Operator):
    file = migrated.folder / "monday.yiyang"
    migrated.run("backup", str(file))
    other = with_same_keys(migrated, elsewhere(migrated))
    damage(file)

    refused = other.run("restore", str(file))

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
