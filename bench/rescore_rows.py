"""The stored assessments that are re-scored: a table like the product's, filled once, and the statements over it."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg

from yiyang.assessments.instruments import newest
from yiyang.assessments.rules.columns import Columns
from yiyang.assessments.rules.columns_scoring import score_columns

TABLES = """
CREATE SCHEMA IF NOT EXISTS rescore;
CREATE TABLE IF NOT EXISTS rescore.stored (
    id uuid PRIMARY KEY, age smallint, assessed_on date NOT NULL, valid_until date, answers jsonb NOT NULL,
    total real, level text);
CREATE TABLE IF NOT EXISTS rescore.result (
    run integer, id uuid, total real, level_before text, level text, home_care text, institution text,
    home_medical text, hospital text, palliative text, PRIMARY KEY (run, id));
CREATE TABLE IF NOT EXISTS rescore.done (run integer, first uuid, PRIMARY KEY (run, first));
CREATE TABLE IF NOT EXISTS rescore.run (
    run integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, finished boolean NOT NULL DEFAULT false);
"""
PLAIN = (
    "SELECT id, age, assessed_on, valid_until, level, answers FROM rescore.stored WHERE id >= %s AND id < %s"
)
AS_TEXT = """
SELECT id::text, age, assessed_on, valid_until, level, answers::text FROM rescore.stored WHERE id >= %s AND id < %s
"""
COPY = """COPY rescore.result (run, id, total, level_before, level, home_care, institution, home_medical, hospital,
palliative) FROM STDIN"""
MARK = "INSERT INTO rescore.done VALUES (%s, %s)"
SAMPLE = """
SELECT answers, result.level, result.total FROM rescore.result JOIN rescore.stored USING (id)
WHERE run = %s ORDER BY id LIMIT 300
"""
MISSING = """
SELECT (SELECT count(*) FROM rescore.stored) - (SELECT count(*) FROM rescore.result WHERE run = %s)
"""
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
BATCH = 20_000


def ensure(connection: psycopg.Connection[Any], rows: int) -> None:
    """So many assessments, scored by the shipped instrument; kept between runs."""
    connection.execute(TABLES)
    held = connection.execute("SELECT count(*) FROM rescore.stored").fetchone()
    if held == (rows,):
        return
    sys.stderr.write(f"storing {rows:,} assessments\n")
    connection.execute("TRUNCATE rescore.stored, rescore.result, rescore.done, rescore.run")
    chance = random.Random(42195)
    for start in range(0, rows, BATCH):
        _store(connection, chance, range(start, min(rows, start + BATCH)))
    connection.execute("VACUUM ANALYZE rescore.stored")


def _store(connection: psycopg.Connection[Any], chance: random.Random, numbers: range) -> None:
    instrument = newest("GBT42195")
    assert instrument is not None
    made = [answers(chance, instrument.items) for _ in numbers]
    results = score_columns(Columns(instrument, made))
    levels = [instrument.bands[place].level for place in results.level]
    with connection.cursor().copy("COPY rescore.stored FROM STDIN") as copy:
        for number, given, total, level in zip(numbers, made, results.total, levels, strict=True):
            on = date(2025, 4, 1) + timedelta(days=chance.randrange(540))
            until = on + timedelta(days=365)
            copy.write_row(
                (UUID(int=number << 64), chance.randint(55, 100), on, until, json.dumps(given), total, level)
            )


def answers(chance: random.Random, items: Any) -> dict[str, Any]:
    """A form as assessors fill it in: a person is about as able in one thing as in another."""
    ability = chance.random() ** 0.4
    given: dict[str, Any] = {}
    for item in items:
        if item.code.startswith("B."):
            at = int((1 - ability) * len(item.options) + chance.uniform(-0.7, 0.7))
            given[item.code] = item.options[max(0, min(at, len(item.options) - 1))].code
    for number in range(1, 6):
        given[f"A.2.14.{number}"] = chance.choices(["none", "once", "twice", "more"], [90, 7, 2, 1])[0]
    groups = [option.code for option in items[[item.code for item in items].index("A.4.1")].options[1:]]
    given["A.4.1"] = sorted(chance.sample(groups, chance.choice([0, 1, 1, 2, 3]))) or ["none"]
    if "F04-F99" in given["A.4.1"]:
        given["A.4.1.by"] = chance.choice(["psychiatrist", "other"])
    height: Any = round(chance.gauss(160, 8), 1)
    given["A.2.4"] = {"value": round(height / 100, 2), "unit": "m"} if chance.random() < 0.01 else height
    given |= {"A.2.5": round(chance.uniform(38, 95), 1), "A.5.11": "no", "A.3.1": "王秀英", "A.3.2": "child"}
    return given | {
        "A.2.10": [chance.choice(["alone", "spouse", "children"])],
        "A.4.2": "氨氯地平 5mg 每日一次",
    }


def open_run(connection: psycopg.Connection[Any]) -> int:
    """The run that was broken off, else a new one."""
    row = connection.execute("SELECT run FROM rescore.run WHERE NOT finished ORDER BY run DESC").fetchone()
    if row is None:
        row = connection.execute("INSERT INTO rescore.run DEFAULT VALUES RETURNING run").fetchone()
    assert row is not None
    return int(row[0])


def finish(connection: psycopg.Connection[Any], run: int) -> None:
    """Each stored assessment has exactly one result of this run."""
    missing = connection.execute(MISSING, (run,)).fetchone()
    if missing != (0,):
        raise RuntimeError(f"{missing} assessments were not re-scored")
    connection.execute("UPDATE rescore.run SET finished = true WHERE run = %s", (run,))


def chunks(connection: psycopg.Connection[Any], run: int, size: int) -> list[tuple[str, str]]:
    """From which id to which, without those that the run has done."""
    firsts = [str(row[0]) for row in connection.execute(FIRSTS, (size, 1 % size))]
    done = {
        str(row[0]) for row in connection.execute("SELECT first FROM rescore.done WHERE run = %s", (run,))
    }
    pairs: Iterator[tuple[str, str]] = zip(firsts, [*firsts[1:], LAST], strict=True)
    return [pair for pair in pairs if pair[0] not in done]


FIRSTS = """
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM rescore.stored) AS numbered
WHERE place %% %s = %s ORDER BY id
"""


def changed(connection: psycopg.Connection[Any], run: int) -> int:
    row = connection.execute(
        "SELECT count(*) FROM rescore.result WHERE run = %s AND level IS DISTINCT FROM level_before", (run,)
    ).fetchone()
    return int(row[0]) if row else 0
