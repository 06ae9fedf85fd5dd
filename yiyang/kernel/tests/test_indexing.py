"""An index on a table in use: a build that was broken off is begun again."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState

from yiyang.kernel.indexing import AddIndexBesideWork

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_an_earlier_try_left_behind_does_not_stand_in_the_way() -> None:
    index = models.Index(fields=["error"], name="fault_by_error")
    operation, before = AddIndexBesideWork("reactionfault", index), ProjectState.from_apps(apps)
    after = before.clone()
    operation.state_forwards("kernel", after)

    with connection.schema_editor(atomic=False) as editor, connection.cursor() as cursor:
        for _try in range(2):
            operation.database_forwards("kernel", editor, before, after)
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'fault_by_error'::regclass")
        valid = cursor.fetchone()
        operation.database_backwards("kernel", editor, after, before)
        cursor.execute("SELECT to_regclass('fault_by_error')")

        assert valid == (True,)
        assert cursor.fetchone() == (None,)
