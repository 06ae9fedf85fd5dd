"""What a version of a rule would have done to last month's readings: of everybody whom it touches.

Everybody is whoever had a device in that time that tells what the rule looks at; for one kind of device, such a device;
for one group, those who are in it now. The rule that holds for each is tried beside the one that would.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import get_default_timezone, localdate

from yiyang.devices.models import AlarmRule, Loan, RuleTrial
from yiyang.devices.queries import movement, rules, series
from yiyang.devices.queries.replay import BACK, Would, alarms_by, by_severity
from yiyang.devices.queries.replay_of_many import Told, every_one_of, scores_of, worth_of
from yiyang.devices.queries.rules import Rules, in_force
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.judging.rules import Rule, read
from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.watches import (
    EPOCH,
    WATCHED,
    Absence,
    Watch,
    left_bed,
    moved,
    no_motion,
    read_watch,
)  # fmt: skip
from yiyang.devices.rules.kinds import KINDS
from yiyang.people import queries as people
from yiyang.people.queries.open_records import open_ids

AT_ONCE = 100
SHOWN = 50
Tell = Callable[[int], None]


@dataclass
class Found:
    persons: int = 0
    readings: int = 0
    days: set[date] = field(default_factory=set)  # with readings of anybody
    person_days: int = 0
    untold: int = 0  # persons of whom nothing was told
    before: dict[str, int] = field(default_factory=lambda: by_severity([]))
    after: dict[str, int] = field(default_factory=lambda: by_severity([]))
    rows: list[Would] = field(default_factory=list)

    def add(self, before: list[Would], after: list[Would]) -> None:
        for counted, found in ((self.before, before), (self.after, after)):
            for severity, count in by_severity(found).items():
                counted[severity] += count
        self.rows = sorted([*self.rows, *after], key=lambda one: one.at, reverse=True)[:SHOWN]

    @property
    def told(self) -> dict[str, Any]:
        """What is kept with the signature."""
        return {
            "persons": self.persons, "readings": self.readings, "days": BACK.days, "told_days": len(self.days),
            "days_each": round(self.person_days / self.persons, 1) if self.persons else 0, "untold": self.untold, "before": sum(self.before.values()),
            "after": sum(self.after.values()), "before_by": self.before, "after_by": self.after,
        }  # fmt: skip

    @property
    def newest(self) -> list[dict[str, Any]]:
        """Without names: who reads them sees those that are open to them."""
        return [
            {
                "person": str(one.person_id),
                "at": one.at.isoformat(),
                "severity": one.severity,
                "minutes": one.minutes,
            }
            for one in self.rows
        ]


def trial(actor: Any, trial_id: UUID) -> RuleTrial:
    """Of the actor's own organisation."""
    found: RuleTrial = get_object_or_404(RuleTrial, pk=trial_id, unit_id=actor.organisation_id)
    return found


def shown(actor: Any, trial: RuleTrial) -> list[Would]:
    """The newest that it would make; names only where the actor may read them."""
    ids = {UUID(one["person"]) for one in trial.rows}
    readable = open_ids(actor, sorted(ids, key=str))
    names = dict(people.persons(actor).filter(pk__in=readable).values_list("pk", "full_name"))
    return [
        Would(
            UUID(one["person"]), names.get(UUID(one["person"]), ""), datetime.fromisoformat(one["at"]),
            one["severity"], one["minutes"],
        )
        for one in trial.rows
    ]  # fmt: skip


def proposed(trial: RuleTrial) -> Rule | Watch | None:
    """As it is read; None: switched off."""
    if trial.params.get("off"):
        return None
    return (read_watch if trial.code in WATCHED else read)(trial.code, trial.params, "")


def to_try(trial_id: UUID) -> RuleTrial | None:
    return RuleTrial.objects.filter(pk=trial_id, finished_at=None).first()


def tell(trial: RuleTrial, done: int) -> None:
    """How far it is, outside the transaction of its result."""
    RuleTrial.objects.filter(pk=trial.pk, finished_at=None).update(done=done, persons=trial.persons)


def run(trial: RuleTrial, tell: Tell) -> Found:
    """Group after group of persons, a few statements for each; `tell` hears how many are done."""
    at = trial.asked_at
    held = _held(trial, at - BACK, at)
    trial.persons = held.values("person_id").distinct().count()
    found, done, after = Found(), 0, None
    while True:
        rows = held.filter(person_id__gt=after) if after else held
        group = list(rows.order_by("person_id").values_list("person_id", flat=True).distinct()[:AT_ONCE])
        if not group:
            return found
        after = group[-1]
        chosen = _in_group(trial, group, at)
        found.persons += len(chosen)
        if chosen:
            _count_days(chosen, sorted(_codes(trial)), at, found)
            _try(trial, chosen, held, at, found)
        done += len(group)
        tell(done)


def _count_days(persons: list[UUID], codes: list[int], at: datetime, found: Found) -> None:
    """Of how much of that time there is anything to look at: devices of a month are rare where all is new."""
    first = localdate(at - BACK)  # of which only a part is looked at
    told = series.days_told(persons, codes, at - BACK, at, at)
    whole = [days for one in persons if (days := told.get(one, set()) - {first})]
    found.days.update(*whole)
    found.person_days += sum(map(len, whole))
    found.untold += len(persons) - len(whole)


def _held(trial: RuleTrial, since: datetime, until: datetime) -> QuerySet[Loan]:
    codes = _codes(trial)
    kinds = [one.kind.value for one in KINDS if {quantity.no for quantity in one.quantities} & codes]
    if trial.scope == AlarmRule.Scope.KIND:
        kinds = [trial.whom]
    return Loan.objects.filter(period__overlap=DateTimeTZRange(since, until), device__kind__in=kinds)


def _codes(trial: RuleTrial) -> set[int]:
    return rules.looked_at(trial.code, trial.asked_at, trial.params)


def _in_group(trial: RuleTrial, persons: list[UUID], at: datetime) -> list[UUID]:
    if trial.scope != AlarmRule.Scope.GROUP:
        return persons
    told = people.circumstances(persons, localdate(at))
    return [one for one in persons if one in told and trial.whom in told[one].groups]


def _try(trial: RuleTrial, persons: list[UUID], held: QuerySet[Loan], at: datetime, found: Found) -> None:
    """Pauses do not count: it is asked what the rule alone would have done."""
    before = in_force(at, persons)
    before.paused = set()
    after = _with(before, trial)
    kinds: dict[UUID, set[str]] = {}
    for person_id, kind in held.filter(person_id__in=persons).values_list("person_id", F("device__kind")):
        kinds.setdefault(person_id, set()).add(kind)
    if trial.code in WATCHED:
        _watches(trial, persons, kinds, (before, after), at, found)
        return
    both = {
        person: [one.one(trial.code, person, kinds.get(person, set())) for one in (before, after)]
        for person in persons
    }
    some = {person: [one for one in rules if one is not None] for person, rules in both.items()}
    touched = {person: rules for person, rules in some.items() if rules}
    if trial.code == Cause.NEWS2:
        told = scores_of({person: before.scale(person) for person in touched}, at - BACK, at)
    else:
        told = worth_of(touched, at - BACK, at)
    for person, readings in told.items():
        found.readings += len(readings)
        found.add(*(alarms_by(rule, readings, person, "") if rule else [] for rule in both[person]))


def _with(held: Rules, trial: RuleTrial) -> Rules:
    """As if it had been signed."""
    changed = copy(held)
    changed.by_scope, changed.watches = dict(held.by_scope), dict(held.watches)
    off, key = bool(trial.params.get("off")), (trial.code, trial.scope, trial.whom)
    if trial.code in WATCHED:
        changed.watches[key] = None if off else read_watch(trial.code, trial.params, "proposed")
    else:
        changed.by_scope[key] = None if off else read(trial.code, trial.params, "proposed")
    return changed


def _watches(
    trial: RuleTrial, persons: list[UUID], kinds: dict[UUID, set[str]], both: Collection[Rules], at: datetime,
    found: Found,
) -> None:  # fmt: skip
    """Whether a sensor was silent meanwhile is not known any more: these are at most so many."""
    still = trial.code == Cause.NO_MOTION
    anywhere = movement.seen_anywhere(persons, at - BACK, at) if still else set()
    lay = movement.lying(persons, localdate(at - BACK)) if still else set()
    for person, told in every_one_of(persons, sorted(_codes(trial)), at - BACK, at):
        found.readings += len(told.at)
        would = []
        for held in both:
            watch = held.watch(trial.code, person, kinds.get(person, set()))
            gone: list[Absence] = []
            if watch and still:
                gone = _still(watch, told, at, lay=person in lay, only_in_bed=person not in anywhere)
            elif watch:
                gone = _gone(watch, told, at)
            would.append([_would(watch, one, person) for one in gone] if watch else [])
        found.add(*would)


def _still(watch: Watch, told: Told, at: datetime, *, lay: bool, only_in_bed: bool) -> list[Absence]:
    found = moved(told.code, told.at, told.value, lay=lay)
    return no_motion(watch, found, _micro(at), get_default_timezone(), only_in_bed=only_in_bed)


def _gone(watch: Watch, told: Told, at: datetime) -> list[Absence]:
    out = list(map(Reading, told.at.tolist(), told.value.tolist()))
    return left_bed(watch, out, _micro(at), get_default_timezone())


def _micro(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _would(watch: Watch, one: Absence, person: UUID) -> Would:
    minutes = None if one.until is None else round((one.until - one.at) / 60_000_000)
    return Would(person, "", EPOCH + timedelta(microseconds=one.at), watch.severity.value, minutes)


__all__ = ["Found", "proposed", "run", "shown", "tell", "to_try", "trial"]
