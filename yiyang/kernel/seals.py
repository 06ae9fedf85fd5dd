"""Seals: proof that no fact was changed, inserted or cut off afterwards.

One sealer takes every fact of transactions below the oldest one still running, in the order (tx, id), and
chains a digest of them to the seal before. A fact committed late is below no earlier bound, so it is sealed
exactly once. The newest seal is also written outside the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from yiyang.kernel.crypto import seal_mac
from yiyang.kernel.ids import new_id
from yiyang.kernel.models import Installation, Seal
from yiyang.kernel.time import now
from yiyang.ops.config import config

SEAL_LOCK = 7_001
COLUMNS = (
    "id, name, at, recorded_at, by_account, by_label, by_organisation, by_role, subject_kind, subject_id,"
    " data, tx::text::bigint AS tx, generation"
)
ALL_FACTS = f"""
    SELECT {COLUMNS}, ARRAY[person_id] AS persons FROM kernel_personfact WHERE {{where}}
    UNION ALL SELECT {COLUMNS}, NULL::uuid[] FROM kernel_plainfact WHERE {{where}}
    UNION ALL SELECT {COLUMNS}, persons FROM kernel_reading WHERE {{where}}
    ORDER BY tx, id
"""
TABLES = ("kernel_personfact", "kernel_plainfact", "kernel_reading")
RANGE = "generation = %s AND tx >= %s::text::xid8 AND tx < %s::text::xid8"


@dataclass(frozen=True)
class Broken:
    """The first seal that does not hold, and why."""

    number: int
    why: str


def seal_facts() -> Seal | None:
    """Seal what can be sealed; None when there is nothing new or another sealer is at work."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        seal = _seal_below(cursor.fetchone()[0])
    if seal:
        _write_outside(seal)
    return seal


def seal_all_restored() -> Seal | None:
    """Seal the rest of the generation that a backup holds: its transactions all ended with the old server."""
    with transaction.atomic():
        each = " UNION ALL ".join(f"SELECT max(tx) AS tx FROM {table}" for table in TABLES)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(tx)::text::bigint FROM ({each}) AS newest")
            newest = cursor.fetchone()[0]
        seal = _seal_below(newest + 1) if newest else None
        newest_seal = seal or Seal.objects.order_by("-number").first()
    if newest_seal:
        _write_outside(newest_seal)
    return seal


def _seal_below(hi: int) -> Seal | None:
    generation = Installation.objects.values_list("generation", flat=True).get()
    last = Seal.objects.order_by("-number").first()
    lo = last.hi if last and last.generation == generation else 0
    count, digest = _digest(generation, lo, hi)
    if not count:
        return None
    seal = Seal(
        number=(last.number + 1 if last else 1),
        generation=generation,
        lo=lo,
        hi=hi,
        count=count,
        digest=digest,
        previous=last.mac if last else "",
        sealed_at=now(),
    )
    seal.mac = _mac(seal)
    seal.save(force_insert=True)
    return seal


def newest() -> Seal | None:
    """The newest seal; None before the first."""
    return Seal.objects.order_by("-number").first()


def prove() -> Broken | None:
    """Check every seal against the facts it covers, and the newest one against the copy outside."""
    previous: Seal | None = None
    for seal in Seal.objects.order_by("number").iterator():
        broken = _prove_one(seal, previous)
        if broken:
            return broken
        previous = seal
    return _prove_newest(previous) or _prove_nothing_beside(previous)


def _prove_newest(newest: Seal | None) -> Broken | None:
    outside = _read_outside()
    if not outside:
        return None
    if newest is None or outside["number"] > newest.number:
        return Broken(outside["number"], "the newest seal written outside the database is missing inside")
    if not Seal.objects.filter(number=outside["number"], mac=outside["mac"]).exists():
        return Broken(outside["number"], "differs from the copy written outside the database")
    return None


def _prove_nothing_beside(newest: Seal | None) -> Broken | None:
    """Facts of a generation that has ended are all sealed; one beside its seals was put there afterwards."""
    generation = Installation.objects.values_list("generation", flat=True).get()
    ended = {seal.generation: seal.hi for seal in Seal.objects.order_by("number")}
    beside = 0
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT generation, max(tx)::text::bigint, count(*) FROM {table}"
                " WHERE generation <> %s GROUP BY generation",
                [generation],
            )
            for other, last, count in cursor.fetchall():
                if other > generation or last >= ended.get(other, 0):
                    beside += count
    if not beside:
        return None
    return Broken(newest.number if newest else 0, "facts were inserted into a generation that has ended")


def _prove_one(seal: Seal, previous: Seal | None) -> Broken | None:
    if seal.number != (previous.number + 1 if previous else 1):
        return Broken(seal.number, "a seal before it is missing")
    if seal.previous != (previous.mac if previous else ""):
        return Broken(seal.number, "does not continue the seal before it")
    if seal.mac != _mac(seal):
        return Broken(seal.number, "the seal itself was changed, or the seal key is not the one that made it")
    if previous and previous.generation == seal.generation and previous.hi != seal.lo:
        return Broken(seal.number, "leaves a gap after the seal before it")
    count, digest = _digest(seal.generation, seal.lo, seal.hi)
    if count < seal.count:
        return Broken(seal.number, f"{seal.count - count} facts were cut off")
    if count > seal.count:
        return Broken(seal.number, f"{count - seal.count} facts were inserted afterwards")
    if digest != seal.digest:
        return Broken(seal.number, "a fact was changed")
    return None


def _digest(generation: int, lo: int, hi: int) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    for row in _rows(generation, lo, hi):
        digest.update(json.dumps(row, default=str, sort_keys=True, ensure_ascii=False).encode())
        count += 1
    return count, digest.hexdigest()


def _rows(generation: int, lo: int, hi: int) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(ALL_FACTS.format(where=RANGE), [generation, str(lo), str(hi)] * 3)
        while rows := cursor.fetchmany(2000):
            yield from rows


def _mac(seal: Seal) -> str:
    parts = (seal.number, seal.generation, seal.lo, seal.hi, seal.count, seal.digest, seal.previous)
    return seal_mac("|".join(map(str, parts)).encode())[:64]


def _write_outside(seal: Seal) -> None:
    path = config.data_dir / "newest-seal.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{new_id()}.new")
    fresh.write_text(json.dumps({"number": seal.number, "generation": seal.generation, "mac": seal.mac}))
    fresh.replace(path)


def _read_outside() -> dict[str, Any] | None:
    path = config.data_dir / "newest-seal.json"
    return json.loads(path.read_text()) if path.exists() else None
