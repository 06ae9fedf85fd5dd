"""Asking for a person to be moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries import naming
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.agreements import voices
from yiyang.beds.commands.steps import SayWhy, deadline, note, open_to, touch
from yiyang.beds.commands.urgency import suspend_others
from yiyang.beds.commands.waiting import give_priority, waits_without_priority
from yiyang.beds.models import Agreement, Episode, Occupancy, Transfer
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.transfers import TransferState as S
from yiyang.beds.models.transfers import Trigger, Urgency
from yiyang.beds.queries.green_channel import green_channel
from yiyang.beds.rules.green_channel import Opened, check_target, default_lane
from yiyang.kernel.actors import Actor, doer
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, refuses

if TYPE_CHECKING:
    from yiyang.people.models import Person


class SecondTransfer(Refusal):
    message = _("A transfer of {name} is already under way ({state}). Open that one, or cancel it first.")


class HasOneAlready(Refusal):
    message = _("{name} has such a bed already, run by {unit}. Go on with that one, or end it first.")


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


@command(Permission.REQUEST_TRANSFER, within="by.organisation_id", about="person.pk")
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
    asker: str = "",
    asker_name: str = "",
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
    person = locks.person(person.pk)
    asker, asker_name = who_asks(by, person, asker, asker_name)
    lane = target_lane or default_lane(target_kind)
    source = _source(person, lane)
    _refuse_second_service(person, source, target_kind, lane)
    transfer = Transfer(
        person=person,
        trigger=trigger,
        urgency=urgency,
        target_kind=target_kind,
        target_lane=lane,
        from_episode=source,
        from_unit_id=source.unit_id if source else None,
        requested_unit_id=doer(by).organisation_id,
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
        asker=asker,
        asker_name=asker_name,
        wanted_from=wanted_from,
        expected_until=expected_until,
        state=S.REQUESTED,
        state_since=at,
        act_by=deadline(urgency, at, source.unit_id if source else doer(by).organisation_id),
    )
    suspended = suspend_others(transfer, at=at, by=by) if urgency == Urgency.EMERGENCY else []
    transfer.save(force_insert=True)
    Transfer.objects.filter(pk__in=suspended).update(suspended_for=transfer)
    note(transfer, "request", "", at=at, by=by, reason=reason)
    if transfer.coordinator_id:
        open_to(transfer, transfer.coordinator_id, "MOVE", at=at, by=by)
    record_of(
        transfer,
        "transfer.requested",
        by=by,
        at=at,
        urgency=urgency,
        kind=target_kind,
        trigger=trigger,
        asker=asker or None,
        coordinator=transfer.coordinator_id,
        from_unit=transfer.from_unit_id,
    )
    return transfer


class WhoAsks(Refusal):
    message = _("Write the name of whoever asks for it.")
    status = 422


class NothingToOpen(Refusal):
    message = _("The green channel is open already, or this transfer has ended. Look at the new state.")


@command(Permission.REQUEST_TRANSFER, within="by.organisation_id", about="transfer.person_id")
def ask_for_green_channel(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    asker: str = "",
    asker_name: str = "",
    version: int | None = None,
) -> Transfer:
    """The person or family asks explicitly: a routine transfer then has the priority of the green channel."""
    transfer = locks.transfer(transfer, version)
    if not green_channel(transfer, at).asks:
        raise NothingToOpen
    asker, asker_name = who_asks(by, transfer.person, asker, asker_name)
    if not asker:
        raise WhoAsks(field="asker")
    transfer.asker, transfer.asker_name = asker, asker_name
    touch(transfer)
    note(transfer, "open_green_channel", transfer.state, at=at, by=by, reason=asker_name)
    record_of(transfer, "transfer.green_channel_opened", by=by, at=at, asker=asker)
    give_priority(transfer, at=at, by=by)
    return transfer


@command(Permission.COORDINATE, within="transfer.coordinator_id", about="transfer.person_id")
def follow_agreement(*, by: Actor, at: datetime, transfer: Transfer) -> Transfer:
    """An agreement was signed while the person waits: from now on with the priority of the green channel."""
    transfer = locks.transfer(transfer, None)
    if green_channel(transfer, at).opened != Opened.AGREEMENT or not waits_without_priority(transfer):
        raise NothingToOpen
    record_of(transfer, "transfer.green_channel_opened", by=by, at=at)
    give_priority(transfer, at=at, by=by)
    return transfer


def who_asks(by: Actor, person: Person, asker: str, name: str) -> tuple[str, str]:
    """Person and family who ask themselves, also at a counter, ask explicitly; staff say who did, if anybody."""
    if by.organisation_id is None and by.role != "SYSTEM":
        return voices(by, person.pk)[0], by.account.name[:120]  # type: ignore[attr-defined]
    if asker == Agreement.ByWhom.PERSON:
        name = name.strip() or person.full_name
    if asker and not name.strip():
        raise WhoAsks(field="asker_name")
    return asker, name.strip()[:120] if asker else ""


def policy_targets(trigger: str, at: datetime) -> list[str]:
    """The kinds of beds that the green channel of a trigger leads to."""
    if trigger == Trigger.WISH:
        return [kind.value for kind in BedKind]
    return list(policy(f"beds.green_channel.{trigger}", on=at.date()).value)


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


def _refuse_second_service(person: Person, source: Episode | None, kind: str, lane: str) -> None:
    """A service that comes to the person is not left by moving: a second one could never begin."""
    if lane != Lane.OVERLAY:
        return
    open_one = Episode.objects.filter(person=person, kind=kind, lane=lane, closed_at=None).select_related(
        "unit"
    )
    if (has := open_one.exclude(pk=source.pk if source else None).first()) is not None:
        raise HasOneAlready(name=person.full_name, unit=has.unit.name)


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
