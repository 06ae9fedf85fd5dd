"""Scoring is total: whatever JSON comes in, an outcome goes out. So is reading: an instrument, or its faults."""

import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from yiyang.assessments.instruments import shipped
from yiyang.assessments.rules.reading import InstrumentFault, from_data, read, tomllib
from yiyang.assessments.rules.scoring import score
from yiyang.assessments.tests.papers import ABILITY, NEWS2, ODDITIES, ability, vitals

ODD = read(ODDITIES, "odd.toml")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
FILES = {name: tomllib.loads(text) for name, text in (*shipped(), ("odd.toml", ODDITIES))}


@st.composite
def answers(draw):
    instrument = draw(st.sampled_from([ABILITY, NEWS2, ODD]))
    codes = st.sampled_from([item.code for item in instrument.items]) | st.text(max_size=4)
    plain = ability(70) if instrument is ABILITY else vitals() if instrument is NEWS2 else {}
    return instrument, draw(JSON | st.dictionaries(codes, JSON, max_size=5).map(lambda some: plain | some))


@settings(max_examples=200, deadline=None)
@given(answers(), st.dictionaries(st.sampled_from(["age", "today", "sex"]), JSON, max_size=3))
def test_any_json_gives_an_outcome_that_is_json_again(case, context):
    instrument, given_answers = case
    outcome = score(instrument, given_answers, context=context)

    json.dumps(outcome.as_data())
    if not outcome.complete:
        assert outcome.level is None and outcome.total is None


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_file_with_anything_in_any_place_is_read_or_refused_in_words(name, data):
    spoilt = copy.deepcopy(FILES[name])
    at = spoilt
    while True:
        keys = list(at) if isinstance(at, dict) else range(len(at))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            break
        at = at[key]
    at[key] = data.draw(JSON)

    try:
        read_again = from_data(spoilt, name)
    except InstrumentFault as refused:
        assert all(name in fault.zh and name in fault.en for fault in refused.faults)
    else:
        score(read_again, vitals())


def test_a_date_that_lies_ahead_is_refused_only_when_today_is_known():
    person = {"height": 160, "weight": 40, "sex": "F", "signs": ["a"], "since": "2026-05-02"}

    assert score(ODD, person).complete
    assert score(ODD, person, context={"today": "2026-05-02"}).complete
    late = score(ODD, person, context={"today": "2026-05-01"})
    assert "还没有到" in late.impossible[0].words.zh


def test_a_level_above_the_last_band_is_reached_by_age_alone():
    person = {"height": 160, "weight": 40, "sex": "F", "signs": ["a"], "since": "2026-05-02"}

    assert score(ODD, person).level.level == "poor"
    assert score(ODD, person, context={"age": 82}).level.level == "bad"
    assert score(ODD, {"height": 0, "weight": 1, "sex": "M"}).impossible[0].item == "bmi"


def test_half_goes_up_as_on_paper():
    person = {"height": 100, "sex": "M"}

    steps = {weight: score(ODD, person | {"weight": weight}).steps for weight in (22.45, 22.44)}
    rounded = {weight: found[0].words.en for weight, found in steps.items()}
    assert rounded == {22.45: "Weight: 22.45 is rounded to 22.5", 22.44: "Weight: 22.44 is rounded to 22.4"}
