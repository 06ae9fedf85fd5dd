"""Who may see a record: delegations, consents, requests to see it, the broken glass; and who looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.access.serving import account_named
from yiyang.kernel.api import (
    Answer,
    Day,
    Example,
    Id,
    Instant,
    Line,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.belongings import Reason
from yiyang.people.api.shown import PERSON, ROW
from yiyang.people.models import AccessRequest, Basis, Delegation, DelegationBasis, Kinship, Scope
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive

routes = Routes("who may see")


class DelegationShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "account": ROW, "account_label": "王建国", "kinship": "CHILD", "scope": "FULL",
        "may_decide": True, "basis": "PERSON", "finding_by": "", "finding_on": None,
        "evidence": "书面委托，存院办", "starts_at": "2026-05-01T00:30:00Z", "expires_at": "2027-05-01T00:00:00Z",
        "revoked_at": None, "revoke_reason": "",
    }  # fmt: skip

    id: Id
    person: Id
    account: Id
    account_label: str
    kinship: Annotated[str, OneOf(Kinship)]
    scope: Annotated[str, OneOf(Scope)]
    may_decide: bool
    basis: Annotated[str, OneOf(DelegationBasis)]
    finding_by: str
    finding_on: Day | None
    evidence: str
    starts_at: Instant
    expires_at: Instant
    revoked_at: Instant | None
    revoke_reason: str


class DelegateAccess(Told):
    example: ClassVar[Example] = {
        "login": "wang-jianguo", "kinship": "CHILD", "scope": "FULL", "may_decide": True,
        "expires_at": "2027-05-01T00:00:00+08:00", "evidence": "书面委托，存院办",
    }  # fmt: skip

    login: Annotated[
        str, OneLine(40, 1), Field(description="the relative's login name, told by the relative")
    ]
    kinship: Annotated[str, OneOf(Kinship)]
    scope: Annotated[str, OneOf(Scope)]
    expires_at: Instant
    may_decide: Annotated[bool, Field(description="may agree or refuse in the person's place")] = False
    basis: Annotated[str, OneOf(DelegationBasis)] = "PERSON"
    finding_by: Annotated[
        Name, Field(description="the clinician who found that the person cannot decide")
    ] = ""
    finding_on: Day | None = None
    evidence: Annotated[Line, Field(description="how the person entrusted it; staff must say")] = ""


class RevokeDelegation(Told):
    example: ClassVar[Example] = {"reason": "本人要求"}

    reason: Line = ""


class ReasonToSee(Shown):
    example: ClassVar[Example] = {
        "who": "阳光养老院", "basis": "EPISODE", "scope": "FULL", "starts_at": "2026-01-01T01:00:00Z",
        "ends_at": None, "reason": "", "live": True, "kinds": None, "labels": [],
    }  # fmt: skip

    who: str
    basis: Annotated[str, OneOf(Basis)]
    scope: Annotated[str, OneOf(Scope)]
    starts_at: Instant
    ends_at: Instant | None
    reason: str
    live: bool
    kinds: Annotated[
        list[Annotated[str, OneOf(KindOfData)]] | None,
        Field(
            description="the kinds of data that it opens beside name, age and address; null: what the scope says"
        ),
    ]
    labels: Annotated[
        list[Annotated[str, OneOf(Sensitive)]], Field(description="the sensitive data that it opens besides")
    ]


class WhoCanSee(Shown):
    example: ClassVar[Example] = {"reasons": [ReasonToSee.example]}

    reasons: Annotated[list[ReasonToSee], Field(description="the live ones first, 200 at most")]


class ReadingShown(Shown):
    example: ClassVar[Example] = {
        "at": "2026-05-01T00:30:00Z", "by_label": "李敏 · 护士长", "by_role": "CARE_HOME_NURSE", "what": "people.person",
    }  # fmt: skip

    at: Instant
    by_label: str
    by_role: str
    what: Annotated[str, Field(description="the page, or the answer of the API")]


class AccessRequestShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "organisation": ROW, "name": "区中心医院", "account_label": "陈医生",
        "reason": "急诊，需了解用药", "state": "OPEN", "asked_at": "2026-05-01T00:30:00Z", "answered_at": None,
        "answered_by": "",
    }  # fmt: skip

    id: Id
    person: Id
    organisation: Id
    name: Annotated[str, Field(description="of the organisation that asks")]
    account_label: str
    reason: str
    state: Annotated[str, OneOf(AccessRequest.State)]
    asked_at: Instant
    answered_at: Instant | None
    answered_by: str


class AnswerAccessRequest(Told):
    example: ClassVar[Example] = {"grant": True, "scope": "MOVE"}

    grant: bool
    scope: Annotated[str, OneOf(Scope)] = "MOVE"


class NumberAndReason(Told):
    example: ClassVar[Example] = {"number": "310106194103021244", "reason": "急诊，需了解用药"}

    number: Annotated[str, OneLine(40, 1), Field(description="the full number of a document")]
    reason: Reason


class AccessAsked(Shown):
    example: ClassVar[Example] = {"id": PERSON, "asked_at": "2026-05-01T00:30:00Z", "state": "OPEN"}

    id: Id
    asked_at: Instant
    state: str


class GlassBroken(Shown):
    example: ClassVar[Example] = {"person": PERSON, "until": "2026-05-01T08:30:00Z"}

    person: Id
    until: Instant


@routes.get("/people/{person_id}/delegations", shows=Page[DelegationShown])
def delegations(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """What the person has entrusted to relatives and guardians, what is over included, the latest first."""
    items, marker, found = page(
        queries.delegations(request.actor, person_id),
        asked,
        by=("-starts_at", "-id"),
        show=lambda found: [_delegation(one) for one in found],
    )
    return Answer(Page[DelegationShown](items=items, next=marker), persons={one.person_id for one in found})


@routes.post(
    "/people/{person_id}/delegations",
    shows=DelegationShown,
    status=201,
    matches="",
    permission=Permission.MANAGE_DELEGATION,
)
def delegate_access(request: Any, person_id: Id, body: DelegateAccess) -> Answer:
    """The person entrusts a relative's account with the record, and perhaps with deciding; nobody more than they hold."""
    person = queries.person_in_full(request.actor, person_id)
    account = named("login", lambda: account_named(body.login))
    told = body.model_dump(exclude={"login"})
    made = commands.delegate_access(
        by=request.actor, at=now(), person=person, account_id=account.pk, account_label=account.name, **told
    )
    return Answer(_delegation(made), persons=[made.person_id])


@routes.post("/delegations/{delegation_id}/revoke", shows=DelegationShown, matches="")
def revoke_delegation(request: Any, delegation_id: Id, body: RevokeDelegation) -> Answer:
    """What was entrusted is taken back at once."""
    delegation = queries.delegation(request.actor, delegation_id)
    done = commands.revoke_delegation(by=request.actor, at=now(), delegation=delegation, reason=body.reason)
    return Answer(_delegation(done), persons=[done.person_id])


@routes.get("/people/{person_id}/who-can-see", shows=WhoCanSee)
def who_can_see(request: Any, person_id: Id) -> Answer:
    """Every organisation and account that may see the record, or could, and why."""
    reasons = queries.who_can_see(request.actor, person_id)
    shows = WhoCanSee(reasons=[ReasonToSee.model_validate(one) for one in reasons])
    return Answer(shows, persons=[queries.person(request.actor, person_id).pk])


@routes.get("/people/{person_id}/who-looked", shows=Page[ReadingShown])
def who_looked(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """Who was shown the record, when and where, the latest first."""
    items, marker, _rows = page(
        queries.readings_of(request.actor, person_id),
        asked,
        by=("-at", "-id"),
        show=lambda found: [_reading(one) for one in found],
    )
    persons = [queries.person(request.actor, person_id).pk]
    return Answer(Page[ReadingShown](items=items, next=marker), persons=persons)


@routes.get("/people/{person_id}/access-requests", shows=Page[AccessRequestShown])
def access_requests(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """Who asks to see the record and waits for an answer, the oldest first."""
    items, marker, found = page(
        queries.access_requests(request.actor, person_id),
        asked,
        by=("asked_at", "id"),
        show=lambda found: [_access_request(one) for one in found],
    )
    return Answer(
        Page[AccessRequestShown](items=items, next=marker), persons={one.person_id for one in found}
    )


@routes.post("/access-requests/{access_request_id}/answer", shows=AccessRequestShown, matches="")
def answer_access_request(request: Any, access_request_id: Id, body: AnswerAccessRequest) -> Answer:
    """Open the record to the unit that asks, for the days that the district allows, or say no."""
    asked = queries.access_request(request.actor, access_request_id)
    done = commands.answer_access_request(
        by=request.actor, at=now(), request=asked, grant=body.grant, scope=body.scope
    )
    return Answer(_access_request(done), persons=[done.person_id])


@routes.post("/ask-for-access", shows=AccessAsked, status=201, matches="")
def ask_for_access(request: Any, body: NumberAndReason) -> Answer:
    """Ask to see the record of the holder of a document; nothing is shown by asking."""
    asked = commands.ask_for_access(by=request.actor, at=now(), number=body.number, reason=body.reason)
    return Answer(AccessAsked(id=asked.pk, asked_at=asked.asked_at, state=asked.state))


@routes.post("/break-glass", shows=GlassBroken, status=201, matches="")
def break_glass(request: Any, body: NumberAndReason) -> Answer:
    """Open a record in an emergency, for hours, for yourself alone; the person and the data-protection officer see it."""
    opened = commands.break_glass(by=request.actor, at=now(), number=body.number, reason=body.reason)
    until = opened.ends_at or now() + timedelta(hours=1)
    return Answer(GlassBroken(person=opened.person_id, until=until), persons=[opened.person_id])


def _delegation(one: Delegation) -> DelegationShown:
    apart = ("id", "person", "account")
    same = {name: getattr(one, name) for name in DelegationShown.model_fields if name not in apart}
    return DelegationShown(id=one.pk, person=one.person_id, account=one.account_id, **same)


def _reading(one: Any) -> ReadingShown:
    return ReadingShown(at=one.at, by_label=one.by_label, by_role=one.by_role, what=one.subject_kind)


def _access_request(one: AccessRequest) -> AccessRequestShown:
    apart = ("id", "person", "organisation", "name")
    same = {name: getattr(one, name) for name in AccessRequestShown.model_fields if name not in apart}
    return AccessRequestShown(
        id=one.pk, person=one.person_id, organisation=one.organisation_id, name=one.organisation.name, **same
    )
