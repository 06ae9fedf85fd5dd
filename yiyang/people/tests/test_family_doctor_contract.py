from __future__ import annotations

from datetime import date

import pytest

from yiyang.access.tests.factories import cast
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.models import Basis
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return cast()


def sign(made, who, **told):
    told = {"starts_on": date(2026, 1, 1), "doctor_name": "李医生", **told}
    return commands.sign_family_doctor_contract(
        by=made.family_doctor, at=now(), person=who, organisation_id=made.chc.pk, **told
    )


def test_the_team_sees_the_record_while_the_contract_lasts(made):
    who = person()
    door = seen_by(who, made.chc.pk, basis=Basis.CONSENT, scope="MOVE")
    contract = sign(made, who)
    door.delete()
    during = (made.home_bed_nurse.sees(who.pk), queries.scope(made.family_doctor, who.pk))

    commands.end_family_doctor_contract(by=made.family_doctor, at=now(), contract=contract, reason="迁出")

    assert during == (True, "FULL")
    assert not made.home_bed_nurse.sees(who.pk)


def test_a_person_has_one_live_contract(made):
    who = person(organisation_id=made.chc.pk)
    sign(made, who)

    with pytest.raises(Refusal) as refused:
        sign(made, who)

    assert refused.value.code == "HAS_FAMILY_DOCTOR"


def test_nobody_signs_for_another_organisation(made):
    who = person(organisation_id=made.care_home.pk)

    with pytest.raises(NotAllowed):
        commands.sign_family_doctor_contract(
            by=made.care_home_nurse,
            at=now(),
            person=who,
            organisation_id=made.chc.pk,
            starts_on=date(2026, 1, 1),
        )


def test_a_contract_that_ends_before_it_starts_is_refused(made):
    who = person(organisation_id=made.chc.pk)

    with pytest.raises(Refusal):
        sign(made, who, ends_on=date(2025, 1, 1))
