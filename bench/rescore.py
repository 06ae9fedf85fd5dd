"""Re-scores stored assessments after a rule change, with the eligibility of each person for five kinds of beds.

The product's own command does it: `yiyang rescore CODE@VERSION --store`, its start included. Beside it, the same rows
read by psycopg alone, by as many processes.
"""

from __future__ import annotations

import multiprocessing
import resource
import subprocess
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench import rescore_rows
from bench.machine import cpu_seconds, family, memory_mb
from bench.place import FOLDER, WORKERS, product
from yiyang.assessments.instruments import shipped
from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.reading import read
from yiyang.assessments.rules.scoring import score

CHUNK = 20_000
FEW = 50_000
AIM = 60.0  # seconds for a million
TRIAL = "2022.1-trial"


@dataclass
class Rescored:
    rows: int
    part: float  # of the rows; less than all when an earlier run was broken off
    seconds: float
    reading: float  # all rows by psycopg
    cpu: float  # seconds of the workers
    served: float  # and of PostgreSQL for them
    changed: int
    memory: list[float] = field(default_factory=list)  # of the worker that has most, in either half

    @property
    def ratio(self) -> float:
        return self.seconds / (self.reading * self.part) if self.part else 0.0

    @property
    def aim(self) -> float:
        return AIM * self.part * max(self.rows, FEW) / 1_000_000


def measure(url: str, rows: int, name: str, server: int) -> Rescored:
    """Build the rows if need be, read them, re-score them, compare a sample with single scoring."""
    with psycopg.connect(url, autocommit=True) as connection:
        rescore_rows.ensure(connection, rows)
        part = rescore_rows.part_left(connection)
        chunks = rescore_rows.chunks(connection, CHUNK)
    reading = read_all(url, chunks)
    put_into_use(url, name)
    begun, cpu, served = time.perf_counter(), cpu_of_children(), cpu_seconds(server)
    memory = run(url, name)
    seconds, cpu, served = (
        time.perf_counter() - begun,
        cpu_of_children() - cpu,
        cpu_seconds(server) - served,
    )
    with psycopg.connect(url, autocommit=True) as connection:
        compare(connection)
        changed = rescore_rows.changed(connection)
    return Rescored(rows, part, seconds, reading, cpu, served, changed, memory)


def run(url: str, name: str) -> list[float]:
    """The command; the memory of its largest worker in the first half of the time and in the second."""
    command = ("rescore", f"GBT42195@{TRIAL}", "--store", "--processes", str(WORKERS))
    process = product(name, url, *command, stdout=subprocess.DEVNULL)
    seen: list[float] = []
    watching = threading.Thread(target=_watch, args=(process, seen))
    watching.start()
    if process.wait():
        raise RuntimeError("the run was not finished")
    watching.join()
    half = (len(seen) + 1) // 2
    return [max(seen[:half], default=0.0), max(seen[half:], default=0.0)]


def _watch(process: subprocess.Popen[bytes], seen: list[float]) -> None:
    while process.poll() is None:
        seen.append(max((memory_mb(pid) for pid in family(process.pid)[1:]), default=0.0))
        time.sleep(0.5)


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def put_into_use(url: str, name: str) -> None:
    file = FOLDER / name / "trial.toml"
    file.write_text(changed_file(), encoding="utf-8")
    if product(name, url, "instrument", "add", str(file), stdout=subprocess.DEVNULL).wait():
        raise RuntimeError("the changed instrument was refused")


def changed_file() -> str:
    """The national assessment as a district might change it: three events in 30 days raise the level, not two."""
    text = dict(shipped())["GBT42195-2022.toml"]
    newer = text.replace("at_least = 2}", "at_least = 3}").replace(
        'version = "2022.1"', f'version = "{TRIAL}"'
    )
    if newer.count("at_least = 3}") != 1:
        raise RuntimeError("the rule on events is not where it was")
    return newer


def changed_instrument() -> Instrument:
    return read(changed_file(), "trial.toml")


def compare(connection: psycopg.Connection[Any]) -> None:
    """A sample, scored one by one, must say the same."""
    instrument = changed_instrument()
    for answers, level, total in connection.execute(rescore_rows.SAMPLE):
        single = score(instrument, answers)
        if (single.level.level if single.level else "", single.total) != (level, total):
            raise RuntimeError("columns and single scoring differ")


# The same rows by psycopg alone

_connection: psycopg.Connection[Any] | None = None


def read_all(url: str, chunks: list[tuple[str, str]]) -> float:
    spawn = multiprocessing.get_context("spawn")
    begun = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, spawn, connect, (url,)) as pool:
        list(pool.map(read_chunk, chunks))
    return time.perf_counter() - begun


def connect(url: str) -> None:
    global _connection
    _connection = psycopg.connect(url)


def read_chunk(chunk: tuple[str, str]) -> None:
    """What a plain programme would do first: fetch the rows as Python objects."""
    assert _connection is not None
    with _connection.cursor() as cursor:
        cursor.execute(rescore_rows.PLAIN, chunk)
        cursor.fetchall()
    _connection.rollback()
