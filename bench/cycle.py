"""Full transfer cycles a second: over HTTP with 16 clients, and the same statements, commits and facts by psycopg."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench import journey, machine, replay
from bench.capture import Tape, recorded
from bench.district import token_of
from bench.wire import Wire

CLIENTS = 16
ROUNDS = 4
AIM = 6.0


@dataclass
class Spent:
    """Seconds of the clock, and of CPU of two groups of processes."""

    seconds: float = 0.0
    first: float = 0.0
    second: float = 0.0

    @contextmanager
    def counted(self, first: int, second: int) -> Iterator[None]:
        began, before = time.perf_counter(), (_cpu(first), _cpu(second))
        yield
        self.seconds += time.perf_counter() - began
        self.first += _cpu(first) - before[0]
        self.second += _cpu(second) - before[1]


def _cpu(pid: int) -> float:
    return time.process_time() if pid == os.getpid() else machine.cpu_seconds(pid)


@dataclass
class Cycles:
    """What was measured; seconds of CPU are of the processes named, per cycle."""

    number: int
    http_per_second: float
    sql_per_second: float
    steps: dict[str, tuple[float, float]]
    statements: dict[str, int]
    commits: dict[str, int]
    cpu: dict[str, float]
    facts: int
    load: float
    memory: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return self.sql_per_second / self.http_per_second

    @property
    def cpu_ratio(self) -> float:
        return (self.cpu["web"] + self.cpu["postgres under http"]) / (
            self.cpu["psycopg"] + self.cpu["postgres under psycopg"]
        )


def measure(host: str, port: int, web: int, postgres: int, cycles: int) -> Cycles:
    began_at = int(time.time() * 1000)
    warming = min(CLIENTS, cycles)
    moves = journey.moves(2 * cycles + 2 + warming)
    post = journey.in_process()
    journey.transfer(moves.pop(), post)  # what is looked up once is not of the cycle
    pattern = moves.pop()
    tapes, facts = _tapes(pattern, post)
    warm, over_http, by_sql = moves[:warming], moves[warming : warming + cycles], moves[warming + cycles :]
    _http(host, port, warm)
    works = _works(pattern, tapes, by_sql, began_at)
    steps: dict[str, list[float]] = {step: [] for step in journey.STEPS}
    http, sql = Spent(), Spent()
    for part in range(ROUNDS):  # in turns, so that other load on the machine falls on both alike
        some = over_http[part::ROUNDS]
        with http.counted(web, postgres):
            for step, taken in _http(host, port, some).items():
                steps[step] += taken
        with sql.counted(os.getpid(), postgres):
            replay.at_once(works[part::ROUNDS], CLIENTS)
    cpu = {
        "web": http.first / cycles,
        "postgres under http": http.second / cycles,
        "psycopg": sql.first / cycles,
        "postgres under psycopg": sql.second / cycles,
    }
    return Cycles(
        number=cycles,
        http_per_second=cycles / http.seconds,
        sql_per_second=cycles / sql.seconds,
        steps={step: spread(steps[step]) for step in journey.STEPS},
        statements={step: len(tape.statements) for step, tape in tapes.items()},
        commits={step: tape.commits for step, tape in tapes.items()},
        cpu=cpu,
        facts=facts,
        load=machine.load(),
        memory=_memory(web, postgres),
    )


def _tapes(move: journey.Move, post: journey.Post) -> tuple[dict[str, Tape], int]:
    """One cycle in this process, each step on its own tape; and how many facts it recorded."""
    tapes: dict[str, Tape] = {}

    def taped(path: str, token: str, body: dict[str, Any], step: str) -> dict[str, Any]:
        with recorded() as tape:
            answer = post(path, token, body, step)
        tapes[step] = tape
        return answer

    journey.transfer(move, taped)
    facts = sum(
        sql.lstrip().startswith('INSERT INTO "kernel_') or sql.lstrip().startswith("INSERT INTO kernel_")
        for tape in tapes.values()
        for sql, _ in tape.statements
    )
    return tapes, facts


def _http(host: str, port: int, moves: list[journey.Move]) -> dict[str, list[float]]:
    waiting, wires, faults = list(moves), [Wire(host, port) for _ in range(CLIENTS)], list[BaseException]()

    def run(wire: Wire) -> None:
        try:
            while waiting:
                journey.transfer(waiting.pop(), wire.post)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(wire,)) for wire in wires]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return {step: [one for wire in wires for one in wire.taken.get(step, [])] for step in journey.STEPS}


def _works(
    pattern: journey.Move, tapes: dict[str, Tape], moves: list[journey.Move], began_at: int
) -> list[list[replay.Group]]:
    known = _ids([pattern, *moves])
    mine = known[pattern.person]
    works = []
    for move in moves:
        fresh = replay.Fresh(dict(zip(mine, known[move.person], strict=True)), began_at)
        works.append([group for tape in tapes.values() for group in replay.groups(tape, fresh)])
    return works


def _ids(moves: list[journey.Move]) -> dict[UUID, list[Any]]:
    """What is a move's own: person, stay, bed, units, accounts, tokens, contract."""
    from django.db import connection

    from yiyang.access.commands.tokens import hash_of

    found: dict[UUID, list[Any]] = {}
    with connection.cursor() as cursor:
        for move in moves:
            cursor.execute(
                OWN, {"person": move.person, "home": move.home, "hospital": move.hospital, "bed": move.bed}
            )
            row = cursor.fetchone()
            hashes = [
                hash_of(token_of(unit, role))
                for unit, role in ((move.home, "CARE_HOME_NURSE"), (move.hospital, "WARD_DOCTOR"),
                                   (move.hospital, "ADMISSION_OFFICE"))
            ]  # fmt: skip
            found[move.person] = [move.person, move.home, move.hospital, move.bed, *row, *hashes]
    return found


# The pattern has been carried out already: its care bed is held, so its stay is looked up by the episode.
OWN = """
WITH staff AS (SELECT m.organisation_id, m.role, m.id, m.account_id, t.id AS token FROM access_membership m
               JOIN access_apitoken t ON t.membership_id = m.id WHERE m.organisation_id IN (%(home)s, %(hospital)s))
SELECT e.id, (SELECT id FROM beds_occupancy WHERE episode_id = e.id ORDER BY recorded_at LIMIT 1),
       (SELECT bed_id FROM beds_occupancy WHERE episode_id = e.id LIMIT 1), b.room_id,
       (SELECT id FROM access_contract WHERE first_id = %(home)s AND second_id = %(hospital)s LIMIT 1),
       n.id, n.account_id, n.token, d.id, d.account_id, d.token, o.id, o.account_id, o.token
FROM beds_episode e, beds_bed b, staff n, staff d, staff o
WHERE e.person_id = %(person)s AND e.kind = 'INSTITUTION' AND e.closed_at IS NULL AND b.id = %(bed)s
  AND n.role = 'CARE_HOME_NURSE' AND d.role = 'WARD_DOCTOR' AND o.role = 'ADMISSION_OFFICE'
"""


def spread(seconds: list[float]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2] * 1000, ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000


def _memory(web: int, postgres: int) -> dict[str, float]:
    workers = machine.family(web)
    told = {f"web {number}": machine.memory_mb(pid) for number, pid in enumerate(workers)}
    return told | {"postgres, all": sum(machine.memory_mb(pid) for pid in machine.family(postgres))}
