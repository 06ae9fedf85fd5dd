"""What the page of a person shows of assessments: the level that counts, what is due, how to begin."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.assessments.models import State
from yiyang.assessments.queries import assessments, due, results
from yiyang.people import panels

SHOWN = 6


@panels.register(place="body", order=20)
def levels_of_person(request: Any, record: Any) -> str:
    """The newest result of each instrument, drafts under way, what is due; nothing where basics alone are open."""
    if getattr(request, "person_scope", "BASIC") == "BASIC":
        return ""
    found = assessments.of_person(request.actor, record.person.pk)
    at_home = request.actor.membership_id is None
    newest: dict[str, Any] = {}
    for one in found:
        if one.state == State.SIGNED:
            newest.setdefault(one.code, one)
    may_begin = (
        not at_home
        and not record.person.died_at
        and request.actor.may(Permission.ASSESS, request.actor.organisation_id)
    )
    may_answer = at_home and request.actor.may(Permission.ANSWER_SELF_REPORT) and not record.person.died_at
    if not newest and not may_begin and not may_answer:
        return ""
    shown = list(newest.values())[:SHOWN]
    context = {
        "person": record.person,
        "rows": [(one, results.level_of(one), results.expired(one)) for one in shown],
        "drafts": [] if at_home else [one for one in found if one.is_open],
        "due": [] if at_home else due.of_person(request.actor, record.person.pk),
        "may_begin": may_begin,
        "at_home": at_home,
    }
    return render_to_string("assessments/parts/person.html", context)


@panels.register_actions
def begin_an_assessment(request: Any, record: Any) -> list[panels.Action]:
    actor = request.actor
    allowed = actor.may(Permission.ASSESS, actor.organisation_id) and actor.membership_id is not None
    if record.person.died_at or not allowed or getattr(request, "person_scope", "BASIC") == "BASIC":
        return []
    url = reverse("assessments:begin_assessment", args=[record.person.pk])
    return [panels.Action(_("Begin an assessment"), url, primary=actor.role == "ASSESSOR")]
