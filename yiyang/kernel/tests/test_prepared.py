"""Statements that are prepared behave as all others do: in transactions, with errors, while tables change."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import CharField, Value
from django.test.utils import CaptureQueriesContext

from yiyang.kernel import prepared
from yiyang.kernel.prepared import Asked, Given

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def preparing():
    """As the product is set; tests have no options."""
    connection.ensure_connection()
    before, connection.connection.prepare_threshold = connection.connection.prepare_threshold, 5
    yield
    connection.connection.prepare_threshold = before


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE held (id int PRIMARY KEY, word text)")
    return "held"


def test_it_writes_and_reads_within_the_transaction(table):
    with transaction.atomic():
        assert prepared.run("INSERT INTO held VALUES (%s, %s)", (1, "一")) == 1
        assert prepared.first("SELECT word FROM held WHERE id = %(id)s", {"id": 1}) == ("一",)
        transaction.set_rollback(True)
    assert prepared.first("SELECT word FROM held WHERE id = %(id)s", {"id": 1}) is None


def test_a_column_that_is_added_meanwhile_changes_nothing(table):
    prepared.run("INSERT INTO held (id, word) VALUES (%s, %s)", (1, "一"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE held ADD COLUMN more int NOT NULL DEFAULT 0")
    prepared.run("INSERT INTO held (id, word) VALUES (%s, %s)", (2, "二"))
    assert prepared.first("SELECT count(*) FROM held", ()) == (2,)


def test_errors_come_as_those_of_django_and_break_the_transaction(table):
    prepared.run("INSERT INTO held (id) VALUES (%s)", (1,))
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.run("INSERT INTO held (id) VALUES (%s)", (1,))
    with pytest.raises(DatabaseError), transaction.atomic():
        transaction.set_rollback(True)
        prepared.first("SELECT 1", ())


def test_it_is_planned_once(table):
    for number in range(3):
        prepared.run("INSERT INTO held (id, word) VALUES (%s, %s)", (number, "一"))
    held = prepared.first(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
        ("INSERT INTO held (id, word)%",),
    )
    assert held == (1,)


def test_it_is_counted_like_any_statement():
    with CaptureQueriesContext(connection) as asked:
        assert prepared.first("SELECT %s::int", (7,)) == (7,)
    assert len(asked) == 1


@pytest.fixture
def kinds():
    """The kinds of one app, and how often its query set was made."""
    made = []

    def ask():
        made.append(1)
        app = Given("app", CharField())
        return ContentType.objects.filter(app_label=app).annotate(of=Value("一%")).order_by("model")

    return Asked(ask), made


def test_a_query_set_is_put_together_once_and_finds_what_is_there_each_time(kinds):
    asked, made = kinds
    ContentType.objects.create(app_label="first", model="b")
    ContentType.objects.create(app_label="first", model="a")

    assert [one.model for one in asked.objects(app="first")] == ["a", "b"]
    ContentType.objects.create(app_label="second", model="c")
    [found] = asked.objects(app="second")

    assert (found.model, found.of, found._state.adding) == ("c", "一%", False)
    assert (asked.count(app="first"), asked.count(app="nothing")) == (2, 0)
    assert made == [1]


def test_a_query_set_asked_again_gives_objects_of_its_own(kinds):
    asked, _made = kinds
    ContentType.objects.create(app_label="first", model="a")
    [one], [other] = asked.objects(app="first"), asked.objects(app="first")

    one.model = "changed"

    assert other.model == "a"
