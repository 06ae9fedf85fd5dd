from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access import commands
from yiyang.access.commands.tokens import AccountLocked, TokenLastsTooLong
from yiyang.access.models import ApiToken
from yiyang.access.tests import factories as f
from yiyang.access.tokens import (
    TokenExpired,
    TokenRevoked,
    TokenUnknown,
    actor_from_token,
    authenticate_token,
)
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now


def issue(cast: f.Cast, hours: int = 8) -> tuple[ApiToken, str]:
    nurse = cast.care_home_nurse
    return commands.issue_token(
        by=nurse, at=now(), account=nurse.account, membership=nurse.membership, hours=hours
    )


def test_a_token_acts_under_its_membership_and_is_kept_as_a_hash(cast: f.Cast) -> None:
    token, raw = issue(cast)

    actor = actor_from_token(raw, now())
    assert actor and actor.role == "CARE_HOME_NURSE" and actor.token_id == token.pk
    assert raw not in str(ApiToken.objects.values().get())


def test_an_expired_token_is_refused_with_its_time(cast: f.Cast) -> None:
    token, raw = issue(cast, hours=1)

    assert actor_from_token(raw, token.expires_at) is None
    with pytest.raises(TokenExpired):
        authenticate_token(raw, token.expires_at)


def test_a_revoked_token_stops(cast: f.Cast) -> None:
    token, raw = issue(cast)
    commands.revoke_token(by=cast.care_home_nurse, at=now(), token=token)

    with pytest.raises(TokenRevoked):
        authenticate_token(raw, now())


@pytest.mark.parametrize("end", ["suspended", "locked", "closed"])
def test_a_token_stops_with_the_membership_account_or_unit_behind_it(cast: f.Cast, end: str) -> None:
    token, raw = issue(cast)
    if end == "suspended":
        token.membership.suspended_at = now()
        token.membership.save()
    elif end == "locked":
        token.account.locked_at = now()
        token.account.save()
    else:
        token.membership.organisation.active = False
        token.membership.organisation.save()

    assert actor_from_token(raw, now()) is None


@pytest.mark.parametrize(
    "raw", ["", "yiyang_", "yiyang_wrong", "Bearer x", "yiyang_\ud800", "yiyang_" + "x" * 5000]
)
def test_an_unknown_or_broken_token_is_nobody(db: None, raw: str) -> None:
    assert actor_from_token(raw, now()) is None
    with pytest.raises(TokenUnknown):
        authenticate_token(raw, now())


def test_a_token_lasts_a_year_at_most(cast: f.Cast) -> None:
    for hours in (0, -1, 24 * 367):
        with pytest.raises(TokenLastsTooLong):
            issue(cast, hours=hours)


def test_no_token_for_someone_elses_account_or_membership(cast: f.Cast) -> None:
    nurse = cast.care_home_nurse

    with pytest.raises(NotAllowed):
        commands.issue_token(
            by=cast.stranger, at=now(), account=nurse.account, membership=nurse.membership, hours=1
        )
    with pytest.raises(NotFound):
        commands.issue_token(
            by=cast.stranger, at=now(), account=cast.stranger.account, membership=nurse.membership, hours=1
        )
    token, _raw = issue(cast)
    with pytest.raises(NotFound):
        commands.revoke_token(by=cast.stranger, at=now(), token=token)


def test_a_locked_account_gets_no_token(cast: f.Cast) -> None:
    cast.care_home_nurse.account.locked_at = now()

    with pytest.raises(AccountLocked):
        issue(cast)


def test_use_is_noted_to_the_minute(cast: f.Cast) -> None:
    token, raw = issue(cast)
    at = now()
    actor_from_token(raw, at)
    actor_from_token(raw, at + timedelta(seconds=30))

    token.refresh_from_db()
    assert token.last_used_at == at
