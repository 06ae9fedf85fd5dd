"""The packing is killed in the middle, again and again: no reading is lost or doubled by it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from typing import Any

import psycopg
import pytest

from yiyang.ops.postgres import Server
from yiyang.ops.tests.running import eventually

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        not os.environ.get("YIYANG_PROOF_READINGS"), reason="YIYANG_PROOF_READINGS asks for it"
    ),
]
KILLS = 12
BEGIN = "import django; django.setup()\n"
# Three hours of 60 wearers each five seconds; a part lies one by one, a part waits to be merged in.
TAKEN = (
    BEGIN
    + """
from datetime import timedelta
from yiyang.devices.commands.intake import take_in
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.kernel.time import now
from yiyang.people.tests import factories as people
start = now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=7)
for number in range(60):
    one = device()
    lend(one, people.person().pk)
    times = [start + timedelta(seconds=5 * place) for place in range(2160)]
    sent = pack(one, *(("HEART_RATE", at, 60 + place % 40) for place, at in enumerate(times)))
    [taken] = take_in([(own_key(one), sent)], now=start + timedelta(hours=3))
    assert taken.stored == 2160, taken
"""
)
PACKED = (
    BEGIN
    + """
from yiyang.devices.commands import packing
from yiyang.kernel.time import now
print("begins", flush=True)
packing.AT_ONCE, packing.LATE_AT_ONCE = 4_000, 2_000
packing.pack(now())
print("done", flush=True)
"""
)
# As pages read them, wherever they lie.
READ = (
    BEGIN
    + """
import hashlib
from datetime import timedelta
from yiyang.devices.models import Loan
from yiyang.devices.queries.series import readings
from yiyang.kernel.time import now
digest, count = hashlib.sha256(), 0
for person in sorted(Loan.objects.values_list("person_id", flat=True)):
    found = readings([person], 1, now() - timedelta(hours=9), now())
    assert len(set(found.at.tolist())) == len(found.at) == 2160, len(found.at)
    count += len(found.at)
    digest.update(found.at.tobytes() + found.value.tobytes())
print(count, digest.hexdigest())
"""
)
LYING = "SELECT (SELECT count(*) FROM devices_reading), (SELECT count(*) FROM devices_late), (SELECT count(*) FROM devices_pack)"


def test_readings_stay_as_they_are_however_often_their_packing_is_killed(migrated: Any) -> None:
    server = Server(migrated.data)
    server.start()
    try:
        program(migrated, TAKEN).communicate()
        before = program(migrated, READ).communicate()[0]
        assert before.startswith("129600 ")
        lying = [row(server, LYING)]
        for _ in range(KILLS):
            packing = program(migrated, PACKED)
            assert packing.stdout and packing.stdout.readline() == "begins\n"
            # As soon as something more is packed; the next step has begun then.
            eventually(lambda: row(server, LYING) != lying[-1], 20, pause=0.01)
            time.sleep(random.uniform(0, 0.05))
            packing.kill()
            packing.communicate()
            assert program(migrated, READ).communicate()[0] == before
            lying.append(row(server, LYING))
        for _ in range(2):
            assert "done" in program(migrated, PACKED).communicate()[0]
        print(f"single, late and packed rows, from kill to kill: {lying}, at the end {row(server, LYING)}")  # noqa: T201
        assert program(migrated, READ).communicate()[0] == before
        assert row(server, LYING)[:2] == (0, 0)
        assert len({one[2] for one in lying}) > 2, "no kill was in the middle"
    finally:
        server.stop()


def program(operator: Any, text: str) -> subprocess.Popen[str]:
    environment = operator.environment | {"DJANGO_SETTINGS_MODULE": "yiyang.project.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", text], env=environment, cwd=operator.folder, stdout=subprocess.PIPE, text=True
    )


def row(server: Server, statement: str) -> Any:
    with psycopg.connect(server.url) as connection:
        return connection.execute(statement.encode()).fetchone()
