"""What an account allows an app, and the tokens that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound, Refusal

from ..models import ApiToken, OauthClient, OauthCode, OauthGrant, RefreshToken, UsedAssertion
from ..oauth import scopes
from ..permissions import Permission
from ..secrets import hash_of, new_secret
from .accounts import AlreadySo
from .notices import SYSTEM_ONLY

CODE_LASTS = timedelta(minutes=1)
SPENT_FOR = timedelta(days=2)


class AppStopped(Refusal):
    message = _("This app was stopped here and gets nothing more.")
    status = 403


class AppAccessEnded(Refusal):
    message = _("This access has ended. Open the app and allow it anew.")
    status = 401


@dataclass(frozen=True)
class Issued:
    """What an app gets in hand: an access token, and what gets the next ones where it may go on."""

    token: ApiToken
    raw: str
    refresh: str = ""


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def issue_program_token(*, by: Actor, at: datetime, client: OauthClient, scope: str, raw: str = "") -> Issued:
    """For a program that works by itself: a few minutes as its account, within its scopes."""
    client = _working(client)
    if client.membership is None or client.membership.account_id != by.account_id:
        raise NotFound
    minutes = int(policy("access.oauth.program_token_minutes", on=at.date()).value)
    token = _token(by, at, client, None, scope, timedelta(minutes=minutes), raw)
    record("app_token.issued", by=by, at=at, subject=token, client=client, scope=scope)
    return Issued(token, raw)


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def allow_app(
    *,
    by: Actor,
    at: datetime,
    client: OauthClient,
    scope: str,
    person_id: UUID | None,
    redirect_uri: str,
    code: str,
    code_challenge: str,
) -> OauthGrant:
    """The account's own act: this app may read so much, of this person, for so long."""
    client = _working(client)
    if person_id is not None and not by.sees(person_id):
        raise NotFound
    offline = scopes.OFFLINE in scope.split()
    key = "access.oauth.grant_days" if offline else "access.oauth.visit_hours"
    told = int(policy(key, on=at.date()).value)
    lasts = timedelta(days=told) if offline else timedelta(hours=told)
    grant = OauthGrant.objects.create(
        client=client, account_id=by.account_id, membership_id=getattr(by, "membership_id", None),
        person_id=person_id, scope=scope, created_at=at, expires_at=at + lasts,
    )  # fmt: skip
    OauthCode.objects.create(
        grant=grant, hash=hash_of(code), redirect_uri=redirect_uri, code_challenge=code_challenge,
        created_at=at, expires_at=at + CODE_LASTS,
    )  # fmt: skip
    record(
        "app.allowed", by=by, at=at, subject=grant, person=person_id, client=client, app=client.name, scope=scope,
        until=grant.expires_at,
    )  # fmt: skip
    return grant


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def redeem_code(*, by: Actor, at: datetime, code: OauthCode, scope: str, raw: str = "") -> Issued:
    """The first tokens of a grant. A code works once."""
    grant = _live(code.grant, by, at)
    current = OauthCode.objects.select_for_update(no_key=True).get(pk=code.pk)
    if current.used_at or current.expires_at <= at:
        raise AppAccessEnded
    current.used_at = at
    current.save(update_fields=["used_at"])
    return _issued(by, at, grant, scope, raw)


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def renew_app_token(*, by: Actor, at: datetime, refresh: RefreshToken, scope: str, raw: str = "") -> Issued:
    """The next tokens of a grant, and what gets the ones after; what was brought works no more."""
    grant = _live(refresh.grant, by, at)
    current = RefreshToken.objects.select_for_update(no_key=True).get(pk=refresh.pk)
    if current.used_at or current.expires_at <= at:
        raise AppAccessEnded
    current.used_at = at
    current.save(update_fields=["used_at"])
    ApiToken.objects.filter(grant=grant, revoked_at=None).update(revoked_at=at, revoked_by=by.account_id)
    return _issued(by, at, grant, scope, raw)


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def withdraw_app(*, by: Actor, at: datetime, grant: OauthGrant, why: str = "WITHDRAWN") -> OauthGrant:
    """What the app holds stops at once: the person's own act, the app's, or because something came twice."""
    if grant.account_id != by.account_id:
        raise NotFound
    current = OauthGrant.objects.select_for_update(no_key=True).select_related(None).get(pk=grant.pk)
    if current.ended_at:
        raise AlreadySo
    current.ended_at, current.ended_by, current.ended_why = at, by.account_id, why
    current.save(update_fields=["ended_at", "ended_by", "ended_why"])
    ApiToken.objects.filter(grant=current, revoked_at=None).update(revoked_at=at, revoked_by=by.account_id)
    record(
        "app.withdrawn", by=by, at=at, subject=current, person=current.person_id, client=current.client_id,
        why=why,
    )  # fmt: skip
    return current


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def revoke_app_token(*, by: Actor, at: datetime, token: ApiToken) -> ApiToken:
    """The program or app gives back what it holds."""
    if token.account_id != by.account_id or token.client_id is None:
        raise NotFound
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at, revoked_by=by.account_id)
    record("app_token.revoked", by=by, at=at, subject=token, client=token.client_id)
    return token


@command(SYSTEM_ONLY, within=ANYWHERE)
def forget_spent_tokens(*, by: Actor, at: datetime) -> int:
    """What programs and apps held and can do nothing more is cleared away; the facts about it stay."""
    before = at - SPENT_FOR
    UsedAssertion.objects.filter(expires_at__lt=before).delete()
    OauthCode.objects.filter(expires_at__lt=before, grant__expires_at__lt=before).delete()
    RefreshToken.objects.filter(expires_at__lt=before).delete()
    number, _each = ApiToken.objects.filter(client__isnull=False, expires_at__lt=before).delete()
    record("app_tokens.forgotten", by=by, at=at, number=number)
    return number


def _issued(by: Actor, at: datetime, grant: OauthGrant, scope: str, raw: str) -> Issued:
    minutes = int(policy("access.oauth.app_token_minutes", on=at.date()).value)
    lasts = min(timedelta(minutes=minutes), grant.expires_at - at)
    token = _token(by, at, grant.client, grant, scope, lasts, raw)
    refresh = ""
    if scopes.OFFLINE in grant.scope.split():
        refresh = new_secret("r_")
        RefreshToken.objects.create(
            grant=grant, hash=hash_of(refresh), created_at=at, expires_at=grant.expires_at
        )
    record(
        "app_token.issued", by=by, at=at, subject=token, person=grant.person_id, client=grant.client_id,
        scope=scope,
    )  # fmt: skip
    return Issued(token, raw, refresh)


def _token(
    by: Actor,
    at: datetime,
    client: OauthClient,
    grant: OauthGrant | None,
    scope: str,
    lasts: timedelta,
    raw: str,
) -> ApiToken:
    membership: Any = grant.membership_id if grant else client.membership_id
    return ApiToken.objects.create(
        account_id=by.account_id, membership_id=membership, client=client, grant=grant, scope=scope,
        purpose=client.purpose,
        label=client.name, hash=hash_of(raw), hint=raw[-4:], created_at=at, created_by=by.account_id,
        expires_at=at + lasts,
    )  # fmt: skip


def _working(client: OauthClient) -> OauthClient:
    """Held until the end, so that it is not stopped between the look and the token."""
    found = OauthClient.objects.select_for_update(no_key=True, of=("self",)).get(pk=client.pk)
    if found.stopped_at:
        raise AppStopped
    return found


def _live(grant: OauthGrant, by: Actor, at: datetime) -> OauthGrant:
    if grant.account_id != by.account_id:
        raise NotFound
    found = (
        OauthGrant.objects.select_for_update(no_key=True, of=("self",))
        .select_related("client")
        .get(pk=grant.pk)
    )
    if found.ended_at or found.expires_at <= at or found.client.stopped_at:
        raise AppAccessEnded
    return found
