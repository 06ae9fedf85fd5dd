from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiyang.access.models import Notice
from yiyang.access.tests.factories import cast, family
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands
from yiyang.people.commands.delegation import DelegationTooWide, FindingMissing, SignatureMissing
from yiyang.people.queries import may_decide_for
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db


def entrust(by, who, to, **told):
    told = {"kinship": "CHILD", "scope": "FULL", "expires_at": now() + timedelta(days=30), **told}
    return commands.delegate_access(
        by=by, at=now(), person=who, account_id=to.account_id, account_label=to.label, **told
    )


def test_a_person_entrusts_a_relative_until_a_day():
    who, daughter = person(), family("RELATIVE")

    entrust(family(person_id=who.pk), who, daughter)

    assert daughter.sees(who.pk)
    assert not may_decide_for(daughter, who.pk)
    assert Notice.objects.filter(account_id=daughter.account_id).exists()
    with clock_at(now() + timedelta(days=31)):
        assert not daughter.sees(who.pk)


def test_deciding_is_entrusted_apart_from_seeing():
    who, daughter = person(), family("RELATIVE")

    entrust(family(person_id=who.pk), who, daughter, may_decide=True)

    assert may_decide_for(daughter, who.pk)


def test_what_is_taken_back_ends_at_once():
    who, daughter = person(), family("RELATIVE")
    elder = family(person_id=who.pk)
    given = entrust(elder, who, daughter)

    commands.revoke_delegation(by=elder, at=now(), delegation=given)

    assert not daughter.sees(who.pk)
    with pytest.raises(Refusal):
        commands.revoke_delegation(by=elder, at=now(), delegation=given)


def test_a_relative_cannot_pass_it_on():
    who, daughter, friend = person(), family("RELATIVE"), family("RELATIVE")
    entrust(family(person_id=who.pk), who, daughter)

    with pytest.raises(NotAllowed):
        entrust(daughter, who, friend)


def test_a_guardian_cannot_give_more_than_they_hold():
    made = cast()
    who = person(organisation_id=made.care_home.pk)
    guardian, friend = family("GUARDIAN"), family("RELATIVE")
    entrust(
        made.care_home_nurse, who, guardian, basis="GUARDIAN", finding_by="李医生", finding_on=date(2026, 1, 1),
        scope="MOVE", may_decide=True,
    )  # fmt: skip

    with pytest.raises(DelegationTooWide):
        entrust(guardian, who, friend, scope="FULL")
    with pytest.raises(DelegationTooWide):
        entrust(guardian, who, friend, scope="MOVE", expires_at=now() + timedelta(days=400))
    entrust(guardian, who, friend, scope="BASIC", expires_at=now() + timedelta(days=5))

    assert friend.sees(who.pk)


def test_a_guardian_needs_a_dated_finding():
    made = cast()
    who = person(organisation_id=made.care_home.pk)

    with pytest.raises(FindingMissing):
        entrust(made.care_home_nurse, who, family("GUARDIAN"), basis="GUARDIAN", finding_by="李医生")


def test_staff_say_how_the_person_entrusted_it():
    made = cast()
    who, daughter = person(organisation_id=made.care_home.pk), family("RELATIVE")

    with pytest.raises(SignatureMissing):
        entrust(made.care_home_nurse, who, daughter)
    entrust(made.care_home_nurse, who, daughter, evidence="纸质授权书，存护理站")

    assert daughter.sees(who.pk)


def test_strangers_and_care_workers_entrust_nobody():
    made = cast()
    who = person(organisation_id=made.care_home.pk)

    with pytest.raises(NotFound):
        entrust(made.stranger, who, family("RELATIVE"))
    with pytest.raises(NotAllowed):
        entrust(made.care_worker, who, family("RELATIVE"))


@pytest.mark.parametrize("days", [-1, 0, 1200])
def test_the_end_lies_ahead_but_not_too_far(days):
    who = person()

    with pytest.raises(Refusal) as refused:
        entrust(family(person_id=who.pk), who, family("RELATIVE"), expires_at=now() + timedelta(days=days))

    assert refused.value.code == "DELEGATION_ENDS_TOO_EARLY"
