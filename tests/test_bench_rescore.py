"""The benchmark of re-scoring, over a few rows: a run that was broken off goes on, and old results stay."""

import psycopg
import pytest
from django.db import connection

from bench import rescore, rescore_rows

pytestmark = pytest.mark.django_db
ROWS, CHUNK = 250, 100


@pytest.fixture
def url(db):
    told = connection.settings_dict
    url = psycopg.conninfo.make_conninfo(
        host=told["HOST"], port=told["PORT"] or None, user=told["USER"], password=told["PASSWORD"] or None,
        dbname=told["NAME"],
    )  # fmt: skip
    yield url
    with psycopg.connect(url) as cleaning:
        rescore_rows.empty(cleaning)
        cleaning.execute("DROP SCHEMA rescore CASCADE")


def counts(url):
    with psycopg.connect(url) as asking:
        return asking.execute("SELECT run, count(*) FROM rescore.result GROUP BY run ORDER BY run").fetchall()


def test_a_killed_run_goes_on_without_a_double_and_the_one_before_stays(url, monkeypatch):
    monkeypatch.setattr(rescore, "CHUNK", CHUNK)
    first = rescore.measure(url, ROWS)
    broken = "SELECT 1 / 0 WHERE (%s::int, %s::uuid) IS NOT NULL"
    with psycopg.connect(url, autocommit=True) as asking:
        run = rescore_rows.open_run(asking)
    todo = rescore.chunks(url, run)
    rescore.connect(url)
    rescore.rescore_chunk(todo[0], run)
    monkeypatch.setattr(rescore_rows, "MARK", broken)
    with pytest.raises(psycopg.errors.DivisionByZero):
        rescore.rescore_chunk(todo[1], run)
    monkeypatch.undo()
    monkeypatch.setattr(rescore, "CHUNK", CHUNK)

    second = rescore.measure(url, ROWS)

    assert counts(url) == [(1, ROWS), (2, ROWS)]
    assert first.part == 1 and second.part == pytest.approx(2 / 3)
    assert first.changed == second.changed > 0
