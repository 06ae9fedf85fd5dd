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
# OFFSET 0: one look-up for each, where the planner would rather read a city's devices through for five thousand.
# ANY: only a plain tree can look that up, so the index of the exclusion is left alone.
RESOLVED = """
SELECT array_agg(e.n), array_agg(coalesce(d.no, -1)),
    array_agg(coalesce(array_position(%(kinds)s, d.kind::text), 0)), array_agg(coalesce(d.unit_id, %(nobody)s)),
    array_agg(coalesce(d.state = %(retired)s, false)),
    array_agg(coalesce(coalesce(d.last_seen_at, '-infinity') < %(now)s - least(d.expected_seconds,
        (%(gaps)s::int[])[array_position(%(kinds)s, d.kind::text)]) * interval '1 second', false)), array_agg(coalesce(l.person_id, %(nobody)s)),
    array_agg(coalesce(lower(l.period), 'infinity')), array_agg(coalesce(upper(l.period), 'infinity'))
FROM unnest(%(n)s, %(names)s, %(since)s, %(until)s) e(n, name, since, until)
LEFT JOIN LATERAL (SELECT * FROM devices_device WHERE {by} = e.name OFFSET 0) d ON true
LEFT JOIN LATERAL (
    SELECT person_id, period FROM devices_loan WHERE device_id = ANY(ARRAY[d.id]) AND lower(period) <= e.until
    AND (upper(period) IS NULL OR upper(period) > e.since) OFFSET 0
) l ON true
"""
# Withdrawn, nothing more is taken: also not what a device kept from before.
CONSENTS = """
SELECT array_agg(person_id), array_agg(what = %(location)s), array_agg(given_at),
    array_agg('infinity'::timestamptz)
FROM (
    SELECT * FROM devices_deviceconsent WHERE person_id = ANY(%(persons)s) AND withdrawn_at IS NULL ORDER BY given_at
) c
"""
# Records that were joined with those of these persons: what lies under them is theirs.
SAME = """
SELECT array_agg(other), array_agg(person) FROM (
    SELECT alias_id AS other, person_id AS person FROM people_personalias WHERE person_id = ANY(%(persons)s)
    UNION ALL SELECT person_id, alias_id FROM people_personalias WHERE alias_id = ANY(%(persons)s)
) s
"""
# One bit for each quantity of which an alarm is open, and one (NEAR) for an early warning score that may be near.
ALARMS = """
SELECT array_agg(person_id), array_agg(bits) FROM (
    SELECT person_id, coalesce((SELECT bit_or(1::bigint << code) FROM unnest(codes) code WHERE code < 63), 0) AS bits
    FROM devices_alarm WHERE person_id = ANY(%(persons)s) AND closed_at IS NULL AND cleared_at IS NULL
    UNION ALL SELECT person_id, 1::bigint << 62 FROM devices_look
    WHERE person_id = ANY(%(persons)s) AND cause = 'NEWS2' AND due_at > %(now)s
) a
"""
NOBODY = bytes(16)
NONE: frozenset[bytes] = frozenset()
COLUMNS = (
    wire.INT4, wire.INT8, wire.INT4, wire.UUIDS, wire.BOOLEANS, wire.BOOLEANS, wire.UUIDS, wire.INSTANTS, wire.INSTANTS,
)  # fmt: skip
CAMERA = next(place for place, one in enumerate(KINDS) if one.kind == "CAMERA")


@dataclass(slots=True)
class Resolved:
    """`refused`: packs that are not taken at all. `due`: devices (no) whose last sign of life is written anew."""

    loans: Loans
    no: Any  # of each pack, -1: unknown
    refused: dict[int, Why]
    due: dict[int, int]  # number of the pack by device


def resolve(
    entries: Sequence[tuple[Sender, Pack]],
    since: Any,
    until: Any,
    places: Any,
    now: datetime,
    seen_seconds: int,
) -> Resolved:
    """The device of each pack, and its loans that touch the time from `since` to `until` (µs since 2000)."""
    named = np.fromiter((bool(pack.urn) for _, pack in entries), bool, len(entries))
    parts = []
    if named.any():
        urns = [pack.urn.replace("\0", "") for _, pack in entries if pack.urn]
        parts.append(_looked_up("urn", wire.sent(wire.TEXTS, urns), named, since, until, now, seen_seconds))
    if not named.all():
        nos = [-1 if s.device_no is None else s.device_no for s, pack in entries if not pack.urn]
        parts.append(_looked_up("no", wire.sent(wire.INT8, nos), ~named, since, until, now, seen_seconds))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    found = _sorted_out(entries, columns)
    _look_after(found.loans, until, bool(places.any()), now)
    return found


def _looked_up(
    by: str, names: Any, which: Any, since: Any, until: Any, now: datetime, seen_seconds: int
) -> list[Any]:
    values = {
        "n": wire.sent(wire.INT4, np.nonzero(which)[0]),
        "names": names,
        "since": wire.sent(wire.INSTANTS, since[which]),
        "until": wire.sent(wire.INSTANTS, until[which]),
        "kinds": [one.kind.value for one in KINDS],
        "retired": DeviceState.RETIRED.value,
        "nobody": "00000000-0000-0000-0000-000000000000",
        "now": now,
        # How stale the last sign of life may be: never so stale that a device which speaks would seem silent.
        "gaps": [min(seen_seconds, one.expected_seconds or seen_seconds) for one in KINDS],
    }
    with wire.cursor() as cursor:
        cursor.execute(RESOLVED.format(by=by).encode(), values)
        found = cursor.fetchone()
    assert found
    return [wire.received(kind, data) for kind, data in zip(COLUMNS, found, strict=True)]


def _look_after(loans: Loans, until: Any, places: bool, now: datetime) -> None:
    """Open alarms of these persons, and what they agreed to: asked for together, for few have any."""
    if not len(loans.entry):
        return
    with wire.cursor() as cursor:
        cursor.execute(SAME, {"persons": wire.sent(wire.UUIDS, loans.person)})
        row = cursor.fetchone()
        assert row
        others, persons = (wire.received(wire.UUIDS, one) for one in row)
        for other, person in zip(others, persons, strict=True):
            loans.same.setdefault(other.tobytes(), []).append(person.tobytes())
        values: dict[str, Any] = {"persons": wire.sent(wire.UUIDS, loans.all_ids()), "now": now}
        cursor.execute(ALARMS, values)
        row = cursor.fetchone()
        assert row
        persons = wire.received(wire.UUIDS, row[0])
        for person, bits in zip(persons, wire.received(wire.INT8, row[1]), strict=True):
            loans.watched[loans.of(person.tobytes())] |= bits
        if not places and not (loans.kind == CAMERA).any():
            return
        cursor.execute(CONSENTS, values | {"location": Sensed.LOCATION.value})
        row = cursor.fetchone()
    assert row
    kinds = (wire.UUIDS, wire.BOOLEANS, wire.INSTANTS, wire.INSTANTS)
    columns = (wire.received(kind, data) for kind, data in zip(kinds, row, strict=True))
    for person, of_places, given, withdrawn in zip(*columns, strict=True):
        theirs = loans.of(person.tobytes()) & (given <= until[loans.entry])
        begins, ends = (
            (loans.place_since, loans.place_until) if of_places else (loans.camera_since, loans.camera_until)
        )
        begins[theirs], ends[theirs] = given, withdrawn


def _sorted_out(entries: Sequence[tuple[Sender, Pack]], columns: list[Any]) -> Resolved:
    order = np.argsort(columns[0], kind="stable")
    entry, no, kind, unit, retired, due, person, since, until = (column[order] for column in columns)
    first = np.searchsorted(entry, np.arange(len(entries)))
    refused = {}
    units: dict[int, frozenset[bytes]] = {}  # a gateway's are asked about for each of its packs
    for place, (sender, _pack) in enumerate(entries):
        at = first[place]
        if sender.device_no is None and id(sender) not in units:
            units[id(sender)] = frozenset(one.bytes for one in sender.unit_ids)
        mine = units.get(id(sender), NONE)
        if why := _refusal(sender, mine, int(no[at]), unit[at].tobytes(), bool(retired[at])):
            refused[place] = why
    taken = ~np.isin(entry, list(refused)) if refused else np.ones(len(entry), bool)
    lent = taken & (since != wire.FOREVER)
    size = int(lent.sum())
    never = [np.full(size, wire.FOREVER, np.int64) for _ in range(4)]
    places, cameras = never[:2], never[2:]
    loans = Loans(
        entry[lent], no[lent], kind[lent] - 1, person[lent], since[lent], until[lent],
        places[0], places[1], cameras[0], cameras[1], np.zeros(size, np.int64),
    )  # fmt: skip
    heard = {int(no[at]): int(entry[at]) for at in np.nonzero(taken & due)[0]}
    return Resolved(loans, no[first], refused, heard)


def _refusal(sender: Sender, units: frozenset[bytes], no: int, unit: bytes, retired: bool) -> Why | None:
    if no < 0:
        return Why.UNKNOWN_DEVICE
    if sender.device_no is not None:
        allowed = sender.device_no == no
    else:
        allowed = unit in units
    if not allowed:
        return Why.NOT_YOURS
    return Why.DEVICE_RETIRED if retired else None
