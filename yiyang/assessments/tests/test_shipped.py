"""The shipped instruments against their published rules: every band's edges, every rule that moves a level."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiyang.assessments.instruments import shipped
from yiyang.assessments.rules.instruments import Instrument, Item
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.reading import read
from yiyang.assessments.rules.scoring import score

SHIPPED = {name.removesuffix(".toml"): read(text, name) for name, text in shipped()}
DOCS = Path(__file__).parents[3] / "docs" / "instruments-shipped.md"

EDGES = """
PHQ9-1999            |   0 MINIMAL      4 MINIMAL    5 MILD        9 MILD      10 MODERATE   14 MODERATE
PHQ9-1999            |  15 MODERATELY_SEVERE  19 MODERATELY_SEVERE  20 SEVERE  27 SEVERE
PHQ2-2003            |   0 NEGATIVE     2 NEGATIVE   3 POSITIVE    6 POSITIVE
GAD7-2006            |   0 MINIMAL      4 MINIMAL    5 MILD        9 MILD      10 MODERATE   14 MODERATE
GAD7-2006            |  15 SEVERE      21 SEVERE
GDS15-1986           |   0 NORMAL       4 NORMAL     5 POSSIBLE   10 POSSIBLE  11 LIKELY     15 LIKELY
4AT-2014             |   0 UNLIKELY     1 COGNITIVE  3 COGNITIVE   4 DELIRIUM  12 DELIRIUM
BARTHEL-1965         |   0 TOTAL       15 TOTAL     20 SEVERE     55 SEVERE    60 MODERATE   85 MODERATE
BARTHEL-1965         |  90 SLIGHT      95 SLIGHT   100 INDEPENDENT
BARTHEL-1965-nursing |  40 SEVERE      45 MODERATE  60 MODERATE   65 MILD      95 MILD      100 NONE
BRADEN-1987          |   6 VERY_HIGH    9 VERY_HIGH 10 HIGH       12 HIGH      13 MODERATE   14 MODERATE
BRADEN-1987          |  15 MILD        18 MILD      19 NONE       23 NONE
MORSE-1989-45        |   0 LOW         20 LOW       25 MODERATE   40 MODERATE  45 HIGH      125 HIGH
MORSE-1989-51        |  20 LOW         25 MODERATE  45 MODERATE   50 MODERATE  55 HIGH      125 HIGH
KPS-1949             |   0 DEAD        10 CARE      40 CARE       50 HOME      70 HOME       80 NORMAL
QSOFA-2016           |   0 NOT_HIGH     1 NOT_HIGH   2 HIGH        3 HIGH
PHS_SELFCARE-2017    |   0 INDEPENDENT  3 INDEPENDENT  4 MILD      8 MILD       9 MODERATE   18 MODERATE
PHS_SELFCARE-2017    |  19 DEPENDENT   37 DEPENDENT
"""

COMBINED = """
daily mental sensory social | level
0     0      0       0      | 0
0     0      0       1      | 0
0     0      0       2      | 1
0     1      0       0      | 1
0     0      3       3      | 1
1     0      0       0      | 1
1     2      2       1      | 1
1     2      2       2      | 2
1     3      2       2      | 2
2     1      0       0      | 2
2     2      2       1      | 2
2     2      2       2      | 3
2     0      3       0      | 3
3     0      0       0      | 3
"""

HOME = {
    "lives_alone": "NO",
    "main_carer": "SPOUSE",
    "carer_died": "NO",
    "carer_age": 70,
    "carer_health": "GOOD",
    "carer_burden": "NONE",
    "stairs": "NONE",
    "toilet": "SAFE",
    "heating": "ENOUGH",
    "neglect_suspected": "NO",
}


def worths(item: Item) -> dict[float, str | float]:
    """What an item can add, and an answer that adds it."""
    if item.options:
        return {option.score or 0.0: option.code for option in item.options}
    return {
        point.score: point.upto if point.upto is not None else item.maximum or 0.0
        for table in item.tables
        for point in table.points
    }


def answers_with(instrument: Instrument, total: float) -> dict[str, str | float]:
    """Some answers that add up to this total."""
    assert instrument.total is not None
    reached: dict[float, dict[str, str | float]] = {0.0: {}}
    for code in instrument.total.of:
        found = worths(instrument.item(code))
        reached = {
            before + more: answers | {code: answer}
            for before, answers in reached.items()
            for more, answer in found.items()
        }
    return reached[total]


def level(outcome: Outcome) -> str | None:
    return outcome.level.level if outcome.level else None


@pytest.mark.parametrize("line", EDGES.strip().splitlines(), ids=lambda line: line.split()[0])
def test_every_edge_of_every_band(line: str) -> None:
    name, _, row = line.partition("|")
    words = row.split()
    expected = {float(total): band for total, band in zip(words[::2], words[1::2], strict=True)}

    found = {
        total: level(score(SHIPPED[name.strip()], answers_with(SHIPPED[name.strip()], total)))
        for total in expected
    }

    assert found == expected


@pytest.mark.parametrize("line", COMBINED.strip().splitlines()[1:])
def test_the_four_grades_of_the_older_standard_combine(line: str) -> None:
    grades, _, expected = line.partition("|")
    answers = dict(zip(("adl", "mental", "sensory", "social"), grades.split(), strict=True))

    assert level(score(SHIPPED["MZT039-2013"], answers)) == expected.strip()


def test_a_thought_of_self_harm_alerts_whatever_the_total() -> None:
    answers = {f"q{number}": "0" for number in range(1, 9)} | {"q9": "1"}

    outcome = score(SHIPPED["PHQ9-1999"], answers)

    assert (outcome.total, level(outcome)) == (1, "MINIMAL")
    assert [(alert.code, alert.urgency) for alert in outcome.alerts] == [("self_harm", "EMERGENCY")]
    assert not score(SHIPPED["PHQ9-1999"], answers | {"q9": "0"}).alerts


def test_five_items_of_the_depression_scale_are_reversed() -> None:
    instrument = SHIPPED["GDS15-1986"]

    assert score(instrument, {f"q{number}": "no" for number in range(1, 16)}).scores == {
        f"q{number}": float(number in (1, 5, 7, 11, 13)) for number in range(1, 16)
    }


def test_the_only_carer_has_died() -> None:
    instrument = SHIPPED["CARE_ENVIRONMENT-0.1"]
    assert level(score(instrument, HOME)) == "ENSURED"

    bereaved = score(
        instrument,
        HOME | {"main_carer": "NOBODY", "carer_died": "YES", "carer_age": None, "carer_health": None},
    )

    assert bereaved.complete, (bereaved.missing, bereaved.impossible)
    assert level(bereaved) == "NOT_ENSURED"
    assert [alert.code for alert in bereaved.alerts] == ["carer_lost"]


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"neglect_suspected": "YES"}, "NOT_ENSURED"),
        ({"carer_burden": "HEAVY", "carer_health": "FAIR"}, "STRAINED"),
        ({"carer_died": "YES"}, "ENSURED"),
    ],
)
def test_what_moves_the_care_environment(change: dict[str, str], expected: str) -> None:
    assert level(score(SHIPPED["CARE_ENVIRONMENT-0.1"], HOME | change)) == expected


@pytest.mark.parametrize("name", ["SH_NEED-2018", "LTCI_LEVEL-2021", "PPS-2001"])
def test_a_level_given_elsewhere_is_recorded_and_nothing_is_computed(name: str) -> None:
    instrument = SHIPPED[name]

    for option in instrument.item("level").options:
        outcome = score(instrument, {"level": option.code})
        assert (level(outcome), outcome.total) == (option.code, None)


def test_no_shipped_instrument_gives_a_level_while_a_required_answer_is_missing() -> None:
    for instrument in SHIPPED.values():
        asked = [item for item in instrument.items if item.required and not item.computed]
        whole = {item.code: plain(item) for item in asked if item.show_when is None}
        while lacking := score(instrument, whole).missing:
            whole |= {code: plain(instrument.item(code)) for code in lacking}
        assert level(score(instrument, whole))
        for code in whole:
            outcome = score(instrument, {one: given for one, given in whole.items() if one != code})
            assert code in outcome.missing and outcome.level is None and outcome.total is None


def plain(item: Item) -> object:
    """The last option, or the least number."""
    if item.options:
        return item.options[-1].code if item.kind == "single" else [item.options[-1].code]
    return {"number": item.minimum, "text": "-"}.get(item.kind, "2026-01-01")


@pytest.mark.parametrize("name", SHIPPED)
def test_without_answers_there_is_no_level(name: str) -> None:
    outcome = score(SHIPPED[name], {})

    assert outcome.level is None
    assert outcome.missing


def test_each_says_where_it_comes_from_and_stands_in_the_list() -> None:
    listed = DOCS.read_text(encoding="utf-8")

    for instrument in SHIPPED.values():
        assert instrument.source and instrument.licence
        assert f"{instrument.code} {instrument.version}" in listed


def test_nothing_that_its_owner_keeps_is_shipped() -> None:
    kept = ("MMSE", "MOCA", "CFS", "MUST", "NORTON", "FRAX", "AD8", "MINI_COG", "TILBURG", "MNA", "PPSV2")

    assert not [code for code in (one.code.upper() for one in SHIPPED.values()) if code.startswith(kept)]
