"""Consents: the person agrees that an organisation sees the record, and may take it back at any time."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.kernel.api import (
    Answer,
    Example,
    Id,
    Instant,
    Name,
    OneOf,
    Page,
    Paging,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.belongings import Reason
from yiyang.people.api.shown import PERSON, ROW
from yiyang.people.api.sight import routes
from yiyang.people.models import Consent, Scope


class ConsentShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "organisation": ROW, "name": "江宁路社区卫生服务中心", "scope": "MOVE",
        "purpose": "联合查房", "given_by": "本人签字，存院办", "given_at": "2026-05-01T00:30:00Z",
        "expires_at": "2027-05-01T00:00:00Z", "withdrawn_at": None, "agreement": None,
    }  # fmt: skip

    id: Id
    person: Id
    organisation: Id
    name: Annotated[str, Field(description="of the organisation")]
    scope: Annotated[str, OneOf(Scope)]
    purpose: str
    given_by: str
    given_at: Instant
    expires_at: Instant | None
    withdrawn_at: Instant | None
    agreement: Annotated[Id | None, Field(description="the agreement with a unit that carries it")]


class GiveConsent(Told):
    example: ClassVar[Example] = {
        "organisation": ROW, "scope": "MOVE", "purpose": "联合查房", "given_by": "本人签字，存院办",
        "expires_at": "2027-05-01T00:00:00+08:00",
    }  # fmt: skip

    organisation: Annotated[Id, Field(description="the member unit that may see the record")]
    purpose: Reason
    scope: Annotated[str, OneOf(Scope)] = "FULL"
    expires_at: Instant | None = None
    given_by: Annotated[Name, Field(description="who agreed and how; staff must say")] = ""


class WithdrawConsent(Told):
    example: ClassVar[Example] = {}


@routes.get("/people/{person_id}/consents", shows=Page[ConsentShown])
def consents(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """To which organisations the person has opened the record, what is over included, the latest first."""
    items, marker, found = page(
        queries.consents(request.actor, person_id),
        asked,
        by=("-given_at", "-id"),
        show=lambda found: [_consent(one) for one in found],
    )
    return Answer(Page[ConsentShown](items=items, next=marker), persons={one.person_id for one in found})


@routes.post(
    "/people/{person_id}/consents",
    shows=ConsentShown,
    status=201,
    matches="",
    permission=Permission.MANAGE_DELEGATION,
)
def give_consent(request: Any, person_id: Id, body: GiveConsent) -> Answer:
    """The person agrees that an organisation sees the record, for a purpose and a time."""
    person = queries.person_in_full(request.actor, person_id)
    unit = named("organisation", lambda: access.units().filter(pk=body.organisation).first())
    told = body.model_dump(exclude={"organisation"})
    made = commands.give_consent(by=request.actor, at=now(), person=person, organisation_id=unit.pk, **told)
    return Answer(_consent(made), persons=[made.person_id])


@routes.post("/consents/{consent_id}/withdraw", shows=ConsentShown, matches="")
def withdraw_consent(request: Any, consent_id: Id, body: WithdrawConsent) -> Answer:
    """The person no longer agrees; what was seen stays in the log."""
    consent = queries.consent(request.actor, consent_id)
    done = commands.withdraw_consent(by=request.actor, at=now(), consent=consent)
    return Answer(_consent(done), persons=[done.person_id])


def _consent(one: Consent) -> ConsentShown:
    apart = ("id", "person", "organisation", "name", "agreement")
    same = {name: getattr(one, name) for name in ConsentShown.model_fields if name not in apart}
    return ConsentShown(
        id=one.pk, person=one.person_id, organisation=one.organisation_id, name=one.organisation.name,
        agreement=one.agreement_id, **same,
    )  # fmt: skip
