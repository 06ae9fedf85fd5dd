"""The packet at the unit that receives the person."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.packets import commands
from yiyang.packets.queries import packets as queries
from yiyang.packets.rules import reading
from yiyang.packets.rules.changes import changes
from yiyang.people.panels import line_of as disclosure_line


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
    if newest is None or queries.due(found, newest):
        newest = commands.build_packet(by=request.actor, at=now(), transfer=found)
    return _shown(request, found, newest)


@needs(Permission.READ_RECORD)
def packet_version(request: Any, packet_id: UUID) -> HttpResponse:
    """One version as it was sealed: an earlier one, or one that went to a unit outside."""
    found = queries.packet(request.actor, packet_id)
    return _shown(request, found.transfer, found)


def _shown(request: Any, found: Any, packet: Any) -> HttpResponse:
    document = queries.opened(request.actor, packet)
    sections = reading.shown(document)
    readings = queries.readings(packet)
    before = queries.last_read(packet, readings)
    seen(request.actor, [found.person_id], "packets.packet")
    context = {
        "transfer": found,
        "who": transfer_pages.who(found),
        "packet": packet,
        "patient": reading.about(document),
        "sections": sections,
        "before": before,
        "changes": changes(reading.shown(queries.opened(request.actor, before)), sections) if before else [],
        "readings": readings,
        "may_confirm": packet.unit_id is not None and not _read_by(request.actor, packet, readings),
        "disclosure": disclosure_line(request, found.person_id, matter=True),
    }
    return render(request, "packets/packet.html", context)


def _read_by(actor: Any, packet: Any, readings: list[Any]) -> bool:
    return any(one.packet_id == packet.pk and one.account_id == actor.account_id for one in readings)


@require_POST
@needs(Permission.READ_RECORD)
def confirm_reading(request: Any, packet_id: UUID) -> HttpResponse:
    """This version was read by whoever presses."""
    found = queries.packet(request.actor, packet_id)
    with suppress(commands.PacketReadAlready):  # pressed twice: it is read
        commands.confirm_reading(by=request.actor, at=now(), packet=found)
    messages.success(request, _("Noted that you have read version {n}.").format(n=found.version))
    return redirect("packets:packet", found.transfer_id)


@require_GET
@needs(Permission.READ_RECORD)
def packet_pdf(request: Any, packet_id: UUID) -> HttpResponse:
    """The same as a file that can be printed or kept."""
    found = queries.packet(request.actor, packet_id)
    document = queries.opened(request.actor, found)
    seen(request.actor, [found.person_id], "packets.pdf")
    return as_pdf(found, document)


def as_pdf(found: Any, document: reading.Read) -> HttpResponse:
    from yiyang.packets import paper  # the maker of PDF files is large, and not asked for often

    name = f"packet-{timezone.localtime(found.built_at):%Y%m%d-%H%M}-v{found.version}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(paper.paper(found, document), content_type="application/pdf", headers=headers)
