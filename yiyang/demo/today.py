"""What is under way today: transfers in every state, leaves, holds, people who wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from yiyang.access.bed_kinds import BedKind as K
from yiyang.beds import commands
from yiyang.beds.models import Episode, Transfer
from yiyang.demo.history import ILLNESS, History, _agree
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import Refusal
from yiyang.people.models import Person

STEPS = ["requested", "evaluated", "agreed", "offered", "accepted", "allocated", "departed"]


def build_today(history: History, people: list[Person], at: datetime) -> None:
    """Leave the district as a working day finds it."""
    for number, episode in enumerate(_residents(history, 2 * len(STEPS))):
        with transaction.atomic():
            _under_way(history, episode, STEPS[number % len(STEPS)], number < len(STEPS), at)
    for episode in _residents(history, 3):
        _try(
            lambda episode=episode: commands.begin_leave(  # type: ignore[misc]
                by=SYSTEM,
                at=at,
                episode=episode,
                due_back_at=at + timedelta(hours=30),
                companion="儿子",
                destination="回家过周末",
            )
        )
    _waiting(history, people, at)
    _ready_to_leave(at)


def _residents(history: History, number: int) -> list[Episode]:
    """Residents who are present in a care home and have nothing under way."""
    busy = Transfer.objects.live().values("person")
    found = (
        Episode.objects.filter(closed_at=None, kind=K.INSTITUTION)
        # of one and the same row: who is in hospital has an old row in the home too
        .filter(occupancies__state="PRESENT", occupancies__period__endswith=None)
        .exclude(person__in=busy)
        .select_related("person", "unit")
        .distinct()
        .order_by("pk")[: number * 3]
    )
    return history.chance.sample(list(found), min(number, len(found)))


def _under_way(history: History, episode: Episode, until: str, urgent: bool, at: datetime) -> None:
    home, hospital = episode.unit, history.chance.choice(history.district.hospitals)
    nurse, doctor = history.actor(home, "CARE_HOME_NURSE"), history.actor(hospital, "WARD_DOCTOR")
    office = history.actor(hospital, "ADMISSION_OFFICE")
    asked = commands.request_transfer(
        by=nurse, at=at, person=episode.person, trigger="HEALTH_WORSENED",
        urgency="URGENT" if urgent else "ROUTINE", target_kind=K.HOSPITAL, reason=history.chance.choice(ILLNESS),
    )  # fmt: skip
    if until == "requested":
        return
    if until == "evaluated":
        commands.evaluate_transfer(by=nurse, at=at, transfer=asked, outcome="FIT", statement="需住院治疗")
        return
    _agree(nurse, asked, at)
    if until == "agreed":
        return
    units = [unit.pk for unit in history.district.hospitals] if urgent else [hospital.pk]
    offers = commands.offer_transfer(by=nurse, at=at, transfer=asked, units=units)
    if until == "offered":
        return
    offer = next(one for one in offers if one.unit_id == hospital.pk)
    commands.accept_offer(by=doctor, at=at, offer=offer, doctor=doctor.account.name)
    if until == "accepted":
        return
    _try(lambda: _on_the_way(asked, nurse, office, until, at))


def _on_the_way(asked: Transfer, nurse: object, office: object, until: str, at: datetime) -> None:
    commands.allocate_bed(by=office, at=at, transfer=asked)  # type: ignore[arg-type]
    if until == "allocated":
        return
    commands.hand_over(by=nurse, at=at, transfer=asked, condition="神志清, 需吸氧")  # type: ignore[arg-type]
    commands.depart(by=nurse, at=at, transfer=asked)  # type: ignore[arg-type]


def _waiting(history: History, people: list[Person], at: datetime) -> None:
    """Some wait for a place in a care home, one of them for a special reason."""
    at_home = [p for p in history.chance.sample(people, min(40, len(people))) if not p.episodes.exists()][:9]
    for number, person in enumerate(at_home):
        channel = {0: "SPECIAL", 1: "PRIORITY", 2: "PRIORITY"}.get(number, "ORDINARY")
        reason = {0: "计划生育特殊家庭", 1: "独居, 照护人去世", 2: "重度失能"}.get(number, "")
        _try(
            lambda person=person, channel=channel, reason=reason: commands.join_waiting_list(  # type: ignore[misc]
                by=SYSTEM,
                at=at,
                person=person,
                kind=K.INSTITUTION,
                list_owner=history.district.centre.pk,
                wanted_unit=history.chance.choice(history.district.homes).pk,
                channel=channel,
                channel_reason=reason,
                channel_approved_by="区民政局" if reason else "",
            )
        )


def _ready_to_leave(at: datetime) -> None:
    for episode in Episode.objects.filter(closed_at=None, kind=K.HOSPITAL).order_by("opened_at")[:4]:
        _try(
            lambda episode=episode: commands.set_expected_end(  # type: ignore[misc]
                by=SYSTEM, at=at, episode=episode, until=at + timedelta(days=2), ready=True
            )
        )


def _try(act: object) -> None:
    try:
        with transaction.atomic():
            act()  # type: ignore[operator]
    except Refusal:
        return
