"""The JSON API of the apps that the account has allowed: what each may read, and stopping it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.kernel.api import Answer, Example, Id, Instant, Page, Paging, Shown, Told, page
from yiyang.kernel.time import now

from .. import commands, queries
from ..models import OauthGrant
from ..oauth.words import read_in_words
from .shown import HOME
from .yourself import routes


class AppShown(Shown):
    example: ClassVar[Example] = {
        "id": HOME, "name": "爱心健康", "scope": "patient/*.rs launch/patient", "reads": ["全部健康档案"],
        "person": HOME, "since": "2026-05-01T08:00:00Z", "until": "2026-07-30T08:00:00Z", "last_used_at": None,
    }  # fmt: skip

    id: Id
    name: str
    scope: str
    reads: Annotated[list[str], Field(description="the same in words")]
    person: Annotated[Id | None, Field(description="of whom alone; none: of all whom you may see")]
    since: Instant
    until: Instant
    last_used_at: Instant | None


class WithdrawApp(Told):
    example: ClassVar[Example] = {}


@routes.get("/apps", shows=Page[AppShown])
def apps(request: Any, asked: Query[Paging]) -> Answer:
    """The apps that you have allowed to read, the latest first."""
    items, marker, _rows = page(
        queries.grants(request.actor),
        asked,
        by=("-created_at", "-id"),
        show=lambda found: [_app(one) for one in found],
    )
    return Answer(Page[AppShown](items=items, next=marker))


@routes.post("/apps/{oauth_grant_id}/withdraw", shows=AppShown, matches="")
def withdraw_app(request: Any, oauth_grant_id: Id, body: WithdrawApp) -> Answer:
    """What the app holds stops at once."""
    grant = queries.grant(request.actor, oauth_grant_id)
    commands.withdraw_app(by=request.actor, at=now(), grant=grant)
    return Answer(_app(grant))


def _app(one: OauthGrant) -> AppShown:
    return AppShown(
        id=one.pk,
        name=one.client.name,
        scope=one.scope,
        reads=read_in_words(one.scope),
        person=one.person_id,
        since=one.created_at,
        until=one.expires_at,
        last_used_at=getattr(one, "last_used_at", None),
    )
