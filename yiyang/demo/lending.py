"""Devices of the demo: lent to a part of those who live in care homes or are cared for at home; a gateway a unit."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from yiyang.access.bed_kinds import BedKind as K
from yiyang.beds.models import Episode
from yiyang.demo.history import History
from yiyang.devices import commands
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import of_the_past
from yiyang.people.models import Delegation

AT_MOST = 60  # persons with devices, of all units
OF_ONE_HOME = 40  # more in the home whose accounts are shown first: its wall looks like one
SINCE = timedelta(days=14)
IN_STOCK = ("BRACELET", "CALL_BUTTON", "OXIMETER")  # of each home
# What is handed out together, and how often.
AT_A_HOME = [
    (("MATTRESS", "CALL_BUTTON"), 4),
    (("BRACELET", "CALL_BUTTON"), 4),
    (("OXIMETER", "MATTRESS"), 2),
    (("GLUCOSE_METER", "CALL_BUTTON"), 1),
    (("LOCATOR", "FALL_DETECTOR"), 1),
]  # fmt: skip
OUTSIDE = [
    (("BRACELET", "GAS_ALARM"), 3),
    (("PRESSURE_METER", "CALL_BUTTON"), 3),
    (("FALL_DETECTOR", "DOOR_SENSOR"), 2),
    (("MOTION_SENSOR", "DOOR_SENSOR"), 1),
    (("OXIMETER",), 1),
]  # fmt: skip
MODELS = {
    "BRACELET": "示例手环 B2", "OXIMETER": "示例血氧仪 O1", "MATTRESS": "示例床垫 M3", "CALL_BUTTON": "示例呼叫器 C1",
    "GLUCOSE_METER": "示例血糖仪 G1", "LOCATOR": "示例定位卡 L1", "FALL_DETECTOR": "示例跌倒报警器 F1",
    "PRESSURE_METER": "示例血压计 P2", "GAS_ALARM": "示例燃气报警器 A1", "DOOR_SENSOR": "示例门磁 D1",
    "MOTION_SENSOR": "示例活动感应器 A2",
}  # fmt: skip


def build_devices(history: History, at: datetime) -> None:
    """By the same commands as always; the same seed lends the same devices to the same people."""
    chance = Random(f"{history.district.area.code} devices")
    homes, chcs = history.district.homes, history.district.chcs
    with of_the_past(), transaction.atomic():
        for unit in (*homes, *chcs):
            commands.register_gateway(
                by=SYSTEM, at=at, unit_id=unit.pk, name="楼内网关" if unit in homes else "居家设备平台",
                urn=f"urn:dev:ops:gateway-{unit.code or unit.pk}",
            )  # fmt: skip
        for home in homes:
            for number, kind in enumerate(IN_STOCK):
                _device(home, kind, f"S{number}", at)
        for number, stay in enumerate(_those_with_devices(history)):
            _lend(history, stay, number, chance, at)


def _those_with_devices(history: History) -> list[Episode]:
    """Those first whom an elder's or a family's account shows, then three of every four; more of one home."""
    kinds = [K.INSTITUTION, K.HOME_CARE, K.HOME_MEDICAL]
    stays = Episode.objects.filter(closed_at=None, kind__in=kinds, person__died_at=None)
    shown = set(Delegation.objects.values_list("person_id", flat=True))
    found = list(stays.select_related("person", "unit").order_by("pk"))
    found.sort(key=lambda stay: (stay.person_id not in shown, stay.kind != K.INSTITUTION))
    chosen = {
        stay.person_id: stay for stay in reversed([one for n, one in enumerate(found) if n < 8 or n % 4])
    }
    few = sorted(chosen.values(), key=lambda stay: found.index(stay))[:AT_MOST]
    known, home = {stay.person_id for stay in few}, history.district.homes[0].pk
    more = [
        stay for stay in chosen.values()
        if stay.unit_id == home and stay.kind == K.INSTITUTION and stay.person_id not in known
    ]  # fmt: skip
    return [*few, *sorted(more, key=lambda stay: found.index(stay))[:OF_ONE_HOME]]


def _device(unit: Any, kind: str, serial: str, at: datetime) -> Any:
    code = unit.code or str(unit.pk)[-8:]
    return commands.register_device(
        by=SYSTEM,
        at=at,
        unit_id=unit.pk,
        kind=kind,
        serial=f"{code}-{serial}",
        model=MODELS[kind],
        firmware="1.0",
    )


def _lend(history: History, stay: Episode, number: int, chance: Random, at: datetime) -> None:
    offered = AT_A_HOME if stay.kind == K.INSTITUTION else OUTSIDE
    [kinds] = chance.choices([kinds for kinds, _n in offered], [n for _kinds, n in offered])
    if number == 0:
        kinds = ("BRACELET", "MATTRESS", "CALL_BUTTON")  # the elder whose account is shown
    since = max(at - SINCE, stay.opened_at + timedelta(hours=2))
    nurse = history.actor(stay.unit, "HOME_BED_NURSE" if stay.kind == K.HOME_MEDICAL else "CARE_HOME_NURSE")
    for kind in kinds:
        device = _device(stay.unit, kind, f"{number:03d}{kind[:2]}", at)
        commands.lend_device(by=nurse, at=min(since, at), device=device, person=stay.person)
        if kind == "LOCATOR":
            commands.give_device_consent(by=SYSTEM, at=at, person=stay.person, what="LOCATION")
