"""Keys for the API: shown once, kept as a hash, expiring, revocable, bound to one membership."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal

from ..models import Account, ApiToken, Membership
from ..permissions import Permission
from ..purposes import Purpose
from ..secrets import hash_of, new_secret
from ..texts import line
from .accounts import AlreadySo

HOURS_AT_MOST = 24 * 366


class TokenLastsTooLong(Refusal):
    message = _("A token lasts from 1 hour to 366 days. Choose a shorter time and issue a new one later.")
    status = 422


class TokenWouldOutlive(Refusal):
    message = _(
        "A token cannot issue another that lasts longer than itself, until {until}. Choose a shorter time, or "
        "issue it under “My account”."
    )
    status = 422


class AccountLocked(Refusal):
    message = _("The account {login} is locked. Unlock it first.")


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def issue_token(
    *,
    by: Actor,
    at: datetime,
    account: Account,
    membership: Membership | None,
    hours: int,
    label: str = "",
    purpose: str = Purpose.CARE,
) -> tuple[ApiToken, str]:
    """A token for oneself, or for an account in one's charge. The raw text is returned once, never again.

    `purpose`: what it reads for. What a token for one purpose issues is for the same.
    """
    if not 1 <= hours <= HOURS_AT_MOST:
        raise TokenLastsTooLong(field="hours")
    if membership is not None and membership.account_id != account.pk:
        raise NotFound
    in_charge = membership is not None and by.may(Permission.MANAGE_ACCOUNTS, membership.organisation_id)
    if by.account_id != account.pk and not by.sees_all and not in_charge:
        raise NotAllowed
    if account.locked_at:
        raise AccountLocked(login=account.login)
    expires_at = at + timedelta(hours=hours)
    purpose = Purpose(purpose or Purpose.CARE)
    _not_beyond_own_token(by, expires_at, purpose)
    raw = new_secret()
    token = ApiToken.objects.create(
        account=account, membership=membership, label=line(label, "label", 80), hash=hash_of(raw), hint=raw[-4:],
        created_at=at, created_by=by.account_id, expires_at=expires_at,
        purpose=purpose,
    )  # fmt: skip
    record(
        "token.issued",
        by=by,
        at=at,
        subject=token,
        account=account,
        expires_at=token.expires_at,
        purpose=purpose,
    )
    return token, raw


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def revoke_token(*, by: Actor, at: datetime, token: ApiToken) -> ApiToken:
    """It stops at once."""
    within = token.membership.organisation_id if token.membership else None
    in_charge = within is not None and by.may(Permission.MANAGE_ACCOUNTS, within)
    if token.account_id != by.account_id and not in_charge and not by.may(Permission.MANAGE_SECURITY, within):
        raise NotFound
    current = ApiToken.objects.select_for_update(no_key=True, of=("self",)).get(pk=token.pk)
    if current.revoked_at:
        raise AlreadySo
    current.revoked_at, current.revoked_by = at, by.account_id
    current.save(update_fields=["revoked_at", "revoked_by"])
    record("token.revoked", by=by, at=at, subject=current, account=current.account_id)
    return current


def _not_beyond_own_token(by: Actor, expires_at: datetime, purpose: str) -> None:
    """Whoever finds a token must not be able to live on it for ever."""
    own = ApiToken.objects.filter(pk=getattr(by, "token_id", None)).first()
    if own is not None and expires_at > own.expires_at:
        raise TokenWouldOutlive(until=own.expires_at, field="hours")
    if own is not None and purpose != own.purpose:
        raise NotAllowed
