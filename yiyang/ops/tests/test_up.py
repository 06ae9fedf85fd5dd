import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yiyang.ops.tests.conftest import Operator

pytestmark = pytest.mark.proof


def free_port() -> int:
    """A port whose successor is free too."""
    for _ in range(50):
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)
    raise AssertionError("no free ports")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def running(migrated: Operator, port: int) -> Iterator[subprocess.Popen[str]]:
    process = migrated.start("up", "--port", str(port))
    wait_for_line(process, "Open http://")
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def wait_for_line(process: subprocess.Popen[str], start: str) -> None:
    assert process.stdout
    seen = []
    for line in process.stdout:
        seen.append(line)
        if line.startswith(start):
            return
    raise AssertionError("".join(seen))


def children(process: subprocess.Popen[str]) -> dict[int, str]:
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError, IndexError):
            continue
        if parent == process.pid:
            found[int(entry.name)] = command
    return found


def child(process: subprocess.Popen[str], words: str) -> int:
    return next(pid for pid, command in children(process).items() if words in command)


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://localhost:{port}/", timeout=5).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.1)
    return False


def using(folder: Path) -> list[str]:
    """Processes that still work in the folder, or were started for it."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if (
            entry.name.isdigit()
            and int(entry.name) != os.getpid()
            and os.fsencode(folder) in environment + command
        ):
            found.append(command.decode())
    return found


@pytest.mark.parametrize("victim", ["bin/postgres", "--interface wsgi", "worker"])
def test_what_is_killed_starts_again_and_the_pages_answer(
    running: subprocess.Popen[str], port: int, victim: str
):
    killed = child(running, victim)

    os.kill(killed, signal.SIGKILL)

    assert eventually(lambda: any(victim in c for pid, c in children(running).items() if pid != killed))
    assert eventually(lambda: answers(port))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_leaves_nothing_behind(
    running: subprocess.Popen[str], operator: Operator, number: signal.Signals
):
    running.send_signal(number)

    assert running.wait(60) == 0
    assert eventually(lambda: not using(operator.data), 5), using(operator.data)
    assert not (operator.data / "pgdata" / "postmaster.pid").exists()


def test_even_a_killed_supervisor_leaves_nothing_running(
    running: subprocess.Popen[str], operator: Operator, port: int
):
    running.kill()
    running.wait()

    assert eventually(lambda: not using(operator.data)), using(operator.data)


def test_a_second_supervisor_is_refused(running: subprocess.Popen[str], operator: Operator, port: int):
    second = operator.run("up", "--port", str(port + 100))

    assert second.returncode == 4
    assert f"(process {running.pid})" in second.stderr


def test_a_taken_port_is_named(operator: Operator, port: int):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        refused = operator.run("up", "--port", str(port))

    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert "--port" in refused.stderr


def test_pools_larger_than_the_server_are_refused(operator: Operator, port: int):
    refused = operator.run("up", "--port", str(port), YIYANG_POOL_SIZE="500")

    assert refused.returncode == 1
    assert "Lower database.pool_size" in refused.stderr


def test_check_says_in_words_how_the_installation_is(running: subprocess.Popen[str], operator: Operator):
    checked = operator.run("check", "--audit")

    assert checked.returncode == 0, checked.stdout
    for about in ("versions", "database", "migrations", "keys", "disk", "clock", "worker", "seals"):
        assert f"] {about}: " in checked.stdout
