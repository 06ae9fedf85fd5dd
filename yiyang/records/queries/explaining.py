"""Who sees one entry of a record and why, and why somebody is refused. Nothing is told to who may not see it.

Whether somebody is refused is asked of the same condition as every read; the reason is found beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.access.actors import every_actor
from yiyang.access.permissions import Permission
from yiyang.access.purposes import Purpose, purpose_of
from yiyang.access.queries.naming import unit_name
from yiyang.access.serving import units_above, units_below
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people import reach
from yiyang.records.queries.disclosed import not_told
from yiyang.records.queries.resources import current
from yiyang.records.queries.visible import opens
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import is_resource, kind_of
from yiyang.records.rules.items import Item, item
from yiyang.records.rules.labels import words_of
from yiyang.records.rules.sight import Opening, Thing, Why, because, nearest, refused, remedy, why
from yiyang.records.stored import Stored

LABELS = """
    SELECT r.labels FROM records_resource r
    WHERE r.person_id = ANY(%(persons)s) AND r.kind = %(kind)s AND r.id = %(id)s
"""


class EntryNotOpen(Refusal):
    """To who sees the person and holds the reference of an entry, but may not read it: the kind of reason alone."""

    message = _("This entry is not open to you. {why} {remedy}")
    status = 403


class NoSuchUnit(Refusal):
    message = _("There is no such unit or account. Choose one that is registered here.")
    status = 422


@dataclass(frozen=True)
class Line:
    """One relationship, and whether it opens the entry; `said` is why or why not."""

    held: people.Held
    why: str
    said: str


@dataclass(frozen=True)
class Answer:
    """Whether somebody sees the entry, why or why not, and what can be done about it."""

    who: str
    open: bool
    why: str
    said: str
    remedy: str = ""
    held: people.Held | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Explanation:
    """`all`: whether every relationship is listed, or only those of who asks."""

    item: Item
    thing: Thing
    labels: list[str]
    unit: str
    open_to: list[Line]
    closed_to: list[Line]
    all: bool
    untold: list[Any] = field(default_factory=list)
    asked: Answer | None = None


@dataclass(frozen=True)
class AnyClinician:
    """Whoever reads clinical records in a unit, nobody in particular."""

    organisation_id: UUID
    organisation_ids: frozenset[UUID]
    account_id: UUID | None = None
    purpose: str = Purpose.CARE
    label: str = ""
    role: str = ""
    sees_all: bool = False
    reads_records: bool = True

    def may(self, permission: str, within: UUID | None = None) -> bool:
        return True

    def sees(self, person_id: UUID) -> bool:
        return True


def explain(
    actor: Actor,
    person_id: UUID,
    type: str,
    id: str,
    *,
    account: UUID | None = None,
    organisation: UUID | None = None,
    purpose: str = Purpose.CARE,
) -> Explanation:
    """Who sees this entry, for who sees it; EntryNotOpen with the kind of reason for who sees the person alone.

    `purpose`: what for the account or organisation would look.
    """
    person = people.person(actor, person_id)
    held = current(actor, type, id) if is_resource(type) else None
    if held is None or held.person_id not in people.ids(person.pk):
        raise _not_open(actor, person.pk, type, id)
    thing = Thing(type, held.labels)
    in_full = people.scope(actor, person.pk) == "FULL"
    listed = people.held(person.pk) if in_full else people.held_by(actor, person.pk)
    lines = _lines(listed, thing, held)
    return Explanation(
        item=_item(held),
        thing=thing,
        labels=[str(one) for one in words_of(held.labels)],
        unit=unit_name(held.written_in),
        open_to=[one for one in lines if one.why == Why.OPEN],
        closed_to=[one for one in lines if one.why != Why.OPEN],
        all=in_full,
        untold=[] if people.is_self(actor, person.pk) else not_told(person.pk, held),
        asked=_asked(person.pk, held, thing, account, organisation, purpose) if in_full else None,
    )


def _item(held: Stored) -> Item:
    told = bodies.decode(held.body.encode()) if held.body else {"resourceType": held.type, "id": held.id}
    return item(told, version=held.version, updated_at=held.updated_at)


def _lines(listed: Iterable[people.Held], thing: Thing, held: Stored) -> list[Line]:
    above = units_above(held.written_in)
    found = []
    for one in listed:
        opening = _opening(one, above)
        reason = why(opening, thing)
        said = because(opening, thing) if reason is Why.OPEN else refused(reason, thing, opening)
        found.append(Line(one, str(reason), said))
    return found


def _opening(held: people.Held, above: set[UUID]) -> Opening:
    """`above`: the unit that wrote the entry and those over it, whose members see what it wrote."""
    return Opening(
        basis=held.basis,
        scope=held.scope,
        kinds=held.kinds,
        labels=held.labels,
        guardian=held.guardian,
        wrote=held.organisation_id in above,
        purposes=held.purposes,
    )


def _asked(
    person_id: UUID, held: Stored, thing: Thing, account: UUID | None, organisation: UUID | None, purpose: str
) -> Answer | None:
    if account is not None:
        actors: list[Any] = list(every_actor(account, now()))
        if not actors:
            raise NoSuchUnit(field="account")
        for one in actors:
            one.purpose = purpose
        answers = [_answer(one, one.account.name, person_id, held, thing) for one in actors]
        return min(answers, key=lambda one: (not one.open, one.why in (Why.NO_RELATIONSHIP, Why.ROLE)))
    if organisation is not None:
        name = unit_name(organisation)
        if not name:
            raise NoSuchUnit(field="organisation")
        anybody = AnyClinician(organisation, frozenset(units_below(organisation)), purpose=purpose)
        return _answer(anybody, name, person_id, held, thing)
    return None


def _answer(actor: Any, who: str, person_id: UUID, held: Stored, thing: Thing) -> Answer:
    """What the condition of every read says of this actor, and the reason for it."""
    own = people.is_self(actor, person_id)
    reads = own or actor.organisation_id is None or actor.may(Permission.READ_RECORD)
    mine = people.held_by(actor, person_id) if reach.reads_records(actor) else []
    above = {held.written_in} & reach_of(actor) if held.written_in else set()
    openings = [
        Opening(one.basis, one.scope, one.kinds, one.labels, one.guardian, bool(above), one.purposes)
        for one in mine
    ]
    reason, opening = nearest(openings, thing, purpose_of(actor))
    if reads and opens(actor, held):
        said = str(_("It is the own record.")) if own else because(opening, thing) if opening else ""
        via = mine[openings.index(opening)] if opening in openings else None
        return Answer(who, True, str(Why.OWN if own else Why.OPEN), said, held=via)
    if own:
        reason = Why.UNTOLD
    elif not reads:
        reason = Why.ROLE
    elif reason is Why.OPEN:
        reason = Why.BASICS
    elif reason is Why.NO_RELATIONSHIP and (over := people.not_in_force(actor, person_id)) is not None:
        later = over.starts_at is not None and over.starts_at > now()
        reason = Why.NOT_YET if later else Why.OVER
        at = over.starts_at if later else over.ends_at
        return Answer(who, False, str(reason), refused(reason, thing), remedy(reason), over, at)
    said = refused(reason, thing, opening, purpose_of(actor))
    return Answer(who, False, str(reason), said, remedy(reason))


def reach_of(actor: Any) -> set[UUID]:
    return set(reach.organisations(actor))


def _is_labelled(person_id: UUID, type: str, id: str) -> bool:
    """Whether this person's record has this entry, and it bears labels: only for who may know the reason."""
    with connection.cursor() as cursor:
        cursor.execute(LABELS, {"kind": kind_of(type), "id": id, "persons": people.ids(person_id)})
        row = cursor.fetchone()
    return bool(row and row[0])


def _not_open(actor: Actor, person_id: UUID, type: str, id: str) -> Refusal:
    """What may be said to who sees the person: as little as answers the question.

    That an entry is there is said only to whom its kind of data is open.
    """
    if people.is_self(actor, person_id):  # nor that something is there of which they were not told
        return NotFound()
    thing = Thing(type, 0)
    openings = [_opening(one, set()) for one in people.held_by(actor, person_id)]
    reason, opening = nearest(openings, thing, purpose_of(actor))
    if reason in (Why.BASICS, Why.OTHER_KINDS):
        return EntryNotOpen(why=refused(reason, thing, opening), remedy=remedy(reason), reason=str(reason))
    if reason is Why.OPEN and is_resource(type) and _is_labelled(person_id, type, id):
        sensitive = _("It is marked as sensitive, and no consent or relationship of yours names that.")
        return EntryNotOpen(why=sensitive, remedy=remedy(Why.SENSITIVE), reason=str(Why.SENSITIVE))
    return NotFound()
