"""What those who audit see of what others did, and what they do not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.district import ID_NUMBER, NAME, fill
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import commands

pytestmark = pytest.mark.django_db


def page(actor: object, name: str, **asked: object) -> str:
    client = Client()
    client.force_login(actor.account)  # type: ignore[attr-defined]
    response = client.get(reverse(name), asked)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_data_protection_officer_sees_who_broke_the_glass_and_why_but_no_name() -> None:
    district = fill()
    commands.break_glass(
        by=district.cast.night_duty_officer,
        at=now(),
        number=ID_NUMBER,
        reason="found on the stairs",
    )

    shown = page(district.cast.data_protection_officer, "people:broken_glass")

    assert "found on the stairs" in shown and str(district.person.pk) in shown
    assert NAME not in shown


def test_the_data_protection_officer_sees_who_looked_at_a_record() -> None:
    district = fill()
    seen(district.cast.care_home_nurse, [district.person.pk], "people.consents")

    shown = page(district.cast.data_protection_officer, "access:readings", subject=district.person.pk)

    assert district.cast.care_home_nurse.label in shown and "同意情况" in shown
    assert NAME not in shown


def test_the_audit_administrator_finds_what_happened_about_a_person_by_number_without_its_words() -> None:
    district = fill()

    shown = page(district.cast.audit_administrator, "access:facts", subject=district.person.pk)

    assert "transfer.requested" in shown
    assert NAME not in shown and "fever" not in shown
