"""A packet is there before the person is: built when a unit accepts, again when something is handed over or told, and
for the last time when the person leaves."""

from __future__ import annotations

from yiyang.access.commands import notify
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on
from yiyang.packets.commands import build_packet
from yiyang.packets.notices import CHANGED
from yiyang.packets.queries import packets


@on("transfer.accepted")
@on("transfer.taken_back")
@on("transfer.handed_over")
@on("transfer.departed")
def build_packet_of_transfer(fact: Fact) -> None:
    found = packets.for_building(fact.subject_id) if fact.subject_id else None
    if found is not None:
        build_packet(by=SYSTEM, at=fact.recorded_at, transfer=found)


@on("packet.built")
def tell_readers_of_what_changed(fact: Fact) -> None:
    """Whoever has read an earlier version and comes from the receiving unit."""
    for account_id in packets.readers_before(fact.subject_id):
        notify(
            by=SYSTEM,
            at=fact.recorded_at,
            subject=CHANGED,
            account=account_id,
            person=fact.person_id,
            link=f"/transfers/{fact.data['transfer']}/packet/#changes",
            key=f"packet_changed:{fact.subject_id}:{account_id}",
        )
