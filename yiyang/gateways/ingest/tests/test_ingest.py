"""POST /ingest: what is answered as taken is stored, and who floods delays nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.db import OperationalError

from yiyang.access.tests import factories as access
from yiyang.devices import commands
from yiyang.devices.models import Alarm, Rejected
from yiyang.devices.packs import Pack, Taken, Why
from yiyang.devices.queries.credentials import Known, senders_of
from yiyang.devices.tests import factories
from yiyang.devices.tests.lending import lend, own_key, stored
from yiyang.gateways.devices import formats as decoding_formats
from yiyang.gateways.devices import senml
from yiyang.gateways.devices.decoding import Decoded
from yiyang.gateways.ingest import again, server, writer
from yiyang.gateways.ingest import answers as answers_to
from yiyang.gateways.ingest import inbox as boxes
from yiyang.gateways.ingest.inbox import Answer, Full, Inbox, Message
from yiyang.gateways.ingest.server import Ingest
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.ops import check
from yiyang.people.tests import factories as people


def message(secret: str, readings: int = 1, urn: str = "", size: int = 10) -> Message:
    decoded = Decoded()
    pack, places = decoded.pack(urn)
    pack.at, pack.code = [0] * readings, [1] * readings
    places.readings = list(range(readings))
    return Message(secret, decoded, size, lambda answer: None)


def box(**more: Any) -> Inbox:
    return Inbox(loop=asyncio.new_event_loop(), **more)


def test_every_sender_has_its_turn_however_much_one_sends():
    inbox = box()
    for _ in range(boxes.BATCH):
        inbox.put(message("flood"))
    inbox.put(message("quiet"))

    batch = [one.secret for one in inbox.take()]

    assert batch.index("quiet") == 1
    assert len(batch) == boxes.BATCH // (boxes.A_MESSAGE + 1)


def test_a_device_behind_a_gateway_has_its_turn_too():
    inbox = box()
    for _ in range(10):
        inbox.put(message("gateway", urn="flood"))
    inbox.put(message("gateway", urn="quiet"))

    assert [one.decoded.packs[0].urn for one in inbox.take()][:3] == ["flood", "quiet", "flood"]


def test_one_sender_may_fill_its_share_alone_and_all_of_them_the_whole():
    inbox = box(most_readings=400)
    inbox.put(message("flood", 146))
    with pytest.raises(Full):
        inbox.put(message("flood"))

    for number in range(5):
        inbox.put(message(f"other {number}", 45))
    with pytest.raises(Full):
        inbox.put(message("late"))
    while inbox.readings:
        inbox.take()
    inbox.put(message("late"))
    assert (inbox.readings, inbox.size, list(inbox.held)) == (6, 10, ["late"])


def test_every_reason_is_said_in_both_languages():
    for code in (*(why.value for why in Why), *answers_to.FAULTS):
        english, chinese = (answers_to.in_words(code, language) for language in ("en", "zh-hans"))
        assert english.isascii() and english.endswith(".") and any(one >= "\u4e00" for one in chinese), code


class Database:
    """The intake and the keys as a database would answer, with its moods."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mood: Callable[[list[Pack]], None] = lambda packs: None
        self.taken: list[str] = []
        sender = own_key(factories.Device(no=1))
        monkeypatch.setattr(writer, "senders_of", lambda secrets, at: {s: Known(sender, s) for s in secrets})
        monkeypatch.setattr(writer.intake, "take_in", self.take_in)
        monkeypatch.setattr(writer.aside, "set_aside", lambda *given: True)
        monkeypatch.setattr(writer, "_hang_up", lambda: None)
        monkeypatch.setattr(writer.refused, "count", lambda *given: None)
        monkeypatch.setattr(writer, "PAUSE", 0)

    def take_in(self, entries: Any, *, now: Any) -> list[Taken]:
        packs = [pack for _, pack in entries]
        self.mood(packs)
        self.taken += [pack.urn for pack in packs]
        return [Taken(stored=len(pack.at)) for pack in packs]


def answers(batch: list[Message], until: float = 0) -> dict[str, Answer]:
    return {one.decoded.packs[0].urn: answer for one, answer in writer._committed(batch, until)}


def test_a_message_that_trips_over_a_fault_does_not_take_the_others_with_it(monkeypatch):
    database = Database(monkeypatch)

    def trip(packs: list[Pack]) -> None:
        if any(pack.urn == "c" for pack in packs):
            raise ValueError

    database.mood = trip
    told = answers([message("k", urn=urn) for urn in "abcde"])

    assert sorted(database.taken) == ["a", "b", "d", "e"]
    assert {urn: answer.refused[0].code for urn, answer in told.items() if answer.refused} == {
        "c": Why.SET_ASIDE
    }


def test_a_database_that_comes_back_is_waited_for_and_one_that_does_not_is_told(monkeypatch):
    database, times = Database(monkeypatch), iter([True, True, False])

    def away(packs: list[Pack]) -> None:
        if next(times, True):
            raise OperationalError

    database.mood = away

    assert answers([message("k", urn="a")], until=1e12)["a"].stored == 1
    assert answers([message("k", urn="a")])["a"].fault == boxes.AWAY


async def ask(
    app: Ingest, body: Any, key: str = "", **headers: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """One request, as a server would make it."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"authorization": f"Bearer {key}", "content-length": str(len(sent)), **headers}
    scope = {
        "type": "http", "method": "POST", "path": "/ingest",
        "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in named.items()],
    }  # fmt: skip
    parts: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent}

    async def send(part: dict[str, Any]) -> None:
        parts.append(part)

    await app(scope, receive, send)
    told = {n.decode(): v.decode() for n, v in parts[0]["headers"]}
    return parts[0]["status"], json.loads(parts[1]["body"]), told


def served(work: Callable[[Ingest], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        app = Ingest()
        try:
            await work(app)
        finally:
            await asyncio.to_thread(app.end)

    asyncio.run(whole())


@pytest.mark.usefixtures("committed_readings")
def test_what_is_answered_as_taken_is_stored_and_the_rest_has_a_reason(monkeypatch):
    formats = {"application/x-new": lambda *given: {}["a fault of ours"]}
    monkeypatch.setattr(decoding_formats, "BY_CONTENT_TYPE", formats | decoding_formats.BY_CONTENT_TYPE)
    unit = access.organisation()
    wang, li = people.person(), people.person("李大爷")
    bracelet, other = factories.device(unit), factories.device(unit)
    lend(bracelet, wang.pk), lend(other, li.pk)
    own, box_key = factories.key(bracelet), factories.key(factories.gateway(unit))
    pulse = {"n": "8867-4", "u": "/min"}

    async def work(app: Ingest) -> None:
        status, told, _ = await ask(
            app, [pulse | {"v": 71, "t": -9}, pulse | {"v": 70}, pulse | {"v": "x"}], own
        )
        assert (status, told["stored"], told["rejected"]) == (202, 2, 1)
        assert (told["rejections"][0]["record"], told["rejections"][0]["code"]) == (2, "NOT_A_NUMBER")

        both = [{"bn": f"{one.urn}/", "bt": 1e9 + 5e8, **pulse, "v": 66} for one in (bracelet, other)]
        for _ in range(2):
            status, told, _ = await ask(app, both, box_key)
            assert (status, {one["code"] for one in told["rejections"]}) == (422, {"TOO_OLD"})
        both = [
            {"bn": f"{one.urn}/", "bt": now().timestamp() - 60, **pulse, "v": 66} for one in (bracelet, other)
        ]
        assert (await ask(app, both, box_key))[1] == {"stored": 2, "repeated": 0, "rejected": 0}
        assert (await ask(app, both, box_key))[1] == {"stored": 0, "repeated": 2, "rejected": 0}

        status, told, _ = await ask(
            app, [{"bn": other.urn + "/", **pulse, "v": 66}], own, accept_language="en"
        )
        assert (status, told["code"], told["rejections"][0]["code"]) == (422, "NOTHING_TAKEN", "NOT_YOURS")
        assert told["rejections"][0]["message"].startswith("This key may not send for this device.")
        assert (await ask(app, b"\x81", own, content_type="application/senml+cbor"))[1][
            "code"
        ] == "UNREADABLE"
        assert (await ask(app, b"", own, content_length=str(50_000_000)))[0] == 413

        for _ in range(2):  # kept once, so that it need not come for ever
            status, told, _ = await ask(
                app, [pulse | {"v": 64, "t": -30}], own, content_type="application/x-new"
            )
            assert (status, told["code"]) == (500, "SET_ASIDE")

        status, told, headers = await ask(app, both, "d_" + "0" * 40)
        assert (status, told["code"], headers["www-authenticate"]) == (401, "UNKNOWN_KEY", "Bearer")
        await asyncio.to_thread(_take_back, own)
        assert (await ask(app, both, own))[0] == 401  # although the door still knows it

    served(work)

    assert len(stored()) == 4
    (finding,) = check.set_aside()
    assert finding.state == check.PROBLEM and "1 are set aside" in finding.words
    assert again.take_again() == (0, 1)
    assert [one.active for one in Alarm.objects.filter(cause="SET_ASIDE")] == [True]
    formats["application/x-new"] = senml.decode_json
    monkeypatch.setattr(decoding_formats, "BY_CONTENT_TYPE", formats)
    assert again.take_again() == (1, 0)
    assert [one.active for one in Alarm.objects.filter(cause="SET_ASIDE")] == [False]
    (finding,) = check.set_aside()
    assert finding.state == check.OK
    assert len(stored()) == 5
    counted = set(Rejected.objects.values_list("code", flat=True))
    assert {Why.NOT_A_NUMBER, Why.TOO_OLD, Why.NOT_YOURS, Why.MALFORMED, Why.TOO_LARGE} <= counted


def _take_back(raw: str) -> None:
    from django.db import connection

    known = senders_of([raw], now())[raw]
    credential = commands.credentials.DeviceCredential.objects.get(pk=known.sender.credential_id)
    commands.revoke_credential(by=SYSTEM, at=now(), credential=credential)
    connection.close()


def test_who_sends_while_there_is_no_room_is_told_to_come_again(monkeypatch):
    async def work(app: Ingest) -> None:
        app.inbox = Inbox(most_readings=0)
        status, told, headers = await ask(app, [], "known")
        assert (status, told["code"], headers["retry-after"]) == (503, "NO_ROOM", "2")
        app.inbox = Inbox()
        app.arriving["known"] = server.MOST_ARRIVING
        assert (await ask(app, [], "known"))[1]["code"] == "NO_ROOM"
        app.all_arriving = server.ALL_ARRIVING
        assert (await ask(app, [], "another"))[1]["code"] == "NO_ROOM"

    async def known(self: Any, secret: str) -> str:
        return secret

    monkeypatch.setattr(server.Door, "who", known)
    served(work)
