"""Tests get a PostgreSQL of their own (or DATABASE_URL): see yiyang/ops/database_for_tests.py."""

import os

import pytest

from yiyang.ops.database_for_tests import TestDatabase, ensure_template
from yiyang.ops.postgres.server import database_url
from yiyang.project.settings_for_tests import CHECKOUT, TEST_FOLDER


def pytest_configure(config: pytest.Config) -> None:
    is_parallel_worker = hasattr(config, "workerinput")
    own_server = os.environ["DATABASE_URL"] == database_url(TEST_FOLDER)
    if is_parallel_worker or not own_server or config.option.collectonly:
        return
    database = TestDatabase(TEST_FOLDER)
    config.add_cleanup(database.stop)
    database.start()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Test databases are copies of a migrated template, so that starting costs no migrations."""
    from django.db import connections

    settings = connections["default"].settings_dict
    settings["TEST"]["TEMPLATE"] = ensure_template(CHECKOUT, os.environ["DATABASE_URL"])


@pytest.fixture(autouse=True)
def _installation(request: pytest.FixtureRequest, _django_db_marker: None) -> None:
    """Tests with transactions of their own empty all tables; the row that says what this database is must stay."""
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        from yiyang.kernel.models import Installation

        Installation.objects.get_or_create(id=1)
