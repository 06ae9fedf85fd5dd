"""Documents before entry: asked for by the unit, shown as a checklist, waived in an emergency and owed after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from yiyang.beds import commands
from yiyang.beds.commands.entry import AgeOfADay, AskedForAlready, IssuedInTheFuture, NotAskedForHere
from yiyang.beds.models import EntryRequirement, Transfer
from yiyang.beds.queries.entry import checklist, documents_owed
from yiyang.beds.tests.factories import Cast, allocated, bed, cast, person, stay, transfer
from yiyang.beds.tests.screens import page, signed_in
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def given(who: Cast) -> Transfer:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    office = signed_in(who.admission_office)
    office.post(
        reverse("beds:ask_for_document", args=[who.hospital.pk]), {"name": "chest X-ray", "days": "7"}
    )
    asked = transfer(who.care_home_nurse, elder)
    return allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)


def test_the_checklist_says_what_is_there_too_old_or_lacking(who: Cast, given: Transfer) -> None:
    asked = EntryRequirement.objects.get()
    nurse = signed_in(who.care_home_nurse)
    url = reverse("beds:show_document", args=[given.pk, asked.pk])

    assert "chest X-ray" in page(who.care_home_nurse, reverse("beds:transfer_around", args=[given.pk]))
    assert [one.state for one in checklist(given)] == ["MISSING"]
    nurse.post(url, {"issued_on": str(localdate() - timedelta(days=8))})
    assert [one.state for one in checklist(given)] == ["TOO_OLD"]
    nurse.post(url, {"issued_on": str(localdate()), "note": "clear"})

    assert [one.state for one in checklist(given)] == ["SHOWN"]


def test_an_emergency_waits_for_no_document_and_owes_it_afterwards(who: Cast, given: Transfer) -> None:
    assert not documents_owed(given.pk)
    Transfer.objects.update(urgency="EMERGENCY")

    assert documents_owed(given.pk)


def test_what_cannot_be_so_is_refused(who: Cast, given: Transfer) -> None:
    asked = EntryRequirement.objects.get()
    office, at, unit = who.admission_office, now(), who.hospital.pk

    with pytest.raises(AskedForAlready):
        commands.ask_for_document(by=office, at=at, unit_id=unit, name="chest X-ray")
    with pytest.raises(AgeOfADay):
        commands.ask_for_document(by=office, at=at, unit_id=unit, name="blood", days=0)
    with pytest.raises(IssuedInTheFuture):
        commands.show_document(
            by=who.care_home_nurse, at=at, transfer=given, requirement=asked,
            issued_on=localdate() + timedelta(days=1),
        )  # fmt: skip
    other = commands.ask_for_document(by=who.care_home_manager, at=at, unit_id=who.care_home.pk, name="x")
    with pytest.raises(NotAskedForHere):
        commands.show_document(
            by=who.care_home_nurse, at=at, transfer=given, requirement=other, issued_on=localdate()
        )
    signed_in(office).post(reverse("beds:stop_asking_for", args=[asked.pk]))
    assert checklist(given) == []
