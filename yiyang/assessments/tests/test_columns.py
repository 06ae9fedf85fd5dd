"""Columns give what single scoring gives, row by row, whatever is in the rows."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from yiyang.assessments.rules.columns import Columns
from yiyang.assessments.rules.columns_scoring import NONE, score_columns
from yiyang.assessments.rules.scoring import score
from yiyang.assessments.tests.papers import ABILITY, NEWS2, ability, vitals
from yiyang.assessments.tests.test_scoring_anything import JSON, ODD


def rows_of(instrument):
    """Mostly what may be answered, now and then left out, now and then anything."""

    def answer(item):
        if item.options:
            one = st.sampled_from([option.code for option in item.options])
            plain = one if item.kind == "single" else st.lists(one, max_size=3)
        elif item.kind == "number":
            low, high = item.minimum or 0, item.maximum or 200
            plain = st.integers(int(low), int(high)) | st.floats(low, high).map(lambda x: round(x, 2))
        else:
            plain = (
                st.sampled_from(["2026-01-05", "2030-01-01"]) if item.kind == "date" else st.text(max_size=5)
            )
        return st.one_of(plain, plain, plain, plain, st.none(), JSON)

    row = st.fixed_dictionaries(
        {}, optional={item.code: answer(item) for item in instrument.items if not item.computed}
    )
    return row | row | JSON


BASES = {ABILITY.code: ability(60), NEWS2.code: vitals(), ODD.code: {"height": 160, "weight": 60, "sex": "F"}}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_columns_agree_with_single_scoring(data):
    instrument = data.draw(st.sampled_from([ABILITY, NEWS2, ODD]))
    some = data.draw(st.lists(rows_of(instrument), max_size=6))
    base = BASES[instrument.code]
    rows = [
        base | dict(list(row.items())[:3]) if isinstance(row, dict) and at % 2 else row
        for at, row in enumerate(some)
    ]
    context = {
        "age": data.draw(
            st.lists(st.sampled_from([None, 12, 70, 85]), min_size=len(rows), max_size=len(rows))
        ),
        "today": ["2026-11-22"] * len(rows),
    }

    results = score_columns(Columns(instrument, rows), context=context)

    for at, row in enumerate(rows):
        single = score(instrument, row, context={key: values[at] for key, values in context.items()})
        assert results.complete[at] == single.complete, row
        assert same(results.total[at], single.total), row
        assert place(instrument, single.band) == results.band[at], row
        assert place(instrument, single.level) == results.level[at], row
        assert [code for code, values in results.subscores.items() if not math.isnan(values[at])] == list(
            single.subscores
        )
        assert all(same(values[at], single.subscores.get(code)) for code, values in results.subscores.items())
        bits = {alert.code for n, alert in enumerate(instrument.alerts) if int(results.alerts[at]) >> n & 1}
        assert bits == {alert.code for alert in single.alerts}, row


def same(column: float, single: float | None) -> bool:
    return math.isnan(column) if single is None else math.isclose(column, single, abs_tol=1e-9)


def place(instrument, band) -> int:
    return NONE if band is None else instrument.bands.index(band)


def test_an_answer_set_takes_less_than_a_hundred_bytes():
    columns = Columns(ABILITY, [ability(70), ability(30)])

    assert columns.bytes / 2 < 100
    assert columns.odd == {}


def test_a_column_gives_its_answers_back():
    answers = ability(70, diagnoses=["E10-E14", "F04-F99"], diagnosed_by="other", fall=2) | {"A.2.5": 61.3}

    assert Columns(ABILITY, [answers]).answers(0) == answers


def test_no_rows_give_no_results():
    assert len(score_columns(Columns(ABILITY, []))) == 0
