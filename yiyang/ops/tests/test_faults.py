"""Faults of the machine: each is survived as docs/operating.md says."""

import http.client
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from yiyang.ops.postgres.server import SUPERUSER, database_url
from yiyang.ops.tests.conftest import Installation, Operator
from yiyang.ops.tests.running import answers, child, eventually, using, wait_for_line

pytestmark = pytest.mark.proof


@contextmanager
def sessions_locked(operator: Operator) -> Iterator[None]:
    """Every page that looks at a session waits."""
    with psycopg.connect(database_url(operator.data)) as connection:
        connection.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
        yield


class Request(threading.Thread):
    """One request in the background."""

    def __init__(self, port: int, path: str = "/sign-in/") -> None:
        super().__init__(daemon=True)
        self.port, self.path = port, path
        self.status: int | None = None
        self.start()

    def run(self) -> None:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        try:
            connection.request("GET", self.path, headers={"Cookie": f"sessionid={'x' * 32}"})
            self.status = connection.getresponse().status
        except OSError:
            self.status = 0


def waiting_for_locks(operator: Operator) -> int:
    with psycopg.connect(database_url(operator.data)) as connection:
        row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return int(row[0]) if row else 0


def test_two_workers_share_the_work(installation: Installation):
    running, operator = installation.process, installation.operator
    environment = process_environment(child(running, "procrastinate"))
    second = subprocess.Popen(
        command_of(child(running, "procrastinate")),
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: live_workers(operator) == 2, 60)
        assert operator.run("check").returncode == 0
    finally:
        second.terminate()
        second.wait(30)


def test_a_database_made_read_only_and_back_needs_no_restart(installation: Installation):
    operator = installation.operator
    set_read_only(operator, "on")
    checked = operator.run("check")
    assert checked.returncode == 5
    assert "read-only" in checked.stdout

    set_read_only(operator, "off")

    assert eventually(lambda: operator.run("check").returncode == 0, 60)
    assert answers(installation.port)


def set_read_only(operator: Operator, value: str) -> None:
    with psycopg.connect(database_url(operator.data, SUPERUSER, SUPERUSER), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE yiyang SET default_transaction_read_only = {value}".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'yiyang'")


def test_more_requests_than_threads_wait_and_are_all_answered(installation: Installation):
    with sessions_locked(installation.operator):
        requests = [Request(installation.port) for _ in range(40)]
        assert eventually(lambda: waiting_for_locks(installation.operator) > 8)
    for request in requests:
        request.join(30)

    assert [request.status for request in requests] == [200] * 40


def live_workers(operator: Operator) -> int:
    with psycopg.connect(database_url(operator.data)) as connection:
        row = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
    return int(row[0]) if row else 0


def process_environment(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def command_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]


def test_ctrl_c_lets_a_request_under_way_end_and_leaves_nothing_behind(installation: Installation):
    """The last one of those that share the installation: it is at rest afterwards. SIGTERM: see test_kills."""
    ends_in_order(installation, signal.SIGINT)


def ends_in_order(installation: Installation, number: signal.Signals) -> None:
    operator, process = installation.operator, installation.process
    with sessions_locked(operator):
        request = Request(installation.port)
        assert eventually(lambda: waiting_for_locks(operator) > 0)
        process.send_signal(number)
        time.sleep(1)
    request.join(20)

    assert request.status == 200
    assert process.wait(60) == 0
    assert eventually(lambda: not using(operator.data), 5), using(operator.data)
    assert not (operator.data / "pgdata" / "postmaster.pid").exists()


@pytest.fixture
def small_disk(operator: Operator, migrated_folder: Path) -> Iterator[Operator]:
    """A data folder on a disk of its own with a little room."""
    operator.data.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", str(operator.data)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    subprocess.run(["cp", "-a", f"{migrated_folder}/.", str(operator.data)], check=True)
    yield operator
    subprocess.run(["umount", "-l", str(operator.data)], check=False)


def test_a_full_disk_loses_no_acknowledged_write_and_comes_back_when_there_is_room(
    small_disk: Operator, port: int
):
    process = small_disk.start("up", "--port", str(port), YIYANG_WORKERS="1")
    try:
        wait_for_line(process, "Open http://")
        url = database_url(small_disk.data)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE diary (n int primary key, words text)")
        filler = small_disk.data / "filler"

        acknowledged = write_until_refused(url, filler, shutil.disk_usage(small_disk.data).free)
        checked = small_disk.run("check")
        filler.unlink()

        assert "[ FAIL ]" in checked.stdout
        assert eventually(lambda: rows_of(url) is not None, 40)
        assert set(range(acknowledged)) <= (rows_of(url) or set())
        assert eventually(lambda: answers(port), 40)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


PAGE_OF_WORDS = """
    INSERT INTO diary SELECT %s, string_agg(md5(random()::text), '') FROM generate_series(1, 100)
"""


def write_until_refused(url: str, filler: Path, free: int) -> int:
    """Leave a few megabytes, then write until the database says no. Returns how many writes it acknowledged."""
    with filler.open("wb") as file:
        file.write(b"\0" * (free - 6 * 1024 * 1024))
    written = 0
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(20_000):
            try:
                connection.execute(PAGE_OF_WORDS, [number])
            except psycopg.Error:
                return written
            written = number + 1
    raise AssertionError("the disk did not fill")


def rows_of(url: str) -> set[int] | None:
    try:
        with psycopg.connect(url) as connection:
            return {row[0] for row in connection.execute("SELECT n FROM diary")}
    except psycopg.OperationalError:
        return None
