from __future__ import annotations

import pytest

from yiyang.access.tests.factories import cast, family
from yiyang.kernel.time import now
from yiyang.people import commands, reach
from yiyang.people.details import Details
from yiyang.people.queries import register, search_persons
from yiyang.people.queries.search import CursorMalformed
from yiyang.people.tests.factories import VALID_ID, id_number, person, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["from relationships", "walking", "walking far"], autouse=True)
def _every_way(request, monkeypatch):
    reach.forget()
    if request.param != "from relationships":
        monkeypatch.setattr(reach, "SMALL", 0)
    if request.param == "walking far":
        monkeypatch.setitem(search_persons.__globals__, "FAR", 2)
    yield
    reach.forget()


def names(found) -> list[str]:
    return [one.full_name for one in found.persons]


def test_only_those_whom_the_actor_may_see_are_found():
    made = cast()
    person("王秀英", organisation_id=made.care_home.pk)
    person("王建国", organisation_id=made.other_home.pk)

    assert names(search_persons(made.care_home_nurse, "王")) == ["王秀英"]
    assert names(search_persons(made.stranger, "wang")) == ["王建国"]
    assert names(search_persons(made.ward_doctor, "wang")) == []
    assert names(search_persons(made.system_administrator, "王")) == []


@pytest.mark.parametrize("typed", ["王", "秀英", "wxy", "xiuying", "wang xiu", "wangx"])
def test_a_person_is_found_once_by_any_part(typed):
    made = cast()
    person("王秀英", organisation_id=made.care_home.pk)
    person("李国华", organisation_id=made.care_home.pk)

    assert names(search_persons(made.care_home_nurse, typed)) == ["王秀英"]


def test_who_fits_by_two_keys_is_listed_once():
    made = cast()
    person("王旺", organisation_id=made.care_home.pk)

    assert names(search_persons(made.care_home_nurse, "wang")) == ["王旺"]


def test_pages_follow_each_other_without_gap_or_repeat():
    made = cast()
    for number in range(7):
        person(f"王秀{'一二三四五六七'[number]}", organisation_id=made.care_home.pk)

    met, cursor = [], ""
    for _ in range(4):
        page = search_persons(made.care_home_nurse, "王", cursor, limit=2)
        met += names(page)
        cursor = page.next

    assert len(met) == len(set(met)) == 7
    assert cursor == ""


def test_the_register_lists_all_in_the_order_of_pinyin():
    made = cast()
    for name in ("周大", "安小", "王中"):
        person(name, organisation_id=made.care_home.pk)

    first = register(made.care_home_nurse, limit=2)
    second = register(made.care_home_nurse, first.next, limit=2)

    assert names(first) + names(second) == ["安小", "王中", "周大"]


def test_a_former_name_still_finds():
    made = cast()
    who = person("王秀英", organisation_id=made.care_home.pk)
    commands.edit_person(
        by=made.care_home_nurse, at=now(), person=who, version=1, details=Details(full_name="李秀英")
    )

    assert names(search_persons(made.care_home_nurse, "王秀")) == ["李秀英"]
    assert names(search_persons(made.care_home_nurse, "li")) == ["李秀英"]


@pytest.mark.parametrize(
    "typed", [VALID_ID, VALID_ID.lower(), "310106 1940 0101 1233", "310106400101123", "139-1234-5678"]
)
def test_exact_numbers_find(typed):
    made = cast()
    person("王秀英", id_card=VALID_ID, phones=["13912345678"], organisation_id=made.care_home.pk)
    person("李国华", id_card=id_number(), organisation_id=made.care_home.pk)

    assert names(search_persons(made.care_home_nurse, typed)) == ["王秀英"]


def test_a_health_record_code_finds():
    made = cast()
    who = person(organisation_id=made.care_home.pk)
    commands.add_identifier(
        by=made.care_home_nurse, at=now(), person=who, kind="HEALTH_RECORD_CODE", number="31010600600200001"
    )

    assert names(search_persons(made.care_home_nurse, "310106-006-002-00001")) == ["王秀英"]


def test_several_persons_share_a_phone_and_a_phone_alone_opens_nothing():
    made = cast()
    for name in ("王秀英", "李国华"):
        person(name, phones=["13912345678"], organisation_id=made.care_home.pk)

    assert len(search_persons(made.care_home_nurse, "13912345678").persons) == 2
    elsewhere = search_persons(made.stranger, "13912345678")
    assert (elsewhere.persons, elsewhere.elsewhere) == ([], False)


def test_a_full_number_says_that_there_is_a_record_elsewhere():
    made = cast()
    person(id_card=VALID_ID, organisation_id=made.care_home.pk)

    found = search_persons(made.stranger, VALID_ID)

    assert found.persons == []
    assert found.elsewhere


def test_a_wrong_check_digit_is_said():
    assert search_persons(cast().care_home_nurse, "310106194001011234").hint


@pytest.mark.parametrize("typed", ["%", "_", "'; --", "\x00", "龘", "·", "a" * 80, "𠅤"])
def test_odd_input_finds_nobody(typed):
    made = cast()
    person(organisation_id=made.other_home.pk)

    assert names(search_persons(made.care_home_nurse, typed)) == []


@pytest.mark.parametrize("cursor", ["x", "%%%", "W10", "eyJhIjoxfQ", "WyJhIiwgImIiXQ"])
def test_a_broken_cursor_is_refused(cursor):
    with pytest.raises(CursorMalformed):
        search_persons(cast().care_home_nurse, "王", cursor)


def test_a_relative_finds_the_parent_and_nobody_else():
    made = cast()
    mother = person("王秀英", organisation_id=made.care_home.pk)
    person("王建国", organisation_id=made.care_home.pk)
    daughter = family("RELATIVE")
    seen_by(mother, account_id=daughter.account_id, basis="DELEGATION")

    assert names(search_persons(daughter, "王")) == ["王秀英"]
