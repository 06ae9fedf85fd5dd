"""Giving a packet to a unit outside, and what stands behind such a link: one document, for whoever has the code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.packets import commands
from yiyang.packets.forms import EnterCode, SharePacket
from yiyang.packets.queries import links as queries
from yiyang.packets.queries import packets
from yiyang.packets.rules import reading
from yiyang.packets.views.pages import as_pdf

COOKIE, OPEN_FOR = "packet", timedelta(minutes=30)


@needs(Permission.READ_RECORD)
def share_packet(request: Any, transfer_id: UUID) -> HttpResponse:
    """To whom outside the packet was given, who has opened it, and a new link; its code is shown once."""
    found = packets.transfer(request.actor, transfer_id)
    if not packets.sides(request.actor, found).sends:
        raise NotFound
    first = {"outside": found.destination_outside}
    form, shared = SharePacket(request.POST or None, initial=first), None
    with form.refusals():
        if form.is_valid():
            shared = commands.share_packet(
                by=request.actor, at=now(), transfer=found, outside=form.cleaned_data["outside"]
            )
    seen(request.actor, [found.person_id], "packets.share")
    context = {
        "transfer": found,
        "who": transfer_pages.who(found),
        "form": SharePacket(initial=first) if shared else form,
        "shared": shared,
        "address": request.build_absolute_uri(f"/p/{shared.token}/") if shared else "",
        "links": queries.of_transfer(found, request.actor.organisation_ids, now()),
    }
    return render(request, "packets/share.html", context)


@require_POST
@needs(Permission.READ_RECORD)
def revoke_link(request: Any, packet_link_id: UUID) -> HttpResponse:
    found = queries.link(request.actor, packet_link_id)
    commands.revoke_link(by=request.actor, at=now(), packet_link=found)
    return redirect("packets:share_packet", found.packet.transfer_id)


@require_http_methods(["GET", "POST"])
def open_link(request: Any, token: str) -> HttpResponse:
    """The code is asked for first; then the one document, for half an hour in this browser."""
    try:
        link = queries.by_token(token, now())
        if request.method == "POST":
            return _enter(request, token, link)
        if not _let_in(request, link):
            return _guarded(render(request, "packets/enter_code.html", {"form": EnterCode()}))
        document = _opened(link, "page")
    except Refusal as refusal:
        return _guarded(
            render(request, "packets/link_closed.html", {"refusal": refusal}, status=refusal.status)
        )
    context = {
        "packet": link.packet,
        "link": link,
        "token": token,
        "patient": reading.about(document),
        "sections": reading.shown(document),
    }
    return _guarded(render(request, "packets/outside.html", context))


@require_GET
def link_pdf(request: Any, token: str) -> HttpResponse:
    """The same as a file."""
    try:
        link = queries.by_token(token, now())
        if not _let_in(request, link):
            return redirect("packets:open_link", token)
        return _guarded(as_pdf(link.packet, _opened(link, "pdf")))
    except Refusal as refusal:
        return _guarded(
            render(request, "packets/link_closed.html", {"refusal": refusal}, status=refusal.status)
        )


def _opened(link: Any, what: str) -> reading.Read:
    document = queries.opened(link)
    outsider = queries.Outsider(link.packet.outside)
    commands.note_link_shown(by=outsider, at=now(), packet_link=link, what=what)
    seen(outsider, [link.packet.person_id], "packets.link")
    return document


def _enter(request: Any, token: str, link: Any) -> HttpResponse:
    form = EnterCode(request.POST)
    if form.is_valid():
        entered = commands.enter_link_code(
            by=queries.Outsider(link.packet.outside),
            at=now(),
            packet_link=link,
            code=form.cleaned_data["code"],
        )
        if entered.refusal is None:
            response = redirect("packets:open_link", token)
            response.set_signed_cookie(
                COOKIE, str(link.pk), salt="packets.link", max_age=OPEN_FOR, path=f"/p/{token}/", httponly=True,
                secure=request.is_secure(), samesite="Strict",
            )  # fmt: skip
            return _guarded(response)
        if isinstance(entered.refusal, commands.LinkClosed):
            raise entered.refusal
        form.add_error("code", str(entered.refusal))
    return _guarded(render(request, "packets/enter_code.html", {"form": form}, status=422))


def _let_in(request: Any, link: Any) -> bool:
    given = request.get_signed_cookie(COOKIE, default="", salt="packets.link", max_age=OPEN_FOR)
    return bool(given == str(link.pk))


def _guarded(response: HttpResponse) -> HttpResponse:
    """Kept nowhere, found by no search engine, and the address goes to nobody else. Here it has to come back: over
    https the buttons for language and size would be refused without it."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
