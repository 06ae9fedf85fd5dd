from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from yiyang.access.models import Notice
from yiyang.access.tests.factories import cast, family
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands, queries
from yiyang.people.commands.consent import (
    ConsentEndsTooEarly,
    ConsentGivenAlready,
    ConsentOver,
    ConsentUnproved,
)
from yiyang.people.commands.delegation import DelegationTooWide
from yiyang.people.models import Basis, Consent
from yiyang.people.tests.factories import VALID_ID, person, seen_by
from yiyang.people.tests.test_screens import client

pytestmark = pytest.mark.django_db


def consent(by, who, unit, **told) -> Consent:
    told = {"purpose": "会诊", "given_by": "本人，纸质同意书存护理站", **told}
    return commands.give_consent(by=by, at=now(), person=who, organisation_id=unit.pk, **told)


def test_an_elder_opens_the_record_to_a_hospital_for_a_time():
    made, who = cast(), person()

    given = consent(
        family(person_id=who.pk), who, made.hospital, scope="MOVE", expires_at=now() + timedelta(days=9)
    )

    assert queries.scope(made.ward_doctor, who.pk) == given.scope == "MOVE"
    with clock_at(now() + timedelta(days=10)):
        assert not made.ward_doctor.sees(who.pk)


def test_what_is_withdrawn_closes_at_once_and_only_once():
    made, who = cast(), person()
    elder = family(person_id=who.pk)
    given = consent(elder, who, made.hospital)

    commands.withdraw_consent(by=elder, at=now(), consent=given)

    assert not made.ward_doctor.sees(who.pk)
    with pytest.raises(ConsentOver):
        commands.withdraw_consent(by=elder, at=now(), consent=given)


def test_staff_say_who_agreed_and_the_person_is_told():
    made = cast()
    who = person(organisation_id=made.care_home.pk)
    elder = family(person_id=who.pk)

    with pytest.raises(ConsentUnproved):
        consent(made.care_home_nurse, who, made.hospital, given_by="")
    consent(made.care_home_nurse, who, made.hospital)

    assert made.ward_doctor.sees(who.pk)
    assert Notice.objects.get(account_id=elder.account_id).subject == "people.consent_noted"


def test_one_organisation_has_one_consent_at_a_time():
    made, who = cast(), person()
    elder = family(person_id=who.pk)
    first = consent(elder, who, made.hospital)

    with pytest.raises(ConsentGivenAlready):
        consent(elder, who, made.hospital, scope="BASIC")
    commands.withdraw_consent(by=elder, at=now(), consent=first)
    consent(elder, who, made.hospital, scope="BASIC")

    assert queries.scope(made.ward_doctor, who.pk) == "BASIC"


def test_a_guardian_opens_no_more_than_they_hold():
    made, who = cast(), person()
    guardian = family("GUARDIAN")
    seen_by(
        who,
        account_id=guardian.account_id,
        basis="DELEGATION",
        scope="MOVE",
        ends_at=now() + timedelta(days=30),
    )

    with pytest.raises(DelegationTooWide):
        consent(guardian, who, made.hospital, scope="FULL", expires_at=now() + timedelta(days=5))
    with pytest.raises(DelegationTooWide):
        consent(guardian, who, made.hospital, scope="MOVE")
    consent(guardian, who, made.hospital, scope="MOVE", expires_at=now() + timedelta(days=5))

    assert made.ward_doctor.sees(who.pk)


def test_strangers_care_workers_and_relatives_open_nothing():
    made = cast()
    who, daughter = person(organisation_id=made.care_home.pk), family("RELATIVE")
    seen_by(who, account_id=daughter.account_id, basis="DELEGATION")

    for by, refusal in ((made.stranger, NotFound), (made.care_worker, NotAllowed), (daughter, NotAllowed)):
        with pytest.raises(refusal):
            consent(by, who, made.hospital)


@pytest.mark.parametrize("days", [-1, 0, 1200])
def test_the_end_lies_ahead_but_not_too_far(days):
    made, who = cast(), person()

    with pytest.raises(ConsentEndsTooEarly):
        consent(family(person_id=who.pk), who, made.hospital, expires_at=now() + timedelta(days=days))


def test_what_is_granted_on_request_can_be_withdrawn_too():
    made = cast()
    who = person(id_card=VALID_ID, organisation_id=made.care_home.pk)
    elder = family(person_id=who.pk)
    consent(elder, who, made.hospital, scope="BASIC")
    asked = commands.ask_for_access(by=made.ward_doctor, at=now(), number=VALID_ID, reason="明天入院")

    commands.answer_access_request(by=elder, at=now(), request=asked, grant=True, scope="FULL")
    before = queries.scope(made.ward_doctor, who.pk)
    live = Consent.objects.get(withdrawn_at=None)
    commands.withdraw_consent(by=elder, at=now(), consent=live)

    assert (before, live.scope, live.purpose) == ("FULL", "FULL", "明天入院")
    assert not made.ward_doctor.sees(who.pk)


def test_an_elder_gives_and_withdraws_a_consent_by_the_pages():
    made, who = cast(), person(residence_area="310106006002")
    elder = client(family(person_id=who.pk))
    told = {"organisation": str(made.hospital.pk), "scope": "MOVE", "purpose": "会诊",
            "expires_on": (now() + timedelta(days=30)).date().isoformat()}  # fmt: skip

    own_page = elder.get(reverse("people:person", args=[who.pk])).content.decode()
    given = elder.post(reverse("people:give_consent", args=[who.pk]), told)
    listed = elder.get(reverse("people:consents", args=[who.pk])).content.decode()
    withdraw = reverse("people:withdraw_consent", args=[Consent.objects.get().pk])
    asked = elder.get(withdraw)
    still_there = made.ward_doctor.sees(who.pk)
    elder.post(withdraw)

    assert reverse("people:consents", args=[who.pk]) in own_page
    assert given.status_code == 302
    assert "区中心医院" in listed and withdraw in listed
    assert asked.status_code == 200 and still_there
    assert not made.ward_doctor.sees(who.pk)


def test_an_end_that_is_past_is_refused_at_its_field():
    made, who = cast(), person(residence_area="310106006002")
    told = {
        "organisation": str(made.hospital.pk),
        "scope": "MOVE",
        "purpose": "会诊",
        "expires_on": "2020-01-01",
    }

    page = client(family(person_id=who.pk)).post(reverse("people:give_consent", args=[who.pk]), told)

    assert list(page.context["form"].errors) == ["expires_on"]


def test_the_question_before_withdrawing_says_for_what_else_the_unit_sees_the_record():
    made = cast()
    who = person(organisation_id=made.care_home.pk)
    given = consent(SYSTEM, who, made.care_home)

    page = client(made.care_home_nurse).get(reverse("people:withdraw_consent", args=[given.pk]))

    with override("zh-hans"):
        assert queries.other_reasons(given) == [Basis.REGISTRATION.label]
        assert str(Basis.REGISTRATION.label) in page.content.decode()


def test_strangers_find_no_consent():
    made = cast()
    who = person(organisation_id=made.care_home.pk)
    given = consent(SYSTEM, who, made.hospital)

    for name, pk in (("consents", who.pk), ("give_consent", who.pk), ("withdraw_consent", given.pk)):
        assert client(made.stranger).get(reverse(f"people:{name}", args=[pk])).status_code == 404
