from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from yiyang.access.models import Notice
from yiyang.access.tests.factories import actor, cast, family
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands, queries
from yiyang.people.commands.consent import (
    ConsentEndsTooEarly,
    ConsentGivenAlready,
    ConsentOver,
    PurposeUnclear,
    live_consents,
)
from yiyang.people.commands.consenting import (
    ConsentUnproved,
    ConsentUnwitnessed,
    GuardianDecides,
    GuardianUnfounded,
    Said,
)
from yiyang.people.commands.delegation import DelegationTooWide
from yiyang.people.commands.narrowing import ConsentNotNarrower, NothingNarrowed
from yiyang.people.models import Basis, CareRelationship, Consent
from yiyang.people.rules.consents import Witness
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


def test_a_consent_opens_nothing_to_who_acts_for_another_purpose():
    made, who = cast(), person()
    elder = family(person_id=who.pk)
    study = actor("WARD_DOCTOR", made.hospital)
    study.purpose = "RESEARCH"

    given = consent(elder, who, made.hospital, purpose="跌倒研究", purposes=["RESEARCH"])

    assert study.sees(who.pk) and not made.ward_doctor.sees(who.pk)
    assert "只用于：研究和统计" in queries.opened(given).in_words
    consent(elder, who, made.hospital)  # for care the person agrees apart
    with pytest.raises(ConsentGivenAlready):
        consent(elder, who, made.hospital, purposes=["RESEARCH", "PAYMENT"])
    assert made.ward_doctor.sees(who.pk)
    commands.withdraw_consent(by=elder, at=now(), consent=given)
    assert made.ward_doctor.sees(who.pk) and not study.sees(who.pk)
    with pytest.raises(PurposeUnclear):
        consent(elder, who, made.care_home, purposes=["CURIOSITY"])


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


def guardian_of(who, **told):
    """A guardian by a clinician's finding, and the account."""
    account = family("GUARDIAN")
    commands.delegate_access(
        by=SYSTEM, at=now(), person=who, account_id=account.account_id, account_label="王建国", kinship="CHILD",
        may_decide=True, basis="GUARDIAN", finding_by="陈医生", finding_on=now().date(),
        **{"scope": "FULL", "expires_at": now() + timedelta(days=30), **told},
    )  # fmt: skip
    return account


def test_a_guardian_opens_no_more_than_they_hold():
    made, who = cast(), person()
    guardian = guardian_of(who, scope="MOVE")

    with pytest.raises(DelegationTooWide):
        consent(guardian, who, made.hospital, scope="FULL", expires_at=now() + timedelta(days=5))
    with pytest.raises(DelegationTooWide):
        consent(guardian, who, made.hospital, kinds=["RESULTS"], expires_at=now() + timedelta(days=5))
    with pytest.raises(DelegationTooWide):
        consent(guardian, who, made.hospital, scope="MOVE")
    given = consent(guardian, who, made.hospital, scope="MOVE", expires_at=now() + timedelta(days=5))

    assert made.ward_doctor.sees(who.pk)
    assert (given.act.capacity, given.act.finding_by) == ("GUARDIAN", "陈医生")


def test_nobody_consents_in_the_persons_place_without_a_finding_and_the_person_not_against_one():
    made = cast()
    who = person(organisation_id=made.care_home.pk)
    elder, agent = family(person_id=who.pk), family("GUARDIAN")
    seen_by(who, account_id=agent.account_id, basis="DELEGATION")
    as_guardian = {"said": Said("王建国", capacity="GUARDIAN")}

    with pytest.raises(GuardianUnfounded):
        consent(agent, who, made.hospital)
    with pytest.raises(GuardianUnfounded):
        consent(made.care_home_nurse, who, made.hospital, **as_guardian)
    own = consent(elder, who, made.hospital)
    guardian_of(who)
    for by in (elder, made.care_home_nurse):
        with pytest.raises(GuardianDecides):
            consent(by, who, made.other_home)
    consent(made.care_home_nurse, who, made.other_home, **as_guardian)
    commands.withdraw_consent(by=elder, at=now(), consent=own)

    assert not made.ward_doctor.sees(who.pk)


def test_who_cannot_sign_agrees_before_two_witnesses():
    made = cast()
    who = person("王秀英", organisation_id=made.care_home.pk)
    daughter, neighbour = Witness("王芳", "女儿"), Witness("李大妈", "邻居")

    def spoken(*witnesses, read_by="周社工"):
        said = Said("本人口头同意", way="SPOKEN", read_by=read_by, witnesses=witnesses)
        return consent(made.care_home_nurse, who, made.hospital, said=said)

    for told in (
        {"witnesses": [daughter]}, {"witnesses": [daughter, Witness("王芳", "邻居")]},
        {"witnesses": [daughter, Witness("王秀英", "本人")]}, {"witnesses": [daughter, Witness("周社工", "社工")]},
        {"witnesses": [daughter, Witness("李大妈", "")]}, {"witnesses": [daughter, neighbour], "read_by": ""},
    ):  # fmt: skip
        with pytest.raises(ConsentUnwitnessed):
            spoken(*told["witnesses"], read_by=told.get("read_by", "周社工"))
    given = spoken(daughter, neighbour)

    assert given.act.before() == [daughter, neighbour]
    assert (given.act.way, given.act.read_by, given.given_by) == ("SPOKEN", "周社工", "本人口头同意")


def test_one_act_opens_some_kinds_to_several_units_from_a_day_on():
    made, who = cast(), person()
    elder = family(person_id=who.pk)
    later = now() + timedelta(days=3)

    given = consent(
        elder,
        who,
        made.hospital,
        others=[made.chc.pk],
        kinds=["RESULTS", "MEDICINES"],
        labels=["PSY"],
        starts_at=later,
    )

    rows = CareRelationship.objects.filter(person_id=who.pk, basis="CONSENT")
    assert {one.organisation_id for one in rows} == {made.hospital.pk, made.chc.pk}
    assert {(one.scope, tuple(one.kinds), tuple(one.labels)) for one in rows} == {
        ("BASIC", ("MEDICINES", "RESULTS"), ("PSY",))
    }
    assert given.act.consents.count() == 2
    assert not made.ward_doctor.sees(who.pk)
    with clock_at(later + timedelta(minutes=1)):
        assert queries.scope(made.ward_doctor, who.pk) == "BASIC"


def test_narrowing_closes_the_wider_and_opens_the_narrower_at_once():
    made, who = cast(), person()
    elder = family(person_id=who.pk)
    wide = consent(elder, who, made.hospital, labels=["HIV"], expires_at=now() + timedelta(days=90))

    def narrow(one, **told):
        return commands.narrow_consent(by=elder, at=now(), consent=one, **told)

    some = narrow(wide, kinds=["RESULTS", "MEDICINES"], labels=[])
    [live] = CareRelationship.objects.filter(person_id=who.pk, ends_at__gt=now())
    for wider in (
        {"kinds": ["IMAGING"]},
        {"scope": "FULL"},
        {"labels": ["HIV"]},
        {"expires_at": now() + timedelta(days=99)},
    ):
        with pytest.raises(ConsentNotNarrower):
            narrow(some, **wider)
    with pytest.raises(NothingNarrowed):
        narrow(some, kinds=["RESULTS", "MEDICINES"])
    with pytest.raises(ConsentOver):
        narrow(wide, kinds=["RESULTS"])
    basics = narrow(some, kinds=[], expires_at=now() + timedelta(days=5))

    assert (live.source_id, live.scope, live.kinds) == (some.pk, "BASIC", ["MEDICINES", "RESULTS"])
    assert (basics.scope, basics.kinds, basics.narrows_id) == ("BASIC", None, some.pk)
    assert live_consents(who, now()).get() == basics
    with clock_at(now() + timedelta(days=6)):
        assert not made.ward_doctor.sees(who.pk)


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


def test_an_elder_answers_one_question_after_the_other_narrows_and_withdraws():
    made, who = cast(), person(residence_area="310106006002")
    elder, give = client(family(person_id=who.pk)), reverse("people:give_consent", args=[who.pk])
    told = {"organisation": str(made.hospital.pk), "width": "SOME", "kinds": ["RESULTS", "MEDICINES"],
            "labels": [], "lasting": "ONE_YEAR", "purpose": "CONSULT"}  # fmt: skip

    first = elder.get(give).context["step"]
    asked = [elder.post(give, {**told, "step": step}).context["step"] for step in ("who", "what", "purpose")]
    back = elder.post(give, {**told, "step": "what", "back": "1"}).context["step"]
    nothing = elder.post(give, {**told, "kinds": [], "step": "kinds"})
    unfinished = elder.post(give, {**told, "lasting": "CHOSEN", "until_on": "2020-01-01", "step": "check"})
    too_far = elder.post(give, {**told, "lasting": "CHOSEN", "until_on": "2099-01-01", "step": "check"})
    given = elder.post(give, {**told, "step": "check"})
    one = Consent.objects.get()
    listed = elder.get(reverse("people:consents", args=[who.pk])).content.decode()
    narrow = reverse("people:narrow_consent", args=[one.pk])
    choice = elder.get(narrow).content.decode()
    elder.post(narrow + "?what=kinds", {"kinds": ["RESULTS"]})
    narrower = Consent.objects.get(withdrawn_at=None)
    sheet = elder.get(reverse("people:consent_sheet", args=[narrower.pk])).content.decode()
    withdraw = reverse("people:withdraw_consent", args=[narrower.pk])
    question = elder.get(withdraw).content.decode()
    elder.post(withdraw)

    assert [first, *asked, back] == ["who", "what", "kinds", "check", "who"]
    assert (nothing.status_code, nothing.context["step"], unfinished.status_code) == (422, "kinds", 422)
    assert too_far.context["step"] == unfinished.context["step"] == "days"
    assert list(too_far.context["form"].errors) == ["until_on"]
    assert given.status_code == 302 and (one.scope, one.kinds) == ("BASIC", ["MEDICINES", "RESULTS"])
    assert "区中心医院" in listed and narrow in listed and "?what=kinds" in choice
    assert narrower.kinds == ["RESULTS"] and "☑" in sheet and "区中心医院" in sheet
    assert "区中心医院" in question and not made.ward_doctor.sees(who.pk)


def test_staff_enter_what_was_signed_and_print_it_before():
    made = cast()
    who = person("王秀英", organisation_id=made.care_home.pk, residence_area="310106006002")
    nurse = client(made.care_home_nurse)
    told = {"organisation": [str(made.hospital.pk), str(made.chc.pk)], "width": "FULL", "lasting": "OPEN",
            "purpose": "OTHER", "purpose_other": "远程会诊", "capacity": "PERSON", "way": "THUMB_PRINT",
            "given_by": "纸质同意书存护理站", "read_by": "周社工"}  # fmt: skip

    empty = nurse.get(reverse("people:consent_form", args=[who.pk])).content.decode()
    printed = nurse.post(reverse("people:consent_form", args=[who.pk]), told).content.decode()
    nothing_kept = Consent.objects.count()
    unwitnessed = nurse.post(reverse("people:give_consent", args=[who.pk]), told)
    witnessed = {"witness_1": "王芳", "relation_1": "女儿", "witness_2": "李大妈", "relation_2": "邻居"}
    given = nurse.post(reverse("people:give_consent", args=[who.pk]), told | witnessed)
    one = Consent.objects.first()
    listed = nurse.get(reverse("people:consents", args=[who.pk])).content.decode()

    assert "☑" not in empty and "☑" in printed and "远程会诊" in printed and nothing_kept == 0
    assert list(unwitnessed.context["form"].errors) == ["witness_1"]
    assert given.status_code == 302 and Consent.objects.count() == 2
    assert (one.expires_at, one.act.before()[1]) == (None, Witness("李大妈", "邻居"))
    assert "李大妈" in listed


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

    for name, pk in (("consents", who.pk), ("give_consent", who.pk), ("consent_form", who.pk), ("withdraw_consent", given.pk),
                     ("narrow_consent", given.pk), ("consent_sheet", given.pk)):  # fmt: skip
        assert client(made.stranger).get(reverse(f"people:{name}", args=[pk])).status_code == 404
