"""Assessments and instruments as FHIR R4 files, and taking over one assessment of another system."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments.queries import assessments, results
from yiyang.assessments.queries import instruments as in_use
from yiyang.gateways import uploads
from yiyang.gateways.fhir import questionnaires
from yiyang.gateways.fhir.questionnaires.importing import import_response
from yiyang.gateways.fhir.taking_over import response_in, tried, whose
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people import queries as people

MEDIA_TYPE = "application/fhir+json"
BYTES_AT_MOST = 2 * 2**20


class Upload(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A FHIR R4 QuestionnaireResponse in JSON, alone or in a bundle. At most 2 MB."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_AT_MOST:
            raise forms.ValidationError(_("This file is larger than 2 MB."))
        return file


@require_GET
@needs(P.SEARCH_PERSONS)
def assessment_as_fhir(request: Any, assessment_id: UUID) -> HttpResponse:
    """The answers and what followed from them, for staff who may read them here."""
    found = assessments.assessment(request.actor, assessment_id)
    if found.state == "DRAFT":
        raise NotFound
    content = in_use.content_of(found.instrument)
    seen(request.actor, [found.person_id], "gateways.assessment_as_fhir")
    name = f"{found.code}-{localdate(found.assessed_at):%Y%m%d}.fhir.json"
    return _file(questionnaires.bundle(found, content), name)


@require_GET
@needs(*in_use.READERS)
def instrument_as_fhir(request: Any, instrument_id: UUID) -> HttpResponse:
    """The Questionnaire: questions, options, points; the file itself goes along."""
    found = in_use.version(instrument_id)
    made = questionnaires.questionnaire(found.content, f"{found.code} {found.version}")
    return _file(made, f"{found.code}-{found.version}.fhir.json")


@needs(P.ASSESS)
def import_assessment(request: Any, person_id: UUID | None = None) -> HttpResponse:
    """Send one file; it is tried at once, and nothing is written yet."""
    person = people.person_in_full(request.actor, person_id) if person_id else None
    posting = request.method == "POST"
    form = Upload(request.POST, request.FILES) if posting else Upload()
    if posting:
        with form.refusals():
            if form.is_valid():
                file = form.cleaned_data["file"]
                return _preview(request, file.read(), file.name, person)
    return _ask(request, form, person)


@needs(P.ASSESS)
def write_assessment_import(request: Any, ticket: str) -> HttpResponse:
    """Take over what was looked at, for the person who was shown."""
    if request.method != "POST":
        return redirect("gateways:import_assessment")
    person = people.person_in_full(request.actor, _uuid(request.POST.get("person")))
    content, name = uploads.take(request.actor.account_id, ticket)
    form = Upload()
    form.cleaned_data = {}
    with form.refusals():
        told = whose(by=request.actor, at=now(), response=response_in(content), person=person)
        if not told.certain and not request.POST.get("sure"):
            return _preview(request, content, name, person, unsure=True)
        made = import_response(by=request.actor, at=now(), person=person, response=told.response)
        messages.success(request, _("The assessment was taken over. It counts as it was signed there."))
        return redirect("assessments:assessment", made.pk)
    return _ask(request, form, person)


def _preview(request: Any, content: bytes, name: str, person: Any, *, unsure: bool = False) -> HttpResponse:
    at = now()
    told = whose(by=request.actor, at=at, response=response_in(content), person=person)
    made = tried(by=request.actor, at=at, told=told)
    seen(request.actor, [told.person.pk], "gateways.import_assessment")
    if made.begun_at != at:
        messages.info(request, _("This assessment was taken over before. Here it is."))
        return redirect("assessments:assessment", made.pk)
    context = {
        "told": told, "made": made, "level": results.level_of(made), "name": name, "unsure": unsure,
        "content": in_use.content_of(made.instrument), "answered": len(made.answers), "trail": _trail(person),
        "ticket": uploads.keep(request.actor.account_id, content, name), "again": _here(person),
    }  # fmt: skip
    return render(request, "gateways/preview_assessment.html", context, status=422 if unsure else 200)


def _ask(request: Any, form: Upload, person: Any) -> HttpResponse:
    refusal = getattr(form, "refusal", None)
    faults = [str(one) for one in refusal.details.get("found", ())] if refusal else []
    if faults:
        form.errors.clear()
    context = {
        "form": form,
        "faults": faults,
        "person": person,
        "trail": _trail(person),
        "here": _here(person),
    }
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "gateways/import_assessment.html", context, status=status)


def _here(person: Any) -> str:
    if person is None:
        return reverse("gateways:import_assessment")
    return reverse("gateways:import_assessment_of", args=[person.pk])


def _trail(person: Any) -> list[tuple[Any, str]]:
    if person is None:
        return [(_("Assessments to do"), reverse("assessments:worklist"))]
    return [
        (person.full_name, reverse("people:person", args=[person.pk])),
        (_("Assessments"), reverse("assessments:assessments_of_person", args=[person.pk])),
    ]


def _uuid(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise NotFound from error


def _file(made: dict[str, Any], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(
        json.dumps(made, ensure_ascii=False, indent=1), content_type=MEDIA_TYPE, headers=headers
    )
