"""`/fhir` as a hospital's system uses it, over HTTP with a token: each figure with what it is compared with."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any
from uuid import UUID

from bench import machine
from bench.build import told
from bench.district import token_of
from bench.place import ROOT, WORKERS, _free_port
from bench.records import data
from bench.records.clients import Client, Spent, at_once, spending
from bench.records.shapes import LOCAL, TYPES, made

CLIENTS = 4
ENTRIES = 500
Pids = tuple[int, int]


@dataclass
class Search:
    what: str
    actor: str
    p50: float
    p95: float
    aim: float
    hits: int


@dataclass
class Measured:
    resources: int
    load: float
    operations: dict[str, float] = field(default_factory=dict)  # per second of CPU; and of the clock, "wall"
    reads: dict[str, float] = field(default_factory=dict)  # CPU ms of a read by id: ours, and bare ones
    imported: float = 0.0  # resources a second, by transactions of 500
    everything: float = 0.0  # p95 in ms of a record of a megabyte
    everything_bytes: int = 0
    everything_memory: float = 0.0  # MB that the web processes grew by
    disk: dict[str, float] = field(default_factory=dict)
    searches: list[Search] = field(default_factory=list)
    memory: float = 0.0


def measure(host: str, port: int, web: int, postgres: int, resources: int, times: int) -> Measured:
    """Fill the record if need be; then all figures, one after the other."""
    small, large = _units()
    data.ensure_filled(resources, small, large)
    asking = Asking(host, port, (web, postgres), small, large, times)
    found = Measured(resources, machine.load())
    steps = (asking.disk, asking.searches, asking.whole_record, asking.reads, asking.changes, asking.imports)
    for done, step in enumerate(steps):
        told(step.__name__, done, len(steps))
        step(found)
    asking.clean()
    found.memory = sum(machine.memory_mb(pid) for pid in machine.family(web))
    return found


def _units() -> tuple[UUID, UUID]:
    from yiyang.access.models import Organisation

    homes, centres = (
        Organisation.objects.filter(kind=kind).order_by("pk").values_list("pk", flat=True)[0]
        for kind in ("INSTITUTION", "CHC")
    )
    return homes, centres


class Asking:
    def __init__(self, host: str, port: int, pids: Pids, small: UUID, large: UUID, times: int) -> None:
        self.host, self.port, self.pids, self.times = host, port, pids, times
        self.tokens = {
            "200 people": token_of(small, "CARE_HOME_NURSE"),
            "2 of 5 people": token_of(large, "FAMILY_DOCTOR"),
        }
        self.persons = {"200 people": data.persons(small, 200), "2 of 5 people": data.persons(large, 400)}

    def client(self, actor: str = "2 of 5 people") -> Client:
        return Client(self.host, self.port, self.tokens[actor])

    def searches(self, found: Measured) -> None:
        """By code and time for a person, a rare code, the commonest code in order of time."""
        for actor in self.tokens:
            chance, client = random.Random(3), self.client(actor)
            for what, aim in AIMS.items():
                paths = [self._path(what, chance, actor) for _ in range(self.times + 8)]
                hits = [_hits(client.ask("GET", path)[2]) for path in paths]
                taken = client.taken[-self.times :]
                p50, p95 = spread(taken)
                found.searches.append(Search(what, actor, p50, p95, aim, sum(hits)))

    def _path(self, what: str, chance: random.Random, actor: str) -> str:
        rare = f"{LOCAL}%7CT-{chance.randrange(10, 60):03d}"
        day = (data.SINCE + timedelta(days=chance.randrange(900))).date()
        person = chance.choice(self.persons[actor])
        return {
            "code and date of a person": f"/fhir/Observation?subject=Patient/{person}&code={LOCAL}%7CT-000&date=ge{day}",
            "a rare code": f"/fhir/Observation?code={rare}&_count=20",
            "a rare code since a day": f"/fhir/Observation?code={rare}&date=ge{day}&_count=20",
            "the commonest code by time": f"/fhir/Observation?code={LOCAL}%7CT-000&_sort=-date&_count=20",
        }[what]

    def whole_record(self, found: Measured) -> None:
        """`$everything` of the person with about a megabyte, all its pages."""
        client, person = self.client("200 people"), self.persons["200 people"][0]
        before = self._memory()
        most, taken = before, []
        for number in range(max(6, self.times // 2)):
            size, seconds = _pages(client, f"/fhir/Patient/{person}/$everything?_count=1000")
            most = max(most, self._memory())
            if number >= 4:
                taken.append(seconds)
        found.everything, found.everything_bytes = spread(taken)[1], size
        found.everything_memory = most - before

    def _memory(self) -> float:
        return sum(machine.memory_mb(pid) for pid in machine.family(self.pids[0]))

    def reads(self, found: Measured) -> None:
        """By id, in turns with bare servers on the same database."""
        from yiyang.records.r4.definitions import kind_of

        chance, number = random.Random(5), self.times * 10
        known = [one for one in range(data.LARGE) if data.type_of(one) == "Observation"]
        chosen = [f"bench-{chance.choice(known)}" for _ in range(number)]
        kind = kind_of("Observation")
        spent = {one: Spent() for one in ("yiyang", "callable", "django")}
        with bare_server("callable") as plain, bare_server("django") as django:
            for _round in range(4):
                for name, (port, pid) in {"callable": plain, "django": django}.items():
                    client = Client(self.host, port, "")
                    self._read(chosen, f"/{kind}/{{}}", client, (pid, self.pids[1]), spent[name])
                client = self.client("200 people")
                self._read(chosen, "/fhir/Observation/{}", client, self.pids, spent["yiyang"])
        found.reads = {name: 1000 * one.cpu / number / 3 for name, one in spent.items()}

    def _read(self, chosen: list[str], path: str, client: Client, pids: Pids, into: Spent) -> None:
        with spending(*pids) as spent:
            for id in chosen:
                client.ask("GET", path.format(id))
        if into.seconds:  # the first round is for caches
            into.cpu += spent.cpu
        into.seconds += spent.seconds

    def changes(self, found: Measured) -> None:
        """Create, read, update and delete one resource of each of nine types, by four clients at once."""
        rounds = self.times
        # Once before, for what each process compiles and prepares at first.
        for number in (max(1, rounds // 4), rounds):
            with spending(*self.pids) as spent:
                at_once(CLIENTS, lambda place, number=number: self._change(place, number))
        operations = CLIENTS * rounds * len(TYPES) * 4
        found.operations = {
            "cpu": operations / spent.cpu,
            "wall": operations / spent.seconds,
            "web": 1000 * spent.each[self.pids[0]] / operations,
            "postgres": 1000 * spent.each[self.pids[1]] / operations,
        }

    def _change(self, place: int, rounds: int) -> None:
        client, chance = self.client("200 people"), random.Random(place)
        for _ in range(rounds):
            for type in TYPES:
                person = chance.choice(self.persons["200 people"])
                number = chance.randrange(10**6)
                sent = made(type, number, person, datetime.now(UTC))
                _status, _headers, created = client.ask("POST", f"/fhir/{type}", _json(sent))
                id = json.loads(created)["id"]
                client.ask("GET", f"/fhir/{type}/{id}")
                changed = made(type, number + 1, person, datetime.now(UTC)) | {"id": id}
                client.ask("PUT", f"/fhir/{type}/{id}", _json(changed))
                client.ask("DELETE", f"/fhir/{type}/{id}")

    def imports(self, found: Measured) -> None:
        """Transactions of 500 entries, two clients at once."""
        number = max(WORKERS, self.times // 4)
        began = time.perf_counter()
        at_once(WORKERS, lambda place: self._import(place, number // WORKERS))
        found.imported = number // WORKERS * WORKERS * ENTRIES / (time.perf_counter() - began)

    def _import(self, place: int, number: int) -> None:
        client, chance = self.client("200 people"), random.Random(100 + place)
        for _ in range(number):
            entries = []
            for entry in range(ENTRIES):
                type = data.type_of(entry)
                sent = made(
                    type,
                    chance.randrange(10**6),
                    chance.choice(self.persons["200 people"]),
                    datetime.now(UTC),
                )
                entries.append({"resource": sent, "request": {"method": "POST", "url": type}})
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
            client.ask("POST", "/fhir", _json(bundle), Prefer="return=minimal")

    def disk(self, found: Measured) -> None:
        """Bytes on disk of a stored version, its index row and indexes included, over those of its JSON."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(pg_total_relation_size(one::regclass)) FROM unnest(%s::text[]) one",
                [list(data.TABLES)],
            )
            whole = float(cursor.fetchone()[0])
            cursor.execute("SELECT count(*), sum(octet_length(body)) FROM records_resource")
            number, text = map(float, cursor.fetchone())
            cursor.execute("SELECT count(*), coalesce(sum(octet_length(body)), 0) FROM records_history")
            old, old_text = map(float, cursor.fetchone())
        versions = number + old
        found.disk = {"bytes": whole / versions, "json": (text + old_text) / versions,
                      "ratio": whole / (text + old_text)}  # fmt: skip

    def clean(self) -> None:
        """Take away what this run has written, so that the next one finds what was built."""
        from django.db import connection

        with connection.cursor() as cursor:
            for table in data.TABLES:
                cursor.execute(f"DELETE FROM {table} WHERE id NOT LIKE 'bench-%%'")
            cursor.execute(
                f"VACUUM (FULL, ANALYZE) {', '.join(data.TABLES)}"
            )  # so that the disk is counted right next time


AIMS = {
    "code and date of a person": 50.0,
    "a rare code": 50.0,
    "a rare code since a day": 50.0,
    "the commonest code by time": 150.0,
}  # p95 in ms at 200,000 resources


@contextmanager
def bare_server(kind: str) -> Iterator[tuple[int, int]]:
    """The bare application under the server that the pages have, with as many processes."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", str(WORKERS), "--blocking-threads", "4", "--log-level", "warning",
               "bench.records.bare:application"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"BARE": kind, "YIYANG_POOLED": "1"})
    try:
        until = time.monotonic() + 20
        while not _listens(port):
            if time.monotonic() > until:
                raise RuntimeError("the bare server does not answer")
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def spread(taken: list[float]) -> tuple[float, float]:
    """p50 and p95 in ms."""
    found = quantiles(taken, n=20)
    return found[9] * 1000, found[18] * 1000


def _pages(client: Client, path: str) -> tuple[int, float]:
    """Follow the links to the next page: bytes and seconds of all."""
    size, began = 0, len(client.taken)
    while path:
        _status, _headers, body = client.ask("GET", path)
        size += len(body)
        links = json.loads(body).get("link", [])
        path = next((one["url"].partition("/fhir")[2] for one in links if one["relation"] == "next"), "")
        path = path and f"/fhir{path}"
    return size, sum(client.taken[began:])


def _hits(body: bytes) -> int:
    return len(json.loads(body).get("entry", []))


def _json(found: Any) -> bytes:
    return json.dumps(found, ensure_ascii=False).encode()
