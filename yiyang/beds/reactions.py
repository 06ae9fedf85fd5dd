"""Who is told when something happens to a transfer, a hold or a leave. No logic: one notice each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.commands import notify, withdraw_notice
from yiyang.access.notice_texts import notice_text
from yiyang.access.queries import naming
from yiyang.access.serving import account_of_person
from yiyang.beds.commands import await_assessment, requests, weigh_waiting
from yiyang.beds.queries import handovers, transfer, unit_messages
from yiyang.beds.queries.answering import waiting_for
from yiyang.beds.queries.eligibility import emergency_transfer
from yiyang.beds.queries.entry import documents_owed
from yiyang.beds.queries.green_channel import ordinary_waiting_transfers
from yiyang.beds.queries.waiting_priority import to_weigh_again
from yiyang.duty.commands import open_matter
from yiyang.duty.queries.answering import who_answers
from yiyang.duty.rules.posts import Act
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on
from yiyang.people import commands as people_commands
from yiyang.people import queries as people
from yiyang.records.commands import record_vital_signs

notice_text(
    "beds.transfer_requested", _("A transfer was asked for ({urgency}). Evaluate it and find a unit.")
)
notice_text(
    "beds.transfer_offered",
    _("A unit asks whether you can take a person ({urgency}). Answer by {answer_by}."),
)
notice_text("beds.transfer_accepted", _("A unit has accepted the person. Prepare the handover."))
notice_text("beds.bed_to_give", _("Your doctor has accepted a person. Give a bed."))
notice_text("beds.bed_given", _("A bed is reserved. Hand over, then depart."))
notice_text("beds.transfer_departed", _("The person is on the way to you."))
notice_text("beds.transfer_completed", _("The person has arrived."))
notice_text("beds.offer_declined", _("A unit cannot take the person. Ask another one."))
notice_text(
    "beds.documents_owed",
    _("Documents that the receiving unit asks for before entry are still lacking. Please send them."),
)
notice_text(
    "beds.return_declined",
    _("The care home cannot take its resident back as things are. Read what is lacking."),
)
notice_text("beds.offer_answered_otherwise", _("A unit has answered your request. Read what it says."))
notice_text(
    "beds.nobody_answered", _("Nobody has answered in time ({minutes_late} min late). Please step in.")
)
notice_text("beds.transfer_cancelled", _("A transfer to you was cancelled."))
notice_text(
    "beds.hold_ending", _("A bed is held until {until}. Extend it, take the person back, or release it.")
)
notice_text(
    "beds.hold_ending_family",
    _("The bed is kept until {until}. Please tell the unit whether to extend, return or release it."),
)
notice_text(
    "beds.hold_ending_own",
    _("Your bed is kept for you until {until}. Say what you wish: keep it longer, come back, or give it up."),
)
notice_text(
    "beds.hold_extended_at_home", _("Person or family keep a bed for longer, as was agreed: until {until}.")
)
notice_text(
    "beds.release_asked", _("Person or family give a kept bed up. It is free for others from {free_from}.")
)
notice_text("beds.release_withdrawn", _("A kept bed that was given up stays kept after all."))
notice_text(
    "beds.release_asked_family",
    _(
        "The kept bed was given up. From {free_from} it may go to somebody else; until then it can be taken back."
    ),
)
notice_text(
    "beds.release_asked_own",
    _(
        "The bed kept for you was given up. From {free_from} it may go to somebody else; until then it can be taken back."
    ),
)
notice_text("beds.hold_ended_family", _("The bed is not kept any more. Call the unit if you have questions."))
notice_text(
    "beds.hold_ended_own",
    _("The bed is not kept for you any more. If you have questions, call those who look after you."),
)
notice_text(
    "beds.leave_overdue", _("A resident on leave should have been back at {due}. Call the companion.")
)
notice_text("beds.reservation_expired", _("Nobody came for a reserved bed; it is free again."))
notice_text("beds.person_missing", _("A resident is missing. Search, inform the family, call the police."))
notice_text("beds.cycle_ending", _("The cycle of a home medical bed ends on {ends_on}. Renew or close it."))
notice_text("beds.family_wrote", _("A resident or their family has written to you. Read it and answer."))
notice_text("beds.unit_answered", _("The unit has written to you. Read it here."))
notice_text("beds.person_died", _("A person in your care was recorded as having passed away."))


def _tell(
    fact: Fact,
    subject: str,
    to: Any,
    *,
    role: str = "",
    priority: str = "ROUTINE",
    due: bool = True,
    **params: Any,
) -> None:
    """One notice to a unit, or to one role of it, linked to what it is about; `due` when something is to be done."""
    if to is None:
        return
    kind = {"Transfer": "transfers", "Episode": "episodes", "Person": "people"}.get(fact.subject_kind, "")
    notify(
        by=SYSTEM,
        at=fact.at,
        subject=subject,
        organisation=to,
        role=role,
        params=params,
        person=fact.person_id,
        link=f"/{kind}/{fact.subject_id}/" if kind else "",
        priority=priority,
        due_at=_instant(fact.data.get("answer_by") or fact.data.get("until")) if due else None,
        key=f"{fact.id}:{subject}:{to}:{role}",
    )


@on("agreement.signed")
@on("agreement.renewed")
def open_green_channel_by_agreement(fact: Fact) -> None:
    for waiting in ordinary_waiting_transfers(fact.person_id):
        requests.follow_agreement(by=SYSTEM, at=fact.recorded_at, transfer=waiting)


@on("transfer.requested")
def tell_coordinator_of_request(fact: Fact) -> None:
    urgency = fact.data["urgency"]
    if urgency != "ROUTINE":
        _tell(
            fact, "beds.transfer_requested", fact.data.get("coordinator"), priority=urgency, urgency=urgency
        )


@on("transfer.offered")
def tell_unit_of_offer(fact: Fact) -> None:
    urgency = fact.data["urgency"]
    _tell(
        fact,
        "beds.transfer_offered",
        fact.data["unit"],
        priority=urgency,
        urgency=urgency,
        answer_by=fact.data["answer_by"],
    )


@on("transfer.accepted")
def tell_office_to_give_a_bed(fact: Fact) -> None:
    _tell(fact, "beds.bed_to_give", fact.data["unit"], priority="URGENT")


@on("transfer.accepted")
def tell_sender_of_acceptance(fact: Fact) -> None:
    _tell(fact, "beds.transfer_accepted", fact.data.get("from_unit") or fact.data.get("requested_unit"))


@on("transfer.allocated")
def tell_sender_of_bed(fact: Fact) -> None:
    _tell(fact, "beds.bed_given", fact.data.get("from_unit"))


@on("transfer.departed")
def tell_receiver_of_departure(fact: Fact) -> None:
    _tell(fact, "beds.transfer_departed", fact.data.get("unit"))


@on("transfer.completed")
def tell_sender_of_arrival(fact: Fact) -> None:
    _tell(fact, "beds.transfer_completed", fact.data.get("from_unit"))


@on("transfer.cancelled")
def tell_receiver_of_cancellation(fact: Fact) -> None:
    _tell(fact, "beds.transfer_cancelled", fact.data.get("to_unit"))


@on("offer.declined")
def tell_sender_of_decline(fact: Fact) -> None:
    _tell(fact, "beds.offer_declined", fact.data.get("from_unit"), priority="URGENT")


@on("transfer.completed")
def ask_for_documents_afterwards(fact: Fact) -> None:
    """In an emergency nobody waited for the documents that the unit asks for before entry."""
    if fact.subject_id is not None and documents_owed(fact.subject_id):
        _tell(fact, "beds.documents_owed", fact.data.get("from_unit"))


@on("transfer.return_declined")
def tell_ward_of_declined_return(fact: Fact) -> None:
    _tell(fact, "beds.return_declined", fact.data.get("from_unit"), priority="URGENT")


@on("offer.answered_otherwise")
def tell_sender_of_answer(fact: Fact) -> None:
    _tell(fact, "beds.offer_answered_otherwise", fact.data.get("from_unit"), priority="URGENT")


@on("transfer.escalated")
def tell_coordinator_of_silence(fact: Fact) -> None:
    _tell(
        fact,
        "beds.nobody_answered",
        fact.data.get("coordinator"),
        priority="URGENT",
        minutes_late=fact.data.get("minutes_late", 0),
    )


@on("transfer.unanswered")
def tell_coordinator_that_no_unit_answered(fact: Fact) -> None:
    late = fact.data.get("minutes_late", 0)
    _tell(fact, "beds.nobody_answered", fact.data.get("coordinator"), priority="URGENT", minutes_late=late)


@on("transfer.offered")
def tell_one_on_duty_of_offer(fact: Fact) -> None:
    _wait_for(fact, fact.data["unit"], Act.ANSWER, "Offer", fact.data["offer"])


@on("offer.information_given")
def tell_one_on_duty_of_information(fact: Fact) -> None:
    _wait_for(fact, fact.data["unit"], Act.ANSWER, "Offer", fact.data["offer"])


@on("transfer.accepted")
def tell_one_on_duty_to_give_a_bed(fact: Fact) -> None:
    _wait_for(fact, fact.data["unit"], Act.GIVE_BED, "Allocation", fact.subject_id)


@on("transfer.allocated")
def tell_one_on_duty_to_send(fact: Fact) -> None:
    """A routine departure has its own day; only urgent ones go up the ladder."""
    if fact.data.get("from_unit"):
        _wait_for(fact, fact.data["from_unit"], Act.SEND, "Departure", fact.subject_id, routine=False)


@on("transfer.departed")
def tell_one_on_duty_to_receive(fact: Fact) -> None:
    if fact.data.get("unit"):
        _wait_for(fact, fact.data["unit"], Act.RECEIVE, "Arrival", fact.subject_id)


@on("transfer.departed")
def ask_for_assessment_after_emergency(fact: Fact) -> None:
    if transfer := emergency_transfer(fact.subject_id):
        await_assessment(by=SYSTEM, at=fact.recorded_at, transfer=transfer)


@on("assessment.signed")
@on("assessment.voided")
def weigh_priority_of_who_waits(fact: Fact) -> None:
    if fact.person_id and to_weigh_again(fact.person_id, fact.recorded_at):
        weigh_waiting(by=SYSTEM, at=fact.recorded_at, person=people.person(SYSTEM, fact.person_id))


@on("leave.overdue")
def tell_one_on_duty_of_overdue_leave(fact: Fact) -> None:
    _wait_at_stay(fact, Act.FIND_OUT, "Leave", "URGENT", fact.data["due"])


@on("hold.ending")
def tell_one_on_duty_of_hold(fact: Fact) -> None:
    _wait_at_stay(fact, Act.DECIDE_HOLD, "Hold", "ROUTINE", fact.data["until"])


def _wait_at_stay(fact: Fact, act: Act, kind: str, urgency: str, due: str) -> None:
    """The same for somebody whose bed is kept; the subject of the fact is the stay."""
    unit = UUID(str(fact.data["unit"]))
    open_matter(
        by=SYSTEM,
        at=fact.at,
        unit_id=unit,
        act=act,
        urgency=urgency,
        subject_kind=kind,
        subject_id=UUID(str(fact.subject_id)),
        person=fact.person_id,
        coordinator_id=naming.coordination_centre(naming.area_of(unit)),
        link=f"/episodes/{fact.subject_id}/",
        due_at=_instant(due),
    )


def _wait_for(fact: Fact, unit: Any, act: Act, kind: str, subject: Any, *, routine: bool = True) -> None:
    """The one on duty is told, and when nobody acts the deputy, the manager and the coordinator."""
    about = waiting_for(fact.subject_id, subject if kind == "Offer" else None)
    if about is None or (about.urgency == "ROUTINE" and not routine):
        return
    open_matter(
        by=SYSTEM,
        at=fact.at,
        unit_id=UUID(str(unit)),
        act=act,
        urgency=about.urgency,
        subject_kind=kind,
        subject_id=UUID(str(subject)),
        person=fact.person_id,
        coordinator_id=about.coordinator_id,
        link=f"/transfers/{fact.subject_id}/",
        due_at=about.due_at,
    )


@on("message.written")
def tell_one_on_duty_of_message(fact: Fact) -> None:
    """Whoever is on duty; the whole unit where nobody is."""
    found = unit_messages.message(fact.subject_id) if fact.subject_id else None
    first = unit_messages.waiting_since(found) if found else None
    if found is None or first is None or found.person.died_at:
        return
    shift = who_answers(found.unit_id, Act.ANSWER, fact.at).shift
    notify(
        by=SYSTEM, at=fact.at, subject="beds.family_wrote", person=fact.person_id,
        account=shift.account_id if shift else None, organisation=None if shift else found.unit_id,
        link=f"/people/{found.person_id}/units/{found.unit_id}/messages/?side={found.side}",
        key=f"family_wrote:{first}",
    )  # fmt: skip


@on("message.read")
def take_back_notice_of_read(fact: Fact) -> None:
    _withdraw_family_wrote(fact)


@on("message.answered")
def take_back_notice_of_answered(fact: Fact) -> None:
    _withdraw_family_wrote(fact)


def _withdraw_family_wrote(fact: Fact) -> None:
    if fact.data.get("first"):
        withdraw_notice(by=SYSTEM, at=fact.at, key=f"family_wrote:{fact.data['first']}")


@on("message.answered")
def tell_family_of_answer(fact: Fact) -> None:
    """Those who are entrusted now, or the person; never after a death."""
    found = unit_messages.message(fact.subject_id) if fact.subject_id else None
    if found is None or found.person.died_at:
        return
    for account_id in unit_messages.who_wrote(found):
        notify(
            by=SYSTEM, at=fact.at, subject="beds.unit_answered", account=account_id, person=fact.person_id,
            link=f"/people/{found.person_id}/units/{found.unit_id}/messages/",
            key=f"{fact.id}:unit_answered:{account_id}",
        )  # fmt: skip


@on("hold.ending")
def tell_unit_of_hold(fact: Fact) -> None:
    _tell(fact, "beds.hold_ending", fact.data["unit"], until=fact.data["until"])


@on("hold.ending")
def tell_family_of_hold(fact: Fact) -> None:
    _tell_at_home(fact, "beds.hold_ending_family", "beds.hold_ending_own", "until")


@on("hold.extended")
def tell_unit_of_longer_hold(fact: Fact) -> None:
    if fact.data.get("own"):
        _tell(fact, "beds.hold_extended_at_home", fact.data["unit"], due=False, until=fact.data["until"])


@on("hold.release_asked")
def tell_unit_of_release(fact: Fact) -> None:
    _tell(fact, "beds.release_asked", fact.data["unit"], free_from=fact.data["free_from"])


@on("hold.release_asked")
def tell_family_of_release(fact: Fact) -> None:
    """The others too: one of them may have been wrong, and there is time to say so."""
    _tell_at_home(fact, "beds.release_asked_family", "beds.release_asked_own", "free_from")


@on("hold.release_withdrawn")
def tell_unit_of_release_withdrawn(fact: Fact) -> None:
    _tell(fact, "beds.release_withdrawn", fact.data["unit"], due=False)


@on("hold.release_withdrawn")
def tell_family_of_release_withdrawn(fact: Fact) -> None:
    _tell_at_home(fact, "beds.release_withdrawn", "beds.release_withdrawn", "until")


@on("episode.closed")
def tell_family_of_hold_ended(fact: Fact) -> None:
    """Whoever moves on or has died is told of that, or not at all."""
    if fact.data.get("kept") and fact.data["reason"] not in ("DIED", "TRANSFERRED"):
        _tell_at_home(fact, "beds.hold_ended_family", "beds.hold_ended_own", None)


TO_DECIDE = ("hold.ending", "hold.release_asked")


def _tell_at_home(fact: Fact, to_family: str, to_person: str, instant: str | None) -> None:
    """Everybody entrusted, and the person's own account in words that say nothing of why; never after a death."""
    if fact.person_id is None or people.died_at(fact.person_id):
        return
    when = fact.data[instant] if instant else None
    link = f"/people/{fact.person_id}/units/{fact.data['unit']}/messages/" if instant else "/"
    own = account_of_person(fact.person_id)
    told = [(account_id, to_family) for account_id in people.accounts_entrusted(fact.person_id)]
    for account_id, subject in [*told, (own, to_person)]:
        if account_id is None or account_id == fact.by_account:
            continue
        notify(
            by=SYSTEM, at=fact.at, subject=subject, account=account_id, person=fact.person_id, link=link,
            params={instant: when} if instant else {}, due_at=_instant(when) if fact.name in TO_DECIDE else None,
            key=f"{fact.id}:family:{account_id}",
        )  # fmt: skip


@on("leave.overdue")
def tell_unit_of_overdue_leave(fact: Fact) -> None:
    _tell(fact, "beds.leave_overdue", fact.data["unit"], priority="URGENT", due=fact.data["due"])


@on("reservation.expired")
def tell_unit_of_lapsed_reservation(fact: Fact) -> None:
    _tell(fact, "beds.reservation_expired", fact.data["unit"])


@on("person.missing")
def tell_unit_of_missing_person(fact: Fact) -> None:
    _tell(fact, "beds.person_missing", fact.data["unit"], priority="EMERGENCY")


@on("home_bed.cycle_ending")
def tell_unit_of_cycle_end(fact: Fact) -> None:
    _tell(fact, "beds.cycle_ending", fact.data["unit"], ends_on=fact.data["ends_on"])


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text and "T" in text else None


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
