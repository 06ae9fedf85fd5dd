"""Who answers for a unit now: the person on duty, the deputy, the telephones. Many units in two statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from yiyang.access.queries import naming
from yiyang.duty.models import Post, Shift
from yiyang.duty.queries.days import hours_by_code
from yiyang.duty.rules.posts import Act, order
from yiyang.kernel.components.telephones import dialled


@dataclass(frozen=True)
class Answerer:
    """Who should act for a unit, and by which telephone. A gap is a roster with nobody on duty."""

    unit_id: UUID
    unit_name: str
    post: str = ""
    name: str = ""
    telephone: str = ""
    deputy: str = ""
    deputy_telephone: str = ""
    shift: Shift | None = None
    has_roster: bool = False

    @property
    def gap(self) -> bool:
        return self.has_roster and self.shift is None

    @property
    def dial(self) -> str:
        """The number as a link dials it."""
        return dialled(self.telephone)

    @property
    def dial_deputy(self) -> str:
        return dialled(self.deputy_telephone)


def who_answers(unit_id: UUID, act: str, at: datetime) -> Answerer:
    """The one who should act for a unit at an instant."""
    return who_answer([(unit_id, act)], at)[unit_id, act]


def who_answer(asked: Iterable[tuple[UUID, str]], at: datetime) -> dict[tuple[UUID, str], Answerer]:
    """The same for many units at once."""
    wanted = set(asked)
    unit_ids = {unit for unit, _act in wanted}
    on_duty: dict[UUID, list[Shift]] = {}
    shifts = Shift.objects.at(at).filter(post__in=Post.objects.live().filter(unit__in=unit_ids))
    for shift in shifts.select_related("post", "account", "deputy"):
        on_duty.setdefault(shift.post.unit_id, []).append(shift)
    has_roster = Exists(Post.objects.live().filter(unit=OuterRef("pk")))
    units = naming.contacts(unit_ids, has_roster)
    return {
        (unit, act): _answerer(unit, act, on_duty.get(unit, []), units.get(unit), at) for unit, act in wanted
    }


def _answerer(unit_id: UUID, act: str, shifts: list[Shift], contact: Any, at: datetime) -> Answerer:
    name = contact.name if contact else ""
    if not shifts:
        has_roster = bool(contact and contact.marked)
        return Answerer(unit_id, name, telephone=_of_unit(contact, at), has_roster=has_roster)
    shift = min(shifts, key=lambda one: (order(act, one.post.kind), one.post.label, one.post_id))
    return Answerer(
        unit_id,
        name,
        shift.post.label,
        shift.account.name,
        shift.telephone_now,
        shift.deputy.name if shift.deputy else "",
        shift.deputy_phone,
        shift,
        True,
    )


def _of_unit(contact: Any, at: datetime) -> str:
    """The unit's own number by day, its contact at night, on weekends and holidays."""
    if contact is None:
        return ""
    by_day = hours_by_code(contact.code, localdate(at)).open_at(at)
    return str(contact.telephone if by_day else contact.at_night)


__all__ = ["Act", "Answerer", "who_answer", "who_answers"]
