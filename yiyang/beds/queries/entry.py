"""What the receiving unit asks for before entry, as a checklist of one transfer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import get_language

from yiyang.beds.models import EntryDocument, EntryRequirement, Transfer
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now


@dataclass(frozen=True)
class Item:
    """One line: SHOWN, TOO_OLD, MISSING; in an emergency what is missing is asked for afterwards: LATER."""

    requirement: EntryRequirement
    document: EntryDocument | None
    state: str


def requirements(unit_id: UUID) -> QuerySet[EntryRequirement]:
    return EntryRequirement.objects.filter(unit=unit_id, until=None, thing=False).order_by("name")


def things(unit_id: UUID) -> QuerySet[EntryRequirement]:
    """What the family is asked to bring to this unit, beside what everybody brings."""
    return EntryRequirement.objects.filter(unit=unit_id, until=None, thing=True).order_by("name")


def to_bring(transfer: Transfer) -> list[str]:
    """What everybody brings, what the unit adds, and the documents still lacking; nothing once they have left."""
    if transfer.to_unit_id is None or transfer.departed_at or not transfer.live or transfer.emergency:
        return []
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    usual = policy("beds.things_to_bring", on=localdate(now())).value
    asked = EntryRequirement.objects.filter(unit=transfer.to_unit_id, until=None).order_by("-thing", "name")
    there = set(transfer.entry_documents.values_list("requirement_id", flat=True))
    return [*(one[language] for one in usual), *(one.name for one in asked if one.pk not in there)]


def requirement(actor: Actor, requirement_id: UUID) -> EntryRequirement:
    """One of the actor's own unit."""
    found = EntryRequirement.objects.select_related("unit").filter(pk=requirement_id).first()
    if found is None or found.unit_id not in getattr(actor, "organisation_ids", ()):
        raise NotFound
    return found


def checklist(transfer: Transfer) -> list[Item]:
    if transfer.to_unit_id is None:
        return []
    shown = {one.requirement_id: one for one in transfer.entry_documents.all()}
    day = localdate(transfer.arrived_at or now())
    found = []
    for asked in requirements(transfer.to_unit_id):
        document = shown.get(asked.pk)
        if document is None:
            state = "LATER" if transfer.emergency else "MISSING"
        elif asked.days is not None and (day - document.issued_on).days > asked.days:
            state = "TOO_OLD"
        else:
            state = "SHOWN"
        found.append(Item(asked, document, state))
    return found


def documents_owed(transfer_id: UUID) -> bool:
    """Whether something that was asked for before entry was waived in an emergency and is still lacking."""
    found = Transfer.objects.filter(pk=transfer_id).first()
    return found is not None and any(one.state == "LATER" for one in checklist(found))
