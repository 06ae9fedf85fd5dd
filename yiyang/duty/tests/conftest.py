from __future__ import annotations

import pytest

from yiyang.access.tests import factories


@pytest.fixture
def cast(db: None) -> factories.Cast:
    return factories.cast()
