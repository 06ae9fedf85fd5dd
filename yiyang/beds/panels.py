"""What the page of a person shows of beds: the ribbon over the years, the transfers, and how to ask for one."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds.queries import answering, home_beds, ribbon, transfer_pages
from yiyang.kernel.time import now
from yiyang.people import panels
from yiyang.people import queries as people
from yiyang.people.rules.disclosure import Audience

LATEST = 5


def _transfers(request: Any, person_ids: list[Any]) -> list[Any]:
    """Read once for the ribbon, the list and the line about disclosure."""
    if not hasattr(request, "transfers_of_person"):
        request.transfers_of_person = transfer_pages.latest_of(request.actor, person_ids)
    return list(request.transfers_of_person)


def _rows(request: Any, person_ids: list[Any]) -> list[Any]:
    """As `_transfers`, for the beds."""
    if not hasattr(request, "rows_of_person"):
        request.rows_of_person = ribbon.rows_of(person_ids)
    return list(request.rows_of_person)


@panels.register(place="head", order=10)
def bed_ribbon(request: Any, record: Any) -> str:
    """Where the person has been, and what is kept or promised; not for those who see name and address alone."""
    if not _sees_all(request):
        return ""
    rows = _rows(request, record.ids)
    notches = ribbon.notches_of(_transfers(request, record.ids)) if rows else ()
    drawn = ribbon.ribbon(rows, _("Beds of this person"), notches)
    return render_to_string("beds/parts/ribbon.html", {"ribbon": drawn}) if drawn else ""


@panels.register(place="body", order=10)
def transfers(request: Any, record: Any) -> str:
    """What is under way, and the last ones."""
    found = _transfers(request, record.ids)[:LATEST] if _sees_all(request) else []
    if not found:
        return ""
    whom = answering.answerers(found, now()) if request.actor.membership_id else {}
    rows = [
        {
            "answers": whom.get(one.pk),
            "phoned": answering.call_address(request.actor, one, whom.get(one.pk)),
            "transfer": one,
            "who_acts": transfer_pages.who_acts(one),
            "next_step": transfer_pages.next_step(one),
        }
        for one in found
    ]
    return render_to_string(
        "beds/parts/person_transfers.html", {"rows": rows, "own": _is_own(request, record)}
    )


@panels.register_matter
def has_palliative_matter(request: Any, person_ids: list[Any]) -> bool:
    """A palliative stay or move, of which the person may not have been told; by what the page reads anyway."""
    kinds = [row.bed.kind for row in _rows(request, person_ids) if row.bed and row.period.upper is None]
    kinds += [one.target_kind for one in _transfers(request, person_ids) if one.live]
    return BedKind.PALLIATIVE in kinds


@panels.register_actions
def ask_for_a_transfer(request: Any, record: Any) -> list[panels.Action]:
    actor = request.actor
    if record.person.died_at or not actor.may(Permission.REQUEST_TRANSFER, actor.organisation_id):
        return []
    return [panels.Action(_("Ask for a transfer"), reverse("beds:request_transfer", args=[record.person.pk]))]


@panels.register_actions
def look_at_the_five_kinds(request: Any, record: Any) -> list[panels.Action]:
    """Which of the five beds fits, by the criteria."""
    actor = request.actor
    if record.person.died_at or actor.membership_id is None or not _sees_all(request):
        return []
    if not actor.may(Permission.SEARCH_PERSONS):
        return []
    return [panels.Action(_("Which bed fits"), reverse("beds:eligibility", args=[record.person.pk]))]


@panels.register_actions
def give_or_await_a_bed(request: Any, record: Any) -> list[panels.Action]:
    """Admit to a bed of one's own unit, or enter in the waiting list of the district."""
    actor, person = request.actor, record.person
    if person.died_at or not _sees_all(request):
        return []
    found = []
    if actor.may(Permission.ADMIT, actor.organisation_id):
        found.append(panels.Action(_("Admit"), reverse("beds:admit", args=[person.pk])))
    if actor.may(Permission.MANAGE_WAITING_LIST, actor.organisation_id):
        found.append(
            panels.Action(_("Enter in the list"), reverse("beds:join_waiting_list", args=[person.pk]))
        )
    return found


@panels.register_actions
def set_up_a_home_bed(request: Any, record: Any) -> list[panels.Action]:
    """Apply for a home medical bed at one's own unit, or go on with what it is setting up."""
    actor, person = request.actor, record.person
    allowed = actor.may(Permission.SET_UP_HOME_BED, actor.organisation_id) and _sees_all(request)
    if person.died_at or not allowed:
        return []
    if setup := home_beds.setup_under_way(actor, record.ids):
        return [panels.Action(_("Go on with the home bed"), reverse("beds:home_bed", args=[setup.pk]))]
    if home_beds.has_home_bed(record.ids):
        return []
    return [panels.Action(_("Apply for a home bed"), reverse("beds:apply_for_home_bed", args=[person.pk]))]


def _is_own(request: Any, record: Any) -> bool:
    return people.audience(request.actor, record.person.pk) == Audience.PERSON


def _sees_all(request: Any) -> bool:
    return getattr(request, "person_scope", "BASIC") != "BASIC"
