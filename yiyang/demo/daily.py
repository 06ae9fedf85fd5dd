"""What goes on beside transfers: beds are made ready, people wait for a place and get one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yiyang.kernel.time import now

if TYPE_CHECKING:
    from yiyang.demo.life import Life


def make_beds(life: Life) -> str:
    """A hospital's or a home's cleaners are done before the time is over."""
    one = life.post(life.chance.choice(["ADMISSION_OFFICE", "CARE_HOME_MANAGER"]))
    kind = "HOSPITAL" if one.role == "ADMISSION_OFFICE" else "INSTITUTION"
    beds = one.every("/beds", kind=kind, unit=one.unit, in_service="true")
    dirty = [bed for bed in beds if bed["state"] == "CLEANING"]
    for bed in life.chance.sample(dirty, min(10, len(dirty))):
        one.post(f"/beds/{bed['id']}/release")
    return "made beds" if dirty else "nothing to do"


def join_the_list(life: Life) -> str:
    """Somebody who lives at home with a home-care bed would rather live in a home."""
    coordinator, nurse = life.post("COORDINATOR"), life.post("CARE_HOME_NURSE")
    stay = life.somebody(nurse, "HOME_CARE")
    life.at(nurse.unit, "CARE_HOME_MANAGER").post(
        "/waiting", person=stay["person"]["id"], kind="INSTITUTION", list_owner=coordinator.unit
    )
    return "waits for a place"


def offer_a_place(life: Life) -> str:
    """The first who waits is offered a free bed; who was offered one answers, and moves in."""
    coordinator = life.post("COORDINATOR")
    offered = coordinator.get("/waiting", state="OFFERED", limit=20)["items"]
    if offered:
        return _answer(life, life.chance.choice(offered)["id"])
    waiting = coordinator.get("/waiting", state="WAITING", kind="INSTITUTION", limit=1)["items"]
    if not waiting:
        return "nothing to do"
    home = (waiting[0]["wanted_unit"] or {}).get("id") or life.post("CARE_HOME_MANAGER").unit
    free = coordinator.get(
        "/beds", kind="INSTITUTION", unit=home, free_from=now().isoformat(), in_service="true", limit=20
    )["items"]
    if not free:
        return "nothing to do"
    coordinator.post(
        f"/waiting/{waiting[0]['id']}/offer-place",
        bed=life.chance.choice(free)["id"],
        out_of_order_reason="按轮候顺序和入住意愿",
    )
    return "place offered"


def _answer(life: Life, entry: str) -> str:
    coordinator = life.post("COORDINATOR")
    if life.chance.random() < 0.3:
        coordinator.post(f"/waiting/{entry}/answer-place", takes=False, reason="离家太远")
        return "place declined"
    told = coordinator.post(f"/waiting/{entry}/answer-place", takes=True)
    bed = coordinator.get(f"/beds/{told['offered_bed']}")
    manager = life.at(bed["unit"]["id"], "CARE_HOME_MANAGER")
    manager.post("/episodes", person=told["person"]["id"], bed=bed["id"], reason="轮候入住")
    return "moved in"
