"""Entering into a person's record, and taking back what should not be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records import commands
from yiyang.records.forms import AllergyForm, DiagnosisForm, InErrorForm, MedicineForm, NoteForm
from yiyang.records.queries import entries, terms


@needs(Permission.WRITE_RECORD)
def record_diagnosis(request: Any, person_id: UUID) -> HttpResponse:
    person = people.person_in_full(request.actor, person_id)
    heading = _("A diagnosis of {name}").format(name=person.full_name)
    return _enter(
        request,
        person,
        DiagnosisForm(asked(request), **lists(DiagnosisForm.use)),
        commands.record_diagnosis,
        heading,
    )


@needs(Permission.WRITE_RECORD)
def record_allergy(request: Any, person_id: UUID) -> HttpResponse:
    person = people.person_in_full(request.actor, person_id)
    heading = _("An allergy of {name}").format(name=person.full_name)

    def run(*, none_known: bool, text: str, **told: Any) -> Any:
        text = _("No allergy is known") if none_known and not text.strip() else text
        return commands.record_allergy(none_known=none_known, text=text, **told)

    return _enter(request, person, AllergyForm(asked(request), **lists(AllergyForm.use)), run, heading)


@needs(Permission.WRITE_RECORD)
def record_medicine(request: Any, person_id: UUID) -> HttpResponse:
    person = people.person_in_full(request.actor, person_id)
    heading = _("A medicine that {name} takes").format(name=person.full_name)
    return _enter(
        request,
        person,
        MedicineForm(asked(request), **lists(MedicineForm.use)),
        commands.record_medicine,
        heading,
    )


@needs(Permission.WRITE_RECORD)
def write_note(request: Any, person_id: UUID) -> HttpResponse:
    person = people.person_in_full(request.actor, person_id)
    heading = _("A note in the record of {name}").format(name=person.full_name)
    return _enter(request, person, NoteForm(asked(request)), commands.write_note, heading)


def lists(use: str) -> dict[str, Any]:
    """Which lists of codes the entry offers, and whether an operator loaded them."""
    found = terms.for_use(use)
    language = get_language() or "zh-hans"
    return {
        "lists": [(one.about.url, one.about.shown(language)) for one in found],
        "loaded": any(one.about.source != "Yiyang" for one in found),
    }


def _enter(request: Any, person: Any, form: Form, run: Callable[..., Any], heading: str) -> HttpResponse:
    seen(request.actor, [person], "records.enter")
    page = reverse("records:record", args=[person.pk])
    return act(
        request,
        form,
        lambda: run(by=request.actor, at=now(), person=person, **form.cleaned_data),
        heading=heading,
        submit=_("Save"),
        back=page,
        done=_("It is in the record."),
        trail=[(person.full_name, reverse("people:person", args=[person.pk])), (_("Clinical record"), page)],
    )


@needs(Permission.WRITE_RECORD)
def mark_in_error(request: Any, person_id: UUID, resource_type: str, resource_id: str) -> HttpResponse:
    person = people.person_in_full(request.actor, person_id)
    found = entries.entry(request.actor, person.pk, resource_type, resource_id)
    seen(request.actor, [person], "records.mark_in_error")
    form = InErrorForm(asked(request), initial={"version": found.item.version})
    page = reverse("records:entry", args=[person.pk, resource_type, resource_id])
    return act(
        request,
        form,
        lambda: commands.mark_in_error(
            by=request.actor,
            at=now(),
            person=person,
            type=resource_type,
            id=resource_id,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
        ),
        heading=_("“{entry}” was entered in error").format(entry=found.item.title),
        submit=_("Mark as entered in error"),
        back=page,
        danger=True,
        consequences=[
            _("It stays in the record, struck through, with your reason and name."),
            _("It no longer counts among what holds now."),
        ],
        done=_("Marked as entered in error."),
        trail=[(person.full_name, reverse("people:person", args=[person.pk])), (found.item.title, page)],
    )
