"""Who may consent: the person, or a guardian after a dated finding; and what is kept of how it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor, doer
from yiyang.kernel.refusals import Refusal
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.commands.papers import keep_paper
from yiyang.people.models import (
    Capacity,
    ConsentAct,
    Delegation,
    DelegationBasis,
    Guardianship,
    Matter,
    Person,
    ids_of,
)
from yiyang.people.rules import consents, texts
from yiyang.people.rules.consents import WITNESSED, Way, Witness


class GuardianUnfounded(Refusal):
    message = _(
        "A guardian consents in the person's place only after a clinician has found, on a named day, that the person "
        "cannot decide. No such finding is in force. Ask the person, or have the finding entered first."
    )
    status = 403


class GuardianDecides(Refusal):
    message = _(
        "{finding_by} found on {finding_on} that the person cannot decide about this, so the guardian does: "
        "{guardian}. What was allowed before can still be narrowed or withdrawn."
    )
    status = 403


class ConsentUnproved(Refusal):
    message = _("Say who agreed and how: signed on paper and where it is kept, or said before whom.")
    status = 422


class ConsentUnwitnessed(Refusal):
    message = _(
        "Who cannot sign needs somebody who reads it aloud and two witnesses, each with name and who they are to the "
        "person. The person, the guardian, and whoever reads it or writes it down cannot be witnesses."
    )
    status = 422


@dataclass(frozen=True)
class Finding:
    """A finding in force, and the guardian who decides by it."""

    by: str
    on: date
    guardian: str
    account_id: UUID | None = None


@dataclass(frozen=True)
class Said:
    """How somebody agreed, as it was told: kept with the consent."""

    given_by: str = ""
    capacity: str = Capacity.PERSON
    way: str = ""
    read_by: str = ""
    witnesses: Sequence[Witness] = ()
    paper: bytes = b""


def findings(person: Person, at: datetime) -> list[Finding]:
    """Who decides about care or treatment in the person's place now, and by which finding.

    A court's judgement is a finding of its own; the other guardians begin with a clinician's.
    """
    everyone = ids_of(person.pk)
    held = Delegation.objects.filter(
        person_id__in=everyone, basis=DelegationBasis.GUARDIAN, may_decide=True, revoked_at=None,
        starts_at__lte=at, expires_at__gt=at, finding_on__isnull=False,
    )  # fmt: skip
    found = [
        Finding(one.finding_by, one.finding_on, one.account_label, one.account_id)
        for one in held
        if one.finding_on
    ]
    rows = Guardianship.objects.filter(
        person_id__in=everyone, ended_at=None, delegation=None, valid__contains=writing.today(at),
        matters__overlap=[Matter.CARE, Matter.MEDICAL],
    ).select_related("organisation")  # fmt: skip
    for row in rows:
        name = row.organisation.name if row.organisation else row.guardian
        found.append(Finding(row.finding_by or row.document, row.finding_on or row.valid.lower, name))
    return found


def decided_by(
    by: Actor, person: Person, at: datetime, *, capacity: str = "", closing: bool = False
) -> Finding | None:
    """By which finding somebody else than the person acts; None where it is the person's own act.

    `closing`: what only narrows or withdraws, the person may always do.
    Source: Civil Code art. 28 and 35 (a guardian acts where the person cannot, and respects what they can decide).
    """
    found = findings(person, at)
    as_staff = by.organisation_id is not None or by.sees_all
    if as_staff and capacity == Capacity.GUARDIAN:
        if not found:
            raise GuardianUnfounded(field="capacity")
        return found[0]
    if not as_staff and reach.own_person(by) != person.pk:
        mine = next((one for one in found if one.account_id == by.account_id), None)
        if mine is None:
            raise GuardianUnfounded
        return mine
    if found and not closing and not by.sees_all:
        first = found[0]
        raise GuardianDecides(
            finding_by=first.by, finding_on=first.on, guardian=first.guardian, field="capacity"
        )
    return None


def keep_act(by: Actor, person: Person, at: datetime, said: Said, *, closing: bool = False) -> ConsentAct:
    """What is kept of how somebody agreed, once it is proved; the paper with it.

    Source: Personal Information Protection Law art. 14 (explicit), 29 (separate consent for health data).
    """
    finding = decided_by(by, person, at, capacity=said.capacity, closing=closing)
    as_staff = by.organisation_id is not None
    given_by = texts.line(said.given_by, "given_by", 120)
    if as_staff and len(given_by) < 2:
        raise ConsentUnproved(field="given_by")
    way = (said.way or Way.SIGNED) if as_staff else Way.OWN
    if as_staff and way == Way.OWN:
        raise ConsentUnproved(field="way")
    read_by, witnesses = _witnessed(by, person, said, way, finding)
    act = ConsentAct.objects.create(
        person=person, way=way, capacity=Capacity.GUARDIAN if finding else Capacity.PERSON,
        given_by=given_by or by.label[:120], finding_by=finding.by if finding else "",
        finding_on=finding.on if finding else None, read_by=read_by, witnesses=witnesses, at=at,
        recorded_by=by.label[:120],
    )  # fmt: skip
    if said.paper:
        keep_paper(said.paper, consent_act=act, at=at, by=by)
    return act


def _witnessed(
    by: Actor, person: Person, said: Said, way: str, finding: Finding | None
) -> tuple[str, list[list[str]]]:
    read_by = texts.line(said.read_by, "read_by", 60)
    found = [
        Witness(texts.line(one.name, "witnesses", 60), texts.line(one.relation, "witnesses", 60))
        for one in said.witnesses
        if one.name.strip() or one.relation.strip()
    ]
    if way not in WITNESSED and not found:
        return read_by, []
    excluded = [
        person.full_name,
        read_by,
        doer(by).label.split(" · ")[0],
        finding.guardian if finding else "",
    ]
    if way in WITNESSED and len(read_by) < 2:
        raise ConsentUnwitnessed(field="read_by")
    if not consents.enough(found, excluded=excluded):
        raise ConsentUnwitnessed(field="witnesses")
    return read_by, [[one.name, one.relation] for one in found]
