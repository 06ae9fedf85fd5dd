"""One assessment of another system, sent as a file or over the API: whose it is, tried first, then taken over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.known import person_named
from yiyang.gateways.fhir.questionnaires.importing import import_response
from yiyang.gateways.fhir.reading import NotFhir, resources
from yiyang.kernel.refusals import Refusal
from yiyang.people import queries as people

if TYPE_CHECKING:
    from yiyang.assessments.models import Assessment
    from yiyang.kernel.actors import Actor
    from yiyang.people.models import Person

KIND = "QuestionnaireResponse"


class OneResponseOnly(Refusal):
    message = _("This file holds {number} QuestionnaireResponses. Send a file with one.")
    status = 422


class PersonOfResponseUnknown(Refusal):
    message = _(
        "It does not say of which person it is, or that person is not known here. Open the person, and take it "
        "over from the page of their assessments."
    )
    status = 422


class OfSomebodyElse(Refusal):
    message = _("It is of another person than {name}. Nothing was taken over.")
    status = 422


@dataclass(frozen=True)
class Told:
    """A response, whose it is, and whether that was read from it or is somebody's word."""

    response: dict[str, Any]
    person: Person
    certain: bool

    @property
    def name_given(self) -> str:
        """How the other system calls the person."""
        subject = self.response.get("subject")
        return str(subject.get("display") or "") if isinstance(subject, dict) else ""


def response_in(content: bytes) -> dict[str, Any]:
    """The one response in a file: alone, or beside its results in a bundle."""
    found = list(resources(content))
    responses = [one for one in found if one["resourceType"] == KIND]
    if len(responses) > 1:
        raise OneResponseOnly(number=len(responses))
    if not responses:
        listed = ", ".join(sorted({str(one["resourceType"])[:40] for one in found}))
        raise NotFhir(why=_("it holds no QuestionnaireResponse, but: {what}").format(what=listed or "–"))
    return responses[0]


def whose(*, by: Actor, at: datetime, response: dict[str, Any], person: Person | None) -> Told:
    """The person that it names, as far as open to the reader; `person`: on whose page the reader stands."""
    named = _visible(by, person_named(response.get("subject"), at))
    if person is None:
        if named is None:
            raise PersonOfResponseUnknown
        return Told(response, named, certain=True)
    if named is not None and named.pk != person.pk:
        raise OfSomebodyElse(name=person.full_name)
    return Told(response, person, certain=named is not None)


def tried(*, by: Actor, at: datetime, told: Told) -> Assessment:
    """As it would come in; nothing is written."""
    with transaction.atomic():
        made = import_response(by=by, at=at, person=told.person, response=told.response)
        transaction.set_rollback(True)
    return made


def _visible(by: Actor, person_id: UUID | None) -> Person | None:
    """Without more than that somebody not open to the reader is nobody to them."""
    if person_id is None:
        return None
    try:
        return people.person_in_full(by, person_id)
    except Refusal:
        return None
