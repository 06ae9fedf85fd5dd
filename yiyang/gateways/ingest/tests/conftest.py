from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture
def committed_readings(transactional_db: None) -> Iterator[None]:
    """Django empties no table that it does not manage: what these tests commit, they take away."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM devices_reading")
        cursor.execute("DELETE FROM devices_rejected")
