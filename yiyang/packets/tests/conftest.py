"""Somebody with a record who moves from the home to the hospital."""

from __future__ import annotations

from typing import Any

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.access.tests.factories import cast as make_cast
from yiyang.beds.models import Transfer
from yiyang.beds.tests import factories as beds
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person
from yiyang.records import commands as records
from yiyang.records.r4 import body as bodies


@pytest.fixture
def who(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    found = person("王秀英", sex="FEMALE", residence_address="江宁路 1 号", organisation_id=who.care_home.pk)
    beds.stay(found, beds.bed(who.care_home))
    beds.bed(who.hospital, "HOSPITAL")
    return found


@pytest.fixture
def asked(who: Cast, elder: Person) -> Transfer:
    """Not accepted yet."""
    return beds.transfer(who.care_home_nurse, elder)


def written(person: Person, of: str, **told: Any) -> str:
    """A resource of the person's record; its id."""
    subject = "patient" if of in ("AllergyIntolerance", "Immunization") else "subject"
    resource = {"resourceType": of, subject: {"reference": f"Patient/{person.pk}"}, **told}
    return records.create_resource(by=SYSTEM, at=now(), body=bodies.written(resource)).id


def accept(who: Cast, asked: Transfer) -> Transfer:
    return beds.accepted(who.care_home_nurse, asked, who.ward_doctor, who.hospital)
