"""Which readings the intake hands on to be judged: those outside the bands, and beyond limits of one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from yiyang.devices import wire
from yiyang.devices.queries.bands import Bands, bands, points
from yiyang.devices.rules.sifting import Loans

SIGNED = "SELECT count(*), max(number), max(upper(period)) FROM devices_alarmrule"
LIMITS = """
SELECT array_agg(person_id), array_agg(code), array_agg(coalesce(low, '-Infinity')), array_agg(coalesce(high, 'Infinity'))
FROM devices_limit WHERE person_id = ANY(%s) AND period @> %s
"""
CODES = 256
NEAR = 62  # the bit of `Loans.watched` of whoever may be near an early warning score
_known: tuple[Any, tuple[Bands, Bands]] | None = None


def bands_now(now: datetime) -> tuple[Bands, Bands]:
    """Those of the rules, and those of a single point of the early warning score. Worked out anew when a rule was
    signed, and every few seconds: some begin or end by themselves."""
    global _known
    with wire.cursor() as cursor:
        cursor.execute(SIGNED, prepare=True)
        key = (cursor.fetchone(), now.replace(second=now.second // 10 * 10, microsecond=0))
    if _known is None or _known[0] != key:
        _known = (key, (bands(now), points()))
    return _known[1]


def near_a_score(watched: Any, code: Any, value: Any, points: Bands) -> Any:
    """Of these readings, those worth a point, of persons who may be near an early warning score."""
    near = (watched >> NEAR) & 1 == 1
    if not near.any():
        return near
    worth = np.zeros(len(code), bool)
    for no, (low, high) in points.items():
        worth |= (code == no) & ((value < low) | (value >= high))
    return near & worth


def outside_own_limits(loans: Loans, loan: Any, code: Any, value: Any, now: datetime) -> Any:
    """Of these readings, those beyond what a clinician set for just that person."""
    beyond = np.zeros(len(loan), bool)
    with wire.cursor() as cursor:
        cursor.execute(LIMITS, [wire.sent(wire.UUIDS, loans.all_ids()), now])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return beyond
    kinds = (wire.UUIDS, wire.INT2, wire.FLOAT8, wire.FLOAT8)
    of, codes, low, high = (wire.received(kind, data) for kind, data in zip(kinds, row, strict=True))
    places: dict[bytes, list[int]] = {}
    for place, person in enumerate(loans.person):
        places.setdefault(person.tobytes(), []).append(place)
    limits = sorted(
        (place * CODES + int(one), least, most)
        for person, one, least, most in zip(of, codes, low, high, strict=True)
        for same in (person.tobytes(), *loans.same.get(person.tobytes(), ()))
        for place in places.get(same, ())
    )
    if not limits:
        return beyond
    keys, least, most = (np.array(column) for column in zip(*limits, strict=True))
    asked = loan.astype(np.int64) * CODES + code
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return (keys[at] == asked) & ((value < least[at]) | (value > most[at]))
