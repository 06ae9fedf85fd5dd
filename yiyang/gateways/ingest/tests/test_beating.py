"""Which of several processes this one is."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path
from socket import gethostname

import pytest

from yiyang.devices.commands.beats import beat
from yiyang.devices.models import Beat
from yiyang.devices.rules.ways import Process, Way
from yiyang.gateways.ingest.beating import Number
from yiyang.kernel.time import now
from yiyang.ops.check import PROBLEM, signs_of_life

HERE = gethostname()
FIRST, SECOND = Process(Way.HTTP, 1, 2, HERE), Process(Way.HTTP, 2, 2, HERE)


def another_process(folder: Path) -> int:
    """That has taken its number, and lives until it is killed."""
    heard, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        number = Number(Way.HTTP, 2, folder)
        taken = number()
        os.write(told, taken.name.encode() if taken else b"none")
        while True:
            signal.pause()
    os.read(heard, 100)
    return pid


def test_each_process_has_a_number_and_whoever_replaces_one_that_was_killed_has_its_number(
    tmp_path: Path,
) -> None:
    other = another_process(tmp_path / "run")
    second, third = Number(Way.HTTP, 2, tmp_path / "run"), Number(Way.HTTP, 2, tmp_path / "run")
    try:
        assert second() == SECOND
        assert third() is None
    finally:
        os.kill(other, signal.SIGKILL)
        os.waitpid(other, 0)

    assert third() == FIRST
    assert Number(Way.MQTT, 1, tmp_path / "run")() == Process(Way.MQTT, machine=HERE)


@pytest.mark.django_db
def test_check_names_the_process_that_gives_no_sign_of_life() -> None:
    for process in (FIRST, SECOND, Process(Way.WORKER)):
        beat(process, at=now(), starts=True)
    assert list(signs_of_life()) == []

    Beat.objects.exclude(way=FIRST.name).update(beat_at=now() - timedelta(hours=1))

    (finding,) = signs_of_life()
    assert (finding.about, finding.state) == (f"readings over HTTP, process 2 ({HERE})", PROBLEM)
