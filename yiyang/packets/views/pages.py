"""The packet at the unit that receives the person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.packets import commands
from yiyang.packets.queries import packets as queries
from yiyang.packets.rules import reading


@needs(Permission.READ_RECORD)
def packets(request: Any) -> HttpResponse:
    """Who comes to my unit, and whether their packet has been read; the home page fetches it after itself."""
    rows = queries.coming(request.actor)
    seen(request.actor, [one.transfer.person_id for one in rows], "packets.packets")
    template = "packets/parts/coming.html" if request.htmx else "packets/packets.html"
    return render(request, template, {"rows": rows})


@needs(Permission.SEARCH_PERSONS)
def packet_line(request: Any, transfer_id: UUID) -> HttpResponse:
    """Where the packet of a transfer stands: which version, who has read it. The transfer's page fetches it."""
    found = queries.transfer(request.actor, transfer_id)
    sides = queries.sides(request.actor, found)
    if not (sides.receives or sides.sends):
        raise NotFound
    newest = queries.newest(found) if found.to_unit_id else None
    seen(request.actor, [found.person_id], "packets.packet_line")
    context = {
        "transfer": found,
        "who": transfer_pages.who(found),
        "packet": newest,
        "readings": queries.readings(newest) if newest else [],
        "receives": sides.receives and found.to_unit_id is not None,
        "shares": sides.sends and request.actor.may(Permission.READ_RECORD),
    }
    template = "packets/parts/line.html" if request.htmx else "packets/line.html"
    return render(request, template, context)


@needs(Permission.READ_RECORD)
def packet(request: Any, transfer_id: UUID) -> HttpResponse:
    """The newest version; built at once where the worker has not yet, or where something happened since."""
    found = queries.transfer(request.actor, transfer_id)
    if not queries.sides(request.actor, found).receives:
        raise NotAllowed
    newest = queries.newest(found)
    if queries.due(found, newest):
        newest = commands.build_packet(by=request.actor, at=now(), transfer=found)
    document = queries.opened(request.actor, newest)
    seen(request.actor, [found.person_id], "packets.packet")
    context = {
        "transfer": found,
        "who": transfer_pages.who(found),
        "packet": newest,
        "patient": reading.about(document),
        "sections": reading.shown(document),
    }
    return render(request, "packets/packet.html", context)
