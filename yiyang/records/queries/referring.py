"""What refers to a resource, by the search parameters that lead to others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection

from yiyang.kernel.actors import Actor
from yiyang.records.queries.visible import row_sql
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import type_of, types
from yiyang.records.r4.extracting import keys, names, own_references, parameters

LOOKED_AT = 200
FOUND = """
    SELECT r.kind, r.id, r.body, {row} AS open FROM records_index i
    JOIN records_resource r USING (person_id, kind, id)
    WHERE i.tokens && %(tokens)s::bigint[] AND NOT r.deleted LIMIT %(limit)s
"""


def referring(actor: Actor, targets: Sequence[tuple[str, str]], most: int) -> tuple[list[str], bool]:
    """So many addresses of live resources that refer to these and are open to the actor; and whether any are not.

    Elements without a search parameter are not looked into. What refers to each other among the targets is no matter.
    """
    named = {f"{of}/{id}" for of, id in targets}
    row, values = row_sql(actor, "r")
    given: dict[str, Any] = {
        **values,
        "tokens": [keys.reference(code, one) for code in _codes() for one in sorted(named)],
        "limit": LOOKED_AT,
    }
    with connection.cursor() as cursor:
        cursor.execute(FOUND.format(row=row), given)
        found = cursor.fetchall()
    seen, hidden = [], False
    for kind, id, body, opened in found:
        address = f"{type_of(kind)}/{id}"
        if address in named or not named & set(own_references(bodies.decode(body.encode()))):
            continue
        if opened:
            seen.append(address)
        else:
            hidden = True
    return sorted(seen)[:most], hidden


@cache
def _codes() -> tuple[str, ...]:
    """Under which names keys of references are kept."""
    found = {
        name
        for of in types()
        for one in parameters(of).values()
        if one.type == "reference"
        for name in names(of, one.code)
    }
    return tuple(sorted(found))
