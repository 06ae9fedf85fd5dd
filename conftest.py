"""Tests get a PostgreSQL of their own (or DATABASE_URL): see yiyang/ops/database_for_tests.py."""

import gc
import os
from collections.abc import Iterator

import pytest
from django.apps import AppConfig

from yiyang.ops.database_for_tests import TestDatabase, ensure_template
from yiyang.project.settings_for_tests import CHECKOUT, TEST_FOLDER


def pytest_configure(config: pytest.Config) -> None:
    own_server = "YIYANG_TEST_SERVER" in os.environ
    only_distributes = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if not own_server or only_distributes or config.option.collectonly:
        return
    database = TestDatabase(TEST_FOLDER)
    config.add_cleanup(database.stop)
    database.start()


@pytest.hookimpl(trylast=True)  # after browser tests were marked
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: the short ones fill what time is left beside them at the end."""

    def rank(item: pytest.Item) -> int:
        long = any(item.get_closest_marker(name) for name in ("browser", "proof"))
        walks = item.path.is_relative_to(CHECKOUT / "tests") or "demo" in item.path.parts
        return 0 if long else 1 if walks else 2

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """What was loaded until here stays: looking through it again and again for garbage took a seventh of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Test databases are copies of a migrated template, so that starting costs no migrations."""
    from django.db import connections

    settings = connections["default"].settings_dict
    settings["TEST"]["TEMPLATE"] = ensure_template(CHECKOUT, os.environ["DATABASE_URL"])


@pytest.fixture(autouse=True)
def _in_the_first_language() -> None:
    """What a request of the test before was answered in does not stay."""
    from django.utils.translation import deactivate

    deactivate()


@pytest.fixture(autouse=True, scope="session")
def _one_installation() -> Iterator[None]:
    """Tests that commit are followed by a flush; what migrations put into the database comes back after it."""
    from django.db.models.signals import post_migrate
    from django.test import TransactionTestCase

    from yiyang.ops.emptying_for_tests import emptying

    post_migrate.connect(_begin_installation, dispatch_uid="tests.installation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", emptying(TransactionTestCase._fixture_teardown)
        )
        yield


def _begin_installation(app_config: AppConfig, **_: object) -> None:
    from django.db import connection

    from yiyang.kernel.models import Installation

    if app_config.label == "kernel":
        Installation.objects.get_or_create(id=1)
    if app_config.label == "procrastinate":  # its tables are not Django's to flush
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
