"""The next version's migrations are applied while the processes of this one go on working."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from yiyang import beds
from yiyang.kernel.commands import LOCK_TIMEOUT as COMMANDS_WAIT
from yiyang.ops.postgres.server import Server, database_url
from yiyang.ops.tests.conftest import ROOT, Operator
from yiyang.ops.tests.moving import Driver, Inside
from yiyang.ops.tests.running import child, children, eventually
from yiyang.ops.tests.test_faults import process_environment

pytestmark = pytest.mark.proof

IN_USE = "A table is in use"
PAUSE = 0.5  # of a client between two persons, so that there are enough for the fastest machine
HERE = Path(beds.__file__).parent / "migrations"
SETTINGS = """
from yiyang.project.settings import *

MIGRATION_MODULES = {"beds": "next_version"}
"""
AS_NOW = f"__path__.append({str(HERE)!r})\n"  # this version's migrations, and those beside
COLUMN = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("beds", "{last}")]
    operations = [
        migrations.AddField("occupancy", "remark", models.TextField(null=True)),
    ]
"""
INDEX = """
from django.db import migrations, models

from yiyang.kernel.indexing import AddIndexBesideWork


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("beds", "9001_column")]
    operations = [
        AddIndexBesideWork("occupancy", models.Index(fields=["remark"], name="occupancy_by_remark")),
    ]
"""


@pytest.fixture
def next_version(operator: Operator) -> dict[str, str]:
    """The environment of a version that has two migrations more."""
    last = max(path.stem for path in HERE.glob("0*.py"))
    folder = operator.folder / "next" / "next_version"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(AS_NOW)
    (folder / "9001_column.py").write_text(COLUMN.format(last=last))
    (folder / "9002_index.py").write_text(INDEX)
    (folder.parent / "next_settings.py").write_text(SETTINGS)
    return {"DJANGO_SETTINGS_MODULE": "next_settings", "PYTHONPATH": f"{ROOT}:{folder.parent}"}


class Clients:
    """Two of them move one person after another until told to stop; no answer may be a bad one."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.stop = driver, threading.Event()
        self.persons = iter(driver.district["persons"])
        self.pool = ThreadPoolExecutor(2)
        self.work: list[Future[None]] = []

    def begin(self) -> None:
        if not self.work:
            self.work = [self.pool.submit(self.go_on) for _ in range(2)]

    def go_on(self) -> None:
        while not self.stop.is_set():
            self.driver.move(next(self.persons))
            self.stop.wait(PAUSE)

    def end(self) -> None:
        self.stop.set()
        for one in self.work:
            one.result(60)


def read_for_long(operator: Operator, begun: threading.Event, enough: threading.Event) -> None:
    """A report or a backup reads the occupancies in one long transaction."""
    with psycopg.connect(database_url(operator.data)) as connection:
        connection.execute("SELECT count(*) FROM beds_occupancy")
        begun.set()
        enough.wait(60)


def migrated_beside(
    operator: Operator, version: dict[str, str], clients: Clients, enough: threading.Event
) -> tuple[int, str]:
    """What `yiyang migrate` says. The clients begin when it first found the table in use, and whoever reads lets go
    when they are well under way and it stepped aside twice."""
    process, said = operator.start("migrate", PYTHONUNBUFFERED="1", **version), ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if IN_USE in line:
            clients.begin()
        if said.count(IN_USE) >= 2 and len(clients.driver.acknowledged) > 12:
            enough.set()
    return process.wait(60), said


def test_clients_notice_nothing_while_a_column_and_an_index_are_added_to_a_busy_table(
    running: subprocess.Popen[str], migrated: Operator, port: int, next_version: dict[str, str]
) -> None:
    assert eventually(lambda: any("procrastinate" in one for one in children(running).values()))
    environment = process_environment(child(running, "procrastinate"))
    begun, enough = threading.Event(), threading.Event()
    reader = threading.Thread(target=read_for_long, args=(migrated, begun, enough), daemon=True)
    with Inside(environment) as ask:
        driver = Driver(port, ask("build", "40"))
        clients = Clients(driver)
        try:
            reader.start()
            assert begun.wait(10)
            ended, said = migrated_beside(migrated, next_version, clients, enough)
            amid, before = enough.is_set(), len(driver.acknowledged)
            assert eventually(lambda: len(driver.acknowledged) > before + 20, 60)
        finally:
            enough.set()
            clients.end()
        reader.join(20)

        assert ended == 0, said
        assert amid, f"{before} steps, {said}"
        assert {status for status, _seconds in driver.answers} <= {200, 201}
        assert driver.asked_again == 0
        slowest = max(seconds for _status, seconds in driver.answers)
        assert slowest < float(COMMANDS_WAIT.removesuffix("s")), slowest
        assert column_and_index(migrated) == (True, True)
        after(ask, driver, migrated)
    print(  # noqa: T201
        f"{len(driver.answers)} steps beside the migration, the slowest {slowest:.2f} s, "
        f"{said.count(IN_USE)} tries given up"
    )


def after(ask: Inside, driver: Driver, operator: Operator) -> None:
    """Everything is there, once; the old version says that it is the older one."""
    assert eventually(lambda: ask("owed")["owed"] == 0, 90, pause=0.5)
    found = ask("count")
    assert driver.acknowledged == {(who, verb) for who, verb in found["steps"]}
    assert (found["twice"], found["faults"], found["promises"], found["seals"]) == ([], [], [], "")
    checked = operator.run("check")
    assert checked.returncode == 0
    assert "is it older?" in checked.stdout


def column_and_index(operator: Operator) -> tuple[bool, bool]:
    with psycopg.connect(database_url(operator.data)) as connection, suppress(psycopg.errors.UndefinedColumn):
        connection.execute("SELECT remark FROM beds_occupancy LIMIT 1")
        row = connection.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'occupancy_by_remark'::regclass"
        ).fetchone()
        return True, bool(row and row[0])
    return False, False


@pytest.fixture
def database(migrated: Operator) -> Iterator[None]:
    server = Server(migrated.data)
    server.start()
    yield
    server.stop()


def test_two_who_migrate_at_once_wait_for_each_other(
    migrated: Operator, next_version: dict[str, str], database: None
) -> None:
    with ThreadPoolExecutor(2) as two:
        ended = list(two.map(lambda _: migrated.run("migrate", **next_version), range(2)))

    assert [one.returncode for one in ended] == [0, 0], [one.stderr for one in ended]
    assert sorted("No migrations to apply." in one.stdout for one in ended) == [False, True]
    assert column_and_index(migrated) == (True, True)
