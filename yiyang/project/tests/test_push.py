"""Live events: who hears what, and that nobody who reconnects misses anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from psycopg.conninfo import conninfo_to_dict

from yiyang.access.commands import issue_token
from yiyang.beds import commands
from yiyang.beds.tests.factories import Cast, bed, cast, person, stay
from yiyang.kernel.ids import new_id
from yiyang.kernel.time import now
from yiyang.project.push import feed, server
from yiyang.project.push.feed import _conninfo
from yiyang.project.push.server import Push

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 8.0


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(feed, "EVERY", 0.05)
    yield


def test_what_is_set_for_psycopg_alone_is_no_part_of_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"sslmode": "prefer", "prepare_threshold": 5})
    told = conninfo_to_dict(_conninfo())
    assert told["sslmode"] == "prefer" and "prepare_threshold" not in told


class Line:
    """One request to the application, as a server would make it."""

    def __init__(self, push: Push, headers: dict[str, str], path: str = "/events", query: str = "") -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.reads = True
        self.gone = asyncio.Event()
        self.scope = {
            "type": "http",
            "method": headers.pop(":method", "GET"),
            "path": path,
            "query_string": query.encode(),
            "headers": [
                (n.lower().encode(), v.encode()) for n, v in {"host": "localhost:8001", **headers}.items()
            ],
        }
        self.task = asyncio.create_task(push(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        while not self.reads:
            await asyncio.sleep(0.01)
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {n.decode(): v.decode() for n, v in message["headers"]}
        else:
            self.text += message["body"].decode()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line[6:]) for line in self.text.splitlines() if line.startswith("data: ")]

    @property
    def names(self) -> list[str]:
        return [event["name"] for event in self.events]

    @property
    def last_id(self) -> str:
        return [line[4:] for line in self.text.splitlines() if line.startswith("id: ")][-1]

    async def until(self, true: Callable[[], bool]) -> None:
        for _turn in range(int(WAIT / 0.02)):
            if true():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(self.text or self.status)

    async def close(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, WAIT)


def run(story: Callable[[Push], Coroutine[Any, Any, None]]) -> None:
    async def told() -> None:
        push = Push()
        try:
            await story(push)
        finally:
            await push.feed.stop()

    asyncio.run(told())


def session(actor: Any) -> dict[str, str]:
    client = Client()
    client.force_login(actor.account)
    return {"cookie": f"sessionid={client.cookies['sessionid'].value}"}


async def here(act: Callable[[], Any]) -> Any:
    """In a thread with a database connection of its own."""

    def acted() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(acted)


def admit(who: Cast) -> Any:
    return stay(person(), bed(who.care_home))


@pytest.fixture
def long(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """Something long that has yet to write its first; ended before the tables are emptied."""
    with psycopg.connect(_conninfo()) as line:
        yield line
        line.rollback()


def begin(long: psycopg.Connection[Any], who: Cast) -> None:
    """From now on it is under way."""
    long.execute(
        "INSERT INTO kernel_plainfact (id, name, at, recorded_at, by_label, by_organisation, by_role,"
        " subject_kind, data) VALUES (%s, 'late.fact', now(), now(), 'x', %s, 'SYSTEM', '', '{}')",
        [new_id(), who.care_home.pk],
    )


def test_a_nurse_hears_what_happens_to_the_people_of_the_home_without_any_name() -> None:
    who = cast()
    cookie = session(who.care_home_nurse)

    async def story(push: Push) -> None:
        line = Line(push, cookie)
        await line.until(lambda: "listening" in line.text)
        episode = await here(lambda: admit(who))
        await line.until(lambda: "episode.opened" in line.names)
        told = next(event for event in line.events if event["name"] == "episode.opened")
        assert (told["subject_kind"], told["subject_id"]) == ("Episode", str(episode.pk))
        assert set(told) == {"name", "at", "subject_kind", "subject_id", "cursor"}
        assert "王秀英" not in line.text
        assert str(episode.person_id) not in line.text
        await line.close()

    run(story)


def test_a_stranger_and_a_supervisor_hear_only_that_figures_changed() -> None:
    who = cast()
    lines = {role: session(getattr(who, role)) for role in ("stranger", "supervisor_health", "other_elder")}

    async def story(push: Push) -> None:
        stranger, supervisor, elder = (Line(push, cookie) for cookie in lines.values())
        for line in (stranger, supervisor, elder):
            await line.until(lambda line=line: "listening" in line.text)
        await here(lambda: admit(who))
        for line in (stranger, supervisor):
            await line.until(lambda line=line: "figures.changed" in line.names)
            assert not [event for event in line.events if event.get("subject_kind") in ("Episode", "Person")]
        assert not elder.events
        for line in (stranger, supervisor, elder):
            await line.close()

    run(story)


def test_an_elder_hears_of_their_own_record() -> None:
    who = cast()
    from yiyang.access.tests.factories import family

    elder = person()
    own = family(person_id=elder.pk)
    place, cookie = bed(who.care_home), session(own)

    async def story(push: Push) -> None:
        line = Line(push, cookie)
        await line.until(lambda: "listening" in line.text)
        await here(lambda: stay(elder, place))
        await line.until(lambda: "episode.opened" in line.names)
        await line.close()

    run(story)


def test_a_fact_committed_late_is_seen_by_a_client_that_reconnected_meanwhile(
    long: psycopg.Connection[Any],
) -> None:
    who = cast()
    cookie, place = session(who.care_home_manager), bed(who.care_home)
    begin(long, who)

    async def story(push: Push) -> None:
        first = Line(push, cookie)
        await first.until(lambda: "listening" in first.text)
        # What is committed after the open transaction began waits for it, or the cursor would pass it by.
        await here(lambda: commands.block_bed(by=who.care_home_manager, at=now(), bed=place, reason="CLOSED"))
        await asyncio.sleep(0.3)
        assert "late.fact" not in first.names
        last = first.last_id
        await first.close()

        second = Line(push, {**cookie, "last-event-id": last})
        await second.until(lambda: "listening" in second.text)
        await asyncio.sleep(0.3)
        await here(long.commit)
        await second.until(lambda: "late.fact" in second.names and "bed.blocked" in second.names)
        assert len(second.names) == len(set(event["cursor"] for event in second.events))
        await second.close()

    run(story)


def test_a_page_hears_at_once_though_an_older_transaction_is_open_and_of_each_fact_once(
    long: psycopg.Connection[Any],
) -> None:
    who = cast()
    cookie, place = session(who.care_home_manager), bed(who.care_home)
    begin(long, who)

    async def story(push: Push) -> None:
        page, program = Line(push, cookie, query="at-once=1"), Line(push, cookie)
        await page.until(lambda: "listening" in page.text and "listening" in program.text)
        last = page.last_id
        await here(lambda: commands.block_bed(by=who.care_home_manager, at=now(), bed=place, reason="CLOSED"))
        await page.until(lambda: page.names == ["bed.blocked"])
        assert page.last_id == last and program.names == []

        await here(long.commit)
        await here(lambda: commands.release_bed(by=who.care_home_manager, at=now(), bed=place))
        await page.until(lambda: "bed.released" in page.names)
        await program.until(lambda: "bed.released" in program.names)
        assert sorted(page.names) == sorted(program.names) == ["bed.blocked", "bed.released", "late.fact"]
        await page.close()
        await program.close()

    run(story)


def test_who_heard_before_the_turn_and_reconnects_misses_nothing(
    long: psycopg.Connection[Any],
) -> None:
    who = cast()
    cookie, place = session(who.care_home_manager), bed(who.care_home)
    begin(long, who)

    async def story(push: Push) -> None:
        page = Line(push, cookie, query="at-once=1")
        await page.until(lambda: "listening" in page.text)
        await here(lambda: commands.block_bed(by=who.care_home_manager, at=now(), bed=place, reason="CLOSED"))
        await page.until(lambda: page.names == ["bed.blocked"])
        await page.close()
        await here(long.commit)

        again = Line(push, {**cookie, "last-event-id": page.last_id}, query="at-once=1")
        await again.until(lambda: sorted(again.names) == ["bed.blocked", "late.fact"])
        await again.close()

    run(story)


def test_what_was_held_back_is_told_to_nobody_who_may_not_hear_of_it(
    long: psycopg.Connection[Any],
) -> None:
    who = cast()
    begin(long, who)
    cookie = session(who.stranger)

    async def story(push: Push) -> None:
        line = Line(push, cookie, query="at-once=1")
        await line.until(lambda: "listening" in line.text)
        await here(lambda: admit(who))
        await asyncio.sleep(0.3)
        assert set(line.names) <= {"figures.changed"}
        await line.close()

    run(story)


def test_who_reconnects_gets_what_was_missed_once_and_in_order() -> None:
    who = cast()
    cookie = session(who.care_home_manager)
    places = [bed(who.care_home) for _ in range(4)]

    async def story(push: Push) -> None:
        first = Line(push, cookie)
        await first.until(lambda: "listening" in first.text)
        last = first.last_id
        await first.close()
        for place in places:
            await here(
                lambda place=place: commands.block_bed(
                    by=who.care_home_manager, at=now(), bed=place, reason="CLOSED"
                )
            )
        second = Line(push, cookie, query=f"after={last}")
        await second.until(lambda: len(second.events) == 4)
        assert [event["subject_id"] for event in second.events] == [str(place.pk) for place in places]
        await here(lambda: commands.release_bed(by=who.care_home_manager, at=now(), bed=places[0]))
        await second.until(lambda: second.names[4:] == ["bed.released"])
        await second.close()

    run(story)


def test_a_bearer_token_opens_the_line_and_an_expired_one_does_not() -> None:
    who = cast()
    nurse = who.care_home_nurse
    _token, raw = issue_token(by=nurse, at=now(), account=nurse.account, membership=nurse.membership, hours=1)

    async def story(push: Push) -> None:
        line = Line(push, {"authorization": f"Bearer {raw}"})
        await line.until(lambda: "listening" in line.text)
        await line.close()
        for wrong in ("Bearer yy_nonsense", "Basic abc", "Bearer"):
            refused = Line(push, {"authorization": wrong})
            await refused.until(lambda refused=refused: refused.status == 401)
            assert refused.headers["content-type"] == "application/problem+json"
            await refused.close()

    run(story)


def test_wrong_requests_get_problem_documents() -> None:
    who = cast()
    cookie = session(who.care_home_nurse)

    async def story(push: Push) -> None:
        for headers, path, query, status, code in (
            ({}, "/events", "", 401, "SIGN_IN_FIRST"),
            ({"cookie": "sessionid=nobody; \x00"}, "/events", "", 401, "SIGN_IN_FIRST"),
            (cookie, "/elsewhere", "", 404, "NOT_FOUND"),
            (cookie, "/events", "after=nonsense", 400, "CURSOR_MALFORMED"),
            ({**cookie, "last-event-id": "1.2.3"}, "/events", "", 400, "CURSOR_MALFORMED"),
            ({**cookie, "host": "evil.example"}, "/events", "", 400, "UNKNOWN_HOST"),
            ({**cookie, ":method": "POST"}, "/events", "", 405, "METHOD_NOT_ALLOWED"),
        ):
            line = Line(push, dict(headers), path, query)
            await line.until(lambda line=line: line.text != "")
            assert (line.status, json.loads(line.text)["code"]) == (status, code)
            await line.close()

    run(story)


def test_pages_of_the_same_host_on_another_port_may_listen_and_no_others() -> None:
    who = cast()
    cookie = session(who.care_home_nurse)

    async def story(push: Push) -> None:
        own = Line(push, {**cookie, "origin": "http://localhost:8000"})
        await own.until(lambda: own.status == 200)
        assert own.headers["access-control-allow-origin"] == "http://localhost:8000"
        assert own.headers["access-control-allow-credentials"] == "true"
        other = Line(push, {**cookie, "origin": "http://evil.example"})
        await other.until(lambda: other.status == 200)
        assert "access-control-allow-origin" not in other.headers
        for line in (own, other):
            await line.close()

    run(story)


def test_a_client_that_never_reads_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    who = cast()
    cookie = session(who.care_home_manager)
    monkeypatch.setattr(server, "PATIENCE", 0.3)

    async def story(push: Push) -> None:
        deaf, other = Line(push, dict(cookie)), Line(push, dict(cookie))
        for line in (deaf, other):
            await line.until(lambda line=line: len(push.feed.readers) == 2)
        deaf.reads = False
        await here(lambda: bed(who.care_home))
        await other.until(lambda: "bed.opened" in other.names)
        await other.until(lambda: len(push.feed.readers) == 1 and deaf.task.done())
        await other.close()

    run(story)


def test_a_burst_longer_than_the_queue_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    who = cast()
    cookie = session(who.care_home_manager)
    monkeypatch.setattr(feed, "PAGE", 20)
    monkeypatch.setattr(server, "PAGE", 20)

    def burst() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_plainfact (id, name, at, recorded_at, by_label, by_organisation, by_role,"
                " subject_kind, data) SELECT gen_random_uuid(), 'bed.noise', now(), now(), 'x', %s, 'SYSTEM', '', '{}'"
                " FROM generate_series(1, 1700)",
                [who.care_home.pk],
            )

    async def story(push: Push) -> None:
        line = Line(push, cookie)
        await line.until(lambda: len(push.feed.readers) == 1)
        await here(burst)
        await line.until(lambda: len(line.events) >= 1700)
        cursors = [event["cursor"] for event in line.events]
        assert len(cursors) == len(set(cursors)) == 1700
        await line.close()

    run(story)


def test_heartbeats_keep_the_line_and_a_lost_membership_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    who = cast()
    cookie = session(who.care_home_nurse)
    monkeypatch.setattr(server, "HEARTBEAT", 0.1)
    monkeypatch.setattr(server, "LOOK_AGAIN", 0.2)

    async def story(push: Push) -> None:
        line = Line(push, cookie)
        await line.until(lambda: ": still here" in line.text)
        account = who.care_home_nurse.account
        account.locked_at = datetime.now(UTC)
        await here(account.save)
        await line.until(line.task.done)

    run(story)


def test_the_pages_own_port_leads_to_the_push_process(settings: Any) -> None:
    settings.PUSH_PORT = 8001
    response = Client().get("/events?after=1.2.")
    assert (response.status_code, response["Location"]) == (307, "http://testserver:8001/events?after=1.2.")

    settings.PUSH_PORT = None
    assert Client().get("/events").status_code == 404
