"""Entering what was measured at a bed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records import commands
from yiyang.records.forms import VitalSignsForm


@needs(Permission.RECORD_VITAL_SIGNS)
def record_vital_signs(request: Any, person_id: UUID) -> HttpResponse:
    person = people.person_in_full(request.actor, person_id)
    seen(request.actor, [person], "records.record_vital_signs")
    form = VitalSignsForm(asked(request))
    page = reverse("people:person", args=[person.pk])

    def run() -> None:
        told = form.cleaned_data
        commands.record_vital_signs(
            by=request.actor,
            at=now(),
            person=person,
            values=form.values(),
            consciousness=told["consciousness"],
            measured_at=told["measured_at"],
        )

    return act(
        request,
        form,
        run,
        heading=_("Vital signs of {name}").format(name=person.full_name),
        submit=_("Save"),
        back=page,
        done=_("The vital signs are in the record."),
        trail=[(person.full_name, page)],
    )
