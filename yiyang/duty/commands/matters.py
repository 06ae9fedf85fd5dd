"""What waits for a unit: the one on duty is told, and when nobody acts the next, up to the coordinator."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access import queries as access
from yiyang.access.commands import notify, withdraw_notice
from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.notice_texts import notice_text, notice_word
from yiyang.duty import matters, waiting
from yiyang.duty.models import Matter, MatterStep
from yiyang.duty.queries.answering import Answerer, who_answers
from yiyang.duty.queries.matters import LOW, is_new, later, moves_on
from yiyang.duty.rules.ladder import MANAGERS, Rung, next_rung
from yiyang.duty.rules.posts import FROM_DUE, Act
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Stale

notice_text("duty.your_turn", _("You are on duty ({urgency}): {act}. Act by {due_at}."))
notice_text("duty.deputy_turn", _("{name} on duty has not acted ({urgency}): {act}. You are the deputy."))
notice_text("duty.manager_turn", _("Nobody on duty has acted ({urgency}): {act}. Telephone {telephone}."))
notice_text(
    "duty.coordinator_turn",
    _("{unit} has not acted ({urgency}): {act}. Telephone {telephone}. Please step in."),
)
notice_text("duty.manager_gap", _("Nobody is on duty in your unit, and it is waited for ({urgency}): {act}."))

for _act in Act:
    notice_word(f"duty.{_act}", _act.label)

NAMED = 3  # of those who hold an office, so many stand with the step

SUBJECTS = {
    Rung.ON_DUTY: "duty.your_turn",
    Rung.DEPUTY: "duty.deputy_turn",
    Rung.MANAGER: "duty.manager_turn",
    Rung.COORDINATOR: "duty.coordinator_turn",
}


@command(SYSTEM_ONLY, within=ANYWHERE)
def open_matter(
    *,
    by: Actor,
    at: datetime,
    unit_id: UUID,
    act: str,
    urgency: str,
    subject_kind: str,
    subject_id: UUID,
    person: Any = None,
    coordinator_id: UUID | None = None,
    link: str = "",
    due_at: datetime | None = None,
) -> Matter:
    """Something waits for a unit: the one on duty is told at once. A gap in the roster goes to the next."""
    matter, fresh = Matter.objects.get_or_create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        act=act,
        closed_at=None,
        defaults={
            "unit_id": unit_id,
            "coordinator_id": coordinator_id,
            "urgency": urgency,
            "person_id": getattr(person, "pk", person),
            "link": link,
            "due_at": due_at,
            "opened_at": at,
        },
    )
    _record("matter.opened" if fresh else "matter.kept", matter, by=by, at=at, act=act, urgency=urgency)
    if fresh:
        _go_on(matter, who_answers(unit_id, act, at), by=by, at=at)
    return matter


@command(SYSTEM_ONLY, within=ANYWHERE)
def go_on_with_matter(*, by: Actor, at: datetime, matter: Matter) -> Matter:
    """Time has passed, or the shift has changed: tell the next one, or end what no longer waits."""
    matter = Matter.objects.select_for_update(no_key=True).get(pk=matter.pk)
    if matter.closed_at is not None:
        raise Stale
    if not matters.still_waiting(matter.subject_kind, [matter.subject_id]):
        return _close(matter, by=by, at=at)
    answerer = who_answers(matter.unit_id, matter.act, at)
    if is_new(matter, answerer):
        _to_new_shift(matter, answerer, by=by, at=at)
    elif moves_on(matter, answerer, at):
        _go_on(matter, answerer, by=by, at=at)
    else:
        raise Stale
    return matter


@command(SYSTEM_ONLY, within=ANYWHERE)
def close_matter(*, by: Actor, at: datetime, matter: Matter) -> Matter:
    """It was acted on, or is no longer waited for: notices of it leave the inboxes."""
    matter = Matter.objects.select_for_update(no_key=True).get(pk=matter.pk)
    if matter.closed_at is not None:
        raise Stale
    return _close(matter, by=by, at=at)


@command(SYSTEM_ONLY, within=ANYWHERE)
def close_matters_about(*, by: Actor, at: datetime, subject_kind: str, subject_id: UUID) -> int:
    """Somebody has taken it, or it is to be told anew: nobody further is told of what waited until now."""
    waiting = Matter.objects.open().filter(subject_kind=subject_kind, subject_id=subject_id)
    found = list(waiting.select_for_update(no_key=True))
    for matter in found:
        _close(matter, by=by, at=at)
    record("matter.none_left", by=by, at=at, about=subject_kind, about_id=subject_id, count=len(found))
    return len(found)


def give_time(matter: Matter, at: datetime) -> None:
    """Somebody was reached by telephone and will act: the next one is told later."""
    if matter.next_at is not None:
        matter.next_at = max(matter.next_at, _later(matter, at))
        matter.save(update_fields=["next_at"])


def _go_on(matter: Matter, answerer: Answerer, *, by: Actor, at: datetime) -> None:
    manager = access.role_held(matter.unit_id, MANAGERS, at)
    rung = next_rung(
        matter.rung,
        on_duty=not answerer.gap,
        deputy=bool(answerer.deputy),
        manager=bool(manager),
        coordinator=matter.coordinator_id is not None,
    )
    matter.shift = answerer.shift
    matter.next_at = _later(matter, at) if rung else None
    matter.rung = rung or matter.rung
    matter.save(update_fields=["shift", "next_at", "rung"])
    if rung:
        _tell(matter, rung, answerer, manager, by=by, at=at)
    else:
        _record("matter.left", matter, by=by, at=at)


def _to_new_shift(matter: Matter, answerer: Answerer, *, by: Actor, at: datetime) -> None:
    """The new shift is told, the one that has gone is no longer reminded; who was told above them stays."""
    for step in matter.steps.filter(rung__in=(Rung.ON_DUTY, Rung.DEPUTY)):
        withdraw_notice(by=by, at=at, key=_key(matter, step.rung, step.shift_id))
    matter.shift = answerer.shift
    if matter.rung in LOW:
        matter.rung, matter.next_at = Rung.ON_DUTY, _later(matter, at)
    matter.save(update_fields=["shift", "rung", "next_at"])
    _tell(matter, Rung.ON_DUTY, answerer, "", by=by, at=at)


def _tell(matter: Matter, rung: str, answerer: Answerer, manager: str, *, by: Actor, at: datetime) -> None:
    shift = answerer.shift if rung in (Rung.ON_DUTY, Rung.DEPUTY) else None
    name, telephone = answerer.name, answerer.telephone
    if rung == Rung.DEPUTY:
        name, telephone = answerer.deputy, answerer.deputy_telephone
    elif rung in (Rung.MANAGER, Rung.COORDINATOR):
        name, telephone = _holders(matter, rung, manager, at), ""
    MatterStep.objects.create(matter=matter, rung=rung, shift=shift, name=name, telephone=telephone, at=at)
    _record("matter.told", matter, by=by, at=at, rung=rung, told=name, gap=answerer.gap)
    to: dict[str, Any] = {"organisation": matter.unit_id, "role": manager}
    if rung in (Rung.ON_DUTY, Rung.DEPUTY):
        if shift is None:
            return  # a unit that keeps no roster: all of it is told by who asks
        to = {"account": shift.account_id if rung == Rung.ON_DUTY else shift.deputy_id}
    elif rung == Rung.COORDINATOR:
        to = {"organisation": matter.coordinator_id, "role": "COORDINATOR"}
    notify(
        by=by,
        at=at,
        subject="duty.manager_gap" if rung == Rung.MANAGER and answerer.gap else SUBJECTS[Rung(rung)],
        person=matter.person_id,
        params={
            "act": f"duty.{matter.act}", "urgency": matter.urgency, "name": answerer.name, "due_at": matter.due_at,
            "unit": answerer.unit_name, "telephone": answerer.telephone,
        },
        link=matter.link,
        priority=matter.urgency,
        due_at=matter.due_at,
        key=_key(matter, rung, shift.pk if shift else None),
        **to,
    )  # fmt: skip


def _holders(matter: Matter, rung: str, manager: str, at: datetime) -> str:
    """Above the roster an office is told: who holds it, by name."""
    unit, role = (matter.unit_id, manager) if rung == Rung.MANAGER else (matter.coordinator_id, "COORDINATOR")
    return ", ".join(access.names_in(unit, role, at)[:NAMED])[:120] if unit else ""


def _later(matter: Matter, at: datetime) -> datetime:
    """When the next one is told: minutes of duty hours for routine matters, of the clock for urgent ones.
    What has a time of its own, an arrival or the end of a hold, is late only from then on."""
    if matter.act in FROM_DUE and matter.due_at is not None and at < matter.due_at:
        return matter.due_at
    return later(matter.unit_id, matter.urgency, waiting.minutes(matter.act, matter.urgency, at), at)


def _close(matter: Matter, *, by: Actor, at: datetime) -> Matter:
    matter.closed_at, matter.next_at = at, None
    matter.save(update_fields=["closed_at", "next_at"])
    for step in matter.steps.all():
        withdraw_notice(by=by, at=at, key=_key(matter, step.rung, step.shift_id))
    _record("matter.closed", matter, by=by, at=at)
    return matter


def _key(matter: Matter, rung: str, shift_id: UUID | None) -> str:
    return f"matter:{matter.pk}:{rung}:{shift_id or ''}"


def _record(name: str, matter: Matter, *, by: Actor, at: datetime, **data: Any) -> None:
    record(name, by=by, at=at, subject=matter, person=matter.person_id, unit=matter.unit_id, **data)
