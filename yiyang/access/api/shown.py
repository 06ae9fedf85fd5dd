"""Parts that several answers of this context show."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from yiyang.kernel.api import Example, Id, Shown, named

from .. import queries
from ..models import Organisation

UNIT = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d02"
HOME = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d03"
ACCOUNT = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d06"
MEMBERSHIP = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d07"


class Party(Shown):
    example: ClassVar[Example] = {"id": UNIT, "name": "区中心医院"}

    id: Id
    name: str


def party(organisation: Organisation) -> Party:
    return Party(id=organisation.pk, name=organisation.name)


def own_unit(request: Any, name: str, organisation_id: UUID) -> Organisation:
    """The organisation that a body names, where its staff and papers are open to the caller."""
    return named(name, lambda: queries.internal_organisation(request.actor, organisation_id))
