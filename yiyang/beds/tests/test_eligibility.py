"""Which bed fits: the page and its what-if, a clinician's word against the criteria, evaluations, other criteria."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.timezone import localdate

from yiyang.access.tests.calling import caller
from yiyang.assessments.models import Assessment, Due, Instrument
from yiyang.beds import commands, jobs
from yiyang.beds.commands.criteria import CriteriaNotUsable, NotCounted, SignedForThePast
from yiyang.beds.commands.eligibility import NotYoursToJudge, SaysTheSame
from yiyang.beds.commands.offers import SaidNotToQualify
from yiyang.beds.commands.places import NotTheFirst
from yiyang.beds.commands.steps import SayWhy
from yiyang.beds.models import EligibilityOverride, EligibilityRules
from yiyang.beds.queries import due, eligibility, eligibility_change
from yiyang.beds.queries.candidates import candidates
from yiyang.beds.tests.factories import bed, stay, transfer
from yiyang.beds.tests.screens import page, signed_in
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact, Reading
from yiyang.kernel.refusals import NotAllowed, NotFound, Stale
from yiyang.kernel.time import now

CHILD = {"lives_alone": "NO", "main_carer": "CHILD", "neglect_suspected": "NO"}
NOBODY = CHILD | {"main_carer": "NOBODY"}


def assessed(person, code, level="", answers=None, days_ago=5, **more):
    at = now() - timedelta(days=days_ago)
    return Assessment.objects.create(
        person=person, instrument=Instrument.objects.filter(code=code).first(), code=code, state="SIGNED",
        reason="FIRST", begun_at=at, begun_by="A", assessed_at=at, signed_at=at, signed_by="A", level=level,
        answers=answers or {}, valid_until=localdate(at) + timedelta(days=365), **more,
    )  # fmt: skip


def ability(person, level, **more):
    return assessed(person, "GBT42195", level, {"A.4.1": ["none"], "B.2.3": "4", "B.4.4": "3"}, **more)


@pytest.fixture
def old(elder):
    return elder(born_on=date(1940, 5, 6))


@pytest.fixture
def able(old):
    """Hardly disabled, and cared for at home by a child."""
    ability(old, "1")
    assessed(old, "CARE_ENVIRONMENT", "ENSURED", CHILD)
    return old


def answers(person):
    criteria = eligibility.criteria_on(localdate(now()))
    known = eligibility.evidence(person.pk, now(), criteria)
    return {kind: str(one.answer) for kind, one in eligibility.rules.all_kinds(criteria, known).items()}


def test_the_only_carer_has_died_the_same_ability_now_means_an_institution_bed_with_priority(who, able):
    assert answers(able)["INSTITUTION"] == "NOT_ELIGIBLE"

    assessed(able, "CARE_ENVIRONMENT", "NOT_ENSURED", NOBODY, days_ago=0)

    assert answers(able)["INSTITUTION"] == "ELIGIBLE"
    shown = page(who.care_home_nurse, f"/people/{able.pk}/eligibility/")
    assert "Comes first" in shown and "an institution bed with priority" in shown
    assert "Jing'an" in shown or "静安区五床联动实施意见" in shown
    assert page(who.care_home_nurse, f"/people/{able.pk}/eligibility/INSTITUTION/form/")


def test_a_what_if_shows_what_would_follow_and_writes_nothing(who, able):
    client = signed_in(who.care_home_nurse)
    url = f"/people/{able.pk}/eligibility/"
    client.get(url)
    before = rows()

    supposed = client.post(
        url,
        {"CARE_ENVIRONMENT-item-main_carer": "NOBODY", "GBT42195-level": "3", "judged-STABLE": "YES"},
    ).content.decode()

    assert "What if: nothing of this is saved." in supposed
    assert "institution bed</strong>: does not qualify → qualifies" in supposed
    assert rows() == before and answers(able)["INSTITUTION"] == "NOT_ELIGIBLE"


def test_a_changed_answer_is_scored_anew_in_a_what_if(who, old):
    given = {
        f"B.{dimension}.{number}": "4"
        for dimension, last in ((1, 8), (2, 3))
        for number in range(1, last + 1)
    }
    assessed(old, "GBT42195", "1", given | {"A.4.1": ["none"], "B.2.4": "3"})

    shown = signed_in(who.care_home_nurse).post(
        f"/people/{old.pk}/eligibility/", {"GBT42195-item-A.4.1": ["F00-F03"]}
    )

    assert "institution bed</strong>: a clinician decides → qualifies" in shown.content.decode()


def rows():
    kept = [
        one
        for one in apps.get_models()
        if one is not Reading and one._meta.managed and "session" not in one.__name__.lower()
    ]
    return {one.__name__: one._default_manager.count() for one in kept}


def override(by, person, kind="INSTITUTION", given="ELIGIBLE", reason="the daughter leaves tomorrow"):
    return commands.override_eligibility(
        by=by, at=now(), person=person, kind=kind, given=given, reason=reason
    )


def test_a_clinician_answers_otherwise_with_a_reason_and_it_is_kept_shown_and_may_be_withdrawn(who, able):
    made = override(who.care_home_nurse, able)

    assert (made.computed, made.given, made.unit_id) == ("NOT_ELIGIBLE", "ELIGIBLE", who.care_home.pk)
    assert made.result["criteria"][0]["code"] == "AGE_60"
    fact = PersonFact.objects.get(name="eligibility.overridden")
    assert fact.data["reason"] == made.reason
    assert made.reason in page(who.care_home_nurse, f"/people/{able.pk}/eligibility/")

    commands.withdraw_override(by=who.care_home_nurse, at=now(), override=made)

    assert eligibility.overrides_of(able.pk, now()) == {}
    with pytest.raises(Stale):
        commands.withdraw_override(by=who.care_home_nurse, at=now(), override=made)


def test_who_the_criteria_do_not_name_overrides_nothing(who, able):
    with pytest.raises(NotAllowed):
        override(who.care_worker, able)
    with pytest.raises(NotFound):
        override(who.stranger, able)
    with pytest.raises(SayWhy):
        override(who.care_home_nurse, able, reason=" ")
    with pytest.raises(SaysTheSame):
        override(who.care_home_nurse, able, given="NOT_ELIGIBLE")
    put_in_force(who, who_judges='["WARD_DOCTOR"]')
    with pytest.raises(NotYoursToJudge) as refused:
        override(who.care_home_nurse, able)
    assert "养老机构" in str(refused.value) or "institution" in str(refused.value)


def test_an_evaluation_keeps_what_it_rested_on_and_a_word_against_the_criteria_is_an_override(who, able):
    stay(able, bed(who.hospital, "HOSPITAL"))
    assessed(able, "NEWS2", total=2, answers={"sbp": 130}, days_ago=0)
    asked = transfer(
        SYSTEM, able, trigger="HEALTH_IMPROVED", target_kind="INSTITUTION", urgency="ROUTINE"
    )  # fmt: skip

    commands.evaluate_transfer(
        by=SYSTEM, at=now(), transfer=asked, outcome="FIT", statement="nobody is at home",
        criteria=[{"code": "STABLE", "answer": "YES"}],
    )  # fmt: skip

    kept = asked.evaluations.get().eligibility
    assert kept["answer"] == "NOT_ELIGIBLE"
    assert {one["code"]: one["verdict"] for one in kept["criteria"]}["DISABLED"] == "NOT_MET"
    assert EligibilityOverride.objects.get().transfer_id == asked.pk


def test_without_evidence_the_clinician_decides_as_before_and_the_page_asks_for_the_assessment(who, old):
    asked = transfer(who.care_home_nurse, old, target_kind="INSTITUTION", trigger="CARE_ENVIRONMENT_WORSENED")
    url = f"/transfers/{asked.pk}/evaluate/"

    assert f"/people/{old.pk}/assessments/begin/?code=GBT42195" in page(who.care_home_nurse, url)
    commands.evaluate_transfer(by=SYSTEM, at=now(), transfer=asked, outcome="FIT", statement="seen")

    assert asked.evaluations.get().eligibility["answer"] == "JUDGEMENT"
    assert not EligibilityOverride.objects.exists()
    assert page(who.care_home_nurse, f"/transfers/{asked.pk}/evaluation-form/")
    assert page(who.care_home_nurse, f"/transfers/{asked.pk}/eligibility/")


def test_what_the_criteria_reserve_to_clinicians_is_asked_in_the_evaluation_and_reads_in_words(who, old):
    ability(old, "3")
    asked = transfer(who.care_home_nurse, old, target_kind="HOME_MEDICAL", urgency="ROUTINE")
    said = {
        f"criterion_{code}": "YES" for code in ("STABLE", "BEDBOUND_OR_CHRONIC", "CARER_AT_HOME", "FRACTURE")
    }

    signed_in(who.care_home_nurse).post(
        f"/transfers/{asked.pk}/evaluate/",
        {**said, "outcome": "FIT", "statement": "cast", "version": asked.version},
    )

    assert asked.evaluations.get().eligibility["answer"] == "ELIGIBLE"
    assert "A fracture that keeps in bed" in page(who.care_home_nurse, f"/transfers/{asked.pk}/")


def test_an_emergency_goes_first_and_what_was_missing_is_due_within_days(who, old, elder):
    stay(old, bed(who.care_home))
    night = transfer(who.night_duty_officer, old, urgency="EMERGENCY")
    assert "assessed afterwards" in page(who.care_home_nurse, f"/transfers/{night.pk}/evaluate/")
    commands.depart(by=SYSTEM, at=now(), transfer=night)

    commands.await_assessment(by=SYSTEM, at=now(), transfer=night)

    due = Due.objects.get(person=old, code="NEWS2")
    assert (due.due_on, due.organisation_id) == (localdate(now()) + timedelta(days=3), who.care_home.pk)
    routine = transfer(SYSTEM, elder("李玉兰"), urgency="ROUTINE", trigger="WISH", target_kind="HOME_CARE")
    with pytest.raises(Stale):
        commands.await_assessment(by=SYSTEM, at=now(), transfer=routine)


# Where a word against the criteria counts


@pytest.fixture
def alone(elder):
    """Hardly disabled, with nobody at home: the criteria give an institution bed with priority."""
    found = elder("赵月娥", born_on=date(1941, 3, 1))
    ability(found, "1")
    assessed(found, "CARE_ENVIRONMENT", "NOT_ENSURED", NOBODY)
    return found


def waits(who, person):
    return commands.join_waiting_list(
        by=SYSTEM, at=now(), person=person, kind="INSTITUTION", list_owner=who.centre.pk
    )


def offer(who, entry, **more):
    return commands.offer_place(by=who.coordinator, at=now(), entry=entry, bed=bed(who.care_home), **more)


def test_a_word_against_the_criteria_moves_who_waits_and_says_why(who, alone, able, elder):
    first, second, third = (
        waits(who, alone),
        waits(who, able),
        waits(who, elder("李玉兰", born_on=date(1950, 1, 1))),
    )
    assert (first.channel, first.by_criteria) == ("PRIORITY", True) and "Jing'an" not in first.channel_reason
    assert second.channel == third.channel == "ORDINARY"

    said = override(who.care_home_nurse, alone, given="NOT_ELIGIBLE", reason="she moves to her son")

    first.refresh_from_db()
    assert (first.channel, first.by_criteria) == ("ORDINARY", False)
    for url in ("/waiting/?kind=INSTITUTION", f"/waiting/{first.pk}/"):
        assert "she moves to her son" in page(who.coordinator, url)
    with pytest.raises(SaidNotToQualify, match="she moves to her son"):
        offer(who, first)
    offered = offer(who, third)  # the first is refused by a clinician, the second by the criteria
    passed = PersonFact.objects.get(name="waiting.offered").data["do_not_qualify"]
    assert set(passed) == {str(first.pk), str(second.pk)}

    commands.answer_place(by=who.coordinator, at=now(), entry=offered, takes=False)
    override(who.care_home_nurse, able, reason="the daughter leaves tomorrow")
    with pytest.raises(NotTheFirst):
        offer(who, third)
    commands.withdraw_override(by=who.care_home_nurse, at=now(), override=said)
    first.refresh_from_db()
    assert (first.channel, first.by_criteria) == ("PRIORITY", True)


def test_who_waits_comes_first_once_the_carer_is_gone_and_no_longer_when_a_word_has_lapsed(who, able):
    entry = waits(who, able)
    assessed(able, "CARE_ENVIRONMENT", "NOT_ENSURED", NOBODY, days_ago=0)

    commands.weigh_waiting(by=SYSTEM, at=now(), person=able)

    entry.refresh_from_db()
    assert entry.channel == "PRIORITY" and entry.channel_reason
    with pytest.raises(Stale):
        commands.weigh_waiting(by=SYSTEM, at=now(), person=able)
    said = override(who.care_home_nurse, able, given="NOT_ELIGIBLE", reason="a son comes")
    later = now() + timedelta(days=(said.holds_until - localdate(now())).days)
    assert due.lapsed_words(now()) == [] and due.lapsed_words(later) == [able]


def test_in_a_transfer_a_standing_word_is_not_said_twice_and_a_refusing_one_stops_the_asking(
    who, alone, able
):
    bed(who.care_home)
    override(who.care_home_nurse, able, reason="the daughter leaves tomorrow")
    asked = evaluated(who, able)
    assert asked.evaluations.get().eligibility["override"]["reason"] == "the daughter leaves tomorrow"
    assert EligibilityOverride.objects.count() == 1
    assert "OVERRIDDEN" in {one["code"] for choice in candidates(asked, []) for one in choice.ranked.why}
    assert "the daughter leaves tomorrow" in page(who.care_home_nurse, f"/transfers/{asked.pk}/eligibility/")

    override(who.care_home_nurse, alone, given="NOT_ELIGIBLE", reason="she moves to her son")
    other = evaluated(who, alone)
    assert EligibilityOverride.objects.get(person=alone).withdrawn_at, "a newer word ends it"
    override(who.care_home_nurse, alone, given="NOT_ELIGIBLE", reason="her son has come")
    assert all("overridden by" in one.ranked.blocked for one in candidates(other, []))
    with pytest.raises(SaidNotToQualify, match="her son has come"):
        commands.offer_transfer(by=SYSTEM, at=now(), transfer=other, units=[who.care_home.pk])


def evaluated(who, person):
    asked = transfer(
        who.care_home_nurse,
        person,
        trigger="CARE_ENVIRONMENT_WORSENED",
        target_kind="INSTITUTION",
        urgency="ROUTINE",
    )
    said = [{"code": "STABLE", "answer": "YES"}]
    return commands.evaluate_transfer(
        by=SYSTEM, at=now(), transfer=asked, outcome="FIT", statement="seen", criteria=said
    )


# Other criteria

NEW = """
[[row]]
key = "beds.eligibility.INSTITUTION"
[row.value]
who = {who}
[[row.value.criteria]]
code = "AGE_{age}"
zh = "年满{age}岁"
en = "Aged {age} or over"
when = {{ age = {{ at_least = {age} }} }}
"""
ASKS_NOTHING = '{ instrument = "GBT42195", item = "B.9.9", in = ["1"] }'


def propose(who, age=70, who_judges='["CARE_HOME_NURSE", "WARD_DOCTOR"]', **more):
    return commands.propose_criteria(
        by=who.coordinator, at=now(), content=NEW.format(age=age, who=who_judges), reason="ageing district",
        **{"valid_from": localdate(now()), **more},
    )  # fmt: skip


def counted(proposed):
    jobs.count(proposed.pk)
    proposed.refresh_from_db()
    return proposed


def put_in_force(who, **more):
    return commands.sign_criteria(by=who.coordinator, at=now(), rules=counted(propose(who, **more)))


def test_before_other_criteria_are_signed_a_page_shows_whom_they_touch_by_name_where_that_is_open(
    who, able, elder
):
    stay(able, bed(who.care_home))
    commands.join_waiting_list(
        by=SYSTEM, at=now(), person=elder("李玉兰", born_on=date(1950, 1, 1)), kind="INSTITUTION",
        list_owner=who.centre.pk,
    )  # fmt: skip
    proposed = propose(who)
    url = f"/eligibility/criteria/{proposed.pk}/"

    with pytest.raises(NotCounted):
        commands.sign_criteria(by=who.coordinator, at=now(), rules=proposed)
    assert "<progress" in page(who.coordinator, url) and f"{url}sign/" not in page(who.coordinator, url)
    counts = counted(proposed).touched
    theirs, government = page(who.coordinator, url), page(who.supervisor_civil_affairs, url)

    assert counts["INSTITUTION.OCCUPANT"]["answers"] == {"NOT_ELIGIBLE>ELIGIBLE": 1}
    assert counts["INSTITUTION.WAITING"]["answers"] == {"JUDGEMENT>ELIGIBLE": 1}
    figures = re.findall(r'<a href="(\?kind=[^"]+)#each">(\d+)</a>', html.unescape(government))
    assert len(figures) == 4
    for query, number in figures:  # each figure has as many rows as it says, without names
        assert page(who.supervisor_civil_affairs, url + query).count('<th scope="row">–') == int(number)
    assert "李玉兰" in theirs and "李玉兰" not in government and "70–79" in government
    assert answers(able)["INSTITUTION"] == "NOT_ELIGIBLE"

    signed = commands.sign_criteria(by=who.coordinator, at=now(), rules=proposed)

    assert signed.touched == counts and answers(able)["INSTITUTION"] == "ELIGIBLE"
    assert "Aged 70 or over" in page(who.coordinator, "/eligibility/criteria/")
    with pytest.raises(Stale):
        commands.withdraw_criteria(by=who.coordinator, at=now(), rules=proposed)


def test_a_count_against_other_criteria_than_those_in_force_is_counted_again_before_signing(who, able):
    stay(able, bed(who.care_home))
    one, other = counted(propose(who)), counted(propose(who, age=90))
    commands.sign_criteria(by=who.coordinator, at=now(), rules=one)

    with pytest.raises(NotCounted):
        commands.sign_criteria(by=who.coordinator, at=now(), rules=other)
    again = commands.count_criteria(by=who.coordinator, at=now(), rules=other)
    change = eligibility_change.touched_by(again, now())
    commands.count_criteria(by=who.coordinator, at=now(), rules=other)
    with pytest.raises(Stale):
        commands.keep_count(by=SYSTEM, at=now(), rules=again, change=change, against="an older count")

    other.refresh_from_db()
    assert counted(other).touched["INSTITUTION.OCCUPANT"]["answers"] == {"ELIGIBLE>NOT_ELIGIBLE": 1}
    assert other.touched_persons.count() == 1
    commands.sign_criteria(by=who.coordinator, at=now(), rules=other)


def test_criteria_that_cannot_be_used_are_refused_in_words_and_nothing_is_kept(who):
    with translation.override("en"), pytest.raises(CriteriaNotUsable, match="unknown role"):
        propose(who, who_judges='["GARDENER"]')
    typo = NEW.format(age=70, who='["WARD_DOCTOR"]').replace("{ age = { at_least = 70 } }", ASKS_NOTHING)
    with pytest.raises(CriteriaNotUsable, match=r"B\.9\.9"):
        commands.propose_criteria(
            by=who.coordinator, at=now(), content=typo, reason="typo", valid_from=localdate(now())
        )
    with pytest.raises(SignedForThePast):
        propose(who, valid_from=date(2020, 1, 1))
    file = SimpleUploadedFile("new.toml", b"[[row]]\nkey = 'beds.eligibility.CLOUD'")
    given = {"file": file, "valid_from": localdate(now()).isoformat(), "reason": "x"}
    told = signed_in(who.coordinator).post("/eligibility/criteria/propose/", given)

    assert told.status_code == 422 and "beds.eligibility.CLOUD" in told.content.decode()
    assert not EligibilityRules.objects.exists()
    taken = commands.withdraw_criteria(by=who.coordinator, at=now(), rules=propose(who))
    assert taken.withdrawn_at and page(who.care_worker, "/eligibility/criteria/propose/", 403)


def test_the_answers_and_a_word_against_them_over_the_api(who, able):
    nurse = caller(who.care_home_nurse)
    path = f"/people/{able.pk}/eligibility"

    told = nurse.get(path).body["kinds"]
    kept = nurse.post(
        f"{path}/override", {"kind": "INSTITUTION", "given": "ELIGIBLE", "reason": "the daughter leaves"}
    )
    again = {one["kind"]: one for one in nurse.get(path).body["kinds"]}["INSTITUTION"]
    withdrawn = nurse.post(f"/eligibility/overrides/{kept.body['id']}/withdraw")

    assert [one["kind"] for one in told] == [
        "HOME_CARE",
        "INSTITUTION",
        "HOME_MEDICAL",
        "HOSPITAL",
        "PALLIATIVE",
    ]
    assert (again["answer"], again["stands"]) == ("NOT_ELIGIBLE", "ELIGIBLE")
    assert (
        again["criteria"][0]["code"] == "AGE_60"
        and again["criteria"][1]["rests"][0]["instrument"] == "GBT42195"
    )
    assert (kept.status, withdrawn.status) == (201, 200)
    assert caller(who.stranger).get(path).status == 404


def test_a_what_if_over_the_api_answers_for_all_five_kinds_keeps_nothing_and_says_what_cannot_be(who, able):
    nurse, stranger = caller(who.care_home_nurse), caller(who.stranger)
    path = f"/people/{able.pk}/eligibility"
    nurse.get(path)
    before = rows()

    told = nurse.post(
        f"{path}/what-if",
        {"answers": {"CARE_ENVIRONMENT": {"main_carer": "NOBODY"}}, "levels": {"GBT42195": "3"}, "judged": {"STABLE": "YES"}},
    )  # fmt: skip
    wrong = nurse.post(
        f"{path}/what-if",
        {"answers": {"GBT42195": {"B.1.1": "77"}, "NOSUCH": {}}, "judged": {"X": "YES"}, "groups": ["Y"], "age": 50},
    )  # fmt: skip

    kinds = {one["kind"]: one for one in told.body["kinds"]}
    institution = kinds["INSTITUTION"]
    assert len(kinds) == 5 and all(one["criteria"] for one in kinds.values())
    assert (institution["as_things_are"], institution["answer"]) == ("NOT_ELIGIBLE", "ELIGIBLE")
    assert "B.1.1" in wrong.body["detail"] or "NOSUCH" in wrong.body["detail"]
    assert (wrong.status, stranger.post(f"{path}/what-if", {}).status) == (422, 404)
    assert rows() == before and answers(able)["INSTITUTION"] == "NOT_ELIGIBLE"
