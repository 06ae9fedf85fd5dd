import os
import signal
import socket
import subprocess

import pytest

from yiyang.ops.tests.conftest import Operator
from yiyang.ops.tests.running import answers, child, children, eventually, using

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("victim", ["bin/postgres", "--interface wsgi", "procrastinate"])
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
