"""Agreements, guardians, barred relatives and open family-doctor tasks over the API."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from yiyang.access.tests.calling import Caller, caller
from yiyang.access.tests.factories import Cast, cast, family
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import commands
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db

PDF = base64.b64encode(b"%PDF-1.4 signed").decode()


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def manager(who: Cast) -> Caller:
    return caller(who.care_home_manager)


@pytest.fixture
def elder(who: Cast) -> Person:
    made = person("王秀英", residence_area="310106006002")
    seen_by(made, who.care_home.pk)
    return made


def agreement(**other: object) -> dict[str, object]:
    today = now().date()
    told = {
        "kind": "ADMISSION", "from_on": str(today - timedelta(days=1)), "to_on": str(today + timedelta(days=365)),
        "signed_on": str(today), "signer": "王秀英", "capacity": "PERSON", "emergency_contact": "王建国",
        "emergency_phone": "13900000000", "hold_days": 14,
    }  # fmt: skip
    return told | other


class TestAgreements:
    def test_an_agreement_is_signed_renewed_and_ended_with_its_paper(
        self, who: Cast, manager: Caller, elder: Person
    ) -> None:
        signed = manager.post(
            f"/people/{elder.pk}/agreements", agreement(designated_hospital=str(who.hospital.pk), paper=PDF)
        )
        path = f"/agreements/{signed.body['id']}"
        manager.post(f"{path}/papers", {"paper": PDF})
        paper = manager.get(f"/agreement-papers/{signed.body['papers'][0]['id']}")
        renewed = manager.post(f"{path}/renew", {"signed_on": str(now().date())})
        ended = manager.post(f"{path}/end", {"reason": "换房型"})

        assert (signed.status, signed.body["in_force"], signed.body["hold_days"]) == (201, True, 14)
        assert paper.body["content"] == PDF
        assert (renewed.body["renews"], renewed.body["from_on"]) == (signed.body["id"], signed.body["to_on"])
        assert (ended.body["end_reason"], ended.body["in_force"]) == ("换房型", False)
        assert len(manager.get(path).body["papers"]) == 2
        assert len(manager.get(f"/people/{elder.pk}/agreements").body["items"]) == 2

    def test_what_cannot_be_is_refused(self, who: Cast, manager: Caller, elder: Person) -> None:
        path = f"/people/{elder.pk}/agreements"
        manager.post(path, agreement())

        assert manager.post(path, agreement()).code == "AGREEMENT_OVERLAPS"
        assert (
            manager.post(path, agreement(kind="FIVE_BEDS", paper="%%%")).body["errors"][0]["pointer"]
            == "/paper"
        )
        stranger = manager.post(path, agreement(kind="FIVE_BEDS", designated_hospital=str(who.chc.pk)))
        assert stranger.body["errors"][0]["pointer"] == "/designated_hospital"
        assert caller(who.care_home_nurse).post(path, agreement(unit=str(who.hospital.pk))).status == 403


class TestGuardians:
    def test_a_guardian_is_recorded_and_ended(self, manager: Caller, elder: Person) -> None:
        path = f"/people/{elder.pk}/guardianships"
        told = {"kind": "APPOINTED", "guardian": "王建国", "matters": ["MEDICAL"], "document": "判决书 12 号",
                "from_on": "2026-01-01", "supervisor": "居委会", "paper": PDF}  # fmt: skip

        made = manager.post(path, told)
        unit = manager.post(path, told | {"guardian": "", "organisation": str(elder.pk)})
        done = manager.post(f"/guardianships/{made.body['id']}/end", {"reason": "判决撤销"})

        assert (made.status, made.body["in_force"], made.body["supervisor"]) == (201, True, "居委会")
        assert unit.body["errors"][0]["pointer"] == "/organisation"
        assert done.body["end_reason"] == "判决撤销"
        assert [one["id"] for one in manager.get(path).body["items"]] == [made.body["id"]]

    def test_a_barred_relative_loses_what_was_entrusted(self, manager: Caller, elder: Person) -> None:
        relative = family("RELATIVE", name="王强")
        commands.delegate_access(
            by=SYSTEM, at=now(), person=elder, account_id=relative.account_id, account_label="王强",
            kinship="CHILD", scope="FULL", expires_at=now() + timedelta(days=9),
        )  # fmt: skip
        child, path = caller(relative), f"/people/{elder.pk}/barrings"
        before = child.get(f"/people/{elder.pk}")

        barred = manager.post(
            path,
            {
                "name": "王强",
                "reason": "本人意愿",
                "evidence": "当面说明",
                "account": str(relative.account_id),
            },
        )

        assert (before.status, barred.status) == (200, 201)
        assert child.get(f"/people/{elder.pk}").status == child.get(path).status == 404
        lifted = manager.post(f"/barrings/{barred.body['id']}/lift", {"reason": "和好了"})
        assert lifted.body["lift_reason"] == manager.get(path).body["items"][0]["lift_reason"] == "和好了"


def test_the_health_centre_settles_who_has_no_family_doctor(who: Cast, elder: Person) -> None:
    commands.ask_for_family_doctor(
        by=SYSTEM, at=now(), person=elder, unit_id=who.care_home.pk, area="310106006", why="INSTITUTION"
    )
    doctor = caller(who.family_doctor)
    [task] = doctor.get("/people-without-family-doctor").body["items"]

    settled = doctor.post(f"/coverage-tasks/{task['id']}/settle", {"outcome": "已有外区医生"})

    assert task["person"]["full_name"] == "王秀英"
    assert (settled.status, settled.body["outcome"]) == (200, "已有外区医生")
    assert doctor.get("/people-without-family-doctor").body["items"] == []
    assert caller(who.care_home_nurse).get("/people-without-family-doctor").status == 403
