from __future__ import annotations

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.access.tests.factories import cast as made


@pytest.fixture
def cast(db: None) -> Cast:
    return made()
