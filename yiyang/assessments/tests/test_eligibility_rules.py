"""Which bed somebody qualifies for: three answers, reasons, what would change them; and packs that are refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from yiyang.assessments import instruments
from yiyang.assessments.rules import eligibility as rules
from yiyang.assessments.rules import reading
from yiyang.assessments.rules.eligibility import Answer, Assessed, Evidence, Lacking, Verdict, words
from yiyang.kernel.policy import rows as policy_rows

TODAY = date(2026, 10, 1)
KINDS = ("HOME_CARE", "INSTITUTION", "HOME_MEDICAL", "HOSPITAL", "PALLIATIVE")


def shipped(kind):
    row = next(one for one in policy_rows("shanghai-example") if one.key == f"beds.eligibility.{kind}")
    return rules.read(kind, row.value)


PACK = {kind: shipped(kind) for kind in KINDS}


def assessed(code, days_ago=10, valid_days=365, **given):
    on = TODAY - timedelta(days=days_ago)
    return {code: Assessed(code, on, on + timedelta(days=valid_days), **given)}


def ability(level, **answers):
    named = {name.replace("_", "."): answer for name, answer in answers.items()}
    return assessed("GBT42195", level=level, answers={"A.4.1": [], "B.2.3": "4", "B.4.4": "3", **named})


def home(carer="CHILD", neglect="NO", alone="NO"):
    answers = {"main_carer": carer, "neglect_suspected": neglect, "lives_alone": alone}
    return assessed(
        "CARE_ENVIRONMENT", level="NOT_ENSURED" if carer == "NOBODY" else "ENSURED", answers=answers
    )


def known(*assessments, age=82, **more):
    return Evidence(TODAY, {code: one for each in assessments for code, one in each.items()}, age=age, **more)


# The shipped criteria, one person a row
#   E qualifies | N does not | J a clinician decides

PERSONS = [
    # who                                          home care, institution, home medical, hospital, palliative
    ("nothing known",                  Evidence(TODAY),                                             "JJJJJ"),
    ("able, cared for at home",        known(ability("0"), home()),                                 "NNNJJ"),
    ("able, the only carer has died",  known(ability("0"), home(carer="NOBODY")),                     "NENJJ"),
    ("mildly disabled, cared for",     known(ability("1"), home()),                                 "ENNJJ"),
    ("moderately disabled",            known(ability("2"), home()),                                 "EENJJ"),
    ("severely disabled, no carer",    known(ability("3"), home(carer="NOBODY")),                     "NEJJJ"),
    ("high age, alone, able",          known(ability("0"), home(alone="YES")),                      "ENNJJ"),
    ("in hardship, able",              known(ability("0"), home(), groups=frozenset({"EXTREME_HARDSHIP"})), "NENJJ"),
    ("fifty-nine years old",           known(ability("3"), home(), age=59),                         "NNJJJ"),
    ("in a ward, score low",           known(ability("2"), home(), assessed("NEWS2", 1, total=2, answers={"sbp": 130}),
                                             beds=frozenset({"HOSPITAL"})),                         "EENJJ"),
    ("in a ward, score high",          known(ability("2"), home(), assessed("NEWS2", 1, total=6, answers={"sbp": 90}),
                                             beds=frozenset({"HOSPITAL"})),                         "ENNEJ"),
]  # fmt: skip
SHORT = {Answer.ELIGIBLE: "E", Answer.NOT_ELIGIBLE: "N", Answer.JUDGEMENT: "J"}


def test_one_person_a_row_against_all_five_kinds():
    for who, evidence, expected in PERSONS:
        found = rules.all_kinds(PACK, evidence)

        assert "".join(SHORT[found[kind].answer] for kind in KINDS) == expected, who


def test_the_same_ability_with_the_only_carer_dead_means_an_institution_bed_with_priority_and_the_reason():
    before = rules.decide(PACK["INSTITUTION"], known(ability("1"), home()))
    after = rules.decide(PACK["INSTITUTION"], known(ability("1"), home(carer="NOBODY")))

    assert (before.answer, before.priority) == (Answer.NOT_ELIGIBLE, ())
    assert after.answer is Answer.ELIGIBLE
    (reason,) = after.priority
    assert reason.priority.code == "CARER_GONE" and "照护环境恶化" in reason.priority.text.zh
    assert reason.rests[0].instrument == "CARE_ENVIRONMENT"


def test_a_clinicians_words_settle_what_is_reserved_and_the_data_only_suggest_it():
    evidence = known(ability("4", A_4_1=["C00-D48"]), assessed("KPS", total=40))
    unsaid = rules.decide(PACK["PALLIATIVE"], evidence)
    said = rules.decide(
        PACK["PALLIATIVE"], evidence.supposing(judged={"TERMINAL": "YES", "COMFORT_WISHED": "YES"})
    )
    refused = rules.decide(PACK["PALLIATIVE"], evidence.supposing(judged={"TERMINAL": "NO"}))

    terminal = next(one for one in unsaid.found if one.criterion.code == "TERMINAL")
    assert unsaid.answer is Answer.JUDGEMENT and terminal.suggested is Verdict.MET
    assert terminal.lacks[0].why is Lacking.NOT_JUDGED
    assert said.answer is Answer.ELIGIBLE and said.priority
    assert refused.answer is Answer.NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, Lacking.MISSING),
        (assessed("GBT42195", days_ago=400, level="3"), Lacking.EXPIRED),
        (assessed("GBT42195", days_ago=365, valid_days=365, level="3"), Lacking.EXPIRED),
        (assessed("GBT42195", level=""), Lacking.NOT_ANSWERED),
    ],
)
def test_evidence_that_is_missing_or_has_expired_leaves_it_open_and_asks_for_the_assessment(given, why):
    result = rules.decide(PACK["HOME_MEDICAL"], known(given))

    assert result.answer is Answer.JUDGEMENT
    assert result.to_assess == ("GBT42195",)
    assert result.found[0].lacks[0].why is why


def test_an_assessment_that_is_valid_may_still_be_too_old_for_one_criterion():
    old = rules.decide(PACK["HOSPITAL"], known(assessed("NEWS2", days_ago=2, total=7, answers={"sbp": 110})))

    assert old.answer is Answer.JUDGEMENT and old.to_assess == ("NEWS2",)
    assert old.found[0].lacks[0].why is Lacking.TOO_OLD and old.found[0].oldest == TODAY - timedelta(days=2)


def test_what_would_change_a_no_are_the_criteria_that_are_not_met_in_words():
    class Names:
        def instrument(self, code):
            return {"GBT42195": "Ability assessment"}.get(code, code)

        def part(self, instrument, about, item):
            return about if about == "level" else item

        def value(self, about, instrument, item, code):
            return str(code)

    result = rules.decide(PACK["INSTITUTION"], known(ability("1"), home(), age=59))

    assert [one.criterion.code for one in result.decisive] == [
        "AGE_60", "DISABLED", "DEMENTIA", "HARDSHIP", "CARE_ENVIRONMENT_WORSENED",
    ]  # fmt: skip
    with override("en"):
        said = [words.lack(one.lacks[0], Names()) for one in result.decisive[:2]]
    assert said == [
        "Age: now 59, asked for at least 60",
        "Ability assessment · level: now 1, asked for 2 or 3 or 4",
    ]


def criteria(**changes):
    row = {"code": "AGE", "zh": "年龄", "en": "Age", "when": {"age": {"at_least": 60}}} | changes
    return {
        "who": ["FAMILY_DOCTOR"],
        "criteria": [{name: one for name, one in row.items() if one is not None}],
    }


FAULTS = [
    (criteria(zh=None), "“zh” is missing"),
    (criteria(when=None), "neither a condition"),
    (criteria(when={"age": {"at_least": 80, "below": 60}}), "no value"),
    (criteria(when={"instrument": "NEWS2", "total": {"over": 3}}), "needs limits"),
    (criteria(when={"instrument": "GBT42195", "level": "3"}), "list of codes"),
    (criteria(when={"instrument": "GBT42195", "level": ["3"], "item": "x"}), "asks one of"),
    (criteria(when={"weather": ["rain"]}), "is no question"),
    (criteria(when={"any": []}), "at least one"),
    (criteria(group="need"), "has no words"),
    (criteria(grade="A"), "grade without a source"),
    (criteria(max_age_days=0), "days from 1"),
    (criteria(colour="red"), "“colour” is not known"),
    ({"who": [], "criteria": criteria()["criteria"]}, "names no role"),
    ({"who": ["GARDENER"], "criteria": criteria()["criteria"]}, "unknown role GARDENER"),
    ({"who": ["FAMILY_DOCTOR"], "criteria": criteria()["criteria"] * 2}, "stands twice"),
    ({"who": ["FAMILY_DOCTOR"], "criteria": []}, "at least one row"),
]  # fmt: skip


def test_criteria_that_cannot_be_used_are_refused_in_words_that_name_the_row():
    for value, said in FAULTS:
        with pytest.raises(rules.CriteriaFault) as refused, override("en"):
            rules.read("HOSPITAL", value, roles={"FAMILY_DOCTOR"})

        assert any(said in fault and fault.startswith("HOSPITAL") for fault in refused.value.faults), said


def test_the_shipped_criteria_ask_only_what_the_shipped_instruments_can_answer():
    folder = Path(instruments.__file__).parent
    known = {
        one.code: one for one in (reading.read(file.read_text(), file.name) for file in folder.glob("*.toml"))
    }
    asked = {kind: rules.unfit(criteria, known) for kind, criteria in PACK.items()}

    assert not [
        fault for faults in asked.values() for fault in faults if "there is no instrument" not in fault
    ]
