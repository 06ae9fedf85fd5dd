"""add, reset, lock, unlock accounts; add, suspend, resume, end memberships."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access import commands
from yiyang.access.actors import actor_for
from yiyang.access.commands.accounts import (
    LoginNotPlain,
    LoginTaken,
    MembershipOverlaps,
    NotYourself,
    PasswordTooWeak,
    PersonHasAccount,
    RoleNotHere,
    RolesClash,
    WorksElsewhereToo,
)
from yiyang.access.models import Account
from yiyang.access.roles import STAFF_ROLES
from yiyang.access.rules import ROLE_BELONGS, clash, roles_of
from yiyang.access.tests import factories as f
from yiyang.kernel.ids import new_id
from yiyang.kernel.models import PlainFact
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import clock_at, now

GOOD = "plum-tree-77"


def add(cast: f.Cast, **change: object) -> Account:
    given = {
        "by": cast.care_home_manager, "at": now(), "login": "wang.li", "name": "王丽", "password": GOOD,
        "organisation": cast.care_home, "role": "CARE_WORKER",
    }  # fmt: skip
    return commands.add_account(**{**given, **change})


def test_a_manager_adds_a_care_worker_who_must_change_the_password(cast: f.Cast) -> None:
    account = add(cast)

    assert account.check_password(GOOD) and account.must_change_password
    assert actor_for(account, now()).role == "CARE_WORKER"


@pytest.mark.parametrize("login", ["x", "王丽", "wang li", "-wang", "a" * 41, "wang\x00li"])
def test_a_login_name_is_plain(cast: f.Cast, login: str) -> None:
    with pytest.raises(LoginNotPlain):
        add(cast, login=login)


def test_a_login_name_belongs_to_one_account_in_any_case(cast: f.Cast) -> None:
    add(cast)

    with pytest.raises(LoginTaken):
        add(cast, login="Wang.Li")


@pytest.mark.parametrize(
    "password", ["short-7", "onlyletterslong", "1234567890123", "password123", "wang.li.77"]
)
def test_a_weak_password_is_refused_with_the_reason(cast: f.Cast, password: str) -> None:
    with pytest.raises(PasswordTooWeak) as refused:
        add(cast, password=password)
    assert password not in str(refused.value)


def test_one_person_has_one_account(cast: f.Cast) -> None:
    person = new_id()
    admin = cast.system_administrator
    add(cast, by=admin, organisation=None, role="", kind="ELDER", person_id=person)

    with pytest.raises(PersonHasAccount):
        add(cast, by=admin, login="second", organisation=None, role="", kind="ELDER", person_id=person)


def test_a_manager_adds_staff_to_the_own_home_only(cast: f.Cast) -> None:
    for where in (cast.other_home, cast.hospital, None):
        with pytest.raises(NotAllowed):
            add(cast, organisation=where)
    assert not Account.objects.filter(login="wang.li").exists()


def test_a_home_cannot_make_its_own_coordinator_or_doctor(cast: f.Cast) -> None:
    for role in ("COORDINATOR", "WARD_DOCTOR", "SUPERVISOR_HEALTH", "NO_SUCH_ROLE"):
        with pytest.raises(RoleNotHere):
            add(cast, role=role)


def test_administrators_are_made_by_the_security_administrator_alone(cast: f.Cast) -> None:
    account = f.account()
    given = {"at": now(), "account": account, "organisation": cast.government, "role": "AUDIT_ADMINISTRATOR"}

    with pytest.raises(NotAllowed):
        commands.add_membership(by=cast.system_administrator, **given)
    assert commands.add_membership(by=cast.security_administrator, **given)


def test_the_three_administrators_are_three_people(cast: f.Cast) -> None:
    with pytest.raises(RolesClash):
        commands.add_membership(
            by=cast.security_administrator, at=now(), account=cast.system_administrator.account,
            organisation=cast.government, role="AUDIT_ADMINISTRATOR",
        )  # fmt: skip


def test_no_administrator_also_reads_records(cast: f.Cast) -> None:
    assert clash({"SYSTEM_ADMINISTRATOR", "COORDINATOR"})
    assert not clash({"SYSTEM_ADMINISTRATOR", "SUPERVISOR_STATISTICS"})
    assert not clash({"WARD_DOCTOR", "HEAD_NURSE"})


def test_the_same_role_is_not_held_twice_at_once(cast: f.Cast) -> None:
    account = add(cast)

    with pytest.raises(MembershipOverlaps):
        commands.add_membership(
            by=cast.care_home_manager, at=now(), account=account, organisation=cast.care_home,
            role="CARE_WORKER",
        )  # fmt: skip


def test_an_ended_membership_stops_at_once_and_can_be_given_again(cast: f.Cast) -> None:
    account = add(cast)
    membership = account.memberships.get()
    later = now() + timedelta(hours=1)
    with clock_at(later):
        commands.end_membership(by=cast.care_home_manager, at=later, membership=membership)

        assert actor_for(account, later).role == "NONE"
        assert commands.add_membership(
            by=cast.care_home_manager, at=later, account=account, organisation=cast.care_home,
            role="CARE_WORKER",
        )  # fmt: skip


def test_a_suspended_membership_gives_nothing_until_resumed(cast: f.Cast) -> None:
    account = add(cast)
    membership = account.memberships.get()

    commands.suspend_membership(
        by=cast.care_home_manager, at=now(), membership=membership, reason="long leave"
    )
    assert actor_for(account, now()).role == "NONE"
    commands.resume_membership(by=cast.care_home_manager, at=now(), membership=membership)
    assert actor_for(account, now()).role == "CARE_WORKER"


def test_a_reset_password_must_be_changed_and_its_owner_is_told(cast: f.Cast) -> None:
    account = cast.care_home_nurse.account
    commands.reset_password(by=cast.care_home_manager, at=now(), account=account, password=GOOD)

    account.refresh_from_db()
    assert account.check_password(GOOD) and account.must_change_password
    assert account.notices.get().subject == "access.password_reset"


def test_a_manager_cannot_take_over_an_account_that_works_elsewhere_too(cast: f.Cast) -> None:
    account = cast.care_home_nurse.account
    f.membership(account, cast.other_home, "CARE_HOME_NURSE")

    with pytest.raises(WorksElsewhereToo):
        commands.reset_password(by=cast.care_home_manager, at=now(), account=account, password=GOOD)
    assert commands.reset_password(by=cast.system_administrator, at=now(), account=account, password=GOOD)


def test_a_system_administrator_cannot_take_over_another_administrator(cast: f.Cast) -> None:
    for victim in (cast.security_administrator, cast.audit_administrator, cast.data_protection_officer):
        with pytest.raises(NotAllowed):
            commands.reset_password(
                by=cast.system_administrator, at=now(), account=victim.account, password=GOOD
            )


def test_nobody_resets_or_locks_the_own_account(cast: f.Cast) -> None:
    own = cast.security_administrator

    with pytest.raises(NotYourself):
        commands.reset_password(by=own, at=now(), account=own.account, password=GOOD)
    with pytest.raises(NotYourself):
        commands.lock_account(by=own, at=now(), account=own.account, reason="x")


def test_strangers_administer_no_account(cast: f.Cast) -> None:
    victim = cast.care_home_nurse.account

    for by in (cast.stranger, cast.other_manager, cast.unemployed, cast.other_elder, cast.coordinator):
        with pytest.raises(NotAllowed):
            commands.lock_account(by=by, at=now(), account=victim, reason="x")
        with pytest.raises(NotAllowed):
            commands.reset_password(by=by, at=now(), account=victim, password=GOOD)


def test_a_manager_cannot_touch_accounts_of_families(cast: f.Cast) -> None:
    elder = cast.other_elder.account

    with pytest.raises(NotAllowed):
        commands.reset_password(by=cast.care_home_manager, at=now(), account=elder, password=GOOD)


def test_a_locked_account_loses_its_tokens_and_can_be_unlocked(cast: f.Cast) -> None:
    nurse = cast.care_home_nurse
    token, _raw = commands.issue_token(
        by=nurse, at=now(), account=nurse.account, membership=nurse.membership, hours=1
    )

    locked = commands.lock_account(
        by=cast.security_administrator, at=now(), account=nurse.account, reason="lost phone"
    )
    token.refresh_from_db()
    assert not locked.is_active and token.revoked_at
    assert commands.unlock_account(by=cast.security_administrator, at=now(), account=locked).is_active


def test_a_failed_sign_in_keeps_no_typed_text(cast: f.Cast) -> None:
    commands.record_failed_sign_in(at=now(), login="my-secret-password")

    fact = PlainFact.objects.get(name="account.sign_in_failed")
    assert fact.data == {"known": False} and fact.subject_id is None


def test_every_staff_role_belongs_somewhere() -> None:
    assert set(ROLE_BELONGS) == {role.code for role in STAFF_ROLES}
    assert roles_of("INSTITUTION") == [
        "CARE_WORKER", "CARE_HOME_NURSE", "CARE_HOME_MANAGER", "NIGHT_DUTY_OFFICER", "ASSESSOR",
        "PALLIATIVE_TEAM",
    ]  # fmt: skip
