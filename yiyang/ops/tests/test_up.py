import os
import signal
import socket
import subprocess

import pytest

from yiyang.ops.tests.conftest import Installation, Operator
from yiyang.ops.tests.running import (
    add_an_account,
    answers,
    child,
    children,
    eventually,
    free_port,
    statement,
    using,
    wait_for_line,
)

pytestmark = pytest.mark.proof


def test_check_says_in_words_how_the_installation_is(installation: Installation):
    checked = installation.operator.run("check", "--audit")

    assert checked.returncode == 0, checked.stdout
    for about in ("versions", "database", "migrations", "keys", "disk", "clock", "worker", "seals"):
        assert f"] {about}: " in checked.stdout


def test_a_second_supervisor_is_refused(installation: Installation):
    second = installation.operator.run("up", "--port", str(free_port()))

    assert second.returncode == 4
    assert f"(process {installation.process.pid})" in second.stderr


@pytest.mark.parametrize("victim", ["bin/postgres", "--interface wsgi", "procrastinate"])
def test_what_is_killed_starts_again_and_the_pages_answer(installation: Installation, victim: str):
    running = installation.process
    killed = child(running, victim)

    os.kill(killed, signal.SIGKILL)

    assert eventually(lambda: any(victim in c for pid, c in children(running).items() if pid != killed))
    assert eventually(lambda: answers(installation.port))


def test_even_a_killed_supervisor_leaves_nothing_running(
    running: subprocess.Popen[str], operator: Operator, port: int
):
    running.kill()
    running.wait()

    assert eventually(lambda: not using(operator.data)), using(operator.data)


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


def test_a_demo_whose_building_was_interrupted_is_begun_again(migrated: Operator, port: int):
    (migrated.data / "demo.json").write_text('{"area": "310106", "people": 50, "complete": false}')
    leave_something_behind(migrated)

    process = migrated.start("up", "--demo", "--people", "50", "--port", str(port))
    wait_for_line(process, "Building district")
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]

    assert "All stopped." in said
    assert not something_left_behind(migrated)


def test_a_demo_is_never_built_into_an_installation_with_accounts(migrated: Operator, port: int):
    add_an_account(migrated)

    refused = migrated.run("up", "--demo", "--people", "50", "--port", str(port))

    assert refused.returncode == 1
    assert "holds accounts already" in refused.stderr


def leave_something_behind(operator: Operator) -> None:
    statement(operator, "CREATE TABLE left_behind (n int)")


def something_left_behind(operator: Operator) -> bool:
    return statement(operator, "SELECT to_regclass('left_behind') IS NOT NULL") == [(True,)]
