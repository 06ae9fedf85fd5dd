"""Who stands behind a reference: units and staff whom others sent, by name. They are nobody's data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection

from yiyang.records.queries import terms
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import kind_of, type_of
from yiyang.records.rules.known import beside, codes_in_other_words
from yiyang.records.rules.words import concept, parts
from yiyang.records.stored import NOBODY

NAMED = {"Practitioner", "Organization", "Location", "Medication", "HealthcareService", "Device"}
MOST = 500
NAMES = """
    SELECT r.kind, r.id, r.body FROM records_resource r
    JOIN unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id) ON (r.kind, r.id) = (asked.kind, asked.id)
    WHERE r.person_id = %(nobody)s AND NOT r.deleted AND r.labels = 0
"""


def names_of(references: Iterable[str]) -> dict[str, str]:
    """The name behind each reference that leads to a unit, a member of staff or a product known here."""
    asked = [one.split("/")[:2] for one in dict.fromkeys(references) if one.partition("/")[0] in NAMED][:MOST]
    asked = [one for one in asked if len(one) == 2]
    if not asked:
        return {}
    values: dict[str, Any] = {
        "kinds": [kind_of(type) for type, _id in asked],
        "ids": [id for _type, id in asked],
        "nobody": NOBODY,
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMES, values)
        rows = cursor.fetchall()
    return {f"{type_of(kind)}/{id}": _name(bodies.decode(body.encode())) for kind, id, body in rows}


def _name(resource: Mapping[str, Any]) -> str:
    name = resource.get("name")
    if isinstance(name, str):
        return name
    for one in parts(name):
        if isinstance(one, Mapping):
            with suppress(TypeError):
                return str(
                    one.get("text")
                    or " ".join([*parts(one.get("prefix")), *parts(one.get("given")), one.get("family", "")])
                )
    return concept(resource.get("code"))


@contextmanager
def in_words(resources: Iterable[Mapping[str, Any]]) -> Iterator[None]:
    """While these are put into words, codes whose words are in another language are named by the lists here."""
    codes = {code for one in resources for code in codes_in_other_words(one)}
    with beside(terms.displays(codes) if codes else {}):
        yield
