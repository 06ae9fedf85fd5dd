"""Re-scores stored assessments after a rule change, with the eligibility of each person for five kinds of beds.

The answers lie in PostgreSQL as jsonb; a chunk is read, decoded, put into columns, scored by the changed instrument,
decided, and written by COPY beside the old results, in one transaction with its mark: a run that was killed goes on
where it stopped. Beside it, the same rows read by psycopg alone, by as many processes.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any

import msgspec
import numpy as np
import psycopg
from django.conf import settings

from bench import rescore_rows
from bench.machine import cpu_seconds, memory_mb
from bench.place import ROOT, WORKERS
from yiyang.assessments.rules.columns import Columns
from yiyang.assessments.rules.columns_scoring import score_columns
from yiyang.assessments.rules.eligibility import Criteria
from yiyang.assessments.rules.eligibility import read as read_criteria
from yiyang.assessments.rules.eligibility.columns import Held, Population, decide_columns
from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.scoring import score

CHUNK = 20_000
FEW = 50_000  # below that one process is quicker
AIM = 60.0  # seconds for a million
TODAY = date(2026, 10, 1)
CODES = np.array(["ELIGIBLE", "NOT_ELIGIBLE", "JUDGEMENT"])
Chunk = tuple[str, str]  # first id, and the one after the last
decoder = msgspec.json.Decoder(list[dict[str, Any]])


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


def measure(url: str, rows: int, server: int = 0) -> Rescored:
    """Build the rows if need be, read them, re-score them, compare a sample with single scoring."""
    nobody_reads()
    with psycopg.connect(url, autocommit=True) as connection:
        rescore_rows.ensure(connection, rows)
        run = rescore_rows.open_run(connection)
    begun = time.perf_counter()
    for _ in over(url, chunks(url), read_chunk, workers(rows), "reading by psycopg"):
        pass
    reading = time.perf_counter() - begun
    left, begun, cpu, served = chunks(url, run), time.perf_counter(), cpu_of_workers(), cpu_of(server)
    memory = rescore(url, run, workers(rows))
    seconds, cpu, served = time.perf_counter() - begun, cpu_of_workers() - cpu, cpu_of(server) - served
    with psycopg.connect(url, autocommit=True) as connection:
        rescore_rows.finish(connection, run)
        compare(connection, run)
        changed = rescore_rows.changed(connection, run)
    return Rescored(rows, len(left) / len(chunks(url)), seconds, reading, cpu, served, changed, memory)


def rescore(url: str, run: int, processes: int) -> list[float]:
    """All chunks that this run has not done yet; the memory of its largest worker, in the first half and in the second."""
    done = list(over(url, chunks(url, run), partial(rescore_chunk, run=run), processes, "re-scoring"))
    half = (len(done) + 1) // 2
    return [max(done[:half], default=0.0), max(done[half:], default=0.0)]


def cpu_of_workers() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu_of(server: int) -> float:
    return cpu_seconds(server) if server else 0.0


def workers(rows: int) -> int:
    return WORKERS if rows > FEW else 0


def chunks(url: str, run: int = 0) -> list[Chunk]:
    with psycopg.connect(url) as connection:
        return rescore_rows.chunks(connection, run, CHUNK)


def over(
    url: str, some: list[Chunk], work: Callable[[Chunk], float], processes: int, what: str
) -> Iterator[float]:
    """The work on each chunk, with a bar; without processes here."""
    begun = time.perf_counter()
    for at, memory in enumerate(_each(url, some, work, processes), 1):
        bar(what, at, len(some), time.perf_counter() - begun)
        yield memory
    sys.stderr.write("\n")


def _each(url: str, some: list[Chunk], work: Callable[[Chunk], float], processes: int) -> Iterable[float]:
    if not processes:
        return _here(url, some, work)
    return _in_processes(url, some, work, processes)


def _here(url: str, some: list[Chunk], work: Callable[[Chunk], float]) -> Iterator[float]:
    connect(url)
    yield from map(work, some)
    disconnect()


def _in_processes(
    url: str, some: list[Chunk], work: Callable[[Chunk], float], processes: int
) -> Iterator[float]:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawn, begin, (url,)) as pool:
        yield from pool.map(work, some)


def bar(what: str, done: int, of: int, seconds: float) -> None:
    filled = 30 * done // of
    sys.stderr.write(
        f"\r{what} [{'#' * filled}{'.' * (30 - filled)}] {done * 100 // of:3d} % {seconds:5.1f} s"
    )
    sys.stderr.flush()


def nobody_reads() -> None:
    """Criteria say their words in the reader's language; where nobody reads, no catalogue is opened."""
    if not settings.configured:
        settings.configure(USE_I18N=False)


# In a worker

_connection: psycopg.Connection[Any] | None = None


def disconnect() -> None:
    if _connection is not None:
        _connection.close()


def connect(url: str) -> None:
    global _connection
    disconnect()
    _connection = psycopg.connect(url)


def begin(url: str) -> None:
    nobody_reads()
    connect(url)
    gc.disable()  # a chunk leaves nothing that points in circles


def read_chunk(chunk: Chunk) -> float:
    """What a plain programme would do first: fetch the rows as Python objects."""
    assert _connection is not None
    with _connection.cursor() as cursor:
        cursor.execute(rescore_rows.PLAIN, chunk)
        cursor.fetchall()
    _connection.rollback()
    return 0.0


def rescore_chunk(chunk: Chunk, run: int) -> float:
    assert _connection is not None
    with _connection.transaction(), _connection.cursor() as cursor:
        cursor.execute(rescore_rows.AS_TEXT, chunk)
        rows = cursor.fetchall()
        lines = results_of(rows)
        with cursor.copy(rescore_rows.COPY) as copy:
            copy.write(f"{run}\t" + f"\n{run}\t".join(lines) + "\n")
        cursor.execute(rescore_rows.MARK, (run, chunk[0]))
    return memory_mb(multiprocessing.current_process().pid or 0)


def results_of(rows: list[tuple[Any, ...]]) -> list[str]:
    """Lines of COPY: id, total, level before, level now, the answer of each kind."""
    ids, ages, on, until, before, answers = zip(*rows, strict=True)
    columns = Columns(changed_instrument(), decoder.decode("[" + ",".join(answers) + "]"))
    results = score_columns(columns)
    held = Held(columns, results, np.array(on, "datetime64[D]"), np.array(until, "datetime64[D]"))
    people = Population(TODAY, len(rows), {"GBT42195": held}, age=np.array(ages, float))
    answers_of = [CODES[decide_columns(one, people)].tolist() for one in criteria()]
    levels = np.array([*(band.level for band in columns.instrument.bands), r"\N"])[results.level].tolist()
    totals = [r"\N" if total != total else f"{total:g}" for total in results.total.tolist()]
    return ["\t".join(line) for line in zip(ids, totals, before, levels, *answers_of, strict=True)]


@cache
def changed_instrument() -> Instrument:
    """The national assessment as a district might change it: three events in 30 days raise the level, not two."""
    from yiyang.assessments.instruments import shipped
    from yiyang.assessments.rules.reading import read

    text = dict(shipped())["GBT42195-2022.toml"]
    newer = text.replace("at_least = 2}", "at_least = 3}").replace(
        'version = "2022.1"', 'version = "2022.1-trial"'
    )
    if newer.count("at_least = 3}") != 1:
        raise RuntimeError("the rule on events is not where it was")
    return read(newer, "trial.toml")


@cache
def criteria() -> list[Criteria]:
    """Those of the shipped policy pack, for all five kinds."""
    pack = tomllib.loads((ROOT / "yiyang/kernel/policy_packs/shanghai-example.toml").read_text("utf-8"))
    rows = {row["key"]: row["value"] for row in pack["row"]}
    kinds = ("HOME_CARE", "INSTITUTION", "HOME_MEDICAL", "HOSPITAL", "PALLIATIVE")
    return [read_criteria(kind, rows[f"beds.eligibility.{kind}"]) for kind in kinds]


def compare(connection: psycopg.Connection[Any], run: int) -> None:
    """A sample, scored one by one, must say the same."""
    for answers, level, total in connection.execute(rescore_rows.SAMPLE, (run,)):
        single = score(changed_instrument(), answers)
        if (single.level.level if single.level else None, single.total) != (level, total):
            raise RuntimeError("columns and single scoring differ")
