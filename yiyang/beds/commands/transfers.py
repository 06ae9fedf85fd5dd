"""Transfers: request, evaluation, agreement, and the ways in which one ends early."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries import naming
from yiyang.beds.commands import rows
from yiyang.beds.models import (
    Agreement,
    Bed,
    DistrictEmergency,
    Episode,
    Evaluation,
    Occupancy,
    Transfer,
    TransferStep,
)
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.transfers import ENDED, OPEN_OFFERS, OfferState, TransferState, Trigger, Urgency
from yiyang.beds.rules import agreement as agreement_rules
from yiyang.beds.rules import transfers as rules
from yiyang.beds.rules.green_channel import check_target, default_lane
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotAllowed, Refusal, refuses
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people.queries import may_decide_for

if TYPE_CHECKING:
    from yiyang.people.models import Person

S = TransferState


class SecondTransfer(Refusal):
    message = _("A transfer of {name} is already under way ({state}). Open that one, or cancel it first.")


class SayWhy(Refusal):
    message = _("Say why in a sentence, so that the next one can understand the decision.")
    status = 422


class WitnessesMissing(Refusal):
    message = _("An agreement by telephone needs the names of two witnesses.")
    status = 422


class PaperMissing(Refusal):
    message = _("Attach the photo of the signed paper.")
    status = 422


class NotSuspended(Refusal):
    message = _("This transfer is not suspended.")


class TransferSuspended(Refusal):
    message = _("This transfer waits while an emergency goes first. Take it up again, or cancel it.")


class NoEmergencyDeclared(Refusal):
    message = _("This emergency has been ended already.")


class NotYourWord(Refusal):
    message = _("You can record only your own word here. Ask the unit to record what somebody else said.")
    status = 422


@refuses("transfer_one_live_per_lane")
def _second_transfer(given: dict[str, Any]) -> Refusal:
    transfer = given.get("transfer")
    person = given.get("person") or (transfer.person if transfer else None)
    lane = given.get("target_lane") or (transfer.target_lane if transfer else None)
    live = (
        Transfer.objects.live()
        .filter(person=person, suspended_at=None)
        .filter(target_lane=lane or default_lane(given.get("target_kind", "")))
        .first()
    )
    return SecondTransfer(
        name=person.full_name if person else _("This person"),
        state=live.get_state_display() if live else "",
        transfer=str(live.pk) if live else None,
    )


@command(
    Permission.REQUEST_TRANSFER,
    within=lambda by, **_: by.organisation_id,
    about=lambda person, **_: person.pk,
)
def request_transfer(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    trigger: str,
    urgency: str,
    target_kind: str,
    reason: str,
    target_lane: str | None = None,
    evidence: str = "",
    needs: Iterable[str] = (),
    chosen_unit: UUID | None = None,
    destination_outside: str = "",
    wanted_from: datetime | None = None,
    expected_until: datetime | None = None,
    keep_bed: bool = True,
) -> Transfer:
    """Ask for a person to be moved to another kind of bed. An emergency suspends what else is under way.

    Source: Jing'an implementation opinions 2024, II(II)2 (triggers and targets of the green channel).
    """
    if not reason.strip():
        raise SayWhy(field="reason")
    check_target(trigger, target_kind, policy_targets(trigger, at))
    wanted_from = max(wanted_from or at, at)
    if expected_until is not None and expected_until <= wanted_from:
        raise rows.EndsBeforeItBegins(since=wanted_from, until=expected_until, field="expected_until")
    person = rows.lock_person(person.pk)
    lane = target_lane or default_lane(target_kind)
    source = _source(person, lane)
    transfer = Transfer(
        person=person,
        trigger=trigger,
        urgency=urgency,
        target_kind=target_kind,
        target_lane=lane,
        from_episode=source,
        from_unit_id=source.unit_id if source else None,
        requested_unit_id=by.organisation_id,
        coordinator_id=naming.coordination_centre(_where(source, by, person)),
        chosen_unit_id=chosen_unit,
        destination_outside=destination_outside[:160],
        is_return=_held(person, target_kind) is not None,
        reason=reason.strip(),
        evidence=evidence.strip(),
        needs=list(needs),
        keep_bed=keep_bed,
        requested_at=at,
        requested_by=by.label,
        wanted_from=wanted_from,
        expected_until=expected_until,
        state=S.REQUESTED,
        state_since=at,
        act_by=deadline(urgency, at),
    )
    suspended = _suspend_others(transfer, at=at, by=by) if urgency == Urgency.EMERGENCY else []
    transfer.save(force_insert=True)
    Transfer.objects.filter(pk__in=suspended).update(suspended_for=transfer)
    _note(transfer, "request", "", at=at, by=by, reason=reason)
    if transfer.coordinator_id:
        _open_to(transfer, transfer.coordinator_id, "MOVE", at=at, by=by)
    record(
        "transfer.requested",
        by=by,
        at=at,
        subject=transfer,
        person=person,
        urgency=urgency,
        kind=target_kind,
        trigger=trigger,
        coordinator=transfer.coordinator_id,
        from_unit=transfer.from_unit_id,
    )
    return transfer


@command(
    Permission.EVALUATE_TRANSFER,
    within=lambda by, **_: by.organisation_id,
    about=lambda transfer, **_: transfer.person_id,
)
def evaluate_transfer(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    outcome: str,
    statement: str,
    criteria: list[dict[str, Any]] | None = None,
    version: int | None = None,
) -> Transfer:
    """A named clinician judges by the criteria of the target kind whether this bed is the right one."""
    if not statement.strip():
        raise SayWhy(field="statement")
    transfer = _locked(transfer, version)
    Evaluation.objects.create(
        transfer=transfer,
        outcome=outcome,
        criteria=criteria or [],
        statement=statement.strip(),
        clinician=by.label,
        at=at,
    )
    verb = "evaluate" if outcome == Evaluation.Outcome.FIT else "find_not_indicated"
    move(transfer, verb, at=at, by=by, reason=statement)
    agreed_before = agreement_rules.decision(_statements(transfer)) == agreement_rules.Decision.AGREED
    if agreed_before and transfer.state == S.EVALUATED:
        move(transfer, "agree", at=at, by=by)
    record("transfer.evaluated", by=by, at=at, subject=transfer, person=transfer.person_id, outcome=outcome)
    return transfer


@command(
    Permission.RECORD_AGREEMENT,
    within=lambda by, **_: by.organisation_id,
    about=lambda transfer, **_: transfer.person_id,
)
def record_agreement(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    outcome: str,
    by_whom: str,
    name: str,
    how: str,
    relation: str = "",
    witness: str = "",
    second_witness: str = "",
    paper: bytes | None = None,
    paper_type: str = "",
    statement: str = "",
    version: int | None = None,
) -> Transfer:
    """What the person, the guardian or a relative said. All statements stay; the rules say who decides.

    A refusal (拒绝转诊) stops a routine transfer; an emergency goes on and the refusal stands beside it.
    """
    if by_whom not in voices(by, transfer.person_id):
        raise NotYourWord(field="by_whom")
    if (
        how == Agreement.How.TELEPHONE
        and outcome == Agreement.Outcome.AGREED
        and not (witness.strip() and second_witness.strip())
    ):
        raise WitnessesMissing(field="witness")
    if how == Agreement.How.PAPER and not paper:
        raise PaperMissing(field="paper")
    transfer = _locked(transfer, version)
    if not transfer.live:
        raise rules.WrongStep(
            state=transfer.get_state_display(), verb=rules.VERBS["agree"], next=_("nothing more")
        )
    Agreement.objects.create(
        transfer=transfer,
        outcome=outcome,
        by_whom=by_whom,
        name=name.strip(),
        relation=relation.strip(),
        how=how,
        at=at,
        witness=witness.strip(),
        second_witness=second_witness.strip(),
        paper=paper,
        paper_type=paper_type,
        statement=statement.strip(),
        recorded_by=by.label,
    )
    record(
        "transfer.agreement_recorded",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        outcome=outcome,
        by_whom=by_whom,
        how=how,
    )
    decided = agreement_rules.decision(_statements(transfer))
    if decided == agreement_rules.Decision.AGREED and "agree" in open_verbs(transfer):
        move(transfer, "agree", at=at, by=by, reason=statement)
    elif (
        decided == agreement_rules.Decision.REFUSED
        and transfer.urgency == Urgency.ROUTINE
        and "refuse" in open_verbs(transfer)
    ):
        move(transfer, "refuse", at=at, by=by, reason=statement)
        record("transfer.refused", by=by, at=at, subject=transfer, person=transfer.person_id)
    else:
        _touch(transfer)
    return transfer


@command(
    Permission.CANCEL_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def cancel_transfer(
    *, by: Actor, at: datetime, transfer: Transfer, reason: str, version: int | None = None
) -> Transfer:
    """Stop a transfer before departure; its offers and its reservation end with it."""
    if not reason.strip():
        raise SayWhy(field="reason")
    transfer = _locked(transfer, version)
    verb = (
        "withdraw"
        if by.organisation_id not in (transfer.from_unit_id, transfer.requested_unit_id)
        else "cancel"
    )
    move(transfer, verb, at=at, by=by, reason=reason)
    record(
        "transfer.cancelled",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        reason=reason,
        to_unit=transfer.to_unit_id,
    )
    return transfer


@command(
    Permission.REQUEST_TRANSFER,
    within=lambda by, **_: by.organisation_id,
    about=lambda transfer, **_: transfer.person_id,
)
def change_urgency(
    *, by: Actor, at: datetime, transfer: Transfer, urgency: str, reason: str, version: int | None = None
) -> Transfer:
    """It has become more, or less, urgent. An emergency suspends what else is under way."""
    transfer = _locked(transfer, version)
    if not transfer.live:
        raise rules.WrongStep(
            state=transfer.get_state_display(), verb=_("change the urgency"), next=_("nothing more")
        )
    if transfer.suspended_at is not None:
        raise TransferSuspended
    if urgency == Urgency.EMERGENCY:
        suspended = _suspend_others(transfer, at=at, by=by)
        Transfer.objects.filter(pk__in=suspended).update(suspended_for=transfer)
    transfer.urgency = urgency
    transfer.act_by = deadline(urgency, at)
    _touch(transfer)
    _note(transfer, "change_urgency", transfer.state, at=at, by=by, reason=reason)
    record(
        "transfer.urgency_changed",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        urgency=urgency,
        coordinator=transfer.coordinator_id,
    )
    return transfer


@command(
    Permission.REQUEST_TRANSFER,
    within=lambda by, **_: by.organisation_id,
    about=lambda transfer, **_: transfer.person_id,
)
def resume_transfer(*, by: Actor, at: datetime, transfer: Transfer, version: int | None = None) -> Transfer:
    """Take up again a transfer that an emergency had suspended; its place in the waiting list was kept."""
    transfer = _locked(transfer, version)
    if transfer.suspended_at is None or not transfer.live:
        raise NotSuspended
    lift_suspension(transfer, at=at, by=by)
    return transfer


@command(Permission.COORDINATE, within=lambda transfer, **_: transfer.coordinator_id)
def escalate_transfer(*, by: Actor, at: datetime, transfer: Transfer, why: str) -> Transfer:
    """Nobody answered in time: the coordinator is to act. Recorded once for each deadline."""
    transfer = _locked(transfer, None)
    late = max(timedelta(), at - transfer.act_by) if transfer.act_by else timedelta()
    transfer.escalated_at, transfer.act_by = at, None
    _touch(transfer)
    _note(transfer, "escalate", transfer.state, at=at, by=by, reason=why)
    record(
        "transfer.escalated",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        why=why,
        coordinator=transfer.coordinator_id,
        minutes_late=int(late.total_seconds() // 60),
    )
    return transfer


@command(Permission.DECLARE_EMERGENCY, within=lambda organisation_id, **_: organisation_id)
def declare_emergency(*, by: Actor, at: datetime, organisation_id: UUID, reason: str) -> DistrictEmergency:
    """Waive evaluation and agreement in the whole district until the emergency is ended."""
    emergency = DistrictEmergency.objects.create(
        organisation_id=organisation_id, reason=reason[:200], since=at, declared_by=by.label
    )
    record(
        "district.emergency_declared", by=by, at=at, subject=emergency, unit=organisation_id, reason=reason
    )
    return emergency


@command(Permission.DECLARE_EMERGENCY, within=lambda emergency, **_: emergency.organisation_id)
def end_emergency(*, by: Actor, at: datetime, emergency: DistrictEmergency) -> DistrictEmergency:
    """Back to the ordinary steps."""
    emergency = DistrictEmergency.objects.select_for_update(no_key=True).get(pk=emergency.pk)
    if emergency.until is not None:
        raise NoEmergencyDeclared
    emergency.until, emergency.ended_by = at, by.label
    emergency.save()
    record("district.emergency_ended", by=by, at=at, subject=emergency, unit=emergency.organisation_id)
    return emergency


@refuses("emergency_one_at_a_time")
def _emergency_declared(given: dict[str, Any]) -> Refusal:
    return AlreadyDeclared()


class AlreadyDeclared(Refusal):
    message = _("An emergency is already declared for this district.")


WHILE_SUSPENDED = {"cancel", "withdraw", "expire", "refuse", "die"}
CAME_TO_NOTHING = [state for state in ENDED if state not in (S.COMPLETED, S.DIED)]


def move(transfer: Transfer, verb: str, *, at: datetime, by: Actor, reason: str = "") -> None:
    """Take one step: the only place where a transfer's state changes. Ending one ends its offers and bed."""
    before = transfer.state
    if transfer.suspended_at is not None and verb not in WHILE_SUSPENDED:
        raise TransferSuspended
    transfer.state = rules.step(before, verb, **_nature(transfer))
    if transfer.state != before:
        transfer.state_since = at
        transfer.act_by = deadline(transfer.urgency, at)
    if transfer.state in ENDED:
        finish(transfer, at=at, by=by)
    _touch(transfer)
    _note(transfer, verb, before, at=at, by=by, reason=reason)
    if transfer.state in CAME_TO_NOTHING:
        _take_up_suspended(transfer, at=at, by=by)


def finish(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    """What ends together with a transfer: open offers, the reservation, the receiving unit's view."""
    transfer.ended_at, transfer.act_by = at, None
    withdraw_offers(transfer, at=at)
    rows.release_reservation(transfer, at=at, by=by, why=transfer.state)
    people.close_relationship(by=by, at=at, person_id=transfer.person_id, source_id=transfer.pk)


def withdraw_offers(transfer: Transfer, *, at: datetime, but: UUID | None = None) -> None:
    """Nobody else needs to answer any more."""
    offers = transfer.offers.filter(state__in=OPEN_OFFERS)
    if but is not None:
        offers = offers.exclude(pk=but)
    offers.update(state=OfferState.WITHDRAWN, answered_at=at)


def end_for_death(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    """The person died before the transfer ended."""
    move(transfer, "die", at=max(at, transfer.requested_at), by=by)
    record("transfer.died", by=by, at=at, subject=transfer, person=transfer.person_id)


def settle_by_admission(transfer: Transfer, bed: Bed, *, at: datetime, by: Actor) -> None:
    """The person was admitted directly: the transfer that asked for it is done, any other is void."""
    before = transfer.state
    wanted = transfer.target_kind == bed.kind and transfer.to_unit_id in (None, bed.unit_id)
    transfer.state = S.COMPLETED if wanted else S.CANCELLED
    transfer.state_since = at
    transfer.to_unit_id = bed.unit_id if wanted else transfer.to_unit_id
    transfer.arrived_at = at if wanted else None
    finish(transfer, at=at, by=by)
    _touch(transfer)
    _note(transfer, "settle", before, at=at, by=by, reason="admitted directly")
    record(
        "transfer.completed" if wanted else "transfer.cancelled",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        reason="admitted directly",
    )


def lift_suspension(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    transfer.suspended_at, transfer.suspended_for = None, None
    transfer.act_by = deadline(transfer.urgency, at)
    _touch(transfer)
    _note(transfer, "resume", transfer.state, at=at, by=by)
    record("transfer.resumed", by=by, at=at, subject=transfer, person=transfer.person_id)


def _take_up_suspended(emergency: Transfer, *, at: datetime, by: Actor) -> None:
    """The emergency came to nothing: what it had suspended goes on, unless something else is under way."""
    same_lane = Transfer.objects.live().filter(
        person_id=emergency.person_id, target_lane=emergency.target_lane
    )
    for other in same_lane.select_for_update(no_key=True).filter(suspended_for=emergency):
        if not same_lane.filter(suspended_at=None).exists():
            lift_suspension(other, at=at, by=by)


def open_verbs(transfer: Transfer) -> set[str]:
    """What can be done to this transfer now."""
    if transfer.suspended_at is not None:
        return {"resume"} | (WHILE_SUSPENDED & rules.verbs(transfer.state, **_nature(transfer)))
    return rules.verbs(transfer.state, **_nature(transfer))


def deadline(urgency: str, at: datetime) -> datetime:
    """By when the next one must act."""
    return at + timedelta(minutes=policy(f"beds.offer_minutes.{urgency}", on=at.date()).value)


def policy_targets(trigger: str, at: datetime) -> list[str]:
    """The kinds of beds that the green channel of a trigger leads to."""
    if trigger == Trigger.WISH:
        return [kind.value for kind in BedKind]
    return list(policy(f"beds.green_channel.{trigger}", on=at.date()).value)


def waived(transfer: Transfer) -> bool:
    """Whether the district has declared an emergency, which waives evaluation and agreement.

    Asked once for each transfer that was fetched: a command fetches its own, and is judged by one answer.
    """
    known: dict[str, Any] = transfer.__dict__
    if "_waived" not in known:
        declared = DistrictEmergency.objects.filter(organisation_id=transfer.coordinator_id, until=None)
        known["_waived"] = transfer.coordinator_id is not None and declared.exists()
    return bool(known["_waived"])


def voices(by: Actor, person_id: UUID) -> list[str]:
    """Whose word this account may record: staff anybody's, a family account its own alone."""
    if by.organisation_id is not None or by.role == "SYSTEM":
        return list(Agreement.ByWhom.values)
    if getattr(by, "person_id", None) == person_id:
        return [Agreement.ByWhom.PERSON]
    if may_decide_for(by, person_id):
        return [Agreement.ByWhom.GUARDIAN, Agreement.ByWhom.RELATIVE]
    return [Agreement.ByWhom.RELATIVE]


def handling(by: Actor, transfer: Transfer) -> UUID | None:
    """The organisation under which somebody of the sending side or the coordinator acts on a transfer."""
    mine = set(getattr(by, "organisation_ids", ()))
    for unit in (transfer.from_unit_id, transfer.requested_unit_id, transfer.coordinator_id):
        if unit in mine:
            return unit
    if by.role == "SYSTEM":
        return transfer.coordinator_id
    raise NotAllowed


def _locked(transfer: Transfer, version: int | None) -> Transfer:
    locked = rows.lock_transfer(transfer)
    rows.check_version(locked, version)
    return locked


def _touch(transfer: Transfer) -> None:
    transfer.version += 1
    transfer.save()


def _note(transfer: Transfer, verb: str, before: str, *, at: datetime, by: Actor, reason: str = "") -> None:
    TransferStep.objects.create(
        transfer=transfer,
        verb=verb,
        from_state=before,
        to_state=transfer.state,
        at=at,
        recorded_at=now(),
        by_account=by.account_id,
        by_label=by.label,
        by_organisation=by.organisation_id,
        reason=reason,
    )


def _open_to(transfer: Transfer, unit_id: UUID, scope: str, *, at: datetime, by: Actor) -> None:
    people.open_relationship(
        by=by,
        at=at,
        person_id=transfer.person_id,
        organisation_id=unit_id,
        basis="TRANSFER",
        scope=scope,
        source_kind="Transfer",
        source_id=transfer.pk,
    )


def _nature(transfer: Transfer) -> dict[str, Any]:
    return {
        "urgency": transfer.urgency,
        "overlay": transfer.target_lane == Lane.OVERLAY,
        "waived": waived(transfer),
    }


def _statements(transfer: Transfer) -> list[agreement_rules.Statement]:
    return [
        agreement_rules.Statement(s.by_whom, s.name, s.outcome)
        for s in transfer.agreements.order_by("at", "pk")
    ]


def _source(person: Person, lane: str) -> Episode | None:
    """Where the person is: the stay that is left by this transfer (or over which an overlay is set up)."""
    present = (
        Occupancy.objects.filter(
            person=person, state=State.PRESENT, period__endswith=None, episode__isnull=False
        )
        .select_related("episode")
        .order_by("part")
        .first()
    )
    return present.episode if present else None


def _held(person: Person, kind: str) -> Occupancy | None:
    return Occupancy.objects.filter(
        person=person,
        state=State.HELD,
        period__endswith=None,
        episode__kind=kind,
        episode__lane=Lane.RESIDENCE,
    ).first()


def _where(source: Episode | None, by: Actor, person: Person) -> str:
    """The area whose coordination centre is responsible."""
    for unit in (source.unit_id if source else None, by.organisation_id):
        if unit is not None:
            return naming.area_of(unit)
    return person.residence_area


def _suspend_others(transfer: Transfer, *, at: datetime, by: Actor) -> list[UUID]:
    """An emergency goes first: what else is under way waits, keeping its place in the waiting list."""
    suspended = []
    others = (
        Transfer.objects.select_for_update(no_key=True)
        .live()
        .filter(person_id=transfer.person_id, target_lane=transfer.target_lane, suspended_at=None)
    )
    for other in others.exclude(pk=transfer.pk).exclude(urgency=Urgency.EMERGENCY):
        if other.state in rules.ON_THE_WAY:
            move(other, "fail", at=at, by=by, reason=str(_("an emergency goes first")))
            record("transfer.failed", by=by, at=at, subject=other, person=other.person_id)
            continue
        before = other.state
        if other.state in (S.OFFERED, S.ACCEPTED, S.ALLOCATED, S.HANDED_OVER):
            withdraw_offers(other, at=at)
            other.offers.filter(state=OfferState.ACCEPTED).update(state=OfferState.WITHDRAWN)
            rows.release_reservation(other, at=at, by=by, why="SUSPENDED")
            other.state, other.to_unit_id = S.AGREED, None
        other.suspended_at, other.act_by = at, None
        suspended.append(other.pk)
        _touch(other)
        _note(other, "suspend", before, at=at, by=by, reason=str(_("an emergency goes first")))
        record("transfer.suspended", by=by, at=at, subject=other, person=other.person_id)
    return suspended
