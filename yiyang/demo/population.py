"""The people of a demo district: elders with families, insurance and family doctors."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from django.db import transaction

from yiyang.demo import names
from yiyang.demo.district import District, Progress
from yiyang.kernel.actors import SYSTEM
from yiyang.people import commands as people
from yiyang.people.details import Details, DocumentGiven
from yiyang.people.models import Person

AT_ONCE = 100
GROUPS = ["LIVES_ALONE", "EMPTY_NEST", "LOW_INCOME", "PREFERENTIAL", "DISABLED"]


def build_population(
    district: District, number: int, *, at: datetime, chance: Random, progress: Progress
) -> list[Person]:
    """Register so many elders; every third is alone, most have a child to call and a family doctor."""
    found: list[Person] = []
    for start in range(0, number, AT_ONCE):
        with transaction.atomic():
            found += [
                _elder(district, serial, at=at, chance=chance)
                for serial in range(start, min(number, start + AT_ONCE))
            ]
        if start % 500 == 0:
            progress(f"people: {len(found)} of {number}")
    return found


def _elder(district: District, serial: int, *, at: datetime, chance: Random) -> Person:
    female = chance.random() < 0.56
    kind = district.place.kind_of_name(chance)
    name = names.elder_name(chance, female=female, kind=kind)
    born_on = names.birthday(chance, at.date())
    home = chance.choice(district.communities)
    lane = f"{chance.randrange(20, 990)}弄{chance.randrange(1, 60)}号{chance.randrange(1, 7)}0{chance.randrange(1, 5)}室"
    person = people.register_person(
        by=SYSTEM,
        at=at,
        details=Details(
            full_name=name.full,
            sex="FEMALE" if female else "MALE",
            born_on=born_on,
            residence_area=home.code,
            residence_address=lane,
            residence_floor=str(chance.randrange(1, 7)),
            residence_has_lift=chance.random() < 0.4,
            registered_area=home.code if chance.random() < 0.8 else district.area.code,
            languages=district.place.languages(chance, kind),
            form_of_address=name.called + ("阿姨" if female else "伯伯"),
        ),
        documents=[DocumentGiven("RESIDENT_ID", _number(district, born_on, serial, female), long_term=True)],
        phones=[names.phone(chance)] if chance.random() < 0.7 else [],
    )
    people.add_insurance(
        by=SYSTEM, at=at, person=person, kind="EMPLOYEE" if chance.random() < 0.75 else "RESIDENT"
    )
    if chance.random() < 0.85:
        people.add_contact(
            by=SYSTEM,
            at=at,
            person=person,
            full_name=name.child,
            kinship="CHILD",
            phone=names.phone(chance),
        )
    if chance.random() < 0.3:
        people.add_group(
            by=SYSTEM, at=at, person=person, group=chance.choice(GROUPS), evidence="社区走访登记"
        )
    if chance.random() < 0.6:
        _family_doctor(district, person, at=at, chance=chance)
    return person


def _family_doctor(district: District, person: Person, *, at: datetime, chance: Random) -> None:
    centre = chance.choice(district.chcs)
    doctor = district.staff[(centre.pk, "FAMILY_DOCTOR")]
    people.sign_family_doctor_contract(
        by=SYSTEM,
        at=at,
        person=person,
        organisation_id=centre.pk,
        doctor_name=doctor.name,
        doctor_account_id=doctor.pk,
        starts_on=at.date(),
    )


def _number(district: District, born_on: date, serial: int, female: bool) -> str:
    """Serials repeat after 500 people of one sex and birthday, so the area's last digits move on."""
    area = f"{district.area.code[:4]}{int(district.area.code[4:6]) + serial // 500 % 10:02d}"
    return names.id_number(area, born_on, serial, female=female)
