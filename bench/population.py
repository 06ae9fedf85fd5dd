"""The people of the benchmark's city, and who may see them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bench.district import IN_TWENTY, City
from bench.loading import bare, copy
from bench.search import known, name_of, person_id

FEW = 200
PERSON = ("id", "full_name", "sort_key", "search_keys", "sex", "born_on", "unknown", "registered_area",
          "residence_area", "residence_address", "residence_floor", "languages", "form_of_address",
          "registered_at")  # fmt: skip
CARE = ("id", "person_id", "organisation_id", "basis", "scope", "starts_at")
TABLES = ("people_person", "people_searchkey", "people_carerelationship", "people_insurance", "people_contact",
          "people_familydoctorcontract")  # fmt: skip

Names = dict[str, tuple[str, str, list[str]]]
Told = Callable[[str, int, int], None]


def build_population(cursor: Any, city: City, people: int, told: Told) -> None:
    names: Names = {}

    def counted(what: str, rows: Iterator[Any]) -> Iterator[Any]:
        for number, row in enumerate(rows):
            if number % 20_000 == 0:
                told(what, min(number, people), people)
            yield row

    with bare(cursor, TABLES):
        copy(cursor, "people_person", PERSON, counted("people", _persons(city, people, names)))
        copy(cursor, "people_searchkey", ("key", "person_id"), _keys(people, names))
        told("who may see whom", 0, people)
        copy(cursor, "people_carerelationship", CARE, counted("who may see whom", _care(city, people)))
        told("what belongs to the people", people, people)
        for statement in BELONGINGS:
            cursor.execute(statement)
        told("indexes and constraints of the people", people, people)


def _persons(city: City, people: int, names: Names) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(7)
    births = [date(1930, 1, 1) + timedelta(days=number) for number in range(12_000)]
    for number in range(people):
        name = name_of(chance)
        sort_key, _, keys = known(name, names)
        area = city.areas[number % len(city.areas)]
        yield (
            person_id(number), name, sort_key, keys, sex_of(number), births[number % 12_000], False, area, area,
            f"余姚路{number % 999}弄{number % 40}号{number % 600}室", "3", "上海话", name[0] + "阿姨", city.since,
        )  # fmt: skip


def sex_of(number: int) -> str:
    return "MALE" if number % 2 else "FEMALE"


def _keys(people: int, names: Names) -> Iterator[tuple[str, UUID]]:
    chance = random.Random(7)
    for number in range(people):
        who = person_id(number)
        for key in known(name_of(chance), names)[2]:
            yield key, who


def _care(city: City, people: int) -> Iterator[tuple[Any, ...]]:
    """The coordination centre sees all, one health centre 40 % of them, one home 200, 20 homes some thousands."""
    chance = random.Random(11)
    few = set(chance.sample(range(people), min(FEW, people)))
    for number in range(people):
        who = person_id(number)
        chc = city.chcs[0 if number % 5 < 2 else 1 + number * 7 % (len(city.chcs) - 1)]
        yield _reason(number, 0, who, city.centre, "AREA", "BASIC", city.since)
        yield _reason(number, 1, who, chc, "FAMILY_DOCTOR", "FULL", city.since)
        if number in few:
            yield _reason(number, 2, who, city.homes[0], "REGISTRATION", "FULL", city.since)
        if chance.random() < 0.005:
            home = city.homes[1 + chance.randrange(IN_TWENTY)]
            yield _reason(number, 3, who, home, "REGISTRATION", "FULL", city.since)


def _reason(
    number: int, place: int, who: UUID, unit: UUID | None, basis: str, scope: str, since: datetime
) -> tuple[Any, ...]:
    return UUID(int=0x0191 << 112 | number << 8 | place), who, unit, basis, scope, since


BELONGINGS = (
    "INSERT INTO people_insurance (id, person_id, kind) SELECT uuidv7(), id, 'EMPLOYEE' FROM people_person",
    "INSERT INTO people_contact (id, person_id, full_name, kinship, position)"
    " SELECT uuidv7(), id, left(full_name, 1) || '建国', 'CHILD', 1 FROM people_person",
    "INSERT INTO people_familydoctorcontract (id, person_id, organisation_id, doctor_name, starts_on)"
    " SELECT uuidv7(), person_id, organisation_id, '李敏', starts_at::date FROM people_carerelationship"
    " WHERE basis = 'FAMILY_DOCTOR'",
)
