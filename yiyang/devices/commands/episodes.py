"""Places and episodes of raw signal, into the database; an acceleration is looked at for falls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np

from yiyang.devices import wire
from yiyang.devices.commands.flattening import MILLISECOND, SAMPLES, Entry
from yiyang.devices.models.registry import Device
from yiyang.devices.packs import Rejection, Signal, Taken, Why
from yiyang.devices.queries.lent import Resolved
from yiyang.devices.rules import sifting
from yiyang.devices.rules.detecting.falls import falls_in
from yiyang.devices.rules.kinds import Datum
from yiyang.devices.rules.places import to_wgs84
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.rules.sifting import NO_REASON, REASONS, Rows
from yiyang.devices.rules.signals import signal_named

PLACES = """
INSERT INTO devices_position (person_id, at, device_no, lat, lon, accuracy)
SELECT person_id, at, no, lat, lon, nullif(accuracy, -1)
FROM unnest(%s, %s, %s, %s, %s, %s) s(person_id, at, no, lat, lon, accuracy)
ON CONFLICT DO NOTHING
"""
SIGNALS = """
INSERT INTO devices_signal (person_id, at, device_no, rate, scale, floating, code, unit, samples)
SELECT * FROM unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s::bytea[]) ON CONFLICT DO NOTHING
"""
Event = tuple[bytes, int, int, int, float]  # person, µs since 2000, number of the device, quantity, value
FALL = BY_NAME["FALL"].no


def store(
    entries: Sequence[Entry], found: Resolved, taken: list[Taken], oldest: int, latest: int
) -> tuple[list[Event], set[UUID]]:
    """Returns the falls that the signals show, and who has moved."""
    moved: set[UUID] = set()
    falls: list[Event] = []
    if any(pack.positions for _, pack in entries):
        moved = _store_places(entries, found, taken, oldest, latest)
    if any(pack.signals for _, pack in entries):
        falls = _store_signals(entries, found, taken, oldest, latest)
    return falls, moved


def _store_places(
    entries: Sequence[Entry], found: Resolved, taken: list[Taken], oldest: int, latest: int
) -> set[UUID]:
    flat = [
        (place, len(pack.at) + nth, *one)
        for place, (_, pack) in enumerate(entries)
        if place not in found.refused
        for nth, one in enumerate(pack.positions)
    ]
    if not flat:
        return set()
    entry, index, at = (np.array(column) for column in list(zip(*flat, strict=True))[:3])
    lat, lon = (np.array([one[nth] for one in flat], float) for nth in (3, 4))
    _to_wgs84(entries, found, entry, lat, lon)
    accuracy = np.array([-1 if one[5] is None else one[5] for one in flat], float)
    rows = sifting.rows(entry, _instants(at))
    on_earth = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    sifting.refuse(rows, ~on_earth, Why.NOT_A_PLACE)
    _sift(rows, found, len(entries), oldest, latest)
    sifting.need_consent_to_places(rows, found.loans, rows.loan >= 0)
    _tell(rows, index, taken)
    kept = np.nonzero(rows.reason == NO_REASON)[0]
    loan = rows.loan[kept]
    order = sifting.in_order(found.loans.person[loan], np.zeros(len(kept), np.int16), rows.at[kept])
    kept, loan = kept[order], loan[order]
    kinds = (wire.UUIDS, wire.INSTANTS, wire.INT8, wire.FLOAT8, wire.FLOAT8, wire.FLOAT4)
    columns = (
        found.loans.person[loan],
        rows.at[kept],
        found.loans.no[loan],
        lat[kept],
        lon[kept],
        accuracy[kept],
    )
    _write(PLACES, [wire.sent(kind, column) for kind, column in zip(kinds, columns, strict=True)])
    for place in entry[kept].tolist():
        taken[place].stored += 1
    return {UUID(bytes=one.tobytes()) for one in columns[0]}


def _to_wgs84(entries: Sequence[Entry], found: Resolved, entry: Any, lat: Any, lon: Any) -> None:
    """What a message does not say of its places is known of the device."""
    silent = [place for place in np.unique(entry).tolist() if not entries[place][1].datum_said]
    numbers = [int(found.no[place]) for place in silent]
    others = Device.objects.filter(no__in=numbers).exclude(datum=Datum.WGS84)
    told_in = dict(others.values_list("no", "datum"))
    for place in silent if told_in else ():
        for row in np.nonzero((entry == place) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180))[0]:
            datum = Datum(told_in.get(int(found.no[place]), Datum.WGS84))
            lat[row], lon[row] = to_wgs84(float(lat[row]), float(lon[row]), datum)


def _store_signals(
    entries: Sequence[Entry], found: Resolved, taken: list[Taken], oldest: int, latest: int
) -> list[Event]:
    flat = [
        (place, len(pack.at) + len(pack.positions) + nth, one)
        for place, (_, pack) in enumerate(entries)
        if place not in found.refused
        for nth, one in enumerate(pack.signals)
    ]
    if not flat:
        return []
    signals = [one for _, _, one in flat]
    rows = sifting.rows(np.array([one[0] for one in flat]), _instants(np.array([one.at for one in signals])))
    sifting.refuse(rows, np.array([len(one.samples) > SAMPLES for one in signals]), Why.TOO_LARGE)
    sifting.refuse(rows, np.array([not 0 < one.rate <= 100_000 for one in signals]), Why.MALFORMED)
    names = [signal_named(one.code) for one in signals]
    sifting.refuse(rows, np.array([name is None for name in names]), Why.UNKNOWN_QUANTITY)
    _sift(rows, found, len(entries), oldest, latest)
    _tell(rows, np.array([one[1] for one in flat]), taken)
    kept = np.nonzero(rows.reason == NO_REASON)[0]
    loan = rows.loan[kept]
    ours = [signals[place] for place in kept]
    columns = [
        wire.sent(wire.UUIDS, found.loans.person[loan]),
        wire.sent(wire.INSTANTS, rows.at[kept]),
        wire.sent(wire.INT8, found.loans.no[loan]),
        wire.sent(wire.FLOAT4, [one.rate for one in ours]),
        wire.sent(wire.FLOAT4, [one.scale for one in ours]),
        wire.sent(wire.BOOLEANS, [one.floating for one in ours]),
        wire.sent(wire.TEXTS, [names[place] or "" for place in kept]),
        wire.sent(wire.TEXTS, [one.unit[:20] for one in ours]),
        [one.samples for one in ours],
    ]
    _write(SIGNALS, columns)
    for place in rows.entry[kept].tolist():
        taken[place].stored += 1
    return [
        (found.loans.person[at].tobytes(), int(when + offset), int(found.loans.no[at]), FALL, 1.0)
        for at, when, one in zip(loan, rows.at[kept], ours, strict=True)
        for offset in _falls(one)
    ]


def _falls(signal: Signal) -> list[int]:
    """µs from the beginning of an acceleration of three axes to each fall in it."""
    if signal_named(signal.code) != "ACCELERATION":
        return []
    samples = np.frombuffer(signal.samples, "<f4" if signal.floating else "<i2")
    try:
        falls = falls_in(samples.reshape(-1, 3) * signal.scale, signal.rate, signal.unit)
    except ValueError:
        return []  # kept as it came; nothing can be told from it
    return [round(one.at_s * 1000) * MILLISECOND for one in falls]


def _sift(rows: Rows, found: Resolved, entries: int, oldest: int, latest: int) -> None:
    sifting.judge_time(rows, oldest, latest)
    sifting.find_loans(rows, found.loans, entries)


def _instants(at: Any) -> Any:
    moved = at.astype(np.int64) - wire.EPOCH
    return moved - moved % MILLISECOND


def _tell(rows: Rows, index: Any, taken: list[Taken]) -> None:
    for place in np.nonzero(rows.reason != NO_REASON)[0]:
        why = REASONS[int(rows.reason[place])]
        taken[int(rows.entry[place])].rejected.append(Rejection(int(index[place]), why))


def _write(statement: str, values: list[Any]) -> None:
    with wire.cursor() as cursor:
        cursor.execute(statement.encode(), values)
