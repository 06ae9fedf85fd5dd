"""The demo district lives: people fall ill, are moved, recover, wait, go on leave; all over the public API.

It stands outside the contexts and has no way in but the API's.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPException
from random import Random
from typing import Any

from yiyang.demo import daily
from yiyang.demo.api import Client, Refused
from yiyang.demo.history import ILLNESS, WELL
from yiyang.kernel.time import now

UNDER_WAY_AT_MOST = 18
SETTING_UP = ("APPLIED", "VISITED", "AGREED", "FILED")
Act = Callable[[], str]


class Life:
    """What may happen next, and how likely it is."""

    def __init__(self, posts: list[Client], chance: Random) -> None:
        self.posts, self.chance = posts, chance
        self.done: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    def act(self) -> None:
        """One thing happens. A refusal is part of life; an API that does not answer is waited for."""
        acts: list[tuple[int, Act]] = [
            (55, self.carry_on),
            (12, self.fall_ill),
            (10, self.recover),
            (5, self.go_on_leave),
            (5, self.come_back),
            (4, self.walk_in),
            (4, self.worsen_at_home),
            (2, self.change_bed),
            (3, self.call_120),
            (4, lambda: daily.make_beds(self)),
            (2, lambda: daily.join_the_list(self)),
            (4, lambda: daily.offer_a_place(self)),
        ]
        what = self.chance.choices([act for _weight, act in acts], [weight for weight, _act in acts])[0]
        try:
            self.done[what()] += 1
        except Refused as refused:
            if refused.status == 401:
                raise  # the tokens have ended: whoever starts again gets new ones
            self.done[f"refused {refused.code}"] += 1
            if refused.status >= 500:
                self.failed[f"{refused.status} {refused.code}"] += 1
        except (OSError, HTTPException) as error:
            self.failed[f"no answer ({type(error).__name__})"] += 1
            time.sleep(2)

    def carry_on(self) -> str:
        """Somebody whose turn it is takes the next step of a transfer."""
        coordinator = self.post("COORDINATOR")
        live = coordinator.get("/transfers", live="true", limit=50)["items"]
        if not live:
            return self.fall_ill()
        transfer = self.chance.choice(live)
        try:
            return self.step(coordinator, transfer)
        except Refused as refused:
            if refused.code != "EPISODE_OPEN":
                raise
            self.sender(transfer).post(f"/transfers/{transfer['id']}/cancel", reason="已有同类床位")
            return "gave up: has one already"

    def step(self, coordinator: Client, transfer: dict[str, Any]) -> str:
        path, state = f"/transfers/{transfer['id']}", transfer["state"]
        sender = self.sender(transfer)
        if transfer["suspended_at"]:
            return "nothing to do"
        if state == "REQUESTED":
            sender.post(f"{path}/evaluate", outcome="FIT", statement="符合目标床位条件")
            return "evaluated"
        if state == "EVALUATED":
            name = (transfer["person"].get("name") or "本人")[:60]
            sender.post(f"{path}/agree", outcome="AGREED", by_whom="PERSON", name=name, how="IN_PERSON")
            return "agreed"
        if state == "AGREED":
            return self.find_a_place(coordinator, sender, transfer)
        if state == "OFFERED":
            return self.answer(transfer)
        if state == "ACCEPTED":
            self.receiver(transfer, "ADMISSION_OFFICE").post(f"{path}/allocate")
            return "bed given"
        if state == "ALLOCATED":
            if transfer["target_lane"] == "OVERLAY":
                return self.set_up(transfer)
            sender.post(
                f"{path}/hand-over", condition=self.chance.choice(["神志清, 平稳", "体温 38.2, 需吸氧"])
            )
            return "handed over"
        if state == "HANDED_OVER":
            sender.post(f"{path}/depart")
            return "departed"
        if state == "IN_EMERGENCY_ROOM":
            sender.post(f"{path}/send-back")
            return "sent back"
        if transfer["urgency"] == "EMERGENCY" and not transfer["to_unit"]:
            sender.post(f"{path}/enter-emergency-room", hospital="市级医院急诊")
            return "in the emergency room"
        self.receiver(transfer, "ADMISSION_OFFICE").post(f"{path}/arrive")
        return "arrived"

    def find_a_place(self, coordinator: Client, sender: Client, transfer: dict[str, Any]) -> str:
        path = f"/transfers/{transfer['id']}"
        if transfer["is_return"]:
            home = self.home_of(transfer)
            if home is not None:
                home.post(f"{path}/take-back")
                return "taken back"
        found = sender.get(f"{path}/candidates")["candidates"]
        open_ones = [one["unit"]["id"] for one in found if not one["blocked"] and not one["asked"]]
        if not open_ones:
            sender.post(f"{path}/cancel", reason="目前没有合适的床位")
            return "gave up: no unit"
        number = 2 if transfer["urgency"] == "URGENT" else 1
        sender.post(f"{path}/offer", units=self.chance.sample(open_ones[:3], min(number, len(open_ones[:3]))))
        return "offered"

    def answer(self, transfer: dict[str, Any]) -> str:
        coordinator = self.post("COORDINATOR")
        offers = [
            o for o in coordinator.get(f"/transfers/{transfer['id']}")["offers"] if o["state"] == "SENT"
        ]
        if not offers:
            return "nothing to do"
        offer = self.chance.choice(offers)
        role = {"HOSPITAL": "WARD_DOCTOR", "HOME_MEDICAL": "HOME_BED_DOCTOR"}.get(
            transfer["target_kind"], "CARE_HOME_MANAGER"
        )
        doctor = self.at(offer["unit"]["id"], role)
        if self.chance.random() < 0.2:
            doctor.post(f"/offers/{offer['id']}/decline", code="NO_BED")
            return "declined"
        doctor.post(f"/offers/{offer['id']}/accept", doctor=doctor.name)
        return "accepted"

    def set_up(self, transfer: dict[str, Any]) -> str:
        """Application, visit, agreement, filing; then the home medical bed is in use."""
        nurse = self.receiver(transfer, "HOME_BED_NURSE")
        unit = transfer["to_unit"]["id"]
        person = transfer["person"]["id"]
        begun = nurse.get("/home-beds", person=person, limit=20)["items"]
        setup = next((one for one in begun if one["state"] in SETTING_UP), None) or nurse.post(
            "/home-beds", person=person, unit=unit, reason=transfer["reason"], place="家中"
        )
        path = f"/home-beds/{setup['id']}"
        if setup["state"] == "APPLIED":
            nurse.post(f"{path}/visit", findings="行动不便, 需定期治疗", fit=True)
        if setup["state"] in ("APPLIED", "VISITED"):
            nurse.post(f"{path}/sign", signer="家属")
        if setup["state"] != "FILED":
            nurse.post(f"{path}/file", filing_number=f"JB{self.chance.randrange(10**6):06d}")
        nurse.post(f"/transfers/{transfer['id']}/arrive")
        return "home bed set up"

    def fall_ill(self) -> str:
        """A resident of a care home needs a hospital."""
        nurse = self.post("CARE_HOME_NURSE")
        if self.too_many(nurse):
            return "nothing to do"
        stay = self.somebody(nurse, "INSTITUTION")
        nurse.post(
            "/transfers", person=stay["person"]["id"], trigger="HEALTH_WORSENED", target_kind="HOSPITAL",
            urgency=self.chance.choice(["ROUTINE", "URGENT", "URGENT"]), reason=self.chance.choice(ILLNESS),
        )  # fmt: skip
        return "fell ill"

    def worsen_at_home(self) -> str:
        """Somebody in a home-care bed needs a home medical bed over it."""
        nurse = self.post("CARE_HOME_NURSE")
        stay = self.somebody(nurse, "HOME_CARE")
        nurse.post(
            "/transfers", person=stay["person"]["id"], trigger="HEALTH_WORSENED", target_kind="HOME_MEDICAL",
            urgency="ROUTINE", reason="压疮换药和康复护理",
        )  # fmt: skip
        return "needs a home medical bed"

    def recover(self) -> str:
        """Somebody in hospital is well enough to go back."""
        doctor = self.post("WARD_DOCTOR")
        stay = self.somebody(doctor, "HOSPITAL")
        timeline = doctor.get(f"/people/{stay['person']['id']}/timeline", limit=20)["items"]
        held = next((row for row in timeline if _is_held(row)), None)
        if held is None:
            self.at(doctor.unit, "ADMISSION_OFFICE").post(f"/episodes/{stay['id']}/close", reason="RECOVERED")
            return "discharged"
        doctor.post(
            "/transfers", person=stay["person"]["id"], trigger="HEALTH_IMPROVED", urgency="ROUTINE",
            target_kind=held.get("kind") or "INSTITUTION", reason=self.chance.choice(WELL),
        )  # fmt: skip
        return "recovered"

    def walk_in(self) -> str:
        """Somebody comes to the hospital without a transfer."""
        office = self.post("ADMISSION_OFFICE")
        found = office.get("/people", search=self.chance.choice("王李张刘陈杨赵黄周吴"), limit=20)["items"]
        free = office.get("/beds", kind="HOSPITAL", unit=office.unit, free_from=now().isoformat(), limit=20)[
            "items"
        ]
        if not found or not free:
            return "nothing to do"
        office.post(
            "/episodes", person=self.chance.choice(found)["id"], bed=self.chance.choice(free)["id"],
            reason=self.chance.choice(ILLNESS),
        )  # fmt: skip
        return "walked in"

    def go_on_leave(self) -> str:
        nurse = self.post("CARE_HOME_NURSE")
        stay = self.somebody(nurse, "INSTITUTION")
        back = now() + timedelta(hours=self.chance.randrange(4, 72))
        nurse.post(
            f"/episodes/{stay['id']}/leave",
            due_back_at=back.isoformat(),
            companion="女儿",
            destination="回家",
        )
        return "went on leave"

    def come_back(self) -> str:
        nurse = self.post("CARE_HOME_NURSE")
        stays = nurse.get("/episodes", kind="INSTITUTION", open="true", limit=100)["items"]
        for stay in self.chance.sample(stays, min(8, len(stays))):
            rows = nurse.get(f"/episodes/{stay['id']}")["rows"]
            if any(row["state"] == "HELD" and row["reason"] == "LEAVE" for row in rows):
                nurse.post(f"/episodes/{stay['id']}/return")
                return "came back"
        return "nothing to do"

    def change_bed(self) -> str:
        nurse = self.post("CARE_HOME_NURSE")
        stay = self.somebody(nurse, "INSTITUTION")
        free = nurse.get("/beds", kind="INSTITUTION", unit=nurse.unit, free_from=now().isoformat(), limit=20)[
            "items"
        ]
        if not free:
            return "nothing to do"
        nurse.post(
            f"/episodes/{stay['id']}/change-bed", to_bed=self.chance.choice(free)["id"], reason="调整房间"
        )
        return "changed bed"

    def call_120(self) -> str:
        """An emergency: 120 first, the platform afterwards."""
        duty = self.post("NIGHT_DUTY_OFFICER")
        if self.too_many(duty):
            return "nothing to do"
        stay = self.somebody(duty, "INSTITUTION")
        made = duty.post(
            "/transfers", person=stay["person"]["id"], trigger="HEALTH_WORSENED", urgency="EMERGENCY",
            target_kind="HOSPITAL", reason="突发胸痛",
        )  # fmt: skip
        duty.post(f"/transfers/{made['id']}/note-emergency-time", what="called_120")
        duty.post(f"/transfers/{made['id']}/depart")
        return "left by 120"

    def too_many(self, client: Client) -> bool:
        return len(client.get("/transfers", live="true", limit=50)["items"]) >= UNDER_WAY_AT_MOST

    def somebody(self, client: Client, kind: str) -> dict[str, Any]:
        stays = client.get("/episodes", kind=kind, open="true", limit=100)["items"]
        if not stays:
            raise Refused(404, {"code": "NOBODY_THERE"})
        return dict(self.chance.choice(stays))

    def post(self, role: str) -> Client:
        return self.chance.choice([client for client in self.posts if client.role == role])

    def at(self, unit: str, role: str) -> Client:
        found = [client for client in self.posts if client.unit == unit and client.role == role]
        return found[0] if found else self.of_unit(unit)

    def of_unit(self, unit: str) -> Client:
        return next((client for client in self.posts if client.unit == unit), self.post("COORDINATOR"))

    def sender(self, transfer: dict[str, Any]) -> Client:
        unit = (transfer["from_unit"] or transfer["requested_unit"] or {}).get("id", "")
        for role in ("CARE_HOME_NURSE", "WARD_DOCTOR", "HOME_BED_DOCTOR", "FAMILY_DOCTOR"):
            found = [client for client in self.posts if client.unit == unit and client.role == role]
            if found:
                return found[0]
        return self.post("COORDINATOR")

    def receiver(self, transfer: dict[str, Any], role: str) -> Client:
        unit = (transfer["to_unit"] or {}).get("id", "")
        for wanted in (role, "HOME_BED_NURSE", "CARE_HOME_MANAGER"):
            found = [client for client in self.posts if client.unit == unit and client.role == wanted]
            if found:
                return found[0]
        return self.of_unit(unit)

    def home_of(self, transfer: dict[str, Any]) -> Client | None:
        coordinator = self.post("COORDINATOR")
        rows = coordinator.get(f"/people/{transfer['person']['id']}/timeline", limit=20)["items"]
        held = next((row for row in rows if _is_held(row)), None)
        return self.at(held["unit"]["id"], "CARE_HOME_NURSE") if held and held["unit"] else None


def _is_held(row: dict[str, Any]) -> bool:
    """A care bed that is kept for its resident."""
    return row["state"] == "HELD" and not row["until"] and row["kind"] in ("INSTITUTION", "HOME_CARE")
