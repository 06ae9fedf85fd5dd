"""The same news a millisecond apart over two connections of two gateways: one alarm."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from yiyang.access.tests import factories as access
from yiyang.devices.commands import intake
from yiyang.devices.models import Alarm
from yiyang.devices.tests import factories
from yiyang.devices.tests.lending import lend, stored
from yiyang.gateways.ingest.server import Ingest
from yiyang.gateways.ingest.tests.test_ingest import ask
from yiyang.gateways.mqtt.listener import Listener
from yiyang.gateways.mqtt.tests.test_listener import connected, listening, send
from yiyang.kernel.time import now
from yiyang.people.tests import factories as people

PERSONS = 4


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whoever is about to judge waits until a second transaction is about to as well. How many were there at once."""
    here, most, arrived = [0], [0], threading.Condition()
    judge = intake.judge

    def judged_together(fresh: Any, *, now: Any) -> int:
        with arrived:
            here[0] += 1
            most[0] = max(most[0], here[0])
            arrived.notify_all()
            arrived.wait_for(lambda: most[0] > 1, 2)
        try:
            return judge(fresh, now=now)
        finally:
            here[0] -= 1

    monkeypatch.setattr(intake, "judge", judged_together)
    return most


@pytest.mark.usefixtures("committed_readings")
def test_two_messages_a_millisecond_apart_over_two_gateways_make_one_alarm(meeting):
    """Each gateway has writers and database connections of its own, as two processes have; each tells all of it."""
    unit = access.organisation()
    worn = [factories.device(unit) for _ in range(PERSONS)]
    for one in worn:
        lend(one, people.person().pk)
    boxes = [factories.gateway(unit) for _ in range(2)]
    keys = [factories.key(one) for one in boxes]
    base = now().timestamp() - 30

    def news(later: float) -> list[dict[str, Any]]:
        """A fall, and a pulse that is too slow, of each person, in another order of persons."""
        found = []
        for one in worn if later else reversed(worn):
            found.append({"n": f"{one.urn}/FALL", "vb": True, "t": base + later})
            slow = [base + later - 60 * minute for minute in range(3)]
            found += [{"n": f"{one.urn}/8867-4", "u": "/min", "v": 40, "t": at} for at in slow]
        return found

    async def work(listener: Listener, port: int) -> None:
        app = Ingest()
        client = await connected(port, boxes[1].urn, keys[1])
        second = await connected(port, boxes[1].urn, keys[1], name="second")
        topic = f"devices/{boxes[1].urn}/readings"
        heard = [{"n": f"{one.urn}/8867-4", "u": "/min", "v": 70, "t": base + 9} for one in worn]
        assert (await ask(app, heard, keys[0]))[0] == 202
        told = await asyncio.gather(
            ask(app, news(0.001), keys[0]),
            send(client, topic, json.dumps(news(0)).encode(), 1),
            send(second, topic, json.dumps(news(0.002)).encode(), 1),
        )
        assert told[0][0] == 202
        await client.disconnect()
        await second.disconnect()
        await asyncio.to_thread(app.end)

    listening(work)

    assert meeting[0] > 1
    assert len(stored()) == PERSONS * (3 * 4 + 1)
    assert (
        sorted(Alarm.objects.values_list("cause", "times"))
        == [("FALL", 3)] * PERSONS + [("PULSE_LOW", 1)] * PERSONS
    )
    assert Alarm.objects.values("person").distinct().count() == PERSONS
