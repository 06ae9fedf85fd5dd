"""The JSON API of whoever holds the token: who acts, the inbox, the tokens."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.kernel.api import (
    Answer,
    Example,
    Flag,
    Id,
    Instant,
    Number,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Shown,
    Told,
    page,
)
from yiyang.kernel.time import now

from .. import commands, queries
from ..commands.tokens import HOURS_AT_MOST
from ..models import ApiToken, Notice
from ..models.accounts import AccountKind
from ..models.notices import Priority
from ..purposes import Purpose
from .shown import HOME, UNIT, Party, party

routes = Routes("yourself")
TOKEN = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d09"


class Me(Shown):
    """Who acts with this token."""

    example: ClassVar[Example] = {
        "account": HOME, "name": "李敏", "kind": "STAFF", "role": "CARE_HOME_NURSE", "area": "310106006",
        "organisation": {"id": HOME, "name": "阳光养老院"}, "person": None, "reads_records": True,
        "permissions": ["ADMIT", "REQUEST_TRANSFER"],
    }  # fmt: skip

    account: Id
    name: str
    kind: Annotated[str, OneOf(AccountKind)]
    role: str
    area: str
    organisation: Party | None
    person: Annotated[Id | None, Field(description="the record of the account's own person")]
    reads_records: bool
    permissions: list[str]


class NoticeShown(Shown):
    example: ClassVar[Example] = {
        "id": UNIT, "subject": "beds.transfer_offered", "text": "有机构询问贵单位能否接收一位老人。请在 10:30 前答复。",
        "priority": "URGENT", "person": None, "link": "/offers/…", "created_at": "2026-05-01T00:30:00Z",
        "due_at": None, "reminders": 0, "acknowledged_at": None,
    }  # fmt: skip

    id: Id
    subject: str
    text: str
    priority: Annotated[str, OneOf(Priority)]
    person: Id | None
    link: str
    created_at: Instant
    due_at: Instant | None
    reminders: int
    acknowledged_at: Instant | None


class NoticeFilter(Paging):
    open: Annotated[Flag | None, Field(description="true: only those not acknowledged")] = None


class AcknowledgeNotice(Told):
    example: ClassVar[Example] = {}


class TokenShown(Shown):
    example: ClassVar[Example] = {
        "id": TOKEN, "label": "统计报表", "hint": "x7Qa", "role": "CARE_HOME_NURSE",
        "organisation": {"id": HOME, "name": "阳光养老院"}, "created_at": "2026-05-01T00:30:00Z",
        "expires_at": "2026-05-08T00:30:00Z", "last_used_at": None, "purpose": "CARE", "own": False,
    }  # fmt: skip

    id: Id
    label: str
    hint: Annotated[str, Field(description="the last characters of the token")]
    role: str
    organisation: Party | None
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None
    purpose: Annotated[str, OneOf(Purpose), Field(description="what for it reads")]
    own: Annotated[bool, Field(description="this request was made with it")]


class TokenIssued(TokenShown):
    """`token` is shown here once and never again."""

    example: ClassVar[Example] = TokenShown.example | {"token": "yiyang_…"}

    token: str


class IssueToken(Told):
    example: ClassVar[Example] = {"label": "统计报表", "hours": 8}

    label: Annotated[str, OneLine(80, 1)]
    hours: Annotated[int, Number(1, HOURS_AT_MOST)]
    purpose: Annotated[
        str,
        OneOf(Purpose),
        Field(description="what for it reads; a token issues others for its own purpose alone"),
    ] = "CARE"


class RevokeToken(Told):
    example: ClassVar[Example] = {}


@routes.get("/me", shows=Me)
def me(request: Any) -> Answer:
    """Who acts with this token: account, role, organisation, what it may do."""
    actor = request.actor
    where = actor.organisation
    shows = Me(
        account=actor.account.pk,
        name=actor.account.name,
        kind=actor.account.kind,
        role=actor.role,
        area=actor.area,
        organisation=party(where) if where else None,
        person=actor.person_id,
        reads_records=actor.reads_records,
        permissions=sorted(actor.permissions),
    )
    return Answer(shows)


@routes.get("/notices", shows=Page[NoticeShown])
def notices(request: Any, asked: Query[NoticeFilter]) -> Answer:
    """Your inbox and that of the role you act in, the latest first."""
    rows = queries.notices(request.actor, only_open=asked.open is True)
    if asked.open is False:
        rows = rows.exclude(acknowledged_at=None)
    items, marker, _rows = page(
        rows, asked, by=("-created_at", "-id"), show=lambda found: [_notice(request, one) for one in found]
    )
    return Answer(Page[NoticeShown](items=items, next=marker))


@routes.post("/notices/{notice_id}/acknowledge", shows=NoticeShown, matches="")
def acknowledge_notice(request: Any, notice_id: Id, body: AcknowledgeNotice) -> Answer:
    """Somebody deals with it; no more reminders."""
    notice = queries.notice(request.actor, notice_id)
    done = commands.acknowledge_notice(by=request.actor, at=now(), notice=notice)
    return Answer(_notice(request, done))


def _notice(request: Any, one: Notice) -> NoticeShown:
    """Offices that read no records are told what happened, not to whom."""
    same = {name: getattr(one, name) for name in NoticeShown.model_fields if name != "person"}
    return NoticeShown(person=one.person_id if request.actor.reads_records else None, **same)


@routes.get("/tokens", shows=Page[TokenShown])
def tokens(request: Any, asked: Query[Paging]) -> Answer:
    """Your tokens that still work, in whatever role, the latest first; never the tokens themselves."""
    items, marker, _rows = page(
        queries.tokens_of(request.actor),
        asked,
        by=("-created_at", "-id"),
        show=lambda found: [TokenShown(**_token(request, one)) for one in found],
    )
    return Answer(Page[TokenShown](items=items, next=marker))


@routes.post("/tokens", shows=TokenIssued, status=201, matches="")
def issue_token(request: Any, body: IssueToken) -> Answer:
    """Issue another token for what you act as now. It never lasts longer than the one that asks for it."""
    actor = request.actor
    made, raw = commands.issue_token(
        by=actor, at=now(), account=actor.account, membership=actor.membership, **body.model_dump()
    )
    return Answer(TokenIssued(token=raw, **_token(request, made)))


@routes.post("/tokens/{token_id}/revoke", shows=TokenShown, matches="")
def revoke_token(request: Any, token_id: Id, body: RevokeToken) -> Answer:
    """It stops at once, also when it is the one that asks."""
    token = queries.token(request.actor, token_id)
    commands.revoke_token(by=request.actor, at=now(), token=token)
    return Answer(TokenShown(**_token(request, token)))


def _token(request: Any, one: ApiToken) -> dict[str, Any]:
    told = ("label", "hint", "created_at", "expires_at", "last_used_at", "purpose")
    held = one.membership
    return {
        "id": one.pk,
        "role": held.role if held else one.account.kind,
        "organisation": party(held.organisation) if held else None,
        "own": one.pk == request.actor.token_id,
        **{name: getattr(one, name) for name in told},
    }
