"""When a life is in danger the emergency contact of the agreement is asked to call, and learns nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from yiyang.access.tests import factories as f
from yiyang.gateways import reactions
from yiyang.gateways.messages import commands
from yiyang.gateways.messages.models import Delivery
from yiyang.gateways.messages.wording import text_of
from yiyang.kernel.crypto import encrypt
from yiyang.kernel.facts import Fact
from yiyang.kernel.ids import new_id
from yiyang.kernel.models import PersonFact
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.models.agreements import ServiceAgreement
from yiyang.people.tests import factories as persons

pytestmark = pytest.mark.django_db
SON = "13900139000"


@pytest.fixture
def cast() -> f.Cast:
    made = f.cast()
    made.care_home.phone = "021-62530000"
    made.care_home.save()
    return made


def agreed(cast: f.Cast, person: Person, **change: object) -> ServiceAgreement:
    given = {
        "person": person, "unit": cast.care_home, "kind": "ADMISSION", "signed_on": date(2026, 1, 1),
        "valid": DateRange(date(2020, 1, 1), date(2040, 1, 1)), "signer": "王秀英", "capacity": "PERSON",
        "emergency_contact": "王儿子", "emergency_phone": encrypt(SON), "recorded_by": "x",
    }  # fmt: skip
    return ServiceAgreement.objects.create(**{**given, **change})


def happened(cast: f.Cast, person: Person, name: str = "person.missing", **data: object) -> Fact:
    at = now()
    told = {"unit": str(cast.care_home.pk), **data}
    return Fact(new_id(), name, at, at, "", None, None, "SYSTEM", "Episode", new_id(), person.pk, told)


def test_the_contact_is_asked_to_call_and_learns_nothing_else(cast: f.Cast) -> None:
    person = persons.person("王秀英")
    agreed(cast, person)

    reactions.ask_the_contact_to_call_about_one_missing(happened(cast, person))

    delivery = Delivery.objects.get()
    text = text_of(delivery.wording, commands.params_of(delivery), "zh-hans")
    assert (delivery.address_of, text) == (SON, "请尽快致电021-62530000。")
    assert PersonFact.objects.filter(person_id=person.pk, name="delivery.asked_to_call").exists()


def test_an_emergency_asks_and_an_ordinary_transfer_does_not(cast: f.Cast) -> None:
    person = persons.person("王秀英")
    agreed(cast, person)

    for urgency, expected in (("ROUTINE", 0), ("URGENT", 0), ("EMERGENCY", 1)):
        fact = happened(cast, person, "transfer.requested", urgency=urgency)
        reactions.ask_the_contact_to_call_in_an_emergency(fact)
        assert Delivery.objects.count() == expected


def test_an_agreement_that_is_over_names_nobody(cast: f.Cast) -> None:
    person = persons.person("王秀英")
    agreed(cast, person, valid=DateRange(date(2020, 1, 1), date(2021, 1, 1)))

    reactions.ask_the_contact_to_call_about_one_missing(happened(cast, person))

    assert not Delivery.objects.exists()
