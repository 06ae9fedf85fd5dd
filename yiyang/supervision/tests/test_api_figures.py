"""Figures of a month over the API: definitions, rows, what was reported and what was corrected since."""

from __future__ import annotations

import pytest

from yiyang.access.tests.calling import caller
from yiyang.beds import commands as beds
from yiyang.beds.tests.factories import bed, cast, person, stay
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.supervision.indicators import INDICATORS
from yiyang.supervision.tests.test_report_month import next_month, this_month

pytestmark = pytest.mark.django_db


def test_a_month_is_read_reported_and_compared_with_later_corrections() -> None:
    who, month = cast(), f"{this_month():%Y-%m}"
    episode = stay(person("王桂兰"), bed(who.care_home))
    early = caller(who.supervisor_health).post(f"/figures/{month}/report")
    with next_month():
        supervisor = caller(who.supervisor_health)
        reported = supervisor.post(f"/figures/{month}/report", {"note": "两张床位停用"})
        again = supervisor.post(f"/figures/{month}/report")
        beds.void_episode(by=SYSTEM, at=now(), episode=episode, reason="entered for the wrong person")
        figures = supervisor.get(f"/figures/{month}").body["figures"]
        rows = supervisor.get(f"/figures/{month}/ADMISSIONS_INSTITUTION").body

    line = next(one for one in figures if one["indicator"]["code"] == "ADMISSIONS_INSTITUTION")
    assert (early.code, reported.status, again.code) == ("MONTH_NOT_OVER", 201, "MONTH_REPORTED_ALREADY")
    assert (line["value"], line["reported"], line["difference"], line["corrected"]) == (0, 1, -1, True)
    assert (rows["rows"], rows["came"], rows["went"]) == ([], 0, 1)


def test_a_figure_names_nobody_to_those_who_see_no_records() -> None:
    who, month = cast(), f"{this_month():%Y-%m}"
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    path = f"/figures/{month}/ADMISSIONS_INSTITUTION"

    [hidden] = caller(who.supervisor_health).get(path).body["rows"]
    [named] = caller(who.care_home_manager).get(path).body["rows"]

    assert (hidden["person"], named["person"]) == (None, str(elder.pk))
    assert caller(who.care_home_nurse).get(path).status == 403
    assert caller(who.supervisor_health).get("/figures/2026-13").status == 404
    known = caller(who.supervisor_health).get("/indicators").body["indicators"]
    assert [one["code"] for one in known] == list(INDICATORS)
    assert caller(who.supervisor_health).get("/figures").body["months"][0]["month"] == month
    assert caller(who.supervisor_health).get("/experience", month="9999-01").status == 422
    assert caller(who.supervisor_health).get("/experience").body["received"] == []
