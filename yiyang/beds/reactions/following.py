"""What follows elsewhere: the green channel, an assessment, a place on the waiting list, the record."""

from __future__ import annotations

from yiyang.access.bed_kinds import BedKind
from yiyang.access.queries import naming
from yiyang.beds.commands import await_assessment, requests, weigh_waiting
from yiyang.beds.queries import handovers, transfer
from yiyang.beds.queries.eligibility import emergency_transfer
from yiyang.beds.queries.green_channel import ordinary_waiting_transfers
from yiyang.beds.queries.waiting_priority import to_weigh_again
from yiyang.devices import commands as devices
from yiyang.devices.queries import alarms
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on
from yiyang.people import commands as people_commands
from yiyang.people import queries as people
from yiyang.records.commands import record_vital_signs


@on("agreement.signed")
@on("agreement.renewed")
def open_green_channel_by_agreement(fact: Fact) -> None:
    for waiting in ordinary_waiting_transfers(fact.person_id):
        requests.follow_agreement(by=SYSTEM, at=fact.recorded_at, transfer=waiting)


@on("transfer.departed")
def ask_for_assessment_after_emergency(fact: Fact) -> None:
    if transfer := emergency_transfer(fact.subject_id):
        await_assessment(by=SYSTEM, at=fact.recorded_at, transfer=transfer)


@on("transfer.departed")
@on("transfer.in_emergency_room")
@on("transfer.completed")
def whoever_left_or_arrived_was_seen(fact: Fact) -> None:
    """A fall at home ends in hospital: who sent or received the person had them before their eyes."""
    for alarm in alarms.unseen_of(fact.person_id, fact.at) if fact.person_id else ():
        devices.note_seen_by_others(
            by=SYSTEM, at=fact.recorded_at, alarm=alarm, seen_at=fact.at, label=fact.by_label,
            account_id=fact.by_account,
        )  # fmt: skip


@on("assessment.signed")
@on("assessment.voided")
def weigh_priority_of_who_waits(fact: Fact) -> None:
    if fact.person_id and to_weigh_again(fact.person_id, fact.recorded_at):
        weigh_waiting(by=SYSTEM, at=fact.recorded_at, person=people.person(SYSTEM, fact.person_id))


@on("episode.opened")
def ask_for_a_family_doctor(fact: Fact) -> None:
    """Whoever gets a care bed should have a family doctor: the health centre of the area is asked."""
    if fact.person_id and fact.data.get("kind") in (BedKind.HOME_CARE, BedKind.INSTITUTION):
        people_commands.ask_for_family_doctor(
            by=SYSTEM,
            at=fact.at,
            person=people.person(SYSTEM, fact.person_id),
            unit_id=fact.data["unit"],
            area=naming.area_of(fact.data["unit"]),
            why=fact.data["kind"],
        )


@on("transfer.handed_over")
def keep_vital_signs_of_the_handover(fact: Fact) -> None:
    """What the sending team measured last stands in the clinical record, and beside the receiver's NEWS2."""
    if fact.subject_id is None:
        return
    handed_over = transfer(SYSTEM, fact.subject_id)
    for row in handovers.measured_rows(handed_over):
        record_vital_signs(
            by=SYSTEM,
            at=fact.at,
            person=handed_over.person,
            values=row.values,
            measured_at=row.measured_at,
            measured_by=handed_over.handover.given_by,
            source="handover",
            key=f"handover/{handed_over.pk}/{row.number}",
        )
