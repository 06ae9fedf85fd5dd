"""The cast at work, and people whom the care home knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.access.tests.factories import cast as make_cast
from yiyang.beds.tests.promises import broken_promises
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person


@pytest.fixture
def who(db: None) -> Iterator[Cast]:
    """The fixed cast; after the test the promises still hold."""
    yield make_cast()
    assert broken_promises(now() + timedelta(days=60)) == []


@pytest.fixture
def elder(who: Cast) -> Callable[..., Person]:
    """Somebody whom the care home has registered, so that its nurse may act for them."""

    def make(name: str = "王秀英", **told: object) -> Person:
        return person(name, organisation_id=who.care_home.pk, **told)

    return make
