"""The record in plain words: doses, days, and whether a result is as usual."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from yiyang.records.rules.dosage import dose
from yiyang.records.rules.items import item
from yiyang.records.rules.judging import judged
from yiyang.records.rules.plain import days, line

TABLET = {"doseQuantity": {"value": 1, "unit": "tablet", "code": "{tablet}"}}
DOSES: list[tuple[dict[str, Any], str, str]] = [
    ({"text": "每天一片"}, "每天一片", "每天一片"),
    (
        {"timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d", "when": ["PC"]}}, "doseAndRate": [TABLET]},
        "每天3次，饭后，每次1片",
        "3 times a day, after meals, 1 tablet(s) each time",
    ),
    ({"timing": {"code": {"coding": [{"code": "Q8H"}]}}}, "每8小时1次", "every 8 hours"),
    (
        {"text": "as needed", "timing": {"code": {"coding": [{"code": "BID"}]}}, "asNeededBoolean": True},
        "每天2次，需要时才用",
        "as needed",
    ),
    ({"text": "1 tab po", "timing": "?"}, "1 tab po", "1 tab po"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "chinese", "english"), DOSES)
def test_a_dose_is_said_in_the_readers_language_as_far_as_it_is_known(
    given: dict[str, Any], chinese: str, english: str
) -> None:
    with override("zh-hans"):
        assert dose(given) == chinese
    with override("en"):
        assert dose(given) == english


def test_days_are_said_as_people_say_them() -> None:
    with override("zh-hans"):
        assert days("2024-05-02 08:00 – 2024-06") == "2024年5月2日 08:00 – 2024年6月"
        assert (days("2024"), days("2024-05 起"), days("2024-13-01")) == (
            "2024年",
            "2024年5月起",
            "2024-13-01",
        )
    with override("en"):
        assert days("since 2024-05-02") == "since 2 May 2024"


def test_a_result_is_judged_by_what_came_with_it_alone() -> None:
    limits = [{"low": {"value": 3}, "high": {"value": 5}}]
    high = {"valueQuantity": {"value": 6}, "referenceRange": limits}
    said = {"valueQuantity": {"value": 4}, "interpretation": [{"coding": [{"code": "L"}]}]}

    assert [judged(one) for one in (high, said, {"component": [{"valueQuantity": {"value": 4}}, high]})] == [
        "HIGH", "LOW", "HIGH",
    ]  # fmt: skip
    assert judged({"valueQuantity": {"value": 4}}) == judged({"valueString": "…"}) == ""


def test_what_is_not_over_holds_also_where_nothing_says_so() -> None:
    told = [line(item({"resourceType": "Condition", "code": {"text": "高血压"}})).past]
    told.append(line(item({"resourceType": "MedicationRequest", "status": "stopped"})).past)

    assert told == [False, True]
