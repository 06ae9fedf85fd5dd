"""An instrument's file is read, or refused with every fault at once, each naming file, place and fault."""

import pytest

from yiyang.assessments.instruments import read_all
from yiyang.assessments.rules.reading import InstrumentFault, read
from yiyang.assessments.tests.papers import ABILITY, NEWS2, ODDITIES

HEAD = """
[instrument]
code = "T"
version = "1"
title = {zh = "试", en = "Trial"}
source = "tests"
licence = "none"
[[section]]
code = "s"
title = {zh = "节", en = "Section"}
"""
CHOICE = """
[[item]]
code = "a"
section = "s"
kind = "single"
text = {zh = "甲", en = "A"}
options = [{code = "0", zh = "否", en = "No", score = 0}, {code = "4", zh = "是", en = "Yes", score = 4}]
"""
TOTAL = '[total]\ntitle = {zh = "总", en = "Total"}\nof = ["a"]\n'


def bands(*limits: tuple[int, int]) -> str:
    return "".join(
        f'[[band]]\nlevel = "{rank}"\ntitle = {{zh = "级", en = "Level"}}\nrank = {rank}\nfrom = {low}\nto = {high}\n'
        for rank, (low, high) in enumerate(limits)
    )


def faults(text: str) -> str:
    with pytest.raises(InstrumentFault) as caught:
        read(text, "t.toml")
    assert all(
        fault.zh.startswith("t.toml") and fault.en.startswith("t.toml") for fault in caught.value.faults
    )
    return "\n".join(fault.en for fault in caught.value.faults)


def test_every_shipped_file_is_read_and_says_its_source_and_licence():
    for instrument in read_all():
        assert instrument.source and instrument.licence and instrument.items
        assert all(item.text.zh and item.text.en for item in instrument.items)


def test_the_national_assessment_has_26_items_in_four_dimensions_and_90_points():
    parts = {part.code: (len(part.items), part.maximum) for part in ABILITY.subscores}

    assert parts == {"B.1": (8, 32), "B.2": (4, 15), "B.3": (9, 28), "B.4": (5, 15)}
    assert ABILITY.total.maximum == 90
    assert len(ABILITY.item("A.4.1").options) == 22 + 1, "22 groups of diagnoses, and none of them"


def test_an_item_that_only_formulas_and_dates_need_is_read():
    odd = read(ODDITIES, "odd.toml")

    assert odd.order.index("bmi") > odd.order.index("weight")
    assert odd.order.index("signs") > odd.order.index("bmi")


WRONG = {
    "a gap": (HEAD + CHOICE + TOTAL + bands((0, 1), (3, 4)), "band 1: a gap before it: 2 to 2 have no level"),
    "an overlap": (HEAD + CHOICE + TOTAL + bands((0, 2), (2, 4)), "band 1: it overlaps level 0 at 2"),
    "the top left out": (HEAD + CHOICE + TOTAL + bands((0, 3)), "4 to 4 have no level"),
    "a level out of reach": (HEAD + CHOICE + TOTAL + bands((0, 4), (5, 9)), "band 1: it cannot be reached: totals go from 0 to 4"),
    "no score": (HEAD + CHOICE.replace(', score = 4', "") + TOTAL, "item a: option 4 has no score"),
    "one code twice": (HEAD + CHOICE + CHOICE, "item a stands twice"),
    "one option twice": (HEAD + CHOICE.replace('"4"', '"0"'), "item a: option 0 stands twice"),
    "no English": (HEAD + CHOICE.replace('text = {zh = "甲", en = "A"}', 'text = {zh = "甲"}'), "item a: text has no en"),
    "no Chinese": (HEAD + CHOICE.replace('{code = "0", zh = "否", en', '{code = "0", en'), "item a: option 0: text has no zh"),
    "an unknown key": (HEAD + CHOICE + "colour = 1", "item a: unknown key colour"),
    "an unknown item": (HEAD + CHOICE + 'show_when = {item = "z", answered = true}', "condition show_when: ") ,
    "a sum of unknown items": (HEAD + CHOICE + TOTAL.replace('"a"', '"zz"'), "[total]: the item zz does not exist"),
    "an unknown option": (HEAD + CHOICE + '[[alert]]\ncode = "x"\ndemand = {zh = "甲", en = "A"}\nwhen = {item = "a", in = ["9"]}', "alert x: the condition names the unknown option 9 of a"),
    "an unknown level": (HEAD + CHOICE + TOTAL + bands((0, 4)) + '[[adjustment]]\ncode = "x"\ntitle = {zh = "甲", en = "A"}\nset = "9"\nwhen = {item = "a", in = ["4"]}', "adjustment x: the level 9 does not exist"),
    "a maximum that is none": (HEAD + CHOICE + TOTAL + "maximum = 5", "[total]: its maximum is given as 5, its items add up to 4"),
    "a condition that asks nothing": (HEAD + CHOICE + 'show_when = {item = "a"}', "the condition asks nothing"),
    "no TOML": ("[instrument", "not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize("text, words", WRONG.values(), ids=WRONG)
def test_a_file_is_refused_in_words(text, words):
    if words == "condition show_when: ":
        words = "item a: the condition names the unknown item z"
    assert words in faults(text)


def number(code: str, more: str) -> str:
    return (
        f'[[item]]\ncode = "{code}"\nsection = "s"\nkind = "number"\ntext = {{zh = "数", en = "N"}}\n{more}\n'
    )


def test_numbers_need_limits_a_known_unit_and_points_for_each_value():
    found = faults(
        HEAD
        + number("n", 'unit = "mmHg"\nminimum = 0\nmaximum = 9')
        + number("m", "minimum = 0")
        + number("k", "minimum = 0\nmaximum = 9\nscores = [{upto = 5, score = 1}, {upto = 5, score = 2}]")
    )

    assert "item n: the unit mmHg is not known" in found
    assert "item m: a number needs minimum and maximum" in found
    assert "item k: upto 5 is never reached" in found
    assert "item k: there are no points above 5" in found


def test_a_circle_of_conditions_and_formulas_is_named():
    limits = "minimum = 0\nmaximum = 9\n"
    found = faults(
        HEAD
        + number("n", limits + 'show_when = {item = "m", at_least = 1}')
        + number("m", limits + 'value = "n + 1"')
    )

    assert "show_when or value goes in a circle: " in found
    assert "n → m → n" in found or "m → n → m" in found
    shown = [
        number(one, f'{limits}show_when = {{item = "{other}", answered = true}}')
        for one, other in ("ab", "ba")
    ]
    assert "a → b → a" in faults(HEAD + "".join(shown)) or "b → a → b" in faults(HEAD + "".join(shown))


@pytest.mark.parametrize(
    "formula, words",
    [
        ("n.__class__", "Attribute cannot be used"),
        ("[n for n in n]", "ListComp cannot be used"),
        ("__import__('os')", "there is no function “__import__”"),
        ("n[0]", "Subscript cannot be used"),
        ("(lambda: n)()", "there is no function"),
        ("'9' * 9", "compare it with == or != only"),
        ("n + zz", "“zz” in the formula is no item"),
        ("n +", "cannot be read"),
        ("n if 1 < n < 2 else 0", "compare two at a time"),
        ("+".join(["n"] * 1500), "longer than"),
        ("-" * 900 + "n", "nested too deeply"),
        ("min(n)", "min takes another number of values"),
    ],
)
def test_a_formula_is_arithmetic_and_nothing_else(formula, words):
    text = HEAD + number("n", "minimum = 0\nmaximum = 9") + number("f", f'value = "{formula}"')

    assert words in faults(text)


def test_all_faults_are_told_at_once_and_in_both_languages():
    text = HEAD.replace('licence = "none"', "") + CHOICE.replace(", score = 4", "") + TOTAL + bands((0, 1))

    with pytest.raises(InstrumentFault) as caught:
        read(text, "t.toml")

    said = "\n".join(fault.zh for fault in caught.value.faults)
    assert len(caught.value.faults) >= 2
    assert "缺少 licence" in said and "选项 4 没有分值" in said


def test_the_scale_of_oxygen_is_chosen_by_two_answers():
    titles = [table.title.en for table in NEWS2.item("spo2").tables]

    assert titles == ["scale 2 on oxygen", "scale 2 on air", "scale 1"]
