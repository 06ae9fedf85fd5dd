"""Who comes first on the waiting list by the criteria of the kind; a clinician's word against them counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from yiyang.beds.models import EligibilityOverride, WaitingEntry
from yiyang.beds.models.waiting import Channel
from yiyang.beds.queries import eligibility
from yiyang.people import queries as people

LONGEST = 200


def why_first(person_id: UUID, kind: str, at: datetime) -> str:
    """Why the criteria let the person wait with priority; empty when they do not."""
    standing = eligibility.standing(person_id, kind, at)
    texts = [str(one.priority.text) for one in standing.priority]
    if texts and standing.override is not None:
        texts.append(
            _("overridden by {clinician}: {reason}").format(
                clinician=standing.override.clinician, reason=standing.override.reason
            )
        )
    return " · ".join(texts)[:LONGEST]


def to_weigh_again(person_id: UUID, at: datetime, kind: str = "") -> list[tuple[WaitingEntry, str]]:
    """Entries whose priority is not, or no longer, what the criteria give; each with the reason now (or none)."""
    entries = WaitingEntry.objects.filter(people.of_person(person_id), state__in=["WAITING", "OFFERED"])
    if kind:
        entries = entries.filter(kind=kind)
    found = []
    for entry in entries.order_by("pk"):
        if entry.channel == Channel.ORDINARY or entry.by_criteria:
            why = why_first(entry.person_id, entry.kind, at)
            if why != (entry.channel_reason if entry.by_criteria else ""):
                found.append((entry, why))
    return found


def words_about(entries: Iterable[WaitingEntry], at: datetime) -> dict[UUID, EligibilityOverride]:
    """By entry, a clinician's word against the criteria that holds for whoever waits."""
    rows = list(entries)
    by_kind = {
        kind: eligibility.overrides_of_many([one.person_id for one in rows if one.kind == kind], kind, at)
        for kind in {one.kind for one in rows}
    }
    return {one.pk: said for one in rows if (said := by_kind[one.kind].get(one.person_id))}
