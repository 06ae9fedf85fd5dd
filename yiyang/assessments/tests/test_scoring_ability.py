"""GB/T 42195-2022 as its tables say it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiyang.assessments.rules.outcomes import StepKind
from yiyang.assessments.rules.scoring import score
from yiyang.assessments.tests.papers import ABILITY, COUNTED, ability, level_of

# what is found                                            | level
VECTORS = """
90                                                         | 0
89                                                         | 1
66                                                         | 1
65                                                         | 2
46                                                         | 2
45                                                         | 3
30                                                         | 3
29                                                         | 4
0                                                          | 4
90 fall=2                                                  | 1
90 fall=3                                                  | 1
90 fall=1                                                  | 0
70 fall=1                                                  | 1
70 fall=1 choking=1                                        | 2
70 lost=1 other=1                                          | 2
70 self_harm=2                                             | 2
70 F00-F03                                                 | 2
70 F04-F99 psychiatrist                                    | 2
70 F04-F99 other                                           | 1
70 F04-F99 unknown                                         | 1
70 I10-I15 E10-E14                                         | 1
70 F00-F03 F04-F99 psychiatrist fall=3                     | 2
20 F00-F03                                                 | 4
20 fall=2                                                  | 4
40 F00-F03                                                 | 4
90 coma                                                    | 4
70 coma                                                    | 4
70 coma fall=2 F00-F03                                     | 4
"""


@pytest.mark.parametrize("row", [row for row in VECTORS.strip().splitlines()], ids=str.split)
def test_the_level(row):
    found, level = (part.strip() for part in row.split("|"))
    total, *words = found.split()
    risks = {name: int(times) for name, times in (word.split("=") for word in words if "=" in word)}
    diagnoses = [word for word in words if word[0].isupper()]
    by = next((word for word in words if word in ("psychiatrist", "other", "unknown")), "")
    answers = ability(int(total), diagnoses=diagnoses, diagnosed_by=by, coma="coma" in words, **risks)

    assert level_of(answers) == level


def test_every_total_from_0_to_90_has_the_level_of_the_table():
    table = {0: range(90, 91), 1: range(66, 90), 2: range(46, 66), 3: range(30, 46), 4: range(30)}

    for level, totals in table.items():
        for total in totals:
            outcome = score(ABILITY, ability(total))
            assert (outcome.total, outcome.level.level) == (total, str(level))


def test_coma_is_level_4_and_not_the_3_of_one_copy():
    assert level_of(ability(88, coma=True)) == "4"
    assert level_of(ability(88) | {"A.5.11": "yes"}) == "4"


def test_constipation_less_than_weekly_is_option_3_of_bowel_control():
    option = ABILITY.item("B.1.7").option("3")

    assert "每周少于 1 次" in option.text.zh and "less than weekly" in option.text.en


def test_the_mental_dimension_has_28_points():
    assert score(ABILITY, ability(90)).subscores == {"B.1": 32, "B.2": 15, "B.3": 28, "B.4": 15}


def test_each_step_is_told_in_words():
    outcome = score(ABILITY, ability(70, diagnoses=["F00-F03"], fall=2))

    rules = [
        (step.of, step.applied, step.words.zh) for step in outcome.steps if step.kind is StepKind.ADJUSTMENT
    ]
    assert [(code, applied) for code, applied, _ in rules] == [
        ("coma", False),
        ("dementia", True),
        ("mental", False),
        ("risk_events", True),
    ]
    assert "适用，由“1 级：能力轻度受损（轻度失能）”变为“2 级：能力中度受损（中度失能）”" in rules[1][2]
    assert "同类变更只提升一次" in rules[3][2]
    assert outcome.adjusted and (outcome.band.level, outcome.level.level) == ("1", "2")
    assert len([step for step in outcome.steps if step.kind is StepKind.SCORE]) == 26


def test_who_diagnosed_is_asked_only_when_it_matters():
    asked = score(ABILITY, ability(70, diagnoses=["F04-F99"]))
    not_asked = score(ABILITY, ability(70) | {"A.4.1.by": "psychiatrist"})

    assert asked.missing == ("A.4.1.by",) and asked.level is None
    assert not_asked.complete and not_asked.steps[0].kind is StepKind.IGNORED


def test_none_of_these_stands_alone():
    outcome = score(ABILITY, ability(70) | {"A.4.1": ["none", "F00-F03"]})

    assert [fault.item for fault in outcome.impossible] == ["A.4.1"]
    assert outcome.level is None and outcome.total is None


def test_self_harm_demands_a_step_whatever_is_missing():
    outcome = score(ABILITY, {"A.2.14.4": "once"})

    assert [alert.code for alert in outcome.alerts] == ["self_harm"]


def test_bmi_is_computed_from_height_and_weight():
    answers = ability(90) | {"A.2.4": {"value": 1.6, "unit": "m"}, "A.2.5": 51.2}

    assert next(step.value for step in score(ABILITY, answers).steps if step.of == "A.5.9") == 20.0


REQUIRED = [item.code for item in ABILITY.items if item.required and item.show_when is None]


def test_a_missing_required_item_never_yields_a_level():
    for code in REQUIRED:
        answers = ability(70, coma=code != "B.3.9")
        del answers[code]
        outcome = score(ABILITY, answers)

        assert outcome.missing == (code,) and outcome.level is None and outcome.total is None


@st.composite
def forms(draw):
    """Any form filled in, and what is known in its annex."""
    answers = {item.code: draw(st.sampled_from(item.options)).code for item in COUNTED}
    risks = {f"A.2.14.{n}": draw(st.sampled_from(["none", "none", "once", "twice"])) for n in range(1, 6)}
    diagnoses = draw(st.sampled_from([["none"], ["F00-F03"], ["F04-F99", "I25"]]))
    annex = {"A.4.1": diagnoses, "A.5.11": "no", "A.4.1.by": draw(st.sampled_from(["psychiatrist", "other"]))}
    return answers | risks | annex


@settings(max_examples=60, deadline=None)
@given(forms(), st.lists(st.sampled_from(COUNTED), min_size=1, max_size=6), st.data())
def test_moving_answers_to_the_dependent_end_never_improves_a_level(answers, items, data):
    worse = dict(answers)
    for item in items:
        at = item.options.index(item.option(answers[item.code]))
        worse[item.code] = data.draw(st.sampled_from(item.options[at:])).code
    before, after = score(ABILITY, answers), score(ABILITY, worse)

    assert after.level.rank >= before.level.rank and after.total <= before.total


def one_more(answers, code):
    if code == "A.4.1":
        return {code: sorted({*answers[code], "F00-F03"} - {"none"})}
    return {code: "yes" if code == "A.5.11" else "more"}


@settings(max_examples=60, deadline=None)
@given(forms(), st.sampled_from(["A.2.14.1", "A.2.14.5", "A.5.11", "A.4.1"]))
def test_one_more_event_or_diagnosis_never_improves_a_level(answers, code):
    worse = score(ABILITY, answers | one_more(answers, code))

    assert worse.level.rank >= score(ABILITY, answers).level.rank


@settings(max_examples=20, deadline=None)
@given(forms())
def test_scoring_again_changes_nothing(answers):
    first = score(ABILITY, answers)

    assert score(ABILITY, dict(reversed(answers.items()))) == first
    assert score(ABILITY, answers).as_data() == first.as_data()
