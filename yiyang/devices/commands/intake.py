"""What devices sent, into the database: each reading once, under the person who had the device at that instant.

No `@command`: a reading is a fact itself, and 31,000 a second cannot each have another one beside it
(docs/adr/0022-readings-are-not-facts.md). Who may send is decided by the key it came with, in the same transaction.
What is answered as taken is stored, and the alarms that it means are raised, or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from django.db import transaction
from django.utils.timezone import localdate

from yiyang.devices import wire
from yiyang.devices.commands import crossing, episodes, flattening, partitions, refused
from yiyang.devices.commands.flattening import Entry, Flat
from yiyang.devices.commands.judging import judge
from yiyang.devices.commands.metering import Meter
from yiyang.devices.packs import Mark, Rejection, Taken, Why
from yiyang.devices.queries.bands import ALWAYS
from yiyang.devices.queries.lent import Resolved, resolve
from yiyang.devices.queries.watching import bands_now, near_a_score, outside_own_limits
from yiyang.devices.rules import sifting
from yiyang.devices.rules.judging.fresh import Fresh
from yiyang.devices.rules.sifting import NO_READING, NO_REASON, REASONS, Rows
from yiyang.kernel.policy import policy

HORIZON, LATE = 7_302, 7_303  # advisory locks: see yiyang/devices/commands/packing.py
TRIES = 4
NO_PARTITION = "23514"
HOUR = 3_600_000_000
AGAIN = ("40P01", "40001")

# Nearly always everything is new. So it is copied as if it were, at a third of the cost of asking for each row; if
# one was known, this group and the next ones are inserted row by row.
KNOWN = "23505"
CAREFUL_FOR = 20
_careful = 0
_meter = Meter()
COPIED = "COPY devices_reading (person_id, at, device_no, value, code, marks) FROM STDIN BINARY"

STORED = """
WITH new AS (
    INSERT INTO devices_reading (person_id, at, device_no, value, code, marks)
    SELECT * FROM unnest(%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING {returned}
) SELECT {told} FROM new
"""
STORED_LATE = """
WITH new AS (
    INSERT INTO devices_late (person_id, at, device_no, value, code, marks)
    SELECT * FROM unnest(%s, %s, %s, %s, %s, %s) s(person_id, at, device_no, value, code, marks)
    WHERE NOT EXISTS (
        SELECT 1 FROM devices_reading r WHERE r.person_id = s.person_id AND r.code = s.code AND r.at = s.at
    ) AND NOT EXISTS (
        SELECT 1 FROM devices_pack p WHERE p.person_id = s.person_id AND p.code = s.code
        AND p.hour = date_trunc('hour', s.at, 'UTC')
        AND (date_part('epoch', s.at - date_trunc('hour', s.at, 'UTC')) * 1000)::int = ANY(p.offsets)
    )
    ON CONFLICT DO NOTHING RETURNING {returned}
) SELECT {told} FROM new
"""
# Which devices the new ones are of is told only when some were known already.
COUNTED = {"returned": "device_no", "told": "count(*), CASE WHEN count(*) < %s THEN array_agg(device_no) END"}
WHOLE = {
    "returned": "person_id, at, device_no, value, code, marks",
    "told": (
        "count(*), array_agg(device_no), array_agg(person_id), array_agg(at), array_agg(value), array_agg(code),"
        " array_agg(marks)"
    ),
}


def take_in(entries: Sequence[Entry], *, now: datetime) -> list[Taken]:
    """All of it in one transaction; what became of each pack. Returns only after the commit, unless nested."""
    global _careful
    _careful = max(0, _careful - 1)
    for left in reversed(range(TRIES)):
        taken = [Taken() for _ in entries]
        try:
            with transaction.atomic():
                no, size = _take_in(entries, taken, now)
            _meter.add(no, size, now)
            return taken
        except psycopg.Error as error:
            if not left or error.sqlstate not in (*AGAIN, NO_PARTITION, KNOWN):
                raise
            if error.sqlstate == NO_PARTITION:
                _make_partitions(entries, now)
            if error.sqlstate == KNOWN:
                _careful = CAREFUL_FOR
    raise AssertionError


def _take_in(entries: Sequence[Entry], taken: list[Taken], now: datetime) -> tuple[Any, Any]:
    """Of each pack the number of its device, and how much was looked at."""
    entries, flat = flattening.flatten(entries, taken)
    packed_before = _horizon(now)
    found = resolve(
        entries, flat.since, flat.until, flat.places | _fences(flat), now, number("seen_seconds", now)
    )
    too_many = _meter.beyond(found.no, flat.size, now, number("readings_a_minute", now))
    urgent = flat.signals | (np.bincount(flat.entry[sifting.is_event(flat.code)], minlength=len(entries)) > 0)
    for place in np.nonzero(too_many & ~urgent)[0].tolist():
        found.refused.setdefault(place, Why.TOO_MANY)
    for place, why in found.refused.items():
        if not taken[place].rejected:
            taken[place].rejected.append(Rejection(None, why))
    rows = sifting.rows(flat.entry, flat.at)
    oldest, latest = _bounds(now)
    if found.refused:
        rows.reason[np.isin(flat.entry, list(found.refused))] = NO_READING
    sifting.refuse(rows, too_many[rows.entry] & ~sifting.is_event(flat.code), Why.TOO_MANY)
    sifting.judge_time(rows, oldest, latest)
    sifting.find_loans(rows, found.loans, len(entries))
    sifting.sift_readings(rows, found.loans, flat.code, flat.value, flat.marks)
    _tell(rows, flat, taken)
    fresh = _store(rows, flat, found, taken, packed_before, now)
    falls, moved = episodes.store(entries, found, taken, oldest, latest)
    _store_events([*falls, *_crossings(moved, now)], packed_before, fresh)
    refused.count(entries, taken, now)
    _heard(entries, found, now)
    if fresh.code:
        fresh.through = _gateways(entries, found, flat)
        judge(fresh, now=now)
    return found.no, np.where(too_many, 0, flat.size)


def _gateways(
    entries: Sequence[Entry], found: Resolved, flat: Flat
) -> Callable[[int, int, int], UUID | None]:
    """By which gateway a reading came; what a signal or a place showed came with the pack of its device."""

    def through(device_no: int, code: int, at: int) -> UUID | None:
        of_device = found.no[flat.entry] == device_no
        same = np.nonzero(of_device & (flat.code == code) & (flat.at == at - wire.EPOCH))[0]
        packs = flat.entry[same] if len(same) else np.nonzero(found.no == device_no)[0]
        return entries[int(packs[0])][0].gateway_id if len(packs) else None

    return through


def _horizon(now: datetime) -> int:
    """Until the end of the transaction the horizon, before which readings are packed, stays where it is."""
    with wire.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [HORIZON], prepare=True)
    return horizon(now)


def horizon(now: datetime) -> int:
    """µs since 2000. Before anything was packed: a few hours ago."""
    with wire.cursor() as cursor:
        cursor.execute("SELECT array_agg(packed_before) FROM devices_horizon", prepare=True)
        row = cursor.fetchone()
    found = wire.received(wire.INSTANTS, row[0] if row else None)
    first = instant(now - timedelta(hours=number("hot_hours", now)))
    return int(found[0]) if len(found) else first - first % HOUR


def _fences(flat: Flat) -> Any:
    told = np.zeros(len(flat.places), bool)
    told[flat.entry[flat.code == sifting.OUT_OF_FENCE]] = True
    return told


@lru_cache(maxsize=64)
def _on(name: str, day: date) -> int:
    return int(policy(f"devices.{name}", on=day).value)


def number(name: str, at: datetime) -> int:
    """A number of the policy about devices, as it holds at that instant."""
    return _on(name, localdate(at))


def _bounds(now: datetime) -> tuple[int, int]:
    """What is older is kept no more, what is later cannot be; µs since 2000."""
    oldest = now - timedelta(days=number("keep_packs_days", now))
    latest = now + timedelta(seconds=number("future_seconds", now))
    return instant(oldest), instant(latest)


def instant(at: datetime) -> int:
    """µs since 2000."""
    return (at - datetime(2000, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _tell(rows: Rows, flat: Flat, taken: list[Taken]) -> None:
    for place in np.nonzero(rows.reason != NO_REASON)[0]:
        entry, reason = int(flat.entry[place]), int(rows.reason[place])
        if reason != NO_READING:
            index = int(place - flat.starts[entry])
            taken[entry].rejected.append(Rejection(index, REASONS[reason]))
        elif not taken[entry].rejected or taken[entry].rejected[0].index is not None:
            taken[entry].no_reading += 1


def _store(
    rows: Rows, flat: Flat, found: Resolved, taken: list[Taken], packed_before: int, now: datetime
) -> Fresh:
    kept = np.nonzero(rows.reason == NO_REASON)[0]
    fresh = Fresh([], [], [], [], [], [])
    if not len(kept):
        return fresh
    loan = rows.loan[kept]
    person = found.loans.person[loan]
    order = sifting.in_order(person, flat.code[kept], flat.at[kept])
    counts = np.bincount(flat.entry[kept], minlength=len(taken))
    kept, person, loan = kept[order], person[order], loan[order]
    code, at, value, marks = flat.code[kept], flat.at[kept], flat.value[kept], flat.marks[kept]
    late = at < packed_before
    marks = np.where(late, marks | int(Mark.LATE), marks)
    bands, points = bands_now(now)
    watched = (found.loans.watched[loan] >> code) & 1 == 1
    watched |= outside_own_limits(found.loans, loan, code, value, now)
    watched |= near_a_score(found.loans.watched[loan], code, value, points)
    asked = sifting.interesting(code, value, marks, watched, bands, ALWAYS)
    columns = (person, at, found.loans.no[loan], value, code, marks)
    new = _Counted(flat.entry[kept], columns[2])
    if not _careful and not late.any():
        with wire.cursor() as cursor, cursor.copy(COPIED) as copy:
            copy.write(wire.rows(KINDS, columns))
        _is_fresh([column[asked] for column in columns], fresh)
        for place in np.nonzero(counts)[0]:
            taken[place].repeated += int(counts[place])
        for place, number in zip(*np.unique(flat.entry[kept], return_counts=True), strict=True):
            taken[place].stored += int(number)
            taken[place].repeated -= int(number)
        return fresh
    for is_late, is_asked in ((False, False), (False, True), (True, False), (True, True)):
        which = (late == is_late) & (asked == is_asked)
        if which.any():
            _insert([column[which] for column in columns], is_late, is_asked, fresh, new, which)
    stored = new.by_entry(len(taken))
    for place in np.nonzero(counts)[0]:
        taken[place].stored += int(stored[place])
        taken[place].repeated += int(counts[place] - stored[place])
    return fresh


class _Counted:
    """How many readings of each pack were new. Of a device with several packs the first that came have them."""

    def __init__(self, entry: Any, no: Any) -> None:
        self.entry, self.no = entry, no
        self.new = np.ones(len(entry), bool)

    def only(self, which: Any, devices: Any) -> None:
        """Of these rows, just so many of each device were new."""
        left = dict(zip(*(part.tolist() for part in np.unique(devices, return_counts=True)), strict=True))
        places = np.nonzero(which)[0]
        for place in places[np.argsort(self.entry[places], kind="stable")]:
            no = int(self.no[place])
            self.new[place] = left.get(no, 0) > 0
            left[no] = left.get(no, 0) - 1

    def by_entry(self, entries: int) -> Any:
        return np.bincount(self.entry[self.new], minlength=entries)


KINDS = (wire.UUIDS, wire.INSTANTS, wire.INT8, wire.FLOAT4, wire.INT2, wire.INT2)


def _insert(columns: list[Any], late: bool, asked: bool, fresh: Fresh, new: _Counted, which: Any) -> None:
    with wire.cursor() as cursor:
        if late:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LATE])
        statement = (STORED_LATE if late else STORED).format(**(WHOLE if asked else COUNTED))
        values: list[Any] = [wire.sent(kind, column) for kind, column in zip(KINDS, columns, strict=True)]
        total = len(columns[0])
        cursor.execute(statement.encode(), values if asked else [*values, total])
        row = cursor.fetchone()
    assert row
    if row[0] < total:
        new.only(which, wire.received(wire.INT8, row[1]))
    if asked and row[0]:
        kinds = (wire.INT8, wire.UUIDS, wire.INSTANTS, wire.FLOAT4, wire.INT2, wire.INT2)
        no, person, at, value, code, marks = (
            wire.received(kind, data) for kind, data in zip(kinds, row[1:], strict=True)
        )
        _is_fresh([person, at, no, value, code, marks], fresh)


def _is_fresh(columns: list[Any], fresh: Fresh) -> None:
    person, at, no, value, code, marks = columns
    fresh.device_no = [*fresh.device_no, *no.tolist()]
    fresh.person_id = [*fresh.person_id, *(UUID(bytes=one.tobytes()) for one in person)]
    fresh.at = [*fresh.at, *(at + wire.EPOCH).tolist()]
    fresh.value = [*fresh.value, *value.tolist()]
    fresh.code = [*fresh.code, *code.tolist()]
    fresh.marks = [*fresh.marks, *marks.tolist()]


def _crossings(moved: set[UUID], now: datetime) -> list[episodes.Event]:
    """Who has left an agreed area, or is back."""
    return [
        (person.bytes, instant(at), no, crossing.OUT_OF_FENCE, value)
        for person, at, no, value in (crossing.crossings(moved, now) if moved else ())
    ]


def _store_events(events: list[episodes.Event], packed_before: int, fresh: Fresh) -> None:
    """What a signal or a place shows becomes a reading like that of a device that says so itself."""
    for person, at, no, code, value in sorted(events):
        columns = [np.frombuffer(person, "V16"), *(np.array([one]) for one in (at, no, value, code, 0))]
        _insert(
            columns, at < packed_before, True, fresh, _Counted(np.zeros(1, int), columns[2]), np.ones(1, bool)
        )


# In order of numbers, so that two groups never wait for each other.
HEARD = """
UPDATE devices_device d SET last_seen_at = %(at)s, battery = coalesce(nullif(s.battery, -1), d.battery)
FROM unnest(%(nos)s, %(batteries)s) s(no, battery) WHERE d.no = s.no
"""
GATEWAYS_HEARD = """
UPDATE devices_devicegateway SET last_seen_at = %(at)s WHERE id IN (
    SELECT id FROM devices_devicegateway WHERE id = ANY(%(ids)s)
    AND (last_seen_at IS NULL OR last_seen_at < %(at)s - interval '30 seconds') ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
"""


def _heard(entries: Sequence[Entry], found: Resolved, now: datetime) -> None:
    """Signs of life, not at every reading."""
    gateways = {sender.gateway_id for sender, _ in entries} - {None}
    batteries = dict.fromkeys(found.due, -1)
    for place, (_sender, pack) in enumerate(entries) if batteries else ():
        no = int(found.no[place])
        if no in batteries and pack.battery is not None and 0 <= pack.battery <= 100:
            batteries[no] = int(pack.battery)
    with wire.cursor() as cursor:
        if batteries:
            values = {
                "nos": wire.sent(wire.INT8, sorted(batteries)),
                "batteries": wire.sent(wire.INT2, [batteries[no] for no in sorted(batteries)]),
                "at": now,
            }
            cursor.execute(HEARD.encode(), values)
        if gateways:
            cursor.execute(GATEWAYS_HEARD.encode(), {"at": now, "ids": list(gateways)})


def _make_partitions(entries: Sequence[Entry], now: datetime) -> None:
    """Some row found no partition: those of everything that may be kept are made."""
    oldest, latest = (np.int64(one) for one in _bounds(now))
    flat = flattening.flatten(entries, [Taken() for _ in entries])[1]
    places = [one[0] for _, pack in entries for one in pack.positions]
    signals = [one.at for _, pack in entries for one in pack.signals]
    # What places and signals show becomes a reading too.
    at = np.concatenate((flat.at, np.array([*places, *signals], np.int64) - wire.EPOCH))
    hot = (at >= max(oldest, horizon(now))) & (at <= latest)
    hours = {int(one) for one in at[hot] // HOUR}
    start = datetime(2000, 1, 1, tzinfo=UTC)
    partitions.ensure_for(partitions.READING, [start + timedelta(hours=one) for one in hours])
    partitions.ensure_for(partitions.POSITION, _instants(places, oldest, latest))
    partitions.ensure_for(partitions.SIGNAL, _instants(signals, oldest, latest))


def _instants(times: list[int], oldest: Any, latest: Any) -> list[datetime]:
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return [start + timedelta(microseconds=one) for one in times if oldest <= one - wire.EPOCH <= latest]
