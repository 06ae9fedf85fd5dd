"""Looking at a running installation from outside."""

import os
import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from yiyang.ops.postgres import Server
from yiyang.project.settings_for_tests import WORKER

# Below those that the system lends to whoever connects (32768 and above), and for each parallel worker its own: nobody
# takes one of the four in the seconds between their choice and their use.
LOWEST, EACH_WORKER = 20_000, 1_500
OF_THIS_WORKER = LOWEST + EACH_WORKER * (int(WORKER.removeprefix("gw")) % 8 if WORKER.startswith("gw") else 0)


def free_port() -> int:
    """A port whose three successors are free too."""
    for _ in range(50):
        port = random.randrange(OF_THIS_WORKER, OF_THIS_WORKER + EACH_WORKER, 4)
        with ExitStack() as stack:
            try:
                for more in range(4):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port + more))
            except OSError:
                continue
            return port
    raise AssertionError("no free ports")


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


def eventually(true: Callable[[], bool], seconds: float = 20, *, pause: float = 0.1) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(pause)
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


@contextmanager
def database_of(operator: Any) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Runs statements in the stopped installation's database, which is started once for all of them and for
    the commands beside them."""
    server = Server(operator.data)
    server.start()

    def statement(text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(server.url) as connection:
            cursor = connection.execute(text.encode())
            return cursor.fetchall() if cursor.description else []

    try:
        yield statement
    finally:
        server.stop()


def statement(operator: Any, text: str) -> list[tuple[Any, ...]]:
    """Run one in the stopped installation's database."""
    with database_of(operator) as run:
        return run(text)


def add_an_account(operator: Any) -> None:
    statement(
        operator,
        "INSERT INTO access_account (id, login, name, kind, language, density, must_change_password, created_at,"
        " password, lock_reason) VALUES (gen_random_uuid(), 'x', 'x', 'STAFF', 'en', 'staff', false, now(), 'x', '')",
    )
