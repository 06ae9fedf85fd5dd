"""Who stands in for a person, and which relatives may not."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.access.serving import account_named
from yiyang.kernel.api import (
    Answer,
    Code,
    Day,
    Example,
    Id,
    Instant,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.api.papers import Base64, PaperListed, listed, read_paper
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.agreements import Short, routes
from yiyang.people.api.belongings import EndWithReason, Reason
from yiyang.people.api.shown import PERSON, ROW
from yiyang.people.models import Barring, GuardianKind, Guardianship, Kinship
from yiyang.people.models.agreements import Matter

Matters = Annotated[list[Annotated[str, OneOf(Matter)]], Field(min_length=1, max_length=3)]


class GuardianshipShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "kind": "APPOINTED", "guardian": "王建国", "organisation": None, "name": "",
        "account": ROW, "kinship": "CHILD", "supervisor": "江宁路居委会", "matters": ["CARE", "MEDICAL"],
        "document": "静安法院 2026 民特 12 号", "finding_by": "", "finding_on": None, "from_on": "2026-05-01",
        "to_on": None, "in_force": True, "ended_at": None, "end_reason": "", "recorded_by": "李敏 · 护士长",
        "papers": [PaperListed.example],
    }  # fmt: skip

    id: Id
    person: Id
    kind: Annotated[str, OneOf(GuardianKind)]
    guardian: str
    organisation: Annotated[Id | None, Field(description="a residents' committee or civil affairs")]
    name: Annotated[str, Field(description="of the organisation")]
    account: Id | None
    kinship: str
    supervisor: Annotated[str, Field(description="who watches over an agreed guardian")]
    matters: list[str]
    document: str
    finding_by: str
    finding_on: Day | None
    from_on: Day
    to_on: Annotated[Day | None, Field(description="the first day without it")]
    in_force: bool
    ended_at: Instant | None
    end_reason: str
    recorded_by: str
    papers: list[PaperListed]


class RecordGuardianship(Told):
    example: ClassVar[Example] = {
        "kind": "APPOINTED", "guardian": "王建国", "kinship": "CHILD", "matters": ["CARE", "MEDICAL"],
        "document": "静安法院 2026 民特 12 号", "from_on": "2026-01-01",
    }  # fmt: skip

    kind: Annotated[str, OneOf(GuardianKind)]
    document: Annotated[Name, Field(description="judgement, appointment or agreement: number and issuer")]
    matters: Matters
    from_on: Day
    to_on: Annotated[Day | None, Field(description="the first day without it; null: no end")] = None
    guardian: Annotated[Short, Field(description="a person; or name the organisation")] = ""
    organisation: Id | None = None
    login: Annotated[Code, Field(description="the guardian's login name, told by the guardian")] = ""
    kinship: Annotated[str, OneOf(Kinship)] = "GUARDIAN"
    supervisor: Short = ""
    finding_by: Annotated[
        Name, Field(description="the clinician who found that the person cannot decide")
    ] = ""
    finding_on: Day | None = None
    paper: Base64 | None = None


class BarringShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "name": "王强", "account": None, "kinship": "CHILD", "reason": "本人意愿",
        "evidence": "本人当面说明，李敏在场", "barred_at": "2026-05-01T00:30:00Z", "barred_by": "李敏 · 护士长",
        "lifted_at": None, "lift_reason": "",
    }  # fmt: skip

    id: Id
    person: Id
    name: str
    account: Id | None
    kinship: str
    reason: str
    evidence: str
    barred_at: Instant
    barred_by: str
    lifted_at: Instant | None
    lift_reason: str


class BarRelative(Told):
    example: ClassVar[Example] = {
        "name": "王强", "kinship": "CHILD", "reason": "本人意愿", "evidence": "本人当面说明，李敏在场",
    }  # fmt: skip

    name: Annotated[str, OneLine(60, 1)]
    reason: Reason
    evidence: Annotated[Reason, Field(description="the person's word and before whom, an order, a judgement")]
    kinship: Annotated[str, OneOf(Kinship)] = "OTHER_RELATIVE"
    account: Annotated[Id | None, Field(description="of a live delegation, which ends at once")] = None


@routes.get("/people/{person_id}/guardianships", shows=Page[GuardianshipShown])
def guardianships(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """Who is or was guardian, the latest entry first."""
    items, marker, found = page(
        queries.guardianship_rows(request.actor, person_id),
        asked,
        by=("-id",),
        show=lambda found: [_guardianship(one) for one in found],
    )
    persons = {one.person_id for one in found}
    return Answer(Page[GuardianshipShown](items=items, next=marker), persons=persons)


@routes.post(
    "/people/{person_id}/guardianships",
    shows=GuardianshipShown,
    status=201,
    permission=Permission.MANAGE_DELEGATION,
)
def record_guardianship(request: Any, person_id: Id, body: RecordGuardianship) -> Answer:
    """Who decides in the person's place, by which document; staff who have seen it enter it."""
    person = queries.person_in_full(request.actor, person_id)
    login = body.login.strip()
    account = named("login", lambda: account_named(login)) if login else None
    told = body.model_dump(exclude={"organisation", "login", "paper"})
    made = commands.record_guardianship(
        by=request.actor, at=now(), person=person, organisation_id=_organisation(person, body.organisation),
        account_id=account.pk if account else None, paper=read_paper(body.paper), **told,
    )  # fmt: skip
    return _answer(request, made)


@routes.post("/guardianships/{guardianship_id}/end", shows=GuardianshipShown, matches="")
def end_guardianship(request: Any, guardianship_id: Id, body: EndWithReason) -> Answer:
    """The guardian no longer decides, and no longer sees the record as guardian."""
    row = queries.guardianship(request.actor, guardianship_id)
    commands.end_guardianship(by=request.actor, at=now(), guardianship=row, reason=body.reason)
    return _answer(request, row)


@routes.get("/people/{person_id}/barrings", shows=Page[BarringShown])
def barrings(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """Relatives who are or were to learn and decide nothing, the latest first; empty for families themselves."""
    items, marker, found = page(
        queries.barrings(request.actor, person_id),
        asked,
        by=("-barred_at", "-id"),
        show=lambda found: [_barring(one) for one in found],
    )
    return Answer(Page[BarringShown](items=items, next=marker), persons={one.person_id for one in found})


@routes.post(
    "/people/{person_id}/barrings",
    shows=BarringShown,
    status=201,
    permission=Permission.MANAGE_DELEGATION,
)
def bar_relative(request: Any, person_id: Id, body: BarRelative) -> Answer:
    """A relative is to learn and decide nothing: what was entrusted to the account ends at once."""
    person = queries.person_in_full(request.actor, person_id)
    account = body.account
    if account is not None:
        held = {pk for pk, _label in queries.accounts_to_bar(request.actor, person.pk)}
        named("account", lambda: account if str(account) in held else None)
    told = body.model_dump(exclude={"account"})
    made = commands.bar_relative(by=request.actor, at=now(), person=person, account_id=account, **told)
    return Answer(_barring(made), persons=[made.person_id])


@routes.post("/barrings/{barring_id}/lift", shows=BarringShown, matches="")
def lift_barring(request: Any, barring_id: Id, body: EndWithReason) -> Answer:
    """The relative may be entrusted with something again; nothing comes back by itself."""
    barring = queries.barring(request.actor, barring_id)
    done = commands.lift_barring(by=request.actor, at=now(), barring=barring, reason=body.reason)
    return Answer(_barring(done), persons=[done.person_id])


def _organisation(person: Any, organisation: UUID | None) -> UUID | None:
    if organisation is None:
        return None
    choices = {pk for pk, _name in queries.guardian_organisations(person)}
    return named("organisation", lambda: organisation if str(organisation) in choices else None)


def _answer(request: Any, row: Guardianship) -> Answer:
    fresh = queries.guardianship_rows(request.actor, row.person_id).get(pk=row.pk)
    return Answer(_guardianship(fresh), persons=[fresh.person_id])


def _guardianship(one: Guardianship) -> GuardianshipShown:
    apart = ("id", "person", "organisation", "name", "account", "from_on", "to_on", "in_force", "papers")
    same = {name: getattr(one, name) for name in GuardianshipShown.model_fields if name not in apart}
    return GuardianshipShown(
        id=one.pk,
        person=one.person_id,
        organisation=one.organisation_id,
        name=one.organisation.name if one.organisation else "",
        account=one.account_id,
        from_on=one.valid.lower,
        to_on=one.valid.upper,
        in_force=queries.is_live(one),
        papers=[listed(paper) for paper in one.papers.all()],
        **same,
    )


def _barring(one: Barring) -> BarringShown:
    apart = ("id", "person", "account")
    same = {name: getattr(one, name) for name in BarringShown.model_fields if name not in apart}
    return BarringShown(id=one.pk, person=one.person_id, account=one.account_id, **same)
