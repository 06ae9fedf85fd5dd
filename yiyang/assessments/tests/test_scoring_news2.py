"""NEWS2 as the Royal College of Physicians prints it: the table of points, both SpO2 scales, the responses."""

import pytest

from yiyang.assessments.rules.scoring import score
from yiyang.assessments.tests.papers import NEWS2, early_warning, level_of, vitals

TABLE = """
rr          | ..8=3 9..11=1 12..20=0 21..24=2 25..=3
sbp         | ..90=3 91..100=2 101..110=1 111..219=0 220..=3
pulse       | ..40=3 41..50=1 51..90=0 91..110=1 111..130=2 131..=3
temperature | ..35.0=3 35.1..36.0=1 36.1..38.0=0 38.1..39.0=1 39.1..=2
"""
SPO2 = """
scale 1, air    | ..91=3 92..93=2 94..95=1 96..=0
scale 1, oxygen | ..91=3 92..93=2 94..95=1 96..=0
scale 2, air    | ..83=3 84..85=2 86..87=1 88..=0
scale 2, oxygen | ..83=3 84..85=2 86..87=1 88..92=0 93..94=1 95..96=2 97..=3
"""


def edges(cells: str):
    """Each band's two edges and the points there."""
    for cell in cells.split():
        limits, points = cell.split("=")
        for edge in filter(None, limits.split("..")):
            yield float(edge), float(points)


@pytest.mark.parametrize("row", TABLE.strip().splitlines(), ids=lambda row: row.split()[0])
def test_points_at_the_edges_of_every_band(row):
    code, cells = (part.strip() for part in row.split("|"))

    for value, points in edges(cells):
        assert early_warning(**{code: value}).scores[code] == points, (code, value)


@pytest.mark.parametrize("row", SPO2.strip().splitlines(), ids=lambda row: row.split("|")[0].strip())
def test_points_of_oxygen_saturation(row):
    head, cells = row.split("|")
    scale, gas = head.strip().removeprefix("scale ").split(", ")

    for value, points in edges(cells):
        assert early_warning(spo2=value, scale=scale, oxygen=gas).scores["spo2"] == points, (head, value)


# total and level | what is measured
RUNS = """
 0 0          |
 3 low-medium | spo2=90
 7 high       | rr=22 pulse=115 sbp=95 temperature=38.5
19 high       | rr=26 spo2=90 oxygen=oxygen temperature=39.5 sbp=85 pulse=135 consciousness=V
 0 0          | scale=2 spo2=90
 5 medium     | scale=2 spo2=97 oxygen=oxygen
 0 0          | scale=2 spo2=97
 1 low        | temperature=38.1
 4 low        | rr=21 sbp=100
 4 low-medium | rr=25 temperature=38.1
 5 medium     | rr=25 oxygen=oxygen
 6 medium     | rr=21 sbp=100 oxygen=oxygen
 8 high       | rr=25 oxygen=oxygen consciousness=C
"""


@pytest.mark.parametrize("row", RUNS.strip("\n").splitlines())
def test_totals_and_levels(row):
    expected, given = row.split("|")
    total, level = expected.split()
    words = ("scale", "oxygen", "consciousness")
    read = {
        key: value if key in words else float(value)
        for key, value in (one.split("=") for one in given.split())
    }
    outcome = early_warning(**read)

    assert (outcome.total, outcome.level.level) == (float(total), level)


def test_the_response_says_how_often_and_whom():
    said = {level: NEWS2.band(level).action.zh for level in ("0", "low", "low-medium", "medium", "high")}

    assert "每 12 小时" in said["0"] and "4–6 小时" in said["low"] and "每小时" in said["low-medium"]
    assert "每小时" in said["medium"] and "持续" in said["high"] and "120" in said["high"]


def test_seven_is_an_emergency_and_a_single_three_is_urgent():
    alerts = {total: [alert.urgency for alert in outcome.alerts] for total, outcome in (
        (7, early_warning(rr=22, pulse=115, sbp=95, temperature=38.5)),
        (3, early_warning(spo2=90)),
        (5, early_warning(rr=21, oxygen="oxygen", temperature=38.1)),
        (2, early_warning(rr=21)),
    )}  # fmt: skip

    assert alerts == {7: ["EMERGENCY"], 3: ["URGENT"], 5: ["URGENT"], 2: []}


def test_it_is_not_for_children_nor_in_pregnancy():
    assert level_of(vitals(), NEWS2, age=15) is None
    assert level_of(vitals(), NEWS2, pregnant=True) is None
    assert level_of(vitals(), NEWS2, age=16, pregnant=False) == "0"
    assert "不适用" in score(NEWS2, vitals(), context={"age": 3}).impossible[0].words.zh


@pytest.mark.parametrize(
    "given, said",
    [
        ({"temperature": {"value": 37, "unit": "K"}}, "the unit “K” is wrong"),
        ({"temperature": 371}, "371 is not within 25 to 45"),
        ({"rr": "15"}, "must be a number"),
        ({"rr": True}, "must be a number"),
        ({"rr": 1e400}, "too large"),
        ({"consciousness": "D"}, "there is no option “D”"),
        ({"consciousness": ["A"]}, "must be the code of one option"),
        ({"weight": 70}, "there is no item “weight”"),
    ],
)
def test_an_impossible_answer_is_named_and_no_level_given(given, said):
    outcome = early_warning(**given)

    assert said in outcome.impossible[0].words.en
    assert outcome.level is None and outcome.total is None


def test_other_units_are_converted_and_said():
    outcome = early_warning(temperature={"value": 103.1, "unit": "[degF]"}, sbp={"value": 12, "unit": "kPa"})

    assert (outcome.scores["temperature"], outcome.scores["sbp"]) == (2, 3)
    assert "体温：39.5 ℃ → 2 分" in [step.words.zh for step in outcome.steps]
