"""The cursor by which everything resumes: `/events`, subscriptions, exports, simulators.

A reader gets facts of transactions below the oldest one still running, in the order (generation, tx, id), so
a fact committed late is seen after a reader's last one and never skipped. Transactions of generations before
a restore all ended with their server, whose numbers may be higher than this one's. Whoever looks at a page need not
wait for that: see `FACTS_HELD_BACK`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, order=True)
class Cursor:
    generation: int = 0
    tx: int = 0
    id: str = ""

    def __str__(self) -> str:
        return f"{self.generation}.{self.tx}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises ValueError for what is no cursor."""
        generation, tx, fact_id = text.split(".")
        found = cls(int(generation), int(tx), str(UUID(fact_id)) if fact_id else "")
        if not (0 <= found.generation < 2**15 and 0 <= found.tx < 2**63):
            raise ValueError(text)
        return found


COLUMNS = "generation, tx, id, name, at, by_organisation, subject_kind, subject_id"


def _of_both_kinds(which: str) -> str:
    """Facts about persons and about nobody, in the order of the cursor."""
    return f"""
    SELECT generation, tx::text::bigint AS txn, id, name, at, by_organisation, subject_kind, subject_id, person_id,
           data ->> 'unit' AS unit
    FROM (
      (SELECT {COLUMNS}, person_id, data FROM kernel_personfact {which})
      UNION ALL
      (SELECT {COLUMNS}, NULL, data FROM kernel_plainfact {which})
    ) both_kinds ORDER BY generation, tx, id LIMIT %(limit)s
"""


FACTS_AFTER = _of_both_kinds("""
       WHERE (tx < pg_snapshot_xmin(pg_current_snapshot()) OR generation < yiyang_generation())
         AND (generation, tx, id) > (%(generation)s, %(tx)s::text::xid8, %(id)s::uuid)
       ORDER BY generation, tx, id LIMIT %(limit)s""")
# The newest of what is committed already, though an older transaction still runs: it has no place in the order yet.
FACTS_HELD_BACK = _of_both_kinds("""
       WHERE tx >= pg_snapshot_xmin(pg_current_snapshot()) AND generation = yiyang_generation()
       ORDER BY generation DESC, tx DESC, id DESC LIMIT %(limit)s""")
NEWEST = """
    SELECT (SELECT generation FROM kernel_installation),
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1
"""
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
FIRST_ID = "00000000-0000-0000-0000-000000000000"


def newest() -> Cursor:
    """The cursor behind everything that can be read now."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        generation, tx = cursor.fetchone()
    return Cursor(generation, tx, LAST_ID)


def facts_after(position: Cursor, limit: int = 500) -> list[dict[str, Any]]:
    """The next facts after a cursor, oldest first; each carries its own `cursor`."""
    with connection.cursor() as cursor:
        cursor.execute(
            FACTS_AFTER,
            {
                "generation": position.generation,
                "tx": str(position.tx),
                "id": position.id or FIRST_ID,
                "limit": limit,
            },
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["cursor"] = Cursor(row["generation"], row.pop("txn"), str(row["id"]))
    return rows
