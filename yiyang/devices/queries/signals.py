"""A person's episodes of raw signal: which there are, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import numpy as np

from yiyang.devices import wire
from yiyang.devices.models import Alarm, Device
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.signals import name_of
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people

MOST = 20
KEPT = timedelta(days=3700)  # longer than any policy keeps them
AROUND = timedelta(minutes=10)  # of an alarm
LISTED = """
SELECT s.at, s.code, s.rate, s.unit, octet_length(s.samples) / CASE WHEN s.floating THEN 4 ELSE 2 END, d.kind, d.serial
FROM devices_signal s LEFT JOIN devices_device d ON d.no = s.device_no
WHERE s.person_id = ANY(%(persons)s) AND s.at >= %(since)s AND s.at < %(until)s ORDER BY s.at DESC, s.code LIMIT %(most)s
"""
ONE = """
SELECT at, code, rate, unit, scale, floating, samples, device_no FROM devices_signal
WHERE person_id = ANY(%(persons)s) AND at = %(at)s AND (%(code)s::text IS NULL OR code = %(code)s) ORDER BY code LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Strip:
    """One episode in a list: the samples stay where they are."""

    at: datetime
    code: str
    rate: float
    unit: str
    count: int
    device: str

    @property
    def label(self) -> Any:
        return name_of(self.code)

    @property
    def seconds(self) -> float:
        return self.count / self.rate / (3 if self.code.upper() == "ACCELERATION" else 1)

    @property
    def query(self) -> str:
        """Which of several signals that began at once, for an address."""
        return urlencode({"of": self.code})

    @property
    def micros(self) -> int:
        return (self.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Whole(Strip):
    samples: Any  # in `unit`


def strips(person_id: UUID, since: datetime, until: datetime, most: int = MOST) -> list[Strip]:
    """The newest first. The caller has authorised."""
    asked = {"persons": people.ids(person_id), "since": since, "until": until, "most": most}
    with wire.cursor() as cursor:
        cursor.execute(LISTED, asked)
        return [
            Strip(at, code, rate, unit, count, _device(kind, serial))
            for at, code, rate, unit, count, kind, serial in cursor.fetchall()
        ]


def strip(person_id: UUID, micros: int, code: str | None) -> Whole:
    """One with its samples, by when it began and, of several, which signal; 404 when there is none.

    The caller has authorised.
    """
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    except OverflowError:
        raise NotFound from None
    with wire.cursor() as cursor:
        cursor.execute(
            ONE, {"persons": people.ids(person_id), "code": code and code[:40].replace("\0", ""), "at": at}
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    at, code, rate, unit, scale, floating, samples, device_no = row
    values = np.frombuffer(samples, "<f4" if floating else "<i2").astype(np.float64) * scale
    worn = Device.objects.filter(no=device_no).first()
    return Whole(at, code, rate, unit, len(values), str(worn or ""), values)


def behind(alarm: Alarm) -> list[Strip]:
    """What was recorded around an alarm: the acceleration that a fall was seen in, an ECG."""
    if alarm.person_id is None:
        return []
    around = strips(alarm.person_id, alarm.event_at - AROUND, alarm.event_at + AROUND)
    return [one for one in around if one.at + timedelta(seconds=one.seconds) >= alarm.event_at - AROUND]


def _device(kind: str | None, serial: str | None) -> str:
    return f"{DeviceKind(kind).label} {serial or ''}".strip() if kind in DeviceKind.values else ""
