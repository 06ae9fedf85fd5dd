"""What the page of a person shows of the clinical record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.time import now
from yiyang.people import panels
from yiyang.records.queries import timeline, vital_signs
from yiyang.records.queries.visible import open_of, reads

SHOWN_FOR = timedelta(days=30)


@panels.register(place="body", order=18)
def vital_signs_of_person(request: Any, record: Any) -> str:
    """What was measured last; nothing where basics alone are open."""
    if getattr(request, "person_scope", "BASIC") != "FULL":
        return ""
    may_record = not record.person.died_at and request.actor.may(Permission.RECORD_VITAL_SIGNS)
    rows = vital_signs.latest_signs(request.actor, record.person.pk, at=now(), within=SHOWN_FOR)
    if not rows and not may_record:
        return ""
    context = {"person": record.person, "rows": rows, "may_record": may_record}
    return render_to_string("records/parts/vital_signs.html", context)


@panels.register_sight
def sensitive_entries(request: Any, person: Any) -> str:
    """What bears a label, for who sees it: each leads to who sees that entry, and why."""
    if not reads(request.actor):
        return ""
    at_home = request.actor.organisation_id is None
    context = {"person": person, "at_home": at_home, "items": timeline.sensitive(request.actor, person.pk)}
    return render_to_string("records/parts/sensitive_entries.html", context)


@panels.register_actions
def open_the_record(request: Any, record: Any) -> list[panels.Action]:
    """The clinical record, for whoever reads such records and sees all or some kinds of this person's."""
    if not request.actor.may(Permission.READ_RECORD):
        return []
    if getattr(request, "person_scope", "BASIC") != "FULL" and not open_of(request.actor, [record.person.pk]):
        return []
    return [panels.Action(_("Clinical record"), reverse("records:record", args=[record.person.pk]))]
