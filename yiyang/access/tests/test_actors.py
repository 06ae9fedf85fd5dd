from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yiyang.access.actors import actor_for
from yiyang.access.permissions import Permission
from yiyang.access.roles import ROLES, Scope
from yiyang.access.tests import factories as f
from yiyang.kernel.ids import new_id
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


def test_a_permission_counts_in_the_own_organisation_and_below_it() -> None:
    hospital = f.organisation(kind="HOSPITAL")
    ward = f.organisation(kind="HOSPITAL", parent=hospital, licensed=[])
    nurse = f.actor("HEAD_NURSE", hospital)

    assert nurse.may(Permission.CHANGE_BED, hospital.pk)
    assert nurse.may(Permission.CHANGE_BED, ward.pk)


def test_a_permission_does_not_count_above_beside_or_in_another_operators_home() -> None:
    company = f.organisation(kind="SERVICE_COMPANY")
    home = f.organisation(parent=company)
    nurse = f.actor("CARE_HOME_NURSE", home)

    assert not nurse.may(Permission.CHANGE_BED, company.pk)
    assert not nurse.may(Permission.CHANGE_BED, f.organisation(parent=company).pk)
    assert not nurse.may(Permission.CHANGE_BED, f.organisation().pk)


def test_a_coordinator_reaches_every_unit_of_the_district_and_none_of_the_next() -> None:
    cast = f.cast()
    elsewhere = f.organisation(area=f.area("310104"))

    assert cast.coordinator.may(Permission.COORDINATE, cast.hospital.pk)
    assert not cast.coordinator.may(Permission.COORDINATE, elsewhere.pk)


def test_no_administrator_or_supervisor_sees_a_person_even_with_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("yiyang.access.sight._sight", lambda actor, person_id: True)
    cast = f.cast()

    assert cast.care_home_nurse.sees(new_id())
    for role in f.GOVERNMENT_ROLES:
        assert not cast.by_role[role.lower()].sees(new_id()), role


def test_an_elder_sees_the_own_record_and_no_other() -> None:
    elder = f.family()

    assert elder.sees(elder.account.person_id)
    assert not elder.sees(new_id())


def test_a_nurse_does_not_see_the_own_record_while_at_work() -> None:
    of = f.account(person_id=new_id())
    f.membership(of, f.organisation(), "CARE_HOME_NURSE")

    assert not actor_for(of, now()).sees(of.person_id)


def test_an_account_without_a_membership_may_only_keep_itself() -> None:
    nobody = actor_for(f.account(), now())

    assert nobody.role == "NONE"
    assert [each for each in Permission if nobody.may(each)] == [Permission.USE_OWN_ACCOUNT]


@pytest.mark.parametrize("reason", ["over", "suspended", "closed"])
def test_a_membership_that_is_over_suspended_or_of_a_closed_unit_gives_nothing(reason: str) -> None:
    at = now()
    of, home = f.account(), f.organisation(active=reason != "closed")
    period = DateTimeTZRange(f.LONG_AGO, at - timedelta(days=1) if reason == "over" else None)
    f.membership(
        of, home, "CARE_HOME_NURSE", period=period, suspended_at=at if reason == "suspended" else None
    )

    assert actor_for(of, at).role == "NONE"


def test_one_account_acts_under_one_membership_at_a_time() -> None:
    of, home, hospital = f.account(), f.organisation(), f.organisation(kind="HOSPITAL")
    first = f.membership(of, home, "CARE_HOME_NURSE")
    second = f.membership(of, hospital, "WARD_DOCTOR", since=f.yesterday())

    assert actor_for(of, now()).membership == second
    chosen = actor_for(of, now(), str(first.pk))
    assert chosen.membership == first
    assert not chosen.may(Permission.ANSWER_OFFER, hospital.pk)


def test_every_role_has_a_sentence_in_both_languages() -> None:
    for role in ROLES.values():
        assert role.sentence_zh.endswith("。") and role.sentence_en.endswith(".")


def test_no_role_that_reads_no_records_may_change_any() -> None:
    harmless = {
        Permission.SEE_BOARD, Permission.SEE_FIGURES, Permission.MANAGE_LICENCES,
        Permission.MANAGE_ORGANISATION, Permission.MANAGE_ACCOUNTS, Permission.MANAGE_SECURITY,
        Permission.READ_AUDIT, Permission.READ_ACCESS_LOG, Permission.IMPORT_DATA, Permission.REPORT_MONTH,
        Permission.MANAGE_TERMS,  # lists of codes
        Permission.MANAGE_APPS,  # keys of programs, which act as an account in charge, as a token of it would
        Permission.MANAGE_INSTRUMENTS,  # files of questions and points; nobody's answers
        Permission.SIGN_CRITERIA,  # rules of the district; nobody's record
        Permission.MANAGE_FAMILY_SIGN_IN,  # unlocks telephones; what is about a person needs sight of the person
    }  # fmt: skip

    for role in ROLES.values():
        if not role.reads_records:
            assert role.permissions <= harmless, role.code


def test_family_roles_act_only_about_persons() -> None:
    family = {role.code for role in ROLES.values() if role.scope is Scope.SELF}

    assert family == {"ELDER", "RELATIVE", "GUARDIAN"}


@pytest.mark.parametrize("role", ["HEAD_NURSE", "COORDINATOR"])
def test_who_asks_and_how_far_it_reaches_is_one_question_to_the_database(
    role: str, django_assert_num_queries: object
) -> None:
    of = f.actor(role, f.organisation(kind="HOSPITAL")).account

    with django_assert_num_queries(1):  # type: ignore[operator]
        actor = actor_for(of, now())
        for _ in range(3):
            actor.may(Permission.CHANGE_BED, actor.organisation_id)
