"""Who stands behind a Bearer token. Used by the JSON API, by push and by every gateway."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

from .actors import AccountActor
from .commands.tokens import PREFIX, hash_of
from .models import ApiToken

USE_NOTED_EVERY = timedelta(minutes=1)


class TokenUnknown(Refusal):
    message = _("This token is not known. Send “Authorization: Bearer …” with a token that was issued here.")
    status = 401


class TokenExpired(Refusal):
    message = _(
        "This token expired at {at}. Issue a new one under “My account”, or with “yiyang token issue”."
    )
    status = 401


class TokenRevoked(Refusal):
    message = _("This token was revoked, or the membership or account behind it has ended.")
    status = 401


def actor_from_token(raw: str, at: datetime) -> AccountActor | None:
    """The actor behind a token, or None."""
    try:
        return authenticate_token(raw, at)
    except (TokenUnknown, TokenExpired, TokenRevoked):
        return None


def authenticate_token(raw: str, at: datetime) -> AccountActor:
    """The actor behind a token; says why when there is none."""
    if not raw.startswith(PREFIX) or len(raw) > 100:
        raise TokenUnknown
    token = (
        ApiToken.objects.filter(hash=hash_of(raw))
        .select_related("account", "membership__organisation", "membership__area")
        .first()
    )
    if token is None:
        raise TokenUnknown
    if token.expires_at <= at:
        raise TokenExpired(at=token.expires_at)
    if token.revoked_at or not _still_works(token, at):
        raise TokenRevoked
    _note_use(token, at)
    return AccountActor(token.account, token.membership, token_id=token.pk)


def _still_works(token: ApiToken, at: datetime) -> bool:
    membership = token.membership
    if token.account.locked_at:
        return False
    if membership is None:
        return True
    period = membership.period
    return (
        membership.suspended_at is None
        and membership.organisation.active
        and period.lower <= at
        and (period.upper is None or at < period.upper)
    )


def _note_use(token: ApiToken, at: datetime) -> None:
    """To the minute: one write a minute, not one a request."""
    if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
