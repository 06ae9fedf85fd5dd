"""A person's glucose over weeks, against the targets of the policy pack. The caller has authorised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import get_default_timezone, localdate

from yiyang.devices.queries import series
from yiyang.devices.rules.glucose_profile import Slot, Summary, day_profile, summary
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel.policy import Row, policy
from yiyang.kernel.time import midnight
from yiyang.people import queries as people

GLUCOSE = BY_NAME["GLUCOSE"]


@dataclass(frozen=True)
class Patterns:
    summary: Summary | None
    profile: list[Slot]
    targets: Row


def patterns(person_id: UUID, days: int, until: datetime) -> Patterns:
    since = midnight(
        localdate(until) - timedelta(days=days - 1)
    )  # whole days, the last one as far as it has come
    raw = series.readings(people.ids(person_id), GLUCOSE.no, since, until)
    zone = get_default_timezone()
    found = summary(raw.at, raw.value, raw.marks, since, until, zone)
    profile = day_profile(raw.at, raw.value, raw.marks, zone) if found else []
    return Patterns(found, profile, policy("devices.glucose_targets", on=localdate(until)))
