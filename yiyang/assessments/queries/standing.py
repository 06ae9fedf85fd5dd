"""Assessments that stand, many at once: read as text, decoded in one go, never as objects of the database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection

from yiyang.assessments.models import Assessment, Instrument
from yiyang.assessments.rules.standing import Standing
from yiyang.people.rules import ages

# Who it is about is looked up row by row: a join would read all persons for each chunk.
ROWS = """
SELECT a.id, a.person_id, a.instrument_id, (a.assessed_at AT TIME ZONE %(zone)s)::date, a.valid_until, a.level,
    a.total, a.subscores::text, a.answers::text,
    (SELECT born_on FROM people_person WHERE id = a.person_id),
    (SELECT sex FROM people_person WHERE id = a.person_id),
    NOT EXISTS (
        SELECT FROM assessments_assessment AS later
        WHERE later.person_id = a.person_id AND later.code = a.code AND later.state = 'SIGNED'
            AND later.assessed_at >= a.assessed_at
            AND (later.assessed_at, later.signed_at, later.id) > (a.assessed_at, a.signed_at, a.id))
FROM assessments_assessment AS a
WHERE a.code = %(code)s AND a.state = 'SIGNED' AND a.id >= %(first)s AND (%(last)s::uuid IS NULL OR a.id < %(last)s)
    AND a.signed_at <= %(by)s
ORDER BY a.id
"""
RANGES = """
SELECT id, lead(id) OVER (ORDER BY id) FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM assessments_assessment
    WHERE code = %s AND state = 'SIGNED') AS numbered
WHERE place %% %s = %s
"""
objects = msgspec.json.Decoder(list[dict[str, Any]])


def number(code: str) -> int:
    return Assessment.objects.filter(code=code).standing().count()


def ranges(code: str, size: int) -> list[tuple[UUID, UUID | None]]:
    """From which id up to which so many of them lie; the last has no end."""
    with connection.cursor() as cursor:
        cursor.execute(RANGES, [code, size, 1 % size])
        return [(first, last) for first, last in cursor.fetchall()]


def rows(code: str, first: UUID, last: UUID | None, by: datetime) -> Standing | None:
    """Those from one id up to another that were signed by then; None when none is."""
    told: dict[str, Any] = {"zone": settings.TIME_ZONE, "code": code, "first": first, "last": last, "by": by}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, told)
        found = cursor.fetchall()
    if not found:
        return None
    ids, persons, instruments, on, until, levels, totals, parts, answers, born, sexes, latest = zip(
        *found, strict=True
    )
    versions = dict(Instrument.objects.filter(code=code).values_list("pk", "version"))
    return Standing(
        ids=ids,
        persons=persons,
        versions=[versions[one] for one in instruments],
        born=born,
        on=on,
        until=until,
        levels=levels,
        totals=totals,
        subscores=_decoded(parts),
        answers=_decoded(answers),
        context={"age": [age_on(*pair) for pair in zip(born, on, strict=True)], "sex": sexes},
        latest=latest,
    )


def _decoded(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    return objects.decode("[" + ",".join(texts) + "]")


def age_on(born_on: date | None, on: date) -> int | None:
    return None if born_on is None else ages.age(born_on, on)
