"""That an asked unit has opened an offer is kept once, and the sender sees it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.models import Offer
from yiyang.beds.tests.factories import bed, cast, offered, person, stay, transfer
from yiyang.beds.tests.screens import page
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotAllowed, Stale
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Any:
    return cast()


@pytest.fixture
def offer(who: Any) -> Offer:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    [found] = offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)
    return found


def seen_facts() -> int:
    return PersonFact.objects.filter(name="offer.seen").count()


def of_transfer(offer: Offer) -> str:
    return reverse("beds:transfer", args=[offer.transfer_id])


def test_the_first_of_the_asked_unit_to_open_it_is_kept_and_shown_to_the_sender(
    who: Any, offer: Offer
) -> None:
    before = page(who.care_home_nurse, of_transfer(offer))

    page(who.ward_doctor, of_transfer(offer))
    page(who.admission_office, of_transfer(offer))
    page(who.ward_doctor, reverse("beds:accept_offer", args=[offer.pk]))

    offer.refresh_from_db()
    after = page(who.care_home_nurse, of_transfer(offer))
    assert "not seen yet" in before
    assert "0 of 1 asked have looked" in before
    assert "1 of 1 asked have looked" in after
    assert offer.seen_at is not None
    assert offer.seen_by == who.ward_doctor.label
    assert seen_facts() == 1
    assert "not seen yet" not in after
    assert who.ward_doctor.account.name in after


def test_a_form_of_an_answer_is_an_opening_too(who: Any, offer: Offer) -> None:
    page(who.ward_doctor, reverse("beds:decline_offer", args=[offer.pk]))

    offer.refresh_from_db()
    assert offer.seen_by == who.ward_doctor.label


def test_the_sender_and_the_coordinator_leave_no_receipt_and_cannot_give_one(who: Any, offer: Offer) -> None:
    for actor in (who.care_home_nurse, who.coordinator):
        page(actor, of_transfer(offer))
        with pytest.raises(NotAllowed):
            commands.see_offer(by=actor, at=now(), offer=offer)

    offer.refresh_from_db()
    assert (offer.seen_at, offer.seen_by, seen_facts()) == (None, "", 0)


def test_looking_makes_no_answer_stale_and_is_told_once(who: Any, offer: Offer) -> None:
    commands.see_offer(by=who.head_nurse, at=now(), offer=offer)

    with pytest.raises(Stale):
        commands.see_offer(by=who.ward_doctor, at=now(), offer=offer)
    commands.accept_offer(by=who.ward_doctor, at=now(), offer=offer, doctor="Dr Chen", version=offer.version)

    offer.refresh_from_db()
    assert offer.seen_by == who.head_nurse.label


def test_the_senders_open_page_is_told_when_a_unit_has_looked(who: Any, offer: Offer) -> None:
    url = reverse("beds:transfer_changes", args=[offer.transfer_id])
    address = f"{url}?version={offer.transfer.version}&seen=0"
    assert "seen" not in page(who.care_home_nurse, address)

    commands.see_offer(by=who.ward_doctor, at=now(), offer=offer)

    told = page(who.care_home_nurse, address)
    assert who.hospital.name_zh in told
    assert "Somebody has gone on" not in told
    assert who.hospital.name_zh not in page(who.care_home_nurse, address.replace("seen=0", "seen=1"))
