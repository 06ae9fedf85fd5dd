"""What readings mean, as tables: minutes and values in, alarms out. No database."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from yiyang.assessments.instruments import newest
from yiyang.devices.rules.judging.glucose import pattern
from yiyang.devices.rules.judging.rules import BadRule, Rule, read, with_own_limits
from yiyang.devices.rules.judging.series import SECOND, Reading, changes, raised, replay, trusted
from yiyang.devices.rules.judging.warning_score import ITEMS, band, warning_score
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel import policy

PACK = tomllib.loads((Path(policy.__file__).parent / "policy_packs/shanghai-example.toml").read_text())
RULES = next(row for row in PACK["row"] if row["key"] == "devices.rules")["value"]
NEWS2 = newest("NEWS2")
assert NEWS2 is not None


def rule(code: str) -> Rule:
    return read(code, next(one for one in RULES if one["code"] == code), code)


def minutes(values: str) -> list[Reading]:
    """One value a minute; `-` is no reading, `93!` cannot be true."""
    return [
        Reading(60 * SECOND * minute, float(one.rstrip("!")), 2 if one.endswith("!") else 0)
        for minute, one in enumerate(values.split())
        if one != "-"
    ]


# rule | one value a minute || minute and severity of each change
CASES = """
OXYGEN_LOW  | 96 91 96 91 96 91 96          ||
OXYGEN_LOW  | 96 91 90 91 95 95 95          || 3 URGENT, 6 -
OXYGEN_LOW  | 91 90 91 92 93 92 93 92       || 2 URGENT
OXYGEN_LOW  | 91 90 91 84 84 84 90 91 90    || 2 URGENT, 5 EMERGENCY, 8 URGENT
OXYGEN_LOW  | 91! 90! 91! 90! 97            ||
OXYGEN_LOW  | 91 90 - - - - - - - - - - - - - - - - - - - - - - 91 97 || 
GLUCOSE_LOW | 5.0 3.9 3.8 3.0 2.9 4.0 4.3   || 2 URGENT, 4 EMERGENCY, 5 URGENT, 6 -
PULSE_JUMP  | 70 70 72 75 135 136 135       || 5 URGENT
PULSE_JUMP  | 40 45 60 75 90 104 108        ||
"""


@pytest.mark.parametrize("row", CASES.strip().splitlines())
def test_alarms_of_a_series(row: str) -> None:
    given, expected = row.split("||")
    code, values = (part.strip() for part in given.split("|"))
    judged = rule(code)

    found = [
        f"{one.at // (60 * SECOND)} {judged.severity(one.level) or '-'}"
        for one in replay(judged, minutes(values))
    ]

    assert found == [one.strip() for one in expected.split(",") if one.strip()]


def test_as_it_arrives_and_as_a_whole_the_same_alarms_come() -> None:
    """Three readings at a time, out of order inside each pack."""
    judged, series = rule("OXYGEN_LOW"), minutes("96 91 90 91 84 84 84 95 95 95 91 91 91 91 96 97 98 97")
    level, known, found = 0, [], []

    for start in range(0, len(series), 3):
        fresh = series[start : start + 3][::-1]
        known = trusted([*known, *fresh])
        some = changes(judged, known, level=level, since=min(one.at for one in fresh))
        level = some[-1].level if some else level
        found += [(one.at, one.level) for one in some]

    assert found == [(one.at, one.level) for one in replay(judged, series)]


def test_what_newer_readings_have_overtaken_leaves_no_alarm() -> None:
    series = minutes("91 90 91 97 97 97")

    found = changes(rule("OXYGEN_LOW"), series, since=series[0].at)

    assert found[-1].level == 0


def test_own_limits_move_every_level_and_only_on_their_side() -> None:
    judged = with_own_limits(rule("OXYGEN_LOW"), 88, None)

    assert [one.limit for one in judged.levels] == [88, 81]
    assert with_own_limits(rule("OXYGEN_LOW"), None, 99).levels == rule("OXYGEN_LOW").levels
    assert raised(replay(judged, minutes("90 90 90 90 90"))) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"side": "UP"},
        {"levels": []},
        {"levels": [{"limit": 85, "severity": "URGENT"}, {"limit": 92, "severity": "EMERGENCY"}]},
        {"levels": [{"limit": 500, "severity": "URGENT"}]},
        {"count": 5, "of": 4},
        {"seconds": 90_000},
        {"change_seconds": 600},
    ],
)
def test_a_rule_that_cannot_be_is_refused(wrong: dict) -> None:
    good = next(one for one in RULES if one["code"] == "OXYGEN_LOW")

    with pytest.raises(BadRule):
        read("OXYGEN_LOW", {**good, **wrong}, "")


def latest(**values: float) -> dict[int, Reading]:
    return {BY_NAME[name].no: Reading(0, value) for name, value in values.items()}


def test_the_early_warning_score_has_the_points_of_the_instrument_and_says_what_lacks() -> None:
    valid = dict.fromkeys(ITEMS, 600)
    sick = latest(BREATHING=25, OXYGEN=91, SYSTOLIC=95, HEART_RATE=115, TEMPERATURE=38.5)

    found = warning_score(NEWS2, sick, at=0, valid=valid)

    assert (found.total, found.partial, found.lacking) == (11, True, ("oxygen", "consciousness"))
    assert warning_score(NEWS2, sick, at=601 * SECOND, valid=valid).points == {}
    assert warning_score(NEWS2, latest(OXYGEN=90), at=0, valid=valid).total == 3
    assert warning_score(NEWS2, latest(OXYGEN=90), at=0, valid=valid, scale="2").total == 0
    assert band(NEWS2, BY_NAME["HEART_RATE"].no, 2) == (40, 110)
    assert band(NEWS2, BY_NAME["OXYGEN"].no, 2) == (93, float("inf"))


def test_time_in_range_counts_each_value_until_the_next_one_and_no_gaps() -> None:
    found = pattern(minutes("5 5 3.5 3.5 2.9 12 12 12 12 12 12"))

    assert found.seconds == 600
    assert (found.in_range, found.below, found.very_low, found.above) == (0.2, 0.3, 0.1, 0.5)
    assert pattern(minutes("5")).in_range is None
    assert pattern([Reading(0, 5.0), Reading(7200 * SECOND, 5.0)]).seconds == 1800
