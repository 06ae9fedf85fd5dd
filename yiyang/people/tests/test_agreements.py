"""Agreements with units, guardians, barred relatives, and the family doctor whom everybody should have."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from yiyang.access.models import Notice
from yiyang.access.tests.factories import actor, cast, family, organisation
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands, queries
from yiyang.people.commands.agreements import AgreementOverlaps, EmergencyContactUnreachable
from yiyang.people.commands.delegation import DelegationTooWide, FindingMissing, RelativeBarred
from yiyang.people.commands.guardians import GuardianDocumentExpired, GuardianEntersOneself, UnitAsGuardian
from yiyang.people.models import CoverageTask, Delegation, ServiceAgreement
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


def today() -> date:
    return localdate(now())


def sign(who: Any, elder: Any, **told: Any) -> ServiceAgreement:
    given = {
        "unit_id": who.care_home.pk, "kind": "ADMISSION", "from_on": today(), "to_on": today() + timedelta(days=365),
        "signed_on": today(), "signer": "王女儿", "capacity": "ENTRUSTED", **told,
    }  # fmt: skip
    return commands.sign_agreement(by=who.care_home_manager, at=now(), person=elder, **given)


def guardian(who: Any, elder: Any, **told: Any) -> Any:
    given = {
        "kind": "STATUTORY", "guardian": "王女儿", "document": "户口簿 与 诊断证明", "from_on": today(), "to_on": None,
        "matters": ["MEDICAL", "CARE"], "finding_by": "陈医生", "finding_on": today(), **told,
    }  # fmt: skip
    return commands.record_guardianship(by=who.care_home_manager, at=now(), person=elder, **given)


def resident(who: Any) -> Any:
    elder = person("王桂兰", residence_area="310106006002")
    seen_by(elder, who.care_home.pk)
    return elder


def test_a_second_agreement_of_the_kind_at_the_same_time_is_refused_and_names_the_first() -> None:
    who = cast()
    elder = resident(who)
    first = sign(who, elder)

    with pytest.raises(AgreementOverlaps) as refused:
        sign(who, elder, from_on=today() + timedelta(days=30), to_on=None)

    assert refused.value.details["until"] == first.valid[1]
    sign(who, elder, kind="FIVE_BEDS")


def test_an_agreement_is_renewed_from_the_day_on_which_it_ends_with_the_same_terms() -> None:
    who = cast()
    elder = resident(who)
    first = sign(who, elder, hold_days=20, payer="王女儿")

    renewed = commands.renew_agreement(
        by=who.care_home_manager, at=now(), agreement=first, to_on=None, signed_on=today()
    )

    again = ServiceAgreement.objects.get(pk=renewed.pk)
    assert (again.valid.lower, again.valid.upper) == (today() + timedelta(days=365), None)
    assert (again.hold_days, again.payer, again.renews_id) == (20, "王女儿", first.pk)


def test_an_agreement_that_ended_makes_room_for_another() -> None:
    who = cast()
    elder = resident(who)
    first = sign(who, elder)

    commands.end_agreement(by=who.care_home_manager, at=now(), agreement=first, reason="换房型, 重新签约")

    assert sign(who, elder).pk != first.pk


def test_who_agrees_that_the_record_is_sent_opens_it_to_the_designated_hospital_as_long_as_that_lasts() -> (
    None
):
    who = cast()
    elder = resident(who)
    own = family("ELDER", person_id=elder.pk)
    sends = {"designated_hospital_id": who.hospital.pk, "sends_record": True}

    sign(who, elder, **{**sends, "sends_record": False})
    assert not who.ward_doctor.sees(elder.pk)
    first = sign(who, elder, kind="FIVE_BEDS", **sends)

    assert queries.scope(who.ward_doctor, elder.pk) == "MOVE"
    [reason] = [one for one in queries.who_can_see(own, elder.pk) if one.basis == "CONSENT"]
    assert who.care_home.name_zh in reason.reason
    assert Notice.objects.get(account=own.account_id).subject == "people.consent_noted"
    with clock_at(now() + timedelta(days=366)):
        assert not who.ward_doctor.sees(elder.pk)
    commands.end_agreement(by=who.care_home_manager, at=now(), agreement=first, reason="换房型, 重新签约")
    assert not who.ward_doctor.sees(elder.pk)

    later = sign(who, elder, kind="HOME_CARE_BED", from_on=today() + timedelta(days=30), **sends)
    assert not who.ward_doctor.sees(elder.pk)
    with clock_at(now() + timedelta(days=31)):
        assert who.ward_doctor.sees(elder.pk)
        commands.withdraw_consent(by=own, at=now(), consent=later.consents.get())
        assert not who.ward_doctor.sees(elder.pk)
        commands.renew_agreement(
            by=who.care_home_manager, at=now(), agreement=later, to_on=None, signed_on=today()
        )
        assert not who.ward_doctor.sees(elder.pk)


def test_an_emergency_contact_without_a_number_is_refused() -> None:
    who = cast()

    with pytest.raises(EmergencyContactUnreachable):
        sign(who, resident(who), emergency_contact="王女儿")


def test_hold_terms_are_those_of_the_live_agreement() -> None:
    who = cast()
    elder = resident(who)
    assert queries.hold_terms(elder.pk, who.care_home.pk, now()) is None

    sign(who, elder, hold_days=21, hold_fee_rule="床位费减半")

    terms = queries.hold_terms(elder.pk, who.care_home.pk, now())
    assert terms is not None
    assert (terms.days, terms.fee_rule) == (21, "床位费减半")
    assert queries.hold_terms(elder.pk, who.hospital.pk, now()) is None


def test_a_guardian_with_an_account_decides_and_sees_until_the_guardianship_ends() -> None:
    who = cast()
    elder = resident(who)
    daughter = family("GUARDIAN", name="王女儿")

    row = guardian(who, elder, account_id=daughter.account_id)
    assert daughter.sees(elder.pk)
    assert queries.may_decide_for(daughter, elder.pk)

    commands.end_guardianship(by=who.care_home_manager, at=now(), guardianship=row, reason="法院撤销")
    assert not daughter.sees(elder.pk)
    assert not queries.may_decide_for(daughter, elder.pk)


def test_a_unit_is_never_guardian_of_its_resident_and_neither_is_who_works_there() -> None:
    who = cast()
    elder = resident(who)

    with pytest.raises(UnitAsGuardian):
        guardian(who, elder, guardian="", organisation_id=who.care_home.pk)
    with pytest.raises(UnitAsGuardian):
        guardian(who, elder, account_id=who.care_home_nurse.account_id)


def test_a_residents_committee_can_be_guardian_and_then_sees_the_record() -> None:
    who = cast()
    elder = resident(who)
    committee = organisation("新安居委会", "COMMITTEE", code="J9")

    guardian(who, elder, kind="APPOINTED", guardian="", organisation_id=committee.pk, finding_by="")

    assert queries.scope(actor("COMMITTEE_WORKER", committee), elder.pk) == "FULL"


def test_an_expired_document_and_a_missing_finding_are_refused() -> None:
    who = cast()
    elder = resident(who)

    with pytest.raises(GuardianDocumentExpired):
        guardian(who, elder, from_on=today() - timedelta(days=700), to_on=today() - timedelta(days=1))
    with pytest.raises(FindingMissing):
        guardian(who, elder, finding_by="")


def test_nobody_makes_oneself_guardian_or_widens_what_one_holds() -> None:
    who = cast()
    elder = resident(who)
    son, friend = family("RELATIVE", name="王儿子"), family("RELATIVE", name="朋友")
    commands.delegate_access(
        by=SYSTEM, at=now(), person=elder, account_id=son.account_id, account_label="王儿子", kinship="CHILD",
        scope="MOVE", expires_at=now() + timedelta(days=30),
    )  # fmt: skip

    with pytest.raises((GuardianEntersOneself, NotAllowed)):
        commands.record_guardianship(
            by=son, at=now(), person=elder, kind="STATUTORY", guardian="王儿子", document="户口簿",
            from_on=today(), to_on=None, matters=["MEDICAL"], finding_by="陈医生", finding_on=today(),
        )  # fmt: skip
    with pytest.raises((DelegationTooWide, NotAllowed)):
        commands.delegate_access(
            by=son, at=now(), person=elder, account_id=friend.account_id, account_label="朋友", kinship="OTHER",
            scope="FULL", expires_at=now() + timedelta(days=300),
        )  # fmt: skip


def test_a_barred_relative_sees_nothing_at_once_and_is_entrusted_with_nothing_new() -> None:
    who = cast()
    elder = resident(who)
    son = family("RELATIVE", name="王儿子")
    entrust = {
        "by": SYSTEM, "person": elder, "account_id": son.account_id, "account_label": "王儿子", "kinship": "CHILD",
        "scope": "FULL",
    }  # fmt: skip
    commands.delegate_access(at=now(), expires_at=now() + timedelta(days=30), **entrust)
    old_link = f"/people/{elder.pk}/"
    browser = Client()
    browser.force_login(son.account)
    assert browser.get(old_link).status_code == 200

    bar = commands.bar_relative(
        by=who.care_home_manager, at=now(), person=elder, name="王儿子", account_id=son.account_id,
        reason="本人不愿其知情", evidence="当面向社工表示",
    )  # fmt: skip

    assert browser.get(old_link).status_code == 404
    with pytest.raises(RelativeBarred):
        commands.delegate_access(at=now(), expires_at=now() + timedelta(days=30), **entrust)
    commands.lift_barring(by=who.care_home_manager, at=now(), barring=bar, reason="本人改变主意")
    assert Delegation.objects.filter(revoked_at=None).count() == 0


def test_the_health_centre_is_asked_once_sees_the_basics_and_is_done_when_a_contract_is_signed() -> None:
    who = cast()
    elder = resident(who)
    ask = {
        "by": SYSTEM, "person": elder, "unit_id": who.care_home.pk, "area": "310106006", "why": "INSTITUTION",
    }  # fmt: skip

    task = commands.ask_for_family_doctor(at=now(), **ask)

    assert task is not None
    doctor = who.family_doctor
    assert [one.pk for one in queries.coverage_tasks(doctor)] == [task.pk]
    assert queries.scope(doctor, elder.pk) == "BASIC"
    commands.sign_family_doctor_contract(
        by=doctor, at=now(), person=elder, organisation_id=who.chc.pk, starts_on=today()
    )
    assert CoverageTask.objects.get().done_at is not None
    assert queries.scope(doctor, elder.pk) == "FULL"
    assert commands.ask_for_family_doctor(at=now(), **ask) is None


def test_the_page_shows_agreements_and_guardians_and_its_forms_keep_them() -> None:
    who = cast()
    elder = resident(who)
    browser = Client()
    browser.force_login(who.care_home_manager.account)
    assert "还没有登记协议" in _shown(browser, elder)

    sent = browser.post(
        f"/people/{elder.pk}/sign-agreement/",
        {
            "kind": "ADMISSION", "signed_on": today(), "from_on": today(), "signer": "王女儿", "capacity": "GUARDIAN",
            "emergency_contact": "王女儿", "emergency_phone": "13900000418", "hold_days": "30",
        },
    )  # fmt: skip

    assert sent.status_code == 302, sent.content.decode()[:3000]
    page = _shown(browser, elder)
    assert "13900000418" in page
    assert "续期" not in page
    overlapping = browser.post(
        f"/people/{elder.pk}/sign-agreement/",
        {"kind": "ADMISSION", "signed_on": today(), "from_on": today(), "signer": "甲", "capacity": "PERSON"},
    )
    assert overlapping.status_code == 200
    assert "已有同类协议" in overlapping.content.decode()


def _shown(browser: Client, elder: Any) -> str:
    answer = browser.get(f"/people/{elder.pk}/agreements/")
    assert answer.status_code == 200
    return answer.content.decode()
