"""Who comes today: those on duty at the units that look after somebody, and visits that are due. With their photo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yiyang.access.queries import staff_photos
from yiyang.beds.queries import home_beds
from yiyang.duty.queries.today import on_duty_within
from yiyang.duty.rules.posts import PostKind
from yiyang.kernel.time import midnight, now

AT_MOST = 6
# Who stands on these posts comes to a bed; the others sit in an office.
AT_THE_BED = {
    PostKind.CARE_HOME_NURSE, PostKind.WARD_DOCTOR, PostKind.HOME_BED, PostKind.FAMILY_DOCTOR, PostKind.NIGHT_DUTY,
    PostKind.OTHER,
}  # fmt: skip


@dataclass(frozen=True)
class Comer:
    """One who comes: name, as what, from when until when; `photo_of` where there is a photo."""

    name: str
    what: Any
    since: datetime | None = None
    until: datetime | None = None
    photo_of: UUID | None = None

    @property
    def hours(self) -> str:
        """From when until when; a night that ends tomorrow says so."""
        if self.since is None or self.until is None:
            return ""
        since, until = localtime(self.since), localtime(self.until)
        if until.date() > localtime(now()).date():
            return _("{since} until tomorrow {until}").format(since=f"{since:%H:%M}", until=f"{until:%H:%M}")
        return f"{since:%H:%M} – {until:%H:%M}"


def who_comes(situations: Mapping[UUID, Any], at: datetime) -> dict[UUID, list[Comer]]:
    """For each person, by what `beds.queries.family` says of them; three statements whatever their number."""
    units = {pk: _units(one) for pk, one in situations.items()}
    shifts = on_duty_within({unit for of in units.values() for unit in of}, at, _end_of_day(at))
    shifts = [one for one in shifts if one.post.kind in AT_THE_BED]
    faces = staff_photos.have_photo({one.account_id for one in shifts}) if shifts else set()
    visits = home_beds.visits_due_on(localtime(at).date(), _overlay_stays(situations.values()))
    found: dict[UUID, list[Comer]] = {}
    for pk, of in units.items():
        come = [Comer(name, what) for name, what in visits.get(pk, [])]
        for one in shifts:
            if one.post.unit_id in of:
                face = one.account_id if one.account_id in faces else None
                come.append(Comer(one.account.name, one.post.label, one.period.lower, one.period.upper, face))
        found[pk] = come[:AT_MOST]
    return found


def _units(situation: Any) -> set[UUID]:
    """The units at whose beds the person is now; a unit that only keeps a bed sends nobody."""
    rows = [*([situation.place] if situation.place else []), *situation.comes_to]
    return {row.unit_id for row in rows if row.unit_id is not None}


def _overlay_stays(situations: Iterable[Any]) -> list[UUID]:
    rows = [row for one in situations for row in one.comes_to]
    return [row.episode_id for row in rows if row.episode_id is not None]


def _end_of_day(at: datetime) -> datetime:
    return midnight(localtime(at).date() + timedelta(days=1))
