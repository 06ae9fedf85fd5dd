"""While somebody is registered the form says who it may be, and no more than the clerk may know."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from yiyang.access.tests.factories import cast
from yiyang.kernel.models import Reading
from yiyang.people.models import Person
from yiyang.people.tests.factories import VALID_ID, person
from yiyang.people.tests.test_screens import client

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return cast()


@pytest.fixture
def known(made):
    return person(
        "王秀英", id_card=VALID_ID, phones=["13912345678"], born_on=date(1940, 1, 1),
        organisation_id=made.care_home.pk,
    )  # fmt: skip


def hints(actor, **typed) -> str:
    answer = client(actor).post(reverse("people:possible_duplicates"), typed)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"full_name": "王秀英", "born_on": "1940-01-01"},
        {"document_kind": "RESIDENT_ID", "document_number": VALID_ID},
        {"phone": "139 1234 5678"},
    ],
)
def test_a_name_with_a_birth_date_a_number_or_a_telephone_is_enough(made, known, typed):
    page = hints(made.care_home_nurse, **typed)

    assert reverse("people:person", args=[known.pk]) in page
    assert 'name="not_a_duplicate"' in page
    assert Reading.objects.filter(persons__contains=[known.pk], subject_kind="people.duplicates").exists()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"full_name": "王秀英"},
        {"full_name": "王秀英", "born_on": "1941-02-02"},
        {"document_kind": "RESIDENT_ID", "document_number": VALID_ID[:17]},
        {"phone": "139"},
        {"born_on": "never", "full_name": "王" * 200},
    ],
)
def test_less_says_nothing(made, known, typed):
    page = hints(made.care_home_nurse, **typed)

    assert page.strip() == ""


def test_a_number_of_somebody_elsewhere_says_only_that_it_is_registered(made, known):
    page = hints(made.stranger, document_kind="RESIDENT_ID", document_number=VALID_ID, phone="13912345678")

    assert reverse("people:ask_for_access") in page
    assert "王秀英" not in page and str(known.pk) not in page


def test_a_telephone_or_name_of_somebody_elsewhere_says_nothing(made, known):
    page = hints(made.stranger, full_name="王秀英", born_on="1940-01-01", phone="13912345678")

    assert page.strip() == ""


def test_who_may_not_register_gets_no_hints(made, known):
    answer = client(made.care_worker).post(reverse("people:possible_duplicates"), {"phone": "13912345678"})

    assert answer.status_code == 403


def test_none_of_these_counts_for_those_who_were_shown(made, known):
    nurse = client(made.care_home_nurse)
    told = {"full_name": "王秀英", "born_on": "1940-01-01", "sex": "FEMALE", "not_a_duplicate": "on"}

    not_shown = nurse.post(reverse("people:register_person"), told | {"compared": ""})
    shown = nurse.post(reverse("people:register_person"), told | {"compared": str(known.pk)})

    assert not_shown.status_code == 200 and 'name="not_a_duplicate"' in not_shown.content.decode()
    assert shown.status_code == 302
    assert Person.objects.filter(full_name="王秀英").count() == 2


def test_the_tick_stays_while_the_same_persons_are_shown(made, known):
    typed = {"full_name": "王秀英", "born_on": "1940-01-01", "not_a_duplicate": "on"}

    again = hints(made.care_home_nurse, **typed, compared=str(known.pk))
    someone_new = hints(made.care_home_nurse, **typed, compared="")

    assert "checked" in again and "checked" not in someone_new
