from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection

from yiyang.access.tests.factories import cast
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal, Stale
from yiyang.kernel.time import now
from yiyang.people import commands
from yiyang.people.commands.writing import PersonAlreadyRegistered, PersonRegisteredElsewhere
from yiyang.people.details import Details, DocumentGiven
from yiyang.people.models import CareRelationship, Person
from yiyang.people.rules.ages import BirthDateDiffers
from yiyang.people.tests.factories import VALID_ID, id_number, person

pytestmark = pytest.mark.django_db


def register(by, **told):
    documents = [DocumentGiven("RESIDENT_ID", told.pop("id_card"))] if "id_card" in told else []
    return commands.register_person(
        by=by, at=now(), documents=documents, phones=told.pop("phones", []), details=Details(**told)
    )


def test_a_nurse_registers_a_person_and_sees_them():
    nurse = cast().care_home_nurse

    made = register(nurse, full_name="王秀英", id_card=VALID_ID, phones=["139 1234 5678"])

    assert (made.born_on, made.sex, made.sort_key) == (date(1940, 1, 1), "MALE", "wang xiu ying")
    assert nurse.sees(made.pk)
    assert made in Person.objects.visible_to(nurse)
    assert made.identifiers.get().shown == "3101**********1233"
    assert made.phones.get().number == "13912345678"
    assert PersonFact.objects.filter(person_id=made.pk, name="person.registered").exists()


def test_numbers_are_not_stored_in_clear():
    made = register(cast().care_home_nurse, full_name="王秀英", id_card=VALID_ID, phones=["13912345678"])

    assert VALID_ID.encode() not in bytes(made.identifiers.get().value)
    assert b"13912345678" not in bytes(made.phones.get().value)


def test_the_same_number_again_names_the_person_to_those_who_may_see_them():
    made = cast()
    register(made.care_home_nurse, full_name="王秀英", id_card=VALID_ID)

    with pytest.raises(PersonAlreadyRegistered) as refused:
        register(made.care_home_manager, full_name="王秀瑛", id_card=VALID_ID.lower())

    assert "王秀英" in str(refused.value)
    assert Person.objects.count() == 1


def test_the_same_number_again_shows_no_name_to_another_operator():
    made = cast()
    register(made.care_home_nurse, full_name="王秀英", id_card=VALID_ID)

    with pytest.raises(PersonRegisteredElsewhere) as refused:
        register(made.other_manager, full_name="王秀英", id_card="310106400101123")

    assert "王" not in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_make_one_person():
    nurses = [made := cast(), made.care_home_nurse, made.care_home_manager][1:]
    answers: list[object] = []
    together = threading.Barrier(2)

    def clerk(nurse):
        together.wait()
        try:
            answers.append(register(nurse, full_name="王秀英", id_card=VALID_ID))
        except Refusal as refusal:
            answers.append(refusal)
        finally:
            connection.close()

    clerks = [threading.Thread(target=clerk, args=(nurse,)) for nurse in nurses]
    [one.start() for one in clerks]
    [one.join() for one in clerks]

    assert Person.objects.count() == 1
    assert {type(one) for one in answers} == {Person, PersonAlreadyRegistered}


def test_a_birth_date_that_differs_needs_a_reason():
    nurse = cast().care_home_nurse
    told = {"full_name": "王秀英", "id_card": VALID_ID, "born_on": date(1941, 1, 1)}

    with pytest.raises(BirthDateDiffers):
        register(nurse, **told)
    made = register(nurse, **told, difference_reason="户口登记时报错")

    assert made.born_on == date(1941, 1, 1)


def test_an_unknown_person_gets_a_record_without_a_name():
    made = register(cast().ward_doctor, unknown=True, sex="FEMALE")

    assert made.unknown
    assert made.full_name == "无名氏"


def test_who_may_not_register_is_refused():
    with pytest.raises(NotAllowed):
        register(cast().care_worker, full_name="王秀英")


@pytest.mark.parametrize(
    "told",
    [
        {"full_name": "王\x00"},
        {"full_name": "<script>"},
        {"full_name": "王", "born_on": date(1800, 1, 1)},
        {"full_name": "王", "residence_area": "10000000000000"},
        {"full_name": "王", "residence_address": "弄" * 300},
        {"full_name": "王", "phones": ["12"]},
        {"full_name": "王", "id_card": "310106194001011234"},
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(told):
    nurse = cast().care_home_nurse

    with pytest.raises(Refusal):
        register(nurse, **told)

    assert Person.objects.count() == 0


def test_the_coordination_centre_of_the_area_sees_who_lives_there():
    made = cast()

    lives_here = person(residence_area="310106006002", organisation_id=made.care_home.pk)
    lives_elsewhere = person(residence_area="310107006002")

    assert made.coordinator.sees(lives_here.pk)
    assert not made.coordinator.sees(lives_elsewhere.pk)


def test_moving_ends_the_view_of_the_old_area():
    made = cast()
    who = person(residence_area="310106006002", organisation_id=made.care_home.pk)

    edited = commands.edit_person(
        by=made.care_home_nurse, at=now(), person=who, version=1,
        details=Details(full_name="王秀英", residence_area="310107006002"),
    )  # fmt: skip

    assert edited.version == 2
    assert not made.coordinator.sees(who.pk)
    assert CareRelationship.objects.filter(person_id=who.pk, basis="AREA", ends_at=None).count() == 0


def test_a_stale_edit_is_refused():
    made = cast()
    who = person(organisation_id=made.care_home.pk)
    commands.edit_person(
        by=made.care_home_nurse, at=now(), person=who, version=1, details=Details(full_name="王秀瑛")
    )

    with pytest.raises(Stale):
        commands.edit_person(
            by=made.care_home_nurse, at=now(), person=who, version=1, details=Details(full_name="王绣英")
        )


def test_a_stranger_cannot_edit():
    made = cast()
    who = person(organisation_id=made.care_home.pk)

    with pytest.raises(NotFound):
        commands.edit_person(
            by=made.stranger, at=now(), person=who, version=1, details=Details(full_name="某")
        )


def test_a_death_is_noted_once_and_can_be_withdrawn():
    made = cast()
    who = person(id_card=id_number(), organisation_id=made.care_home.pk)

    dead = commands.note_death(by=made.care_home_nurse, at=now(), person=who, died_at=now())
    with pytest.raises(Refusal):
        commands.note_death(by=made.care_home_nurse, at=now(), person=who, died_at=now())
    alive = commands.withdraw_death(by=made.care_home_manager, at=now(), person=who, reason="认错人")

    assert dead.died_at
    assert alive.died_at is None
