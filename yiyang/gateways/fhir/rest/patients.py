"""The person behind a Patient that comes in: matched by its identifiers, or registered by whoever sends it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.gateways.fhir import importing, mapping
from yiyang.gateways.fhir.known import holder_of, known, remember
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.ops.config import config
from yiyang.records import queries


class PersonKnownElsewhere(Refusal):
    message = _(
        "A person with this identifier is registered, and the record is not open to you. Ask for access on the "
        "page “Persons” with the full number, then send it again."
    )


NO_NUMBERS = (None, "", "0", "UNKNOWN")


def person_behind(*, by: Actor, at: datetime, resource: dict[str, Any], id: str = "") -> UUID:
    """Whom this Patient is about; the person is registered when nobody here has its identifiers."""
    with suppress(ValueError, NotFound):
        return queries.open_person(by, UUID(id))
    numbered = _numbered(resource)
    found = known("Patient", numbered) if numbered["identifier"] else None
    found = found or _holder(resource, at)
    if found is not None:
        return _opened(by, found)
    if not by.may(Permission.REGISTER_PERSON, by.organisation_id):
        raise NotAllowed
    person_id = importing.register(
        resource, by=by, at=at, area=_area(by), unit=getattr(by, "organisation", None)
    )
    if numbered["identifier"]:
        remember("Patient", numbered, person_id, at)
    return person_id


def _opened(by: Actor, person_id: UUID) -> UUID:
    try:
        return queries.open_person(by, person_id)
    except (NotFound, NotAllowed):
        raise PersonKnownElsewhere from None


def _holder(resource: dict[str, Any], at: datetime) -> UUID | None:
    """Who holds a document that it names."""
    found = (holder_of(document, at) for document in mapping.documents(resource))
    return next((one for one in found if one is not None), None)


def _numbered(resource: dict[str, Any]) -> dict[str, Any]:
    """What tells persons apart beyond one sender: numbers, and who gave them."""
    listed = resource.get("identifier")
    told = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {"identifier": [one for one in told if one.get("system") and one.get("value") not in NO_NUMBERS]}


def _area(by: Actor) -> Any:
    return access.area(getattr(by, "area", "") or config.area)
