"""What the pages of assessments lead on to: files as FHIR R4, and taking over what another system assessed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission as P  # noqa: N817
from yiyang.assessments import links


@links.register("result")
def result_as_fhir(request: Any, assessment: Any) -> list[links.Link]:
    if assessment.state == "DRAFT" or not request.actor.may(P.SEARCH_PERSONS):
        return []
    return [links.Link("FHIR", reverse("gateways:assessment_as_fhir", args=[assessment.pk]), download=True)]


@links.register("instrument")
def instrument_as_fhir(request: Any, instrument: Any) -> list[links.Link]:
    return [
        links.Link(_("As FHIR"), reverse("gateways:instrument_as_fhir", args=[instrument.pk]), download=True)
    ]


@links.register("of_person")
def take_over(request: Any, person: Any) -> list[links.Link]:
    if person.died_at or not request.actor.may(P.ASSESS, request.actor.organisation_id):
        return []
    url = reverse("gateways:import_assessment_of", args=[person.pk])
    return [links.Link(_("Take over from another system"), url)]


@links.register("worklist")
def take_over_any(request: Any, _about: None) -> list[links.Link]:
    return [links.Link(_("Take over from another system"), reverse("gateways:import_assessment"))]
