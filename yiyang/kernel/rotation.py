"""Key rotation of values that are only kept: each is written again under the newest key, batch by batch.

Values by which somebody is found (identifiers, telephones, cards) have hashes beside them; their contexts rotate
them with commands of their own.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import decrypt_bytes, encrypt_bytes
from yiyang.kernel.facts import record
from yiyang.kernel.models import RecordedSentence

AT_ONCE = 50  # a photo or a voice note has some megabytes
OPERATORS_ALONE = "ROTATE_KEYS"  # no role has it: it is done on the command line, where the keys are

COLUMNS: defaultdict[str, list[str]] = defaultdict(list)


def under_keys(model: type[Model], *fields: str) -> None:
    """Say that these columns hold encrypted values that rotation is to write again."""
    COLUMNS[model._meta.label] += fields


under_keys(RecordedSentence, "content")


@command(OPERATORS_ALONE, within=ANYWHERE)
def rotate_values(*, by: Actor, at: datetime, table: str, after: str = "") -> str:
    """Write the next batch of a table of `COLUMNS` under the newest key; call it with what it returned until
    it returns "". Safe to repeat and to break off."""
    fields = COLUMNS[table]
    held = reduce(or_, (Q(**{f"{field}__isnull": False}) for field in fields))
    found = apps.get_model(table)._default_manager.select_for_update(no_key=True).filter(held).order_by("pk")
    rows: list[Any] = list((found.filter(pk__gt=after) if after else found)[:AT_ONCE])
    for row in rows:
        for field in fields:
            value = getattr(row, field)
            setattr(row, field, None if value is None else encrypt_bytes(decrypt_bytes(value)))
        row.save(update_fields=fields)
    record("keys.rotated", by=by, at=at, what=table, rows=len(rows))
    return str(rows[-1].pk) if len(rows) == AT_ONCE else ""
