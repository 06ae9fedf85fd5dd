"""The stored assessments that are re-scored: rows of the product's own tables, filled once, and the statements
over them."""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from yiyang.assessments.instruments import newest
from yiyang.assessments.rules.columns import Columns
from yiyang.assessments.rules.columns_scoring import score_columns

STANDING = "FROM assessments_assessment AS a WHERE a.code = 'GBT42195' AND a.state = 'SIGNED'"
# What a plain programme would fetch first. Who it is about is looked up row by row: a join reads all persons.
PLAIN = """
SELECT a.id,
    (SELECT date_part('year', age(date '2026-10-01', born_on))::int FROM people_person WHERE id = a.person_id),
    (a.assessed_at AT TIME ZONE 'Asia/Shanghai')::date, a.valid_until, a.level, a.answers
FROM assessments_assessment AS a
WHERE a.code = 'GBT42195' AND a.state = 'SIGNED' AND a.id >= %s AND a.id < %s
"""
FIRSTS = f"""
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place {STANDING}) AS numbered
WHERE place %% %s = %s ORDER BY id
"""
LAST_RUN = "(SELECT id FROM assessments_rescoring ORDER BY started_at DESC LIMIT 1)"
SAMPLE = f"""
SELECT a.answers, r.level, r.total FROM assessments_rescored AS r JOIN assessments_assessment AS a
ON a.id = r.assessment_id WHERE r.run_id = {LAST_RUN} ORDER BY a.id LIMIT 300
"""
CHANGED = f"SELECT count(*) FROM assessments_rescored WHERE run_id = {LAST_RUN} AND level <> level_before"
LEFT = """
SELECT 1 - (SELECT coalesce(sum(rows), 0) FROM assessments_rescoringchunk WHERE run_id = run.id)::float / run.stood
FROM assessments_rescoring AS run WHERE finished_at IS NULL
"""
PERSONS = """
INSERT INTO people_person (id, full_name, sort_key, search_keys, sex, born_on, difference_reason, unknown,
    registered_area, registered_address, residence_area, residence_address, residence_floor, key_holder, languages,
    form_of_address, version, registered_at)
SELECT ('0192' || lpad(to_hex(n), 28, '0'))::uuid, '王秀英', 'wang xiuying', '{}', 'FEMALE',
    date '1930-01-01' + n % 12000, '', false, '310106', '', '310106', '', '', 'bench', '', '', 1, now()
FROM generate_series(0, %s - 1) AS n
"""
STORED = """
INSERT INTO assessments_assessment (id, code, state, reason, note, origin, key, begun_at, begun_by, assessed_at, answers,
    changed, revision, handed_in_by, signed_at, signed_by, second_signed_by, amendment_reason, void_by, void_reason,
    total, level, rank, subscores, alerts, valid_until, person_id, instrument_id)
SELECT ('0199' || lpad(to_hex(n), 28, '0'))::uuid, 'GBT42195', 'SIGNED', 'ROUTINE', '', '', '', assessed_at, 'bench',
    assessed_at, answers, '{}', 1, '', assessed_at, 'bench', '', '', '', '', total, level, level::int, subscores, '[]',
    (assessed_at + interval '1 year')::date, ('0192' || lpad(to_hex(n), 28, '0'))::uuid,
    (SELECT id FROM assessments_instrument WHERE code = 'GBT42195' AND shipped ORDER BY serial DESC LIMIT 1)
FROM filled
"""
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
BATCH = 20_000


def ensure(connection: psycopg.Connection[Any], rows: int) -> None:
    """So many signed assessments in the product's table, scored by the shipped instrument; kept between runs."""
    if connection.execute(f"SELECT count(*) {STANDING}").fetchone() == (rows,):
        return
    sys.stderr.write(f"storing {rows:,} assessments\n")
    empty(connection)
    fill(connection, rows)
    connection.execute("VACUUM ANALYZE assessments_assessment, people_person")


def fill(connection: psycopg.Connection[Any], rows: int) -> None:
    chance = random.Random(42195)
    with connection.transaction():
        connection.execute(PERSONS.replace("%s", str(int(rows))))
        connection.execute(
            "CREATE TEMP TABLE filled (n int, assessed_at timestamptz, answers jsonb, total real, level text,"
            " subscores jsonb) ON COMMIT DROP"
        )
        for start in range(0, rows, BATCH):
            _store(connection, chance, range(start, min(rows, start + BATCH)))
        connection.execute(STORED)


def empty(connection: psycopg.Connection[Any]) -> None:
    """Take away what was stored for measuring, and nothing else."""
    connection.execute("TRUNCATE assessments_rescored, assessments_rescoringchunk, assessments_rescoring")
    connection.execute("DELETE FROM assessments_assessment WHERE begun_by = 'bench'")
    connection.execute("DELETE FROM people_person WHERE key_holder = 'bench'")


def _store(connection: psycopg.Connection[Any], chance: random.Random, numbers: range) -> None:
    instrument = newest("GBT42195")
    assert instrument is not None
    made = [answers(chance, instrument.items) for _ in numbers]
    results = score_columns(Columns(instrument, made))
    levels = [instrument.bands[place].level for place in results.level]
    begin = datetime(2025, 4, 1, 2, tzinfo=UTC)
    with connection.cursor().copy("COPY filled FROM STDIN") as copy:
        for row, (number, given, level) in enumerate(zip(numbers, made, levels, strict=True)):
            at = begin + timedelta(days=chance.randrange(540))
            parts = {code: float(values[row]) for code, values in results.subscores.items()}
            copy.write_row(
                (number, at, json.dumps(given), float(results.total[row]), level, json.dumps(parts))
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


def chunks(connection: psycopg.Connection[Any], size: int) -> list[tuple[str, str]]:
    """From which id to which."""
    firsts = [str(row[0]) for row in connection.execute(FIRSTS, (size, 1 % size))]
    return list(zip(firsts, [*firsts[1:], LAST], strict=True))


def part_left(connection: psycopg.Connection[Any]) -> float:
    """Of a run that was broken off; all of it where none was."""
    row = connection.execute(LEFT).fetchone()
    return float(row[0]) if row and row[0] is not None else 1.0


def changed(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(CHANGED).fetchone()
    return int(row[0]) if row else 0
