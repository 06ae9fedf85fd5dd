"""Live events: who hears what, nothing missed, not even a fact that was committed late."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from yiyang.access.commands import issue_token
from yiyang.access.tests.factories import Cast, cast
from yiyang.beds.models import Bed
from yiyang.beds.tests.factories import bed, person, stay
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.events import newest
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db(transaction=True)


def token(actor: Any) -> str:
    _token, raw = issue_token(
        by=SYSTEM, at=now(), account=actor.account, membership=actor.membership, hours=1
    )
    return raw


def listen(
    raw: str, during: Callable[[], None], *, after: str = "", seconds: float = 2.5, **headers: str
) -> Any:
    """(status, events) that a client gets while `during` happens."""
    from yiyang.project import push

    async def run() -> tuple[int, list[dict[str, Any]]]:
        push.hub = push.Hub()
        await push.hub.start()
        sent: list[dict[str, Any]] = []
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        given = {"authorization": f"Bearer {raw}", "host": "localhost:8001", **headers}
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/events",
            "query_string": f"after={after}".encode() if after else b"",
            "headers": [(k.encode(), v.encode()) for k, v in given.items()],
        }
        client = asyncio.create_task(push.application(scope, receive, send))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(during)
        await asyncio.sleep(seconds)
        client.cancel()
        push.hub.task.cancel()  # type: ignore[union-attr]
        return sent[0]["status"], _events(sent)

    return asyncio.run(run())


def _events(sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    text = b"".join(message.get("body", b"") for message in sent).decode()
    found = []
    for block in text.split("\n\n"):
        lines = dict(
            line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":")
        )
        if "data" in lines:
            found.append(json.loads(lines["data"]) | {"id": lines["id"]})
    return found


def moves_in(who: Cast) -> Callable[[], None]:
    return moves_into(bed(who.care_home))


def moves_into(free: Bed) -> Callable[[], None]:
    def happen() -> None:
        try:
            stay(person(), free)
        finally:
            connection.close()

    return happen


def test_the_unit_hears_of_its_resident_and_a_stranger_hears_no_name_and_no_id() -> None:
    who = cast()

    _status, heard = listen(token(who.care_home_nurse), moves_in(who))
    _status, strangers = listen(token(who.stranger), moves_in(who))

    opened = next(event for event in heard if event["name"] == "episode.opened")
    assert opened["subject_id"]
    assert all("subject_id" not in event for event in strangers)


def test_without_a_valid_token_nobody_listens() -> None:
    status, _events = listen("yy_not-a-token", lambda: None, seconds=0.2)

    assert status == 401


def test_a_fact_committed_late_is_seen_by_a_client_that_reconnected_meanwhile() -> None:
    who = cast()
    one_bed, other_bed = bed(who.care_home), bed(who.care_home)
    raw, start = token(who.care_home_nurse), str(newest())
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            stay(person("李桂兰"), one_bed)
            begun.set()
            go_on.wait(20)
        connection.close()

    late = threading.Thread(target=slow)
    late.start()
    begun.wait(20)
    _status, first = listen(raw, moves_into(other_bed), after=start, seconds=1.5)
    assert first == []  # what lies behind a running transaction waits, so that nothing is skipped

    def commit() -> None:
        go_on.set()
        late.join(20)

    _status, second = listen(raw, commit, after=start)

    names = [event["name"] for event in second]
    assert names.count("episode.opened") == 2
