"""Some years of a district's life, written by the same commands with past times, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction

from yiyang.access.actors import AccountActor, actor_for
from yiyang.access.bed_kinds import BedKind as K
from yiyang.access.models import Organisation
from yiyang.beds import commands
from yiyang.beds.commands.bed_choice import room_fits
from yiyang.beds.models import Bed, Episode, Transfer
from yiyang.demo.district import District, Progress
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import of_the_past
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import clock_at
from yiyang.people.models import Person

ILLNESS = [
    "肺部感染",
    "心力衰竭加重",
    "脑卒中",
    "跌倒后髋部骨折",
    "慢阻肺急性加重",
    "尿路感染发热",
    "消化道出血",
]
WELL = ["感染已控制", "病情平稳, 可回原床位", "康复训练达标", "伤口愈合"]
SHARES = {K.INSTITUTION: 0.16, K.HOME_CARE: 0.07, K.HOME_MEDICAL: 0.05}
COMMIT_EVERY = 60


@dataclass
class History:
    """The queue of what happens when, and which beds were free at that moment."""

    district: District
    chance: Random
    until: datetime
    queue: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    serial: Any = field(default_factory=count)
    free: dict[tuple[UUID, str], list[Bed]] = field(default_factory=dict)
    actors: dict[tuple[UUID, str], AccountActor] = field(default_factory=dict)

    def at(self, when: datetime, what: Callable[[datetime], None]) -> None:
        """Plan something; what lies after the end of the history never happens."""
        if when < self.until:
            heapq.heappush(self.queue, (when, next(self.serial), what))

    def actor(self, unit: Organisation, role: str) -> AccountActor:
        """Somebody of this unit in this role."""
        key = (unit.pk, role)
        if key not in self.actors:
            self.actors[key] = actor_for(self.district.staff[key], self.until)
        return self.actors[key]

    def run(self, progress: Progress) -> int:
        """Let it all happen, in the order of time. Returns how many things did."""
        done, total = 0, max(1, len(self.queue))
        with of_the_past():
            while self.queue:
                with transaction.atomic():
                    for _ in range(COMMIT_EVERY):
                        if not self.queue:
                            break
                        when, _serial, what = heapq.heappop(self.queue)
                        with clock_at(when):
                            _allowed(what, when)
                        done += 1
                if done % 600 < COMMIT_EVERY:
                    progress(f"history: {done} of about {max(total, done + len(self.queue))} events")
        return done

    def days(self, low: float, high: float) -> timedelta:
        return timedelta(days=self.chance.uniform(low, high))

    def hours(self, low: float, high: float) -> timedelta:
        return timedelta(hours=self.chance.uniform(low, high))


def build_history(
    district: District,
    people: list[Person],
    *,
    since: datetime,
    until: datetime,
    chance: Random,
    progress: Progress,
) -> History:
    """Admissions over the years; residents fall ill, are treated, come back, go on leave, move, and some die."""
    history = History(district, chance, until)
    for bed in Bed.objects.filter(closed_at=None).order_by("label"):
        history.free.setdefault((bed.unit_id, bed.kind), []).append(bed)
    for beds in history.free.values():
        chance.shuffle(beds)
    span = (until - since).total_seconds()
    chosen = iter(chance.sample(people, len(people)))
    for kind, share in SHARES.items():
        for _ in range(int(len(people) * share)):
            person = next(chosen)
            moved_in = since + timedelta(seconds=span * chance.random() ** 0.7)
            history.at(moved_in, _moves_in(history, person, kind))
    for _ in range(int(len(people) * 0.06)):
        person = next(chosen)
        history.at(until - history.days(0.2, 400), _walks_into_hospital(history, person, None))
    for _ in range(int(len(people) * 0.05)):
        history.at(
            until - history.days(0.2, 9), _walks_into_hospital(history, next(chosen), None, stays=(10, 25))
        )
    for number in range(max(2, int(len(people) * 0.012))):
        history.at(
            until - history.days(1, 40), _needs_comfort(history, next(chosen), at_home=number % 2 == 1)
        )
    history.run(progress)
    return history


def _moves_in(history: History, person: Person, kind: str) -> Callable[[datetime], None]:
    def happen(at: datetime) -> None:
        unit = history.chance.choice(history.district.units(kind))
        episode = _admit(
            history,
            person,
            unit,
            kind,
            at,
            "评估后入住" if kind != K.HOME_MEDICAL else "行动不便, 需定期治疗",
        )
        if episode is None:
            return
        if history.chance.random() < 0.35:
            history.at(at + history.days(20, 700), _falls_ill(history, person, unit, episode))
        elif history.chance.random() < 0.2 and kind != K.HOME_MEDICAL:
            history.at(at + history.days(10, 500), _goes_on_leave(history, unit, episode))
        if history.chance.random() < 0.12 and kind != K.HOME_MEDICAL:
            over = history.chance.choice(history.district.chcs)
            history.at(at + history.days(15, 500), _home_medical_over(history, person, over))
        if history.chance.random() < 0.08:
            history.at(at + history.days(200, 900), _dies(history, person, unit))

    return happen


def _falls_ill(
    history: History, person: Person, unit: Organisation, episode: Episode
) -> Callable[[datetime], None]:
    def happen(at: datetime) -> None:
        if history.chance.random() < 0.5 and unit in history.district.homes:
            _goes_by_green_channel(history, person, unit, at)
        else:
            _walks_into_hospital(history, person, unit)(at)

    return happen


def _goes_by_green_channel(history: History, person: Person, home: Organisation, at: datetime) -> None:
    """The main job: asked for by the home's nurse, taken by a ward doctor, a bed given by the admission office."""
    hospital = history.chance.choice(history.district.hospitals)
    nurse, doctor = history.actor(home, "CARE_HOME_NURSE"), history.actor(hospital, "WARD_DOCTOR")
    office = history.actor(hospital, "ADMISSION_OFFICE")
    asked = commands.request_transfer(
        by=nurse,
        at=at,
        person=person,
        trigger="HEALTH_WORSENED",
        urgency="URGENT" if history.chance.random() < 0.6 else "ROUTINE",
        target_kind="HOSPITAL",
        reason=history.chance.choice(ILLNESS),
    )
    _agree(nurse, asked, at)
    [offer] = commands.offer_transfer(by=nurse, at=at, transfer=asked, units=[hospital.pk])
    commands.accept_offer(by=doctor, at=at, offer=offer, doctor=doctor.account.name)
    bed = _take_free(history, hospital, K.HOSPITAL, person)
    commands.allocate_bed(by=office, at=at, transfer=asked, bed=bed)
    commands.hand_over(by=nurse, at=at, transfer=asked, condition="神志清, 体温 38.4 ℃, 需吸氧")

    def departs(when: datetime) -> None:
        commands.depart(by=nurse, at=when, transfer=asked)

    def arrives(when: datetime) -> None:
        commands.arrive(by=office, at=when, transfer=asked)
        history.at(when + history.days(4, 21), _comes_back(history, person, home, hospital, bed))

    left = at + history.hours(0.5, 3)
    history.at(left, departs)
    history.at(left + history.hours(0.3, 1), arrives)


def _comes_back(
    history: History, person: Person, home: Organisation, hospital: Organisation, bed: Bed | None
) -> Callable[[datetime], None]:
    def happen(at: datetime) -> None:
        doctor, nurse = history.actor(hospital, "WARD_DOCTOR"), history.actor(home, "CARE_HOME_NURSE")
        asked = commands.request_transfer(
            by=doctor,
            at=at,
            person=person,
            trigger="HEALTH_IMPROVED",
            urgency="ROUTINE",
            target_kind=_held_kind(person),
            reason=history.chance.choice(WELL),
        )
        _agree(doctor, asked, at)
        commands.take_back(by=nurse, at=at, transfer=asked)
        commands.hand_over(by=doctor, at=at, transfer=asked, condition="平稳, 自理同前")
        commands.depart(by=doctor, at=at, transfer=asked)
        _give_back(history, hospital, K.HOSPITAL, bed)
        commands.arrive(by=nurse, at=at, transfer=asked)

    return happen


def _walks_into_hospital(
    history: History, person: Person, from_unit: Organisation | None, *, stays: tuple[float, float] = (3, 18)
) -> Callable[[datetime], None]:
    def happen(at: datetime) -> None:
        hospital = history.chance.choice(history.district.hospitals)
        episode = _admit(history, person, hospital, K.HOSPITAL, at, history.chance.choice(ILLNESS))
        if episode is not None:
            history.at(at + history.days(*stays), _is_discharged(history, hospital, episode, from_unit))

    return happen


def _needs_comfort(history: History, person: Person, *, at_home: bool) -> Callable[[datetime], None]:
    """The last stretch: a palliative bed in a ward, or palliative care at home."""

    def happen(at: datetime) -> None:
        unit = history.chance.choice(
            history.district.chcs if at_home else history.district.units(K.PALLIATIVE)
        )
        bed = _take_free(history, unit, K.PALLIATIVE, person, lane="OVERLAY" if at_home else "RESIDENCE")
        if bed is not None:
            commands.admit(by=SYSTEM, at=at, person=person, bed=bed, reason="终末期, 以舒适照护为主")

    return happen


def _is_discharged(
    history: History, hospital: Organisation, episode: Episode, home: Organisation | None
) -> Callable[[datetime], None]:
    def happen(at: datetime) -> None:
        row = episode.occupancies.filter(state="PRESENT").first()
        commands.discharge(by=SYSTEM, at=at, episode=episode, reason="RECOVERED")
        if row is not None:
            _give_back(history, hospital, K.HOSPITAL, row.bed)
        held = Episode.objects.filter(
            person_id=episode.person_id, closed_at=None, kind__in=[K.INSTITUTION, K.HOME_CARE]
        ).first()
        if held is not None:
            commands.return_to_held_bed(by=SYSTEM, at=at, episode=held)

    return happen


def _goes_on_leave(history: History, unit: Organisation, episode: Episode) -> Callable[[datetime], None]:
    def happen(at: datetime) -> None:
        back = at + history.days(0.5, 6)
        commands.begin_leave(
            by=SYSTEM, at=at, episode=episode, due_back_at=back, companion="女儿", destination="回家"
        )
        history.at(back, lambda when: _return(episode, when))

    return happen


def _home_medical_over(history: History, person: Person, chc: Organisation) -> Callable[[datetime], None]:
    def happen(at: datetime) -> None:
        _admit(history, person, chc, K.HOME_MEDICAL, at, "压疮换药和康复护理")

    return happen


def _dies(history: History, person: Person, unit: Organisation) -> Callable[[datetime], None]:
    def happen(at: datetime) -> None:
        commands.record_death(by=SYSTEM, at=at, person=person)

    return happen


def _admit(
    history: History, person: Person, unit: Organisation, kind: str, at: datetime, reason: str
) -> Episode | None:
    bed = _take_free(history, unit, kind, person)
    if bed is None:
        return None
    episode = commands.admit(by=SYSTEM, at=at, person=person, bed=bed, reason=reason)
    if episode.cycle_ends_on is not None:
        history.at(at + history.days(78, 86), _is_renewed(history, episode))
    return episode


def _is_renewed(history: History, episode: Episode) -> Callable[[datetime], None]:
    """A home medical bed goes on for another cycle, some days before the one before is over."""

    def happen(at: datetime) -> None:
        commands.review_home_bed(by=SYSTEM, at=at, episode=episode, what="RENEWAL", note="评估后继续建床")
        history.at(at + timedelta(days=90), _is_renewed(history, episode))

    return happen


def _take_free(
    history: History, unit: Organisation, kind: str, person: Person, *, lane: str = ""
) -> Bed | None:
    """A bed that was free then, in a room where somebody of this sex may lie."""
    beds = history.free.get((unit.pk, kind), [])
    wanted_lane = lane or ("OVERLAY" if kind == K.HOME_MEDICAL else "RESIDENCE")
    for bed in beds:
        if bed.lane == wanted_lane and room_fits(bed, person):
            beds.remove(bed)
            return bed
    return None


def _give_back(history: History, unit: Organisation, kind: str, bed: Bed | None) -> None:
    if bed is not None:
        history.free.setdefault((unit.pk, kind), []).append(bed)


def _agree(by: Any, asked: Transfer, at: datetime) -> None:
    commands.evaluate_transfer(
        by=by, at=at, transfer=asked, outcome="FIT", statement="符合目标床位条件", criteria=[]
    )
    commands.record_agreement(
        by=by,
        at=at,
        transfer=asked,
        outcome="AGREED",
        by_whom="PERSON",
        name=asked.person.full_name,
        how="IN_PERSON",
    )


def _held_kind(person: Person) -> str:
    held = Episode.objects.filter(
        person=person, closed_at=None, kind__in=[K.INSTITUTION, K.HOME_CARE]
    ).first()
    return held.kind if held else K.INSTITUTION


def _return(episode: Episode, at: datetime) -> None:
    commands.return_to_held_bed(by=SYSTEM, at=at, episode=episode)


def _allowed(what: Callable[[datetime], None], when: datetime) -> None:
    """Life brings what the rules refuse: somebody has died meanwhile, a bed was taken. Then it does not happen."""
    try:
        with transaction.atomic():
            what(when)
    except Refusal:
        return
