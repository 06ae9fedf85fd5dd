"""The page of a transfer, and the parts that it fetches after itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds import commands, transfer_parts
from yiyang.beds.models.inventory import Feature
from yiyang.beds.queries import actions as may
from yiyang.beds.queries import answering, entry, handling, handovers, recordings, ribbon, skin
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.queries.green_channel import green_channel
from yiyang.beds.queries.transfers import agreements_of
from yiyang.beds.queries.whereabouts import kept_for_return, reserved_bed
from yiyang.beds.rules import agreement, criteria
from yiyang.beds.views.acts import open_to
from yiyang.beds.views.home_beds import next_for
from yiyang.beds.views.own import is_own, own_transfer
from yiyang.duty import queries as duty
from yiyang.kernel.facts import seen
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.panels import line_of as disclosure_line


def transfer(request: Any, transfer_id: UUID) -> HttpResponse:
    """Everything about one transfer, and what this reader can do about it now."""
    found = queries.transfer(request.actor, transfer_id)
    if is_own(request, found):
        return own_transfer(request, found)
    who = queries.who(found)
    rows = ribbon.rows_of(found.person_id) if who.named else []
    keeping = kept_for_return(rows, found)
    open_actions = open_to(request, found, keeping.unit_id if keeping else None)
    offers = queries.offers_of(found)
    for offer in offers:
        offer.transfer = found
    commands.note_opened(by=request.actor, at=now(), offers=offers)
    taken = queries.steps_of(found)
    staff, at = request.actor.membership_id is not None, now()
    whom, by_offer = answering.of_page(found, offers, at) if staff else (None, {})
    found.asked_by = any(one.unit_id in request.actor.organisation_ids for one in offers) or None
    asking = any(one.name == "offer_transfer" for one in open_actions)
    agreements = list(agreements_of(found)) if who.named else []
    seen(request.actor, [found.person_id], "beds.transfer")
    full_name = found.person.full_name
    context = {
        "transfer": found,
        "who": who,
        "reason": who.hide_name(found.reason, full_name),
        "evidence": who.hide_name(found.evidence, full_name),
        "needs": [Feature(one).label for one in found.needs if one in Feature.values],
        "ribbon": ribbon.ribbon(rows, _("Beds of this person")) if rows else None,
        "reserved": reserved_bed(rows, found),
        "keeping": keeping,
        "stations": queries.stations(found, taken),
        "who_acts": queries.who_acts(found),
        "next_step": queries.next_step(found),
        "actions": [one for one in open_actions if one.name != "offer_transfer"],
        "answers": whom,
        "phoned": answering.call_address(request.actor, found, whom),
        "staff": staff,
        "offers": [_row(request, one, who, full_name, by_offer.get(one.pk)) for one in offers],
        "seen": sum(1 for one in offers if one.seen_at),
        "waiting_for": queries.who_has_looked(offers),
        "mine": [one for one in offers if may.may_answer(request.actor, one)],
        "asking": asking,
        "asks_first": asking and open_actions[0].name == "offer_transfer",
        "evaluations": [(one, criteria.answered(one.criteria)) for one in found.evaluations.order_by("-at")],
        "agreements": agreements,
        "standing": standing(found, agreements),
        "has_refusal": any(one.outcome == "REFUSED" for one in agreements),
        "history": queries.history(taken, who, full_name),
        "emergency_number": policy("beds.emergency_number", on=now().date()).value,
        "taps": _taps(found) if _may_tap(open_actions, request.actor, found) else [],
        "home_bed": next_for(request, found),
        "green": green_channel(found),
        "may_ask": who.named
        and request.actor.may(Permission.REQUEST_TRANSFER, request.actor.organisation_id),
        "handover": handovers.shown(found) if who.named else None,
        "writes": handovers.may_write(request.actor, found),
        "parts": transfer_parts.parts(request, found) if who.named else [],
        "records": recordings.may_add(request.actor, found),
        "prepares": handovers.may_write(request.actor, found) and not may.past_handover(found),
        "disclosure": disclosure_line(request, found.person_id, matter=_is_palliative(found, rows))
        if who.named
        else "",
    }
    return render(request, "beds/transfer.html", context)


def transfer_around(request: Any, transfer_id: UUID) -> HttpResponse:
    """What goes with the person: documents before entry, infection, companions, skin. Fetched after the page."""
    found = queries.transfer(request.actor, transfer_id)
    if is_own(request, found) or not found.named:
        raise Http404
    around = handling.around(request.actor, found.person_id)
    seen(request.actor, [found.person_id], "beds.transfer_around")
    context = {
        "transfer": found,
        "who": queries.who(found),
        "skin": skin.checks(request.actor, found),
        "precautions": around.precautions,
        "companions": around.companions,
        "handles": around.handles,
        "recordings": recordings.of_transfer(found) if around.handles else [],
        "records": recordings.may_add(request.actor, found),
        "entry": entry.checklist(found),
        "writes": handovers.may_write(request.actor, found),
    }
    return render(request, _part(request, "beds/transfers/around.html", "beds/transfer_around.html"), context)


def transfer_calls(request: Any, transfer_id: UUID) -> HttpResponse:
    """Who was told and who was telephoned about a transfer. Fetched after the page."""
    found = queries.transfer(request.actor, transfer_id)
    if request.actor.membership_id is None:
        raise Http404
    offers = queries.offers_of(found)
    context = {
        "transfer": found,
        "who": queries.who(found),
        "calls": duty.calls_about(found.pk),
        "told": answering.told([found.pk, *(one.pk for one in offers)]),
    }
    return render(request, _part(request, "beds/transfers/calls.html", "beds/transfer_calls.html"), context)


def _part(request: Any, part: str, page: str) -> str:
    """The part alone where a page fetches it; a page of its own without scripts."""
    return part if request.htmx else page


def transfer_changes(request: Any, transfer_id: UUID) -> HttpResponse:
    """Whether somebody has gone on since the reader's page was drawn, and which asked unit has looked since;
    nothing else, and no name of the person."""
    found = queries.transfer(request.actor, transfer_id)
    changed = str(found.version) != request.GET.get("version", "")
    known = request.GET.get("seen", "")
    receipts = queries.receipts(found)[int(known) if known.isdecimal() and len(known) < 4 else 0 :]
    context = {"transfer": found, "changed": changed, "receipts": receipts}
    return render(request, "beds/parts/changed.html", context)


def _row(request: Any, offer: Any, who: Any, full_name: str, answers: Any = None) -> dict[str, Any]:
    return {
        "answers": answers,
        "phoned": answering.offer_call_address(request.actor, offer, answers),
        "offer": offer,
        "may_answer": may.may_answer(request.actor, offer),
        "may_inform": may.may_inform(request.actor, offer),
        "text": who.hide_name(offer.answer_text, full_name),
    }


def _may_tap(open_actions: list[Any], actor: Any, found: Any) -> bool:
    return (
        found.emergency
        and found.live
        and any(one.permission == Permission.DEPART_TRANSFER for one in open_actions)
    )


def _taps(found: Any) -> list[dict[str, Any]]:
    """The one-tap times in their order, with the time once tapped."""
    return [
        {"what": "called_120", "label": _("120 called"), "at": found.called_120_at},
        {"what": "ambulance_arrived", "label": _("Ambulance is here"), "at": found.ambulance_arrived_at},
        {
            "what": "ambulance_left",
            "label": _("Ambulance has left"),
            "at": found.ambulance_left_at or found.departed_at,
            "departs": found.departed_at is None,
        },
        {
            "what": "hospital_named",
            "label": _("Hospital named"),
            "at": found.hospital_named_at,
            "names": True,
        },
        {"what": "handed_over", "label": _("Handed over to the hospital"), "at": found.handed_over_at},
    ]


def _is_palliative(found: Any, rows: list[Any]) -> bool:
    """Whether the person is in a palliative bed or on the way to one."""
    beds = [row.bed for row in rows if row.bed is not None and row.period.upper is None]
    return BedKind.PALLIATIVE in (found.target_kind, *(bed.kind for bed in beds))


def standing(found: Any, agreements: list[Any]) -> Any:
    """Whose word it is, in a sentence."""
    unsaid = any(one.by_whom == "RELATIVE" or one.outcome == "CANNOT_DECIDE" for one in agreements)
    guarded = unsaid and people.has_guardian(found.person_id, now())
    begun = found.state not in ("REQUESTED", "EVALUATED")
    return agreement.WORDS[agreement.standing(agreements, guarded=guarded, begun=begun)]
