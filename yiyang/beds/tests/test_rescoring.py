"""All that stands, scored by another version: with its results kept, broken off, gone on with, and asked for again."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.utils.timezone import localdate

from bench import rescore_rows
from bench.rescore import changed_file, changed_instrument
from yiyang.assessments import commands
from yiyang.assessments.commands import rescoring
from yiyang.assessments.models import Assessment, Rescored
from yiyang.assessments.queries import rescorings, standing
from yiyang.assessments.rules.rescoring import lay
from yiyang.assessments.rules.scoring import score
from yiyang.beds.queries import eligibility, eligibility_columns
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands as people
from yiyang.people.models import Person, PersonAlias

pytestmark = pytest.mark.django_db
ROWS, CHUNK = 2500, 1000


class Killed(BaseException):
    pass


def killed(run):
    raise Killed


@pytest.fixture(autouse=True)
def then():
    """When the assessments of the measurement are of the last year and a half, as they were made."""
    with clock_at(datetime(2026, 11, 20, 2, tzinfo=UTC)):
        yield


@pytest.fixture
def stored(monkeypatch):
    """Some thousand signed national assessments, and the version of a district that has changed one rule."""
    monkeypatch.setattr(rescoring, "CHUNK", CHUNK)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the test's transaction is open: what is filled in goes with it
    rescore_rows.fill(connection.connection, ROWS)
    return commands.add_instrument(by=SYSTEM, at=now(), text=changed_file(), name="trial.toml")


def results(run):
    return list(Rescored.objects.filter(run=run).order_by("assessment_id").values_list(
        "assessment_id", "level_before", "level", "total_before", "total", "fits_before", "fits"
    ))  # fmt: skip


def test_a_run_that_was_killed_goes_on_without_a_double_and_another_one_says_the_same(stored, monkeypatch):
    before = list(Assessment.objects.order_by("id").values_list("id", "level", "total", "instrument_id"))
    run = commands.start_rescoring(by=SYSTEM, at=now(), instrument=stored, here=True)
    commands.rescore_chunk(by=SYSTEM, at=now(), run=run, here=True)
    with monkeypatch.context() as broken, pytest.raises(Killed), transaction.atomic():
        broken.setattr(rescoring, "_is_last", killed)
        commands.rescore_chunk(by=SYSTEM, at=now(), run=run, here=True)

    halfway = rescorings.run(SYSTEM, run.pk)
    again = commands.start_rescoring(by=SYSTEM, at=now(), instrument=stored)
    run_pending()

    assert (halfway.done, halfway.left, again.pk) == (CHUNK, 2, run.pk)
    done = rescorings.run(SYSTEM, run.pk)
    assert done.finished_at and len(results(run)) == ROWS == done.done
    assert (
        list(Assessment.objects.order_by("id").values_list("id", "level", "total", "instrument_id")) == before
    )

    second = commands.start_rescoring(by=SYSTEM, at=now(), instrument=stored)
    run_pending()

    assert second.pk != run.pk and results(second) == results(run)
    _counts_are_those_of_the_rows(run)
    _a_sample_says_what_one_by_one_does(run)


def _counts_are_those_of_the_rows(run):
    came, rows = rescorings.outcome(run), results(run)
    moved = [one for one in rows if one[1] != one[2]]

    assert came.rows == ROWS and came.moved == len(moved) == came.better > 0 == came.worse
    assert {one.assessment_id for one in rescorings.moved(SYSTEM, run)} == {one[0] for one in moved}
    pairs = [(was[place], then[place]) for *_, was, then in rows for place in range(5)]
    assert sum(one.number for one in came.fits) == sum(was != then for was, then in pairs) > 0


def _a_sample_says_what_one_by_one_does(run):
    content = changed_instrument()
    for one in Rescored.objects.filter(run=run).select_related("assessment")[:100]:
        single = score(content, one.assessment.answers)
        assert (one.level, one.total) == (single.level.level, single.total)


def test_beds_that_fit_are_the_same_in_columns_as_for_each_person_alone(stored):
    at, today = now(), localdate(now())
    ids = list(Person.objects.filter(key_holder="bench").order_by("id").values_list("pk", flat=True)[:200])
    some = Person.objects.in_bulk(ids[:8])
    for place, (_pk, one) in enumerate(sorted(some.items())):
        if place % 2:
            people.add_insurance(by=SYSTEM, at=at, person=one, kind="EMPLOYEE", from_on=today)
        people.add_group(by=SYSTEM, at=at, person=one, group="LIVES_ALONE", evidence="居委会")
    older = Assessment.objects.get(person=ids[8])
    Assessment.objects.filter(person=ids[9]).update(
        person=ids[8], assessed_at=older.assessed_at - (at - older.assessed_at) / 9
    )
    PersonAlias.objects.create(alias_id=ids[10], person_id=ids[11], since=at, reason="twice")
    first, last = Assessment.objects.order_by("id")[0].pk, Assessment.objects.order_by("id")[200].pk
    rows = standing.rows("GBT42195", first, last, at)
    laid = lay(changed_instrument(), rows)

    found = eligibility_columns.fits_of(laid, at)

    criteria = eligibility.criteria_on(today)
    alone = eligibility_columns._one_by_one(laid, [True] * len(rows), criteria, at)
    assert [pair for _place, pair in alone] == list(zip(found.before, found.after, strict=True))
    assert sum(not one for one in found.after) == 2
    assert len(set(found.after)) > 3
