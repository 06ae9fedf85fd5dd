"""A unit outside gets one document by an address and a code; everything else stays shut."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from yiyang.access.tests.factories import Cast
from yiyang.beds.models import Transfer
from yiyang.beds.tests.screens import page, signed_in
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact
from yiyang.kernel.time import now
from yiyang.packets import commands
from yiyang.packets.models import PacketLink
from yiyang.packets.tests.conftest import written
from yiyang.people import commands as people
from yiyang.people.models import CareRelationship, Person

HIV = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}]}


@pytest.fixture
def shared(who: Cast, asked: Transfer, elder: Person) -> Any:
    written(elder, "Condition", code={"text": "慢性心力衰竭"})
    written(elder, "Condition", code={"text": "隐秘诊断"}, meta=HIV)
    return commands.share_packet(by=who.care_home_nurse, at=now(), transfer=asked, outside="外区医院")


def address(shared: Any) -> str:
    return f"/p/{shared.token}/"


def let_in(shared: Any) -> Client:
    client = Client()
    assert client.post(address(shared), {"code": shared.code}).status_code == 302
    return client


def test_address_and_code_open_the_one_document_and_each_opening_is_told(
    shared: Any, elder: Person, who: Cast
) -> None:
    visitor = Client()
    before = visitor.get(address(shared))
    inside = let_in(shared)
    shown, paper = inside.get(address(shared)), inside.get(address(shared) + "pdf/")

    assert "王秀英" not in before.content.decode() and "慢性心力衰竭" not in before.content.decode()
    assert "慢性心力衰竭" in shown.content.decode() and "隐秘诊断" not in shown.content.decode()
    assert "另有1条标为敏感" in shown.content.decode()
    assert paper.content.startswith(b"%PDF")
    assert (shown["Cache-Control"], shown["Referrer-Policy"]) == ("no-store", "same-origin")
    assert "frame-ancestors 'none'" in shown["Content-Security-Policy"]
    told = PersonFact.objects.filter(person_id=elder.pk, name__startswith="packet_link.").order_by("at", "id")
    assert [one.name.split(".")[1] for one in told] == ["made", "opened", "shown", "shown"]
    assert told.last().by_label == "外区医院"
    assert Client().get(address(shared) + "pdf/").status_code == 302
    assert inside.get(reverse("people:person", args=[elder.pk])).status_code == 302
    assert "外区医院" in page(
        who.care_home_nurse, reverse("packets:share_packet", args=[shared.link.packet.transfer_id])
    )


def test_what_is_kept_opens_nothing_and_five_wrong_codes_lock(shared: Any) -> None:
    kept = PacketLink.objects.get()
    wrong = "000000" if shared.code != "000000" else "111111"
    client = Client()
    answers = [client.post(address(shared), {"code": wrong}).status_code for _try in range(5)]
    right = client.post(address(shared), {"code": shared.code})

    assert shared.code.encode() not in bytes(kept.code_hash) and shared.token.encode() not in bytes(
        kept.token_hash
    )
    assert answers == [422, 422, 422, 422, 410]
    assert right.status_code == 410
    assert Client().get("/p/guessed/").status_code == 410


def test_who_was_let_in_is_shut_out_when_it_is_taken_back_over_or_its_ground_is_withdrawn(
    shared: Any, who: Cast, elder: Person
) -> None:
    inside = let_in(shared)

    signed_in(who.care_home_nurse).post(reverse("packets:revoke_link", args=[shared.link.pk]))
    revoked = inside.get(address(shared)).status_code
    PacketLink.objects.update(revoked_at=None, revoked_by="")
    open_again = inside.get(address(shared)).status_code
    PacketLink.objects.update(made_at=now() - timedelta(days=4), expires_at=now() - timedelta(days=1))
    over = inside.get(address(shared)).status_code

    assert (revoked, open_again, over) == (410, 200, 410)


def test_a_link_that_rests_on_a_consent_ends_with_it(who: Cast, asked: Transfer, elder: Person) -> None:
    CareRelationship.objects.filter(person_id=elder.pk).update(ends_at=F("starts_at"))
    consent = people.give_consent(
        by=SYSTEM, at=now(), person=elder, organisation_id=who.care_home.pk, purpose="care", given_by="person"
    )
    shared = commands.share_packet(by=who.care_home_nurse, at=now(), transfer=asked, outside="外区医院")
    inside = let_in(shared)
    before = inside.get(address(shared)).status_code

    people.withdraw_consent(by=SYSTEM, at=now(), consent=consent)

    assert (before, inside.get(address(shared)).status_code) == (200, 410)
