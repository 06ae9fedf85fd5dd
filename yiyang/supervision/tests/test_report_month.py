"""A month is frozen when it is reported; what is corrected later stands beside it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from yiyang.beds import commands as beds
from yiyang.beds.tests.factories import accepted, bed, cast, person, stay, transfer
from yiyang.beds.tests.screens import page, signed_in, statements
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import clock_at, now
from yiyang.supervision import queries, rules
from yiyang.supervision.commands import MonthNotOver, MonthReportedAlready, NoteTooLong, report_month
from yiyang.supervision.indicators import INDICATORS
from yiyang.supervision.models import MonthReport, ReportedFigure

pytestmark = pytest.mark.django_db


def this_month() -> date:
    return localdate(now()).replace(day=1)


def next_month() -> Any:
    """The clock stands on the third of the next month."""
    return clock_at(rules.bounds(this_month())[1] + timedelta(days=2))


def report(who: Any, month: date, **told: Any) -> MonthReport:
    by = who.supervisor_health
    return report_month(by=by, at=now(), organisation_id=by.organisation_id, month=month, **told)


def test_a_figure_is_made_of_rows_that_can_be_shown() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    transfer(who.care_home_nurse, elder)

    found = queries.figures(who.supervisor_health, this_month())

    assert found["TRANSFERS_ASKED"].value == 1
    assert found["ADMISSIONS_INSTITUTION"].value == 1
    for code, figure in found.items():
        assert len(queries.rows(who.supervisor_health, code, this_month())) == figure.number


def test_answers_in_time_are_a_share_of_those_due() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    accepted(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.ward_doctor, who.hospital)

    found = queries.figures(who.supervisor_health, this_month())

    assert found["ANSWERED_IN_TIME"].value == Decimal("100.00")
    assert found["DECLINED"].value == Decimal("0.00")
    assert found["WAITING_DAYS"].value is None


def test_a_month_is_frozen_and_a_later_correction_shows_as_a_difference() -> None:
    who = cast()
    month = this_month()
    episode = stay(person("王桂兰"), bed(who.care_home))
    stay(person("李国华"), bed(who.care_home))
    with next_month():
        report(who, month, note="两张床位停用")
        beds.void_episode(by=SYSTEM, at=now(), episode=episode, reason="entered for the wrong person")
        lines, made = queries.lines(who.supervisor_health, month)
        [line] = [one for one in lines if one.indicator.code == "ADMISSIONS_INSTITUTION"]

        assert made.note == "两张床位停用"
        assert (line.reported.value, line.now.value, line.difference) == (2, 1, -1)
        assert queries.corrections(who.supervisor_health, "ADMISSIONS_INSTITUTION", month) == (0, 1)
        assert ">-1.00</td>" in page(who.supervisor_health, f"/figures/{month:%Y-%m}/")


def test_a_month_that_runs_is_not_reported_and_none_twice() -> None:
    who, month = cast(), this_month()

    with pytest.raises(MonthNotOver):
        report(who, month)
    with next_month():
        report(who, month)
        with pytest.raises(MonthReportedAlready):
            report(who, month)
        with pytest.raises(NoteTooLong):
            report(who, rules.before(month), note="长" * 201)


def test_the_database_refuses_to_change_a_report() -> None:
    who, month = cast(), this_month()
    with next_month():
        made = report(who, month)

    for rows in (MonthReport.objects.filter(pk=made.pk), ReportedFigure.objects.filter(report=made)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**({"note": "other"} if rows.model is MonthReport else {"number": 7}))


def test_only_supervisors_report() -> None:
    who = cast()

    with pytest.raises(NotAllowed), next_month():
        report_month(
            by=who.coordinator, at=now(), organisation_id=who.coordinator.organisation_id, month=this_month()
        )


def test_a_supervisor_counts_and_reads_no_names_a_manager_reads_those_of_the_own_home() -> None:
    who = cast()
    stay(person("王桂兰"), bed(who.care_home))
    url = f"/figures/{this_month():%Y-%m}/ADMISSIONS_INSTITUTION/"

    assert "王桂兰" not in page(who.supervisor_health, url)
    assert "王桂兰" in page(who.care_home_manager, url)
    assert "王桂兰" not in signed_in(who.supervisor_health).get(f"{url}?format=csv").content.decode()


def test_a_word_against_the_criteria_opens_its_row_and_why_stands_where_the_record_is_open() -> None:
    who = cast()
    elder = person("王桂兰", born_on=date(1930, 5, 1))
    stay(elder, bed(who.care_home))
    beds.override_eligibility(
        by=who.care_home_nurse,
        at=now(),
        person=elder,
        kind="INSTITUTION",
        given="ELIGIBLE",
        reason="no carer",
    )
    url = f"/figures/{this_month():%Y-%m}/CRITERIA_OVERRIDDEN/"

    counted, own = page(who.supervisor_health, url), page(who.care_home_manager, url)

    assert "institution bed: a clinician decides → qualifies" in counted and "90 and over" in counted
    assert "no carer" not in counted and "王桂兰" not in counted
    assert "no carer" in own and "王桂兰" in own


def test_the_figures_are_a_file_too() -> None:
    who = cast()
    answer = signed_in(who.supervisor_health).get(f"/figures/{this_month():%Y-%m}/?format=csv")

    assert answer.content.decode().count("\n") == len(INDICATORS) + 1
    assert (
        signed_in(who.supervisor_health).get(f"/figures/{this_month():%Y-%m}/?format=xlsx").status_code == 200
    )


def test_a_supervisor_reports_on_a_page() -> None:
    who, month = cast(), this_month()
    with next_month():
        browser = signed_in(who.supervisor_health)
        there = f"/figures/{month:%Y-%m}/"

        assert f"{there}report/" in browser.get(there).content.decode()
        assert browser.post(f"{there}report/", {"note": "all complete"}).status_code == 302
        assert browser.post(f"{there}report/", {"note": "again"}).status_code == 409
        assert "all complete" in browser.get(there).content.decode()
        assert browser.get("/figures/").status_code == 200


def test_a_month_that_is_none_is_not_found() -> None:
    who = cast()

    page(who.supervisor_health, "/figures/2026-13/", 404)
    page(who.supervisor_health, f"/figures/{this_month():%Y-%m}/NOTHING/", 404)


def test_a_month_takes_a_fixed_number_of_statements() -> None:
    who = cast()
    few = statements(who.supervisor_health, f"/figures/{this_month():%Y-%m}/")
    for number in range(5):
        stay(person(f"王{number}"), bed(who.care_home))

    assert statements(who.supervisor_health, f"/figures/{this_month():%Y-%m}/") == few <= 15
