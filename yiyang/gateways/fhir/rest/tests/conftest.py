"""Who appears in the tests of /fhir: a nurse with a token, and an elder whom her home looks after."""

from __future__ import annotations

import pytest

from yiyang.access.tests.factories import Cast, cast
from yiyang.gateways.fhir.rest.tests.client import Fhir
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by


@pytest.fixture
def made(db: None) -> Cast:
    return cast()


@pytest.fixture
def elder(made: Cast) -> Person:
    found = person("王秀英")
    seen_by(found, made.care_home.pk)
    return found


@pytest.fixture
def nurse(made: Cast) -> Fhir:
    return Fhir(made.care_home_nurse)
