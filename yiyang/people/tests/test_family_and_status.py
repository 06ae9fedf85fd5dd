from __future__ import annotations

from datetime import date

import pytest

from yiyang.access.tests.factories import cast
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.rules.documents import DocumentKind
from yiyang.people.tests.factories import VALID_ID, id_number, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return cast()


def test_a_family_link_is_noted_both_ways_and_taken_out_both_ways(made):
    mother, son = (person(name, organisation_id=made.care_home.pk) for name in ("王秀英", "李建国"))
    link = commands.link_family(
        by=made.care_home_nurse, at=now(), person=mother, relative=son, kinship="CHILD"
    )
    back = queries.family_of(made.care_home_nurse, son.pk)[0]

    commands.unlink_family(by=made.care_home_nurse, at=now(), link=link, reason="登记有误")

    assert (back.relative_id, back.kinship) == (mother.pk, "PARENT")
    assert queries.family_of(made.care_home_nurse, son.pk) == []


def test_nobody_is_linked_who_is_not_open_to_the_actor(made):
    mother, stranger = person(organisation_id=made.care_home.pk), person(organisation_id=made.other_home.pk)

    with pytest.raises(NotFound):
        commands.link_family(
            by=made.care_home_nurse, at=now(), person=mother, relative=stranger, kinship="CHILD"
        )


def test_a_contact_needs_no_record_and_is_encrypted(made):
    who = person(organisation_id=made.care_home.pk)

    contact = commands.add_contact(
        by=made.care_home_nurse,
        at=now(),
        person=who,
        full_name="王建国",
        kinship="CHILD",
        phone="13812345678",
    )

    assert contact.number == "13812345678"
    assert b"13812345678" not in bytes(contact.phone)
    commands.end_contact(by=made.care_home_nurse, at=now(), contact=contact)
    assert queries.contacts_of(made.care_home_nurse, who.pk) == []


@pytest.mark.parametrize("to_on", [date(2020, 1, 1), date(2019, 12, 31)])
def test_a_period_that_ends_before_it_starts_is_refused(made, to_on):
    who = person(organisation_id=made.care_home.pk)

    with pytest.raises(Refusal) as refused:
        commands.add_insurance(
            by=made.care_home_nurse,
            at=now(),
            person=who,
            kind="EMPLOYEE",
            from_on=date(2020, 1, 1),
            to_on=to_on,
        )

    assert refused.value.code == "PERIOD_ENDS_BEFORE_START"


def test_a_group_needs_evidence(made):
    who = person(organisation_id=made.care_home.pk)

    with pytest.raises(Refusal) as refused:
        commands.add_group(by=made.care_home_nurse, at=now(), person=who, group="LIVES_ALONE", evidence=" ")

    assert refused.value.code == "EVIDENCE_MISSING"


def test_a_number_typed_wrongly_is_taken_out_and_free_again(made):
    who = person(organisation_id=made.care_home.pk, id_card=VALID_ID)

    commands.end_identifier(
        by=made.care_home_nurse, at=now(), identifier=who.identifiers.get(), reason="录入了配偶的号码"
    )
    spouse = person("李国华", organisation_id=made.care_home.pk, id_card=VALID_ID)

    assert queries.search_persons(made.care_home_nurse, VALID_ID).persons == [spouse]


def test_an_expired_card_is_kept_and_shown_as_expired(made):
    who = person(organisation_id=made.care_home.pk)
    commands.add_identifier(
        by=made.care_home_nurse, at=now(), person=who, kind=DocumentKind.RESIDENT_ID, number=id_number(),
        expires_on=date(2020, 1, 1),
    )  # fmt: skip

    assert len(queries.record(made.care_home_nurse, who.pk).expired) == 1


def test_an_unknown_person_is_known_once_a_document_is_found(made):
    who = person("", unknown=True, organisation_id=made.hospital.pk)

    commands.add_identifier(by=made.ward_doctor, at=now(), person=who, kind="RESIDENT_ID", number=VALID_ID)

    found = queries.person(made.ward_doctor, who.pk)
    assert (found.unknown, found.born_on, found.sex) == (False, date(1940, 1, 1), "MALE")
