from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access.models import Notice
from yiyang.access.tests.factories import actor, cast
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands, queries
from yiyang.people.tests.factories import VALID_ID, person

pytestmark = pytest.mark.django_db


def test_the_glass_opens_a_record_to_one_account_for_a_day_and_all_concerned_learn_of_it():
    made = cast()
    who = person(id_card=VALID_ID, residence_area="310106006002")
    colleague = actor("WARD_DOCTOR", made.hospital)

    commands.break_glass(by=made.ward_doctor, at=now(), number=VALID_ID, reason="昏迷送来，需要用药史")

    assert made.ward_doctor.sees(who.pk)
    assert not colleague.sees(who.pk)
    assert any(one.basis == "BREAK_GLASS" for one in queries.who_can_see(made.ward_doctor, who.pk))
    assert Notice.objects.filter(account_id=made.data_protection_officer.account_id).count() == 1
    assert queries.broken_glass(made.data_protection_officer).get().data["reason"] == "昏迷送来，需要用药史"
    with clock_at(now() + timedelta(hours=25)):
        assert not made.ward_doctor.sees(who.pk)


@pytest.mark.parametrize(
    ("number", "reason"), [(VALID_ID, ""), (VALID_ID, " "), ("310106", "急"), ("", "急诊")]
)
def test_the_glass_needs_the_full_number_and_a_reason(number, reason):
    made = cast()
    who = person(id_card=VALID_ID)

    with pytest.raises(Refusal):
        commands.break_glass(by=made.ward_doctor, at=now(), number=number, reason=reason)

    assert not made.ward_doctor.sees(who.pk)


def test_who_may_not_break_the_glass_is_refused():
    made = cast()
    person(id_card=VALID_ID)

    for by in (made.care_worker, made.system_administrator, made.other_elder):
        with pytest.raises(NotAllowed):
            commands.break_glass(by=by, at=now(), number=VALID_ID, reason="想看看")


def test_the_list_of_emergency_views_is_for_the_data_protection_officer():
    with pytest.raises(NotAllowed):
        queries.broken_glass(cast().ward_doctor)
