"""The packet on the page of a transfer, and on the home page of a unit that receives somebody."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds import transfer_parts
from yiyang.packets.queries import packets
from yiyang.people import queries as people
from yiyang.portals import home_parts


@transfer_parts.register
def packet_of_transfer(request: Any, transfer: Any) -> transfer_parts.Part | None:
    """For staff of both sides; the packet itself opens to those who read records."""
    if request.actor.membership_id is None:
        return None
    sides = packets.sides(request.actor, transfer)
    if not ((sides.receives and transfer.to_unit_id) or sides.sends):
        return None
    if people.scope(request.actor, transfer.person_id) != "FULL":
        return None
    return transfer_parts.Part(_("Handover packet"), reverse("packets:packet_line", args=[transfer.pk]))


@home_parts.register
def packets_to_read(request: Any) -> home_parts.Part | None:
    if not request.actor.may(Permission.READ_RECORD, request.actor.organisation_id):
        return None
    return home_parts.Part(_("Handover packets of those who come"), reverse("packets:packets"))
