"""The board, the search and the person page: over HTTP, and the same statements by psycopg."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from bench import machine, replay
from bench.build import told
from bench.capture import Tape, recorded
from bench.cycle import spread
from bench.district import login_of
from bench.wire import Wire

TIMES = 40
STATEMENTS_AT_MOST = 15
AIMS = {"board": 150.0, "search": 100.0, "person": 150.0}  # p95 in milliseconds
TEXTS = ("王", "wang", "秀", "龘龘")  # a surname, the same in pinyin, one character of given names, no hit


@dataclass
class PageCost:
    page: str
    actor: str
    p50: float
    p95: float
    sql_p50: float
    statements: int
    cpu_ms: float
    bytes: int
    rows: int

    @property
    def ratio(self) -> float:
        return self.p50 / self.sql_p50 if self.sql_p50 else 0.0

    @property
    def aim(self) -> float:
        return AIMS[self.page.split()[0].removesuffix("'s")]


@dataclass(frozen=True)
class Reader:
    """An account that looks at pages, by its session; and somebody whom it may see."""

    label: str
    cookie: str
    person: UUID
    client: Any


def measure(host: str, port: int, web: int, postgres: int, times: int = TIMES) -> list[PageCost]:
    found = []
    wire, line = Wire(host, port), replay.connect()
    readers = _readers()
    for reader in readers:
        for page, path in _paths(reader, coordinator=reader is readers[-1]):
            told(f"{page} · {reader.label}", len(found), 21)
            found.append(_cost(page, path, reader, wire, line, (web, postgres), times))
    line.close()
    return found


def _paths(reader: Reader, *, coordinator: bool) -> list[tuple[str, str]]:
    pages = [("board", "/board/"), ("person", f"/people/{reader.person}/")]
    if coordinator:
        return [*pages, ("board's last weeks", "/board/weeks/")]
    return pages + [(f"search {text}", f"/people/?q={quote(text)}") for text in TEXTS]


def _cost(
    page: str, path: str, reader: Reader, wire: Wire, line: Any, pids: tuple[int, int], times: int
) -> PageCost:
    tape, body = _tape(reader, path)
    for _ in range(4):  # each of the two processes has its caches
        wire.get(path, reader.cookie)
    before = sum(machine.cpu_seconds(pid) for pid in pids)
    taken = [wire.get(path, reader.cookie)[0] for _ in range(times)]
    cpu = sum(machine.cpu_seconds(pid) for pid in pids) - before
    direct = [_replayed(line, tape) for _ in range(times)]
    p50, p95 = spread(taken)
    statements = len(tape.statements)
    rows = body.count(b"<tr") + body.count(b"<li")
    return PageCost(
        page, reader.label, p50, p95, spread(direct)[0], statements, cpu * 1000 / times, len(body), rows
    )


def _tape(reader: Reader, path: str) -> tuple[Tape, bytes]:
    """The statements of one page, when everything that is remembered between pages is known already."""
    answer = reader.client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    with recorded() as tape:
        answer = reader.client.get(path)
    return tape, answer.content


def _replayed(line: Any, tape: Tape) -> float:
    work = replay.groups(tape, replay.Fresh({}, int(time.time() * 1000) - 3_600_000))
    began = time.perf_counter()
    replay.send(line, work)
    return time.perf_counter() - began


def _readers() -> list[Reader]:
    """Who may see 200 people, 400 in 1,000 of all, 20 units, and the coordinator who sees the whole district."""
    from yiyang.access.models import Organisation

    def first(kind: str, **of: Any) -> UUID:
        found: UUID = (
            Organisation.objects.filter(kind=kind, **of).order_by("pk").values_list("pk", flat=True)[0]
        )
        return found

    return [
        _reader("200 people", first("INSTITUTION"), "CARE_HOME_NURSE"),
        _reader("2 of 5 people", first("CHC"), "FAMILY_DOCTOR"),
        _reader("20 units", first("SERVICE_COMPANY"), "CARE_HOME_MANAGER"),
        _reader("coordinator", first("COORDINATION_CENTRE"), "COORDINATOR"),
    ]


def _reader(label: str, unit: UUID, role: str) -> Reader:
    from django.conf import settings
    from django.test import Client

    from yiyang.access.models import Account, Organisation
    from yiyang.people.models import CareRelationship

    account = Account.objects.get(login=login_of(unit, role))
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(account)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    units = Organisation.objects.under(unit).values_list("pk", flat=True)
    seen = CareRelationship.objects.filter(organisation_id__in=list(units), ends_at=None)
    person = seen.values_list("person_id", flat=True)[:100]
    return Reader(label, f"{settings.SESSION_COOKIE_NAME}={session}", list(person)[-1], client)
