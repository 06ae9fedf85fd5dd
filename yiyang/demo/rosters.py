"""Who is on duty in a demo: two weeks of every unit's roster, with one night that nobody has planned."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from yiyang.access.models import Account, Organisation
from yiyang.demo.district import District
from yiyang.duty import commands as duty
from yiyang.duty import queries
from yiyang.duty.models import Post
from yiyang.kernel.actors import SYSTEM

DAYS = 14
# By day: post, role of who is on it, role of the deputy. By night and on days off: the same for the whole unit.
BY_DAY = {
    "INSTITUTION": (("CARE_HOME_NURSE", "CARE_HOME_NURSE", "CARE_HOME_MANAGER"),),
    "HOSPITAL": (("WARD_DOCTOR", "WARD_DOCTOR", "HEAD_NURSE"), ("ADMISSION", "ADMISSION_OFFICE", "")),
    "CHC": (("HOME_BED", "HOME_BED_DOCTOR", "HOME_BED_NURSE"), ("FAMILY_DOCTOR", "FAMILY_DOCTOR", "")),
    "COORDINATION_CENTRE": (("COORDINATOR", "COORDINATOR", ""),),
}
BY_NIGHT = {
    "INSTITUTION": ("NIGHT_DUTY_OFFICER", "CARE_WORKER"),
    "HOSPITAL": ("HEAD_NURSE", "WARD_DOCTOR"),
    "CHC": ("PALLIATIVE_TEAM", "FAMILY_DOCTOR"),
}


def build_rosters(district: District, at: datetime) -> None:
    """Posts and shifts from yesterday on; the home that comes third has nobody for tomorrow night."""
    units = [*district.homes, *district.hospitals, *district.chcs, district.centre]
    for unit in units:
        for kind, role, deputy in BY_DAY[unit.kind]:
            _by_day(district, unit, _post(unit, kind, "DUTY_HOURS", at), role, deputy, at)
        if unit.kind in BY_NIGHT:
            forgotten = 2 if unit in district.homes[2:3] else -1
            _by_night(district, unit, _post(unit, "NIGHT_DUTY", "OFF_HOURS", at), forgotten, at)


def _post(unit: Organisation, kind: str, cover: str, at: datetime) -> Post:
    telephone = (unit.night_contact if kind == "NIGHT_DUTY" else unit.phone) or unit.phone or "12345"
    telephone = telephone.split()[-1]  # the contact at night says who it is before the number
    return duty.add_post(by=SYSTEM, at=at, unit_id=unit.pk, kind=kind, telephone=telephone, cover=cover)


def _by_day(district: District, unit: Organisation, post: Post, role: str, deputy: str, at: datetime) -> None:
    first = district.staff.get((unit.pk, role))
    second = district.staff.get((unit.pk, deputy))
    if first is None:
        return
    for day in _days(at):
        if queries.works(day.date(), unit.code):
            _shift(post, first, second, day.replace(hour=8), day.replace(hour=17), at)


def _by_night(district: District, unit: Organisation, post: Post, forgotten: int, at: datetime) -> None:
    on_duty, deputy = (district.staff.get((unit.pk, role)) for role in BY_NIGHT[unit.kind])
    if on_duty is None:
        return
    for number, day in enumerate(_days(at)):
        if number == forgotten:
            continue
        begins = day.replace(hour=17 if queries.works(day.date(), unit.code) else 8)
        _shift(post, on_duty, deputy, begins, (day + timedelta(days=1)).replace(hour=8), at)


def _days(at: datetime) -> list[datetime]:
    """Local midnights from yesterday on."""
    zone = timezone.get_current_timezone()
    first = timezone.localdate(at) - timedelta(days=1)
    return [datetime.combine(first + timedelta(days=number), time(), zone) for number in range(DAYS)]


def _shift(
    post: Post, first: Account, second: Account | None, since: datetime, until: datetime, at: datetime
) -> Any:
    return duty.add_shift(
        by=SYSTEM,
        at=at,
        post=post,
        account_id=first.pk,
        since=since,
        until=until,
        deputy_id=second.pk if second else None,
        also_elsewhere="白班与夜班之间的交接",
    )
