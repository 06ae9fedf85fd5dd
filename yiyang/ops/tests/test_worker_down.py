"""The worker is away for an hour: every deadline of that hour fires once, late, and says how late."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from yiyang.ops.postgres.server import database_url
from yiyang.ops.tests.conftest import Operator
from yiyang.ops.tests.moving import DOCTOR, NURSE, Driver, Inside
from yiyang.ops.tests.running import answers, child, children, eventually, wait_for_line
from yiyang.ops.tests.test_faults import process_environment

pytestmark = pytest.mark.proof


def set_clock_ahead(operator: Operator, minutes: int) -> None:
    """What starts from now on believes that it is so much later."""
    (operator.folder / "yiyang.toml").write_text(f"[clock]\nahead_minutes = {minutes}\n")


@pytest.fixture
def installation(migrated: Operator, port: int) -> Iterator[subprocess.Popen[str]]:
    set_clock_ahead(migrated, 0)
    process = migrated.start("up", "--port", str(port))
    wait_for_line(process, "Open http://")
    yield process
    process.send_signal(signal.SIGINT)
    process.wait(60)


def worker(running: subprocess.Popen[str]) -> int:
    return child(running, "procrastinate")


def stop_at_rest(pid: int, operator: Operator) -> None:
    """A machine that is switched off ends its transactions; one that is only stopped would hold their locks."""

    def stopped() -> bool:
        os.kill(pid, signal.SIGSTOP)
        with psycopg.connect(database_url(operator.data)) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = 'yiyang' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            ).fetchone()
        if row and row[0]:
            os.kill(pid, signal.SIGCONT)
        return row == (0,)

    assert eventually(stopped)


def kill_and_wait_for_another(running: subprocess.Popen[str], words: str) -> None:
    killed = child(running, words)
    os.kill(killed, signal.SIGKILL)
    assert eventually(
        lambda: any(words in one for pid, one in children(running).items() if pid != killed), 60
    )


def test_after_an_hour_without_a_worker_each_deadline_fires_once_late_and_marked(
    installation: subprocess.Popen[str], migrated: Operator, port: int
) -> None:
    assert eventually(lambda: any("procrastinate" in one for one in children(installation).values()))
    environment = process_environment(worker(installation))
    with Inside(environment) as ask:
        driver = Driver(port, ask("build", "6"))
        assert eventually(lambda: ask("owed")["owed"] == 0, 60, pause=0.5)
    stop_at_rest(worker(installation), migrated)
    unanswered = [driver.offer(person) for person in driver.district["persons"][:3]]
    back_at = datetime.now(UTC) + timedelta(minutes=20)
    driver.post(
        NURSE,
        f"/episodes/{driver.district['stays'][3]}/leave",
        {"due_back_at": back_at.isoformat(), "companion": "daughter"},
    )

    set_clock_ahead(migrated, 81)
    later = environment | {"YIYANG_CLOCK_AHEAD_MINUTES": "81"}
    kill_and_wait_for_another(installation, "--interface wsgi")
    assert eventually(lambda: answers(port), 60)
    in_vain = driver.once(DOCTOR, f"/offers/{unanswered[0][1]['id']}/accept", {"doctor": "Dr Chen"})
    driver.move(driver.district["persons"][4])
    with Inside(later) as ask:
        told_without_a_worker = ask("told")["told"]
        kill_and_wait_for_another(installation, "procrastinate")
        assert eventually(lambda: len(ask("told")["told"]) >= 2 * len(unanswered) + 1, 90, pause=0.5)
        fired_again, found = ask("deadlines")["fired"], ask("told")

    assert in_vain[0] == 409, in_vain
    assert told_without_a_worker == []
    assert fired_again == 0, "a deadline fired twice"
    times = Counter((name, of) for name, of, _late in found["told"])
    assert Counter(name for name, _of in times) == {
        "offer.expired": 3, "transfer.unanswered": 3, "leave.overdue": 1, "hold.ending": 1,
    }  # fmt: skip
    assert set(times.values()) == {1}, times
    late = {name: minutes for name, _of, minutes in found["told"]}
    due = datetime.fromisoformat(unanswered[0][1]["answer_by"]) - back_at
    assert abs(late["offer.expired"] - (61 - due.total_seconds() / 60)) <= 2, late
    assert abs(late["leave.overdue"] - 61) <= 2, late
