"""Whose device it is that sends: looked up in the database for a whole group of packs at once.

Not kept in the memory of the process: a device that is handed to somebody else this minute must send for that
person at once, in every gateway process, and a city's devices would fill each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from yiyang.devices import wire
from yiyang.devices.models import DeviceState, Sensed
from yiyang.devices.packs import Pack, Sender, Why
from yiyang.devices.rules.kinds import KINDS
from yiyang.devices.rules.sifting import Loans

# By device alone, then by time: the exclusion constraint's own index finds a period ten times slower than this.
RESOLVED = """
SELECT array_agg(e.n), array_agg(coalesce(d.no, -1)), array_agg(coalesce(d.kind_at, -1::smallint)), array_agg(coalesce(d.unit_id, %(nobody)s)),
    array_agg(coalesce(d.retired, false)), array_agg(coalesce(d.due, false)), array_agg(coalesce(l.person_id, %(nobody)s)),
    array_agg(coalesce(lower(l.period), 'infinity')), array_agg(coalesce(upper(l.period), 'infinity')),
    array_agg(coalesce(p.given_at, 'infinity')), array_agg(coalesce(p.withdrawn_at, 'infinity')),
    array_agg(coalesce(c.given_at, 'infinity')), array_agg(coalesce(c.withdrawn_at, 'infinity')),
    array_agg(coalesce((
        SELECT bit_or(1::bigint << code) FROM devices_alarm a, unnest(a.codes) code
        WHERE a.person_id = l.person_id AND a.closed_at IS NULL AND a.cleared_at IS NULL AND code < 63
    ), 0)), array_agg(EXISTS (SELECT 1 FROM devices_limit o WHERE o.person_id = l.person_id AND o.period @> %(now)s))
FROM unnest(%(urns)s, %(nos)s, %(since)s, %(until)s, %(places)s) WITH ORDINALITY e(urn, no, since, until, places, n)
LEFT JOIN LATERAL (
    SELECT id, no, unit_id, state = %(retired)s AS retired, array_position(%(kinds)s, kind::text)::smallint - 1::smallint AS kind_at,
        (last_seen_at IS NULL OR last_seen_at < %(seen)s) AS due
    FROM devices_device WHERE devices_device.urn = e.urn AND e.urn <> ''
    UNION ALL
    SELECT id, no, unit_id, state = %(retired)s, array_position(%(kinds)s, kind::text)::smallint - 1::smallint,
        (last_seen_at IS NULL OR last_seen_at < %(seen)s)
    FROM devices_device WHERE devices_device.no = e.no AND e.urn = ''
) d ON true
LEFT JOIN LATERAL (
    SELECT person_id, period FROM devices_loan
    WHERE device_id = d.id AND lower(period) <= e.until AND (upper(period) IS NULL OR upper(period) > e.since)
    ORDER BY lower(period)
) l ON true
LEFT JOIN LATERAL (
    SELECT given_at, withdrawn_at FROM devices_deviceconsent
    WHERE e.places AND person_id = l.person_id AND what = %(location)s AND given_at <= e.until
    ORDER BY given_at DESC LIMIT 1
) p ON true
LEFT JOIN LATERAL (
    SELECT given_at, withdrawn_at FROM devices_deviceconsent
    WHERE d.kind_at = %(camera)s AND person_id = l.person_id AND what = %(of_cameras)s AND given_at <= e.until
    ORDER BY given_at DESC LIMIT 1
) c ON true
"""
NOBODY = bytes(16)
COLUMNS = (
    wire.INT8, wire.INT8, wire.INT2, wire.UUIDS, wire.BOOLEANS, wire.BOOLEANS, wire.UUIDS,
    *(wire.INSTANTS,) * 6, wire.INT8, wire.BOOLEANS,
)  # fmt: skip


@dataclass(slots=True)
class Resolved:
    """`refused`: packs that are not taken at all. `due`: devices (no) whose last sign of life is written anew."""

    loans: Loans
    no: Any  # of each pack, -1: unknown
    refused: dict[int, Why]
    due: dict[int, int]  # number of the pack by device


def resolve(
    entries: Sequence[tuple[Sender, Pack]], since: Any, until: Any, places: Any, seen: datetime, now: datetime
) -> Resolved:
    """The device of each pack, and its loans that touch the time from `since` to `until` (µs since 2000)."""
    values = {
        "urns": wire.sent(wire.TEXTS, [pack.urn.replace("\0", "") for _, pack in entries]),
        "nos": wire.sent(wire.INT8, [-1 if s.device_no is None else s.device_no for s, _ in entries]),
        "since": wire.sent(wire.INSTANTS, since),
        "until": wire.sent(wire.INSTANTS, until),
        "places": wire.sent(wire.BOOLEANS, places),
        "kinds": [one.kind.value for one in KINDS],
        "camera": next(place for place, one in enumerate(KINDS) if one.kind == "CAMERA"),
        "retired": DeviceState.RETIRED.value,
        "location": Sensed.LOCATION.value,
        "of_cameras": Sensed.CAMERA.value,
        "nobody": "00000000-0000-0000-0000-000000000000",
        "seen": seen,
        "now": now,
    }
    with wire.cursor() as cursor:
        cursor.execute(RESOLVED, values)
        found = cursor.fetchone()
    assert found
    columns = [wire.received(kind, data) for kind, data in zip(COLUMNS, found, strict=True)]
    return _sorted_out(entries, columns)


def _sorted_out(entries: Sequence[tuple[Sender, Pack]], columns: list[Any]) -> Resolved:
    n, no, kind, unit, retired, due, person, *rest = columns
    order = np.argsort(n, kind="stable")
    entry = n[order] - 1
    first = np.searchsorted(entry, np.arange(len(entries)))
    no, unit, retired, due = no[order], unit[order], retired[order], due[order]
    refused = {}
    for place, (sender, _pack) in enumerate(entries):
        at = first[place]
        if why := _refusal(sender, int(no[at]), unit[at].tobytes(), bool(retired[at])):
            refused[place] = why
    taken = ~np.isin(entry, list(refused)) if refused else np.ones(len(entry), bool)
    lent = taken & (rest[0][order] != wire.FOREVER)
    columns = [column[order][lent] for column in (kind, person, *rest)]
    loans = Loans(entry[lent], no[lent], *columns)
    heard = {int(no[at]): int(entry[at]) for at in np.nonzero(taken & due)[0]}
    return Resolved(loans, no[first], refused, heard)


def _refusal(sender: Sender, no: int, unit: bytes, retired: bool) -> Why | None:
    if no < 0:
        return Why.UNKNOWN_DEVICE
    if sender.device_no is not None:
        allowed = sender.device_no == no
    else:
        allowed = unit in _bytes_of(sender.unit_ids)
    if not allowed:
        return Why.NOT_YOURS
    return Why.DEVICE_RETIRED if retired else None


_seen: dict[frozenset[Any], frozenset[bytes]] = {}


def _bytes_of(unit_ids: frozenset[Any]) -> frozenset[bytes]:
    """A gateway's units are asked about for each of its packs."""
    if unit_ids not in _seen:
        if len(_seen) > 1000:
            _seen.clear()
        _seen[unit_ids] = frozenset(one.bytes for one in unit_ids)
    return _seen[unit_ids]
