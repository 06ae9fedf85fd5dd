"""What whoever is on duty has to do."""

from __future__ import annotations

from yiyang.beds.reactions.telling import wait_at_stay, wait_for
from yiyang.duty.rules.posts import Act
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on


@on("transfer.offered")
def tell_one_on_duty_of_offer(fact: Fact) -> None:
    wait_for(fact, fact.data["unit"], Act.ANSWER, "Offer", fact.data["offer"])


@on("offer.information_given")
def tell_one_on_duty_of_information(fact: Fact) -> None:
    wait_for(fact, fact.data["unit"], Act.ANSWER, "Offer", fact.data["offer"])


@on("transfer.accepted")
def tell_one_on_duty_to_give_a_bed(fact: Fact) -> None:
    wait_for(fact, fact.data["unit"], Act.GIVE_BED, "Allocation", fact.subject_id)


@on("transfer.allocated")
def tell_one_on_duty_to_send(fact: Fact) -> None:
    """A routine departure has its own day; only urgent ones go up the ladder."""
    if fact.data.get("from_unit"):
        wait_for(fact, fact.data["from_unit"], Act.SEND, "Departure", fact.subject_id, routine=False)


@on("transfer.departed")
def tell_one_on_duty_to_receive(fact: Fact) -> None:
    if fact.data.get("unit"):
        wait_for(fact, fact.data["unit"], Act.RECEIVE, "Arrival", fact.subject_id)


@on("leave.overdue")
def tell_one_on_duty_of_overdue_leave(fact: Fact) -> None:
    wait_at_stay(fact, Act.FIND_OUT, "Leave", "URGENT", fact.data["due"])


@on("hold.ending")
def tell_one_on_duty_of_hold(fact: Fact) -> None:
    wait_at_stay(fact, Act.DECIDE_HOLD, "Hold", "ROUTINE", fact.data["until"])
