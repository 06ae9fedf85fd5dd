import json
import os
import signal
import socket
import time
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from yiyang.ops.postgres.server import database_url
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


def test_the_pages_are_loaded_once_for_all_their_workers_and_by_no_way_in(installation: Installation):
    running = installation.process

    assert len(begun_by(child(running, "--interface wsgi"))) == 2
    assert loaded_the_pages(child(running, "--interface wsgi"))
    others = [*begun_by(child(running, "project.push")), *begun_by(child(running, "ingest.asgi"))]
    assert len(others) == 2 and not any(map(loaded_the_pages, others))


def test_the_worker_has_loaded_the_addresses_of_pages_before_the_first_alarm(installation: Installation):
    assert eventually(lambda: newest_heartbeat(installation.operator) > 0, 60)

    assert loaded_the_pages(child(installation.process, "procrastinate"))


def test_the_files_of_the_pages_are_there_under_names_that_browsers_may_keep(installation: Installation):
    names = json.loads((installation.operator.data / "static" / "staticfiles.json").read_text())["paths"]

    kept = urlopen(
        f"http://localhost:{installation.port}/static/{names['kernel/build/yiyang.js']}", timeout=20
    )

    assert kept.status == 200
    assert kept.headers["Cache-Control"] == "max-age=31536000"


def begun_by(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def loaded_the_pages(pid: int) -> bool:
    """The library that the API reads its requests with."""
    return "pydantic_core" in Path(f"/proc/{pid}/maps").read_text()


def test_a_killed_web_worker_is_replaced_by_one_that_is_loaded_already(installation: Installation):
    web = child(installation.process, "--interface wsgi")
    killed, other = begun_by(web)

    os.kill(killed, signal.SIGKILL)

    assert eventually(lambda: len(set(begun_by(web)) - {killed, other}) == 1)
    assert all(map(loaded_the_pages, begun_by(web)))
    assert answers(installation.port)


@pytest.mark.parametrize("victim", ["bin/postgres", "--interface wsgi", "procrastinate"])
def test_what_is_killed_starts_again_and_the_pages_answer(installation: Installation, victim: str):
    running = installation.process
    assert eventually(lambda: any(victim in command for command in children(running).values()))
    killed = child(running, victim)

    os.kill(killed, signal.SIGKILL)

    assert eventually(lambda: any(victim in c for pid, c in children(running).items() if pid != killed))
    assert eventually(lambda: answers(installation.port))


def test_after_the_database_was_killed_the_worker_works_again(installation: Installation):
    running, operator = installation.process, installation.operator
    os.kill(child(running, "bin/postgres"), signal.SIGKILL)
    assert eventually(lambda: any("bin/postgres" in command for command in children(running).values()))

    killed_at = time.time()

    assert eventually(lambda: newest_heartbeat(operator) > killed_at, 40)


def newest_heartbeat(operator: Operator) -> float:
    try:
        with psycopg.connect(database_url(operator.data)) as connection:
            row = connection.execute(
                "SELECT coalesce(extract(epoch FROM max(last_heartbeat)), 0) FROM procrastinate_workers"
            ).fetchone()
    except psycopg.OperationalError:
        return 0
    return float(row[0]) if row else 0


def test_even_a_killed_supervisor_leaves_nothing_running(installation: Installation):
    """The last one of those that share the installation: it is gone afterwards."""
    installation.process.kill()
    installation.process.wait()

    data = installation.operator.data
    assert eventually(lambda: not using(data)), using(data)


def test_a_taken_port_is_named(operator: Operator, port: int):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        refused = operator.run("up", "--port", str(port))

    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert "--port" in refused.stderr


def test_pools_larger_than_the_server_are_refused(migrated: Operator, port: int):
    refused = migrated.run("up", "--port", str(port), YIYANG_POOL_SIZE="500")

    assert refused.returncode == 1
    assert "Lower database.pool_size" in refused.stderr


def test_a_demo_whose_building_was_interrupted_is_begun_again(migrated: Operator, port: int):
    marker = migrated.data / "demo.json"
    marker.write_text('{"area": "310106", "people": 50, "complete": false}')
    leave_something_behind(migrated)

    process = migrated.start("up", "--demo", "--people", "50", "--port", str(port))
    wait_for_line(process, "The building of this district was interrupted; it begins again.")
    if "YIYANG_PROOF" in os.environ:  # all tables are made anew before it: a long way
        wait_for_line(process, "Building district")
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]

    assert "All stopped." in said
    assert not something_left_behind(migrated)
    # Without a mark of a district, even half of one, the next start builds it.
    assert marker.exists() == ("YIYANG_PROOF" in os.environ)


def test_a_demo_is_never_built_into_an_installation_with_accounts(migrated: Operator, port: int):
    add_an_account(migrated)

    refused = migrated.run("up", "--demo", "--people", "50", "--port", str(port))

    assert refused.returncode == 1
    assert "holds accounts already" in refused.stderr


def leave_something_behind(operator: Operator) -> None:
    statement(operator, "CREATE TABLE left_behind (n int)")


def something_left_behind(operator: Operator) -> bool:
    return statement(operator, "SELECT to_regclass('left_behind') IS NOT NULL") == [(True,)]
