from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiyang.access.tests.factories import cast, family
from yiyang.kernel.models import Reading
from yiyang.kernel.time import now
from yiyang.people import commands, reach
from yiyang.people.models import Person
from yiyang.people.tests.factories import VALID_ID, id_number, person, seen_by

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 15


@pytest.fixture(autouse=True)
def _count_anew():
    reach.forget()


def client(actor) -> Client:
    signed_in = Client()
    signed_in.force_login(actor.account)
    return signed_in


def full_person(made, name="王秀英"):
    """A person with something in every section."""
    who = person(name, id_card=id_number(), organisation_id=made.care_home.pk, phones=["13912345678"],
                 residence_area="310106006002", residence_address="余姚路1弄2号301室")  # fmt: skip
    child = person("王建国", organisation_id=made.care_home.pk)
    by = {"by": made.care_home_nurse, "at": now(), "person": who}
    commands.add_contact(**by, full_name="王建国", kinship="CHILD", phone="13812345678")
    commands.add_insurance(**by, kind="EMPLOYEE", from_on=date(2020, 1, 1))
    commands.add_group(**by, group="LIVES_ALONE", evidence="居委会走访")
    commands.link_family(**by, relative=child, kinship="CHILD")
    commands.sign_family_doctor_contract(
        by=made.family_doctor if made.family_doctor.sees(who.pk) else made.care_home_nurse, at=now(), person=who,
        organisation_id=made.care_home.pk, doctor_name="李医生", starts_on=date(2026, 1, 1),
    )  # fmt: skip
    return who


def test_the_person_page_shows_what_is_known_and_notes_who_looked():
    made = cast()
    who = full_person(made)

    page = client(made.care_home_nurse).get(reverse("people:person", args=[who.pk]))

    text = page.content.decode()
    for shown in ("王秀英", "余姚路1弄2号301室", "13812345678", "3101**********", "李医生", "居委会走访"):
        assert shown in text
    assert Reading.objects.filter(persons__contains=[who.pk], subject_kind="people.person").count() == 1


def test_a_person_page_costs_few_statements_whatever_the_rows():
    made = cast()
    who = full_person(made)
    signed_in = client(made.care_home_nurse)
    signed_in.get(reverse("people:person", args=[who.pk]))

    with CaptureQueriesContext(
        connection,
    ) as few:
        signed_in.get(reverse("people:person", args=[who.pk]))
    for number in range(12):
        commands.add_contact(
            by=made.care_home_nurse, at=now(), person=who, full_name=f"邻居{number}", kinship="FRIEND"
        )
    with CaptureQueriesContext(connection) as many:
        signed_in.get(reverse("people:person", args=[who.pk]))

    assert len(few) == len(many) <= MOST_STATEMENTS, [one["sql"][:90] for one in many]


def test_a_search_costs_few_statements_whatever_the_rows():
    made = cast()
    for _ in range(25):
        person(organisation_id=made.care_home.pk)
    signed_in = client(made.care_home_nurse)
    signed_in.get(reverse("people:search"))

    with CaptureQueriesContext(connection) as statements:
        page = signed_in.get(reverse("people:search"), {"q": "wang"})

    assert page.content.decode().count("王秀英") == 20
    assert len(statements) <= MOST_STATEMENTS


@pytest.mark.parametrize("name", ["person", "edit_person", "history", "sight", "delegations", "add_phone",
                                  "delegate_access", "merge_persons", "link_family", "add_identifier"])  # fmt: skip
def test_a_stranger_meets_nothing(name):
    made = cast()
    who = full_person(made)

    page = client(made.stranger).get(reverse(f"people:{name}", args=[who.pk]))

    assert page.status_code == 404
    assert "王秀英" not in page.content.decode()


@pytest.mark.parametrize("name", ["person", "edit_person", "history", "sight", "delegations", "add_phone",
                                  "add_identifier", "add_insurance", "add_group", "add_contact", "link_family",
                                  "delegate_access"])  # fmt: skip
def test_every_page_about_a_person_opens_for_the_care_home(name):
    made = cast()
    who = full_person(made)

    page = client(made.care_home_manager).get(reverse(f"people:{name}", args=[who.pk]))

    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1


def test_pages_without_a_person_open():
    made = cast()
    doctor = client(made.ward_doctor)

    assert doctor.get(reverse("people:register_person")).status_code == 200
    assert doctor.get(reverse("people:break_glass")).status_code == 200
    assert doctor.get(reverse("people:ask_for_access")).status_code == 200
    assert client(made.data_protection_officer).get(reverse("people:broken_glass")).status_code == 200
    assert doctor.get(reverse("people:broken_glass")).status_code == 403
    assert client(made.system_administrator).get(reverse("people:search")).status_code == 403


def test_registering_by_the_form_takes_birth_and_sex_from_the_number():
    made = cast()

    answer = client(made.care_home_nurse).post(
        reverse("people:register_person"),
        {
            "full_name": "王秀英",
            "document_kind": "RESIDENT_ID",
            "document_number": VALID_ID,
            "phone": "13912345678",
        },
    )

    made_person = Person.objects.get()
    assert answer.url == reverse("people:person", args=[made_person.pk])
    assert made_person.born_on == date(1940, 1, 1)


def test_registering_shows_who_it_may_be_before_it_makes_a_second_record():
    made = cast()
    person("王秀英", born_on=date(1940, 1, 1), organisation_id=made.care_home.pk)
    signed_in = client(made.care_home_nurse)
    told = {"full_name": "王秀英", "born_on": "1940-01-01", "sex": "FEMALE"}

    first = signed_in.post(reverse("people:register_person"), told)
    count_before = Person.objects.count()
    second = signed_in.post(reverse("people:register_person"), told | {"not_a_duplicate": "on"})

    assert 'name="not_a_duplicate"' in first.content.decode()
    assert count_before == 1
    assert second.status_code == 302


def test_a_bad_number_is_explained_at_the_form():
    answer = client(cast().care_home_nurse).post(
        reverse("people:register_person"),
        {"full_name": "王秀英", "document_kind": "RESIDENT_ID", "document_number": "310106194001011234"},
    )

    assert "error-summary" in answer.content.decode()
    assert Person.objects.count() == 0


def test_numbers_are_looked_for_by_post_so_that_no_address_holds_them():
    made = cast()
    person(id_card=VALID_ID, organisation_id=made.care_home.pk)
    signed_in = client(made.care_home_nurse)

    by_number = signed_in.post(reverse("people:search"), {"q": VALID_ID})
    by_name = signed_in.post(reverse("people:search"), {"q": "王"})

    assert "王秀英" in by_number.content.decode()
    assert by_name.status_code == 302


def test_a_full_number_of_somebody_elsewhere_offers_to_ask_and_shows_no_name():
    made = cast()
    person(id_card=VALID_ID, organisation_id=made.care_home.pk)

    page = client(made.stranger).post(reverse("people:search"), {"q": VALID_ID}).content.decode()

    assert reverse("people:ask_for_access") in page
    assert "王秀英" not in page


def test_an_elder_sees_their_own_page_in_large_type():
    made = cast()
    who = full_person(made)
    elder = family(person_id=who.pk)

    page = client(elder).get(reverse("people:person", args=[who.pk]))
    sight = client(elder).get(reverse("people:sight", args=[who.pk])).content.decode()

    assert 'class="elder' in page.content.decode()
    assert "阳光养老院" in sight


def test_the_page_of_a_merged_record_leads_to_the_living_one():
    made = cast()
    kept, gone = (
        person("王秀英", organisation_id=made.care_home.pk),
        person("王绣英", organisation_id=made.care_home.pk),
    )
    for one in (kept, gone):
        seen_by(one, made.centre.pk)
    commands.merge_persons(by=made.coordinator, at=now(), person=kept, duplicate=gone, reason="同一人")

    answer = client(made.care_home_nurse).get(reverse("people:person", args=[gone.pk]))

    assert answer.url == reverse("people:person", args=[kept.pk])


def test_an_area_worker_sees_name_and_address_but_no_contacts():
    made = cast()
    who = full_person(made)
    seen_by(who, made.chc.pk, scope="BASIC", basis="AREA")

    doctor = client(made.family_doctor)
    page = doctor.get(reverse("people:person", args=[who.pk])).content.decode()

    assert "王秀英" in page
    assert "13812345678" not in page
    for name in ("history", "sight", "delegations", "add_contact"):
        assert doctor.get(reverse(f"people:{name}", args=[who.pk])).status_code == 403


def test_who_may_not_edit_is_told_before_filling_the_form():
    made = cast()
    who = full_person(made)

    answers = [client(made.care_worker).get(reverse(f"people:{name}", args=[who.pk])).status_code
               for name in ("edit_person", "add_contact", "add_phone", "link_family", "delegate_access")]  # fmt: skip

    assert set(answers) == {403}


def test_an_elder_entrusts_a_daughter_and_takes_it_back():
    who = person()
    elder, daughter = family(person_id=who.pk), family("RELATIVE", name="王芳")
    signed_in = client(elder)
    told = {"login": daughter.account.login, "kinship": "CHILD", "scope": "FULL",
            "expires_on": (now() + timedelta(days=30)).date().isoformat()}  # fmt: skip

    given = signed_in.post(reverse("people:delegate_access", args=[who.pk]), told)
    daughters_page = client(daughter).get(reverse("people:person", args=[who.pk]))
    delegation = who.delegations.get()
    signed_in.post(reverse("people:revoke_delegation", args=[delegation.pk]))
    afterwards = client(daughter).get(reverse("people:person", args=[who.pk]))

    assert given.status_code == 302
    assert daughters_page.status_code == 200
    assert afterwards.status_code == 404
