"""Who is told of holds, leaves, reservations and cycles."""

from __future__ import annotations

from yiyang.beds.reactions.telling import tell, tell_at_home
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on


@on("hold.ending")
def tell_unit_of_hold(fact: Fact) -> None:
    tell(fact, "beds.hold_ending", fact.data["unit"], until=fact.data["until"])


@on("hold.ending")
def tell_family_of_hold(fact: Fact) -> None:
    tell_at_home(fact, "beds.hold_ending_family", "beds.hold_ending_own", "until")


@on("hold.extended")
def tell_unit_of_longer_hold(fact: Fact) -> None:
    if fact.data.get("own"):
        tell(fact, "beds.hold_extended_at_home", fact.data["unit"], due=False, until=fact.data["until"])


@on("hold.release_asked")
def tell_unit_of_release(fact: Fact) -> None:
    tell(fact, "beds.release_asked", fact.data["unit"], free_from=fact.data["free_from"])


@on("hold.release_asked")
def tell_family_of_release(fact: Fact) -> None:
    """The others too: one of them may have been wrong, and there is time to say so."""
    tell_at_home(fact, "beds.release_asked_family", "beds.release_asked_own", "free_from")


@on("hold.release_withdrawn")
def tell_unit_of_release_withdrawn(fact: Fact) -> None:
    tell(fact, "beds.release_withdrawn", fact.data["unit"], due=False)


@on("hold.release_withdrawn")
def tell_family_of_release_withdrawn(fact: Fact) -> None:
    tell_at_home(fact, "beds.release_withdrawn", "beds.release_withdrawn", "until")


@on("episode.closed")
def tell_family_of_hold_ended(fact: Fact) -> None:
    """Whoever moves on or has died is told of that, or not at all."""
    if fact.data.get("kept") and fact.data["reason"] not in ("DIED", "TRANSFERRED"):
        tell_at_home(fact, "beds.hold_ended_family", "beds.hold_ended_own", None)


@on("leave.overdue")
def tell_unit_of_overdue_leave(fact: Fact) -> None:
    tell(fact, "beds.leave_overdue", fact.data["unit"], priority="URGENT", due=fact.data["due"])


@on("reservation.expired")
def tell_unit_of_lapsed_reservation(fact: Fact) -> None:
    tell(fact, "beds.reservation_expired", fact.data["unit"])


@on("person.missing")
def tell_unit_of_missing_person(fact: Fact) -> None:
    tell(fact, "beds.person_missing", fact.data["unit"], priority="EMERGENCY")


@on("home_bed.cycle_ending")
def tell_unit_of_cycle_end(fact: Fact) -> None:
    tell(fact, "beds.cycle_ending", fact.data["unit"], ends_on=fact.data["ends_on"])
