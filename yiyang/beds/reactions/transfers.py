"""Who is told of a transfer and of a unit's answer."""

from __future__ import annotations

from yiyang.beds.queries.entry import documents_owed
from yiyang.beds.reactions.telling import tell
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on


@on("transfer.requested")
def tell_coordinator_of_request(fact: Fact) -> None:
    urgency = fact.data["urgency"]
    if urgency != "ROUTINE":
        tell(fact, "beds.transfer_requested", fact.data.get("coordinator"), priority=urgency, urgency=urgency)


@on("transfer.offered")
def tell_unit_of_offer(fact: Fact) -> None:
    urgency = fact.data["urgency"]
    tell(
        fact,
        "beds.transfer_offered",
        fact.data["unit"],
        priority=urgency,
        urgency=urgency,
        answer_by=fact.data["answer_by"],
    )


@on("transfer.accepted")
def tell_office_to_give_a_bed(fact: Fact) -> None:
    tell(fact, "beds.bed_to_give", fact.data["unit"], priority="URGENT")


@on("transfer.accepted")
def tell_sender_of_acceptance(fact: Fact) -> None:
    tell(fact, "beds.transfer_accepted", fact.data.get("from_unit") or fact.data.get("requested_unit"))


@on("transfer.allocated")
def tell_sender_of_bed(fact: Fact) -> None:
    tell(fact, "beds.bed_given", fact.data.get("from_unit"))


@on("transfer.departed")
def tell_receiver_of_departure(fact: Fact) -> None:
    tell(fact, "beds.transfer_departed", fact.data.get("unit"))


@on("transfer.completed")
def tell_sender_of_arrival(fact: Fact) -> None:
    tell(fact, "beds.transfer_completed", fact.data.get("from_unit"))


@on("transfer.cancelled")
def tell_receiver_of_cancellation(fact: Fact) -> None:
    tell(fact, "beds.transfer_cancelled", fact.data.get("to_unit"))


@on("offer.declined")
def tell_sender_of_decline(fact: Fact) -> None:
    tell(fact, "beds.offer_declined", fact.data.get("from_unit"), priority="URGENT")


@on("transfer.completed")
def ask_for_documents_afterwards(fact: Fact) -> None:
    """In an emergency nobody waited for the documents that the unit asks for before entry."""
    if fact.subject_id is not None and documents_owed(fact.subject_id):
        tell(fact, "beds.documents_owed", fact.data.get("from_unit"))


@on("transfer.return_declined")
def tell_ward_of_declined_return(fact: Fact) -> None:
    tell(fact, "beds.return_declined", fact.data.get("from_unit"), priority="URGENT")


@on("offer.answered_otherwise")
def tell_sender_of_answer(fact: Fact) -> None:
    tell(fact, "beds.offer_answered_otherwise", fact.data.get("from_unit"), priority="URGENT")


@on("transfer.escalated")
def tell_coordinator_of_silence(fact: Fact) -> None:
    tell(
        fact,
        "beds.nobody_answered",
        fact.data.get("coordinator"),
        priority="URGENT",
        minutes_late=fact.data.get("minutes_late", 0),
    )


@on("transfer.unanswered")
def tell_coordinator_that_no_unit_answered(fact: Fact) -> None:
    late = fact.data.get("minutes_late", 0)
    tell(fact, "beds.nobody_answered", fact.data.get("coordinator"), priority="URGENT", minutes_late=late)
