"""What new readings mean: alarms are raised, changed and cleared in the transaction in which they are stored.

Readings and open alarms are all that it goes by: a restart forgets nothing, and a replay judges in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.devices.commands.alarms import change_severity, clear_alarm, lock_persons, raise_alarm
from yiyang.devices.commands.watches import look_again, look_until
from yiyang.devices.models import Alarm, Device
from yiyang.devices.queries import rules as queries
from yiyang.devices.queries import windows
from yiyang.devices.queries.alarms import open_of_persons
from yiyang.devices.queries.bands import worth_several
from yiyang.devices.rules.alarms import EVENT_CODES, Cause
from yiyang.devices.rules.judging.fresh import Fresh
from yiyang.devices.rules.judging.rules import Rule
from yiyang.devices.rules.judging.series import SECOND, Reading, changes, trusted
from yiyang.devices.rules.judging.warning_score import ITEMS, WarningScore, along
from yiyang.devices.rules.judging.watches import OUT_OF_BED, outings
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.people import queries as people

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = 60


@dataclass
class OfPerson:
    """What is new of one person: readings by quantity, events with their device, out of bed and back, and which
    device told last."""

    values: dict[int, list[Reading]] = field(default_factory=dict)
    events: list[tuple[int, Reading, int]] = field(default_factory=list)
    bed: list[Reading] = field(default_factory=list)
    device_no: int = 0
    told_by: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What is to be done about one cause of one person."""

    person_id: UUID
    cause: Cause
    severity: str  # empty: it is over
    event_at: datetime
    device_no: int
    rule: str = ""
    codes: tuple[int, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    through: UUID | None = None

    @property
    def source(self) -> dict[str, str]:
        """By which device, through which gateway."""
        found = {"device": str(self.device_no)}
        return found | ({"gateway": str(self.through)} if self.through else {})


def judge(fresh: Fresh, *, now: datetime) -> int:
    """Inside the transaction that stores them. Returns how many alarms it raised, changed or cleared."""
    persons = _by_person(fresh, people.kept_records(set(fresh.person_id)))
    if not persons:
        return 0
    lock_persons(list(persons))
    devices = queries.kinds_of(set(fresh.device_no))
    found = [
        *_of_events(persons, now, fresh),
        *_of_beds(persons, now),
        *_of_values(persons, devices, now, fresh),
    ]
    return apply_verdicts(by=SYSTEM, at=now, verdicts=found, devices=devices) if found else 0


@command(SYSTEM_ONLY, within=ANYWHERE)
def apply_verdicts(*, by: Actor, at: datetime, verdicts: list[Verdict], devices: dict[int, Device]) -> int:
    """One alarm after the other, in the order of persons."""
    active = open_of_persons({one.person_id for one in verdicts})
    done = 0
    for one in sorted(verdicts, key=lambda one: (str(one.person_id), one.cause, one.event_at)):
        same = (alarm for alarm in active.get(one.person_id, []) if alarm.cause == one.cause)
        done += _apply(one, next(same, None), devices.get(one.device_no), by, at)
    record("readings.judged", by=by, at=at, count=len(verdicts), done=done)
    return done


def _apply(one: Verdict, alarm: Alarm | None, device: Device | None, by: Actor, at: datetime) -> int:
    if alarm is not None and not alarm.is_event:
        if not one.severity:
            clear_alarm(by=by, at=at, alarm=alarm)
        elif one.severity != alarm.severity:
            change_severity(
                by=by, at=at, alarm=alarm, severity=one.severity, evidence=one.evidence, source=one.source
            )
        else:
            return 0
    elif one.severity:
        raise_alarm(
            by=by, at=at, person=one.person_id, cause=one.cause, severity=one.severity, event_at=one.event_at,
            device=device, codes=list(one.codes), rule=one.rule, evidence=one.evidence,
            source=one.source,
        )  # fmt: skip
    return 1


def _by_person(fresh: Fresh, kept: dict[UUID, UUID]) -> dict[UUID, OfPerson]:
    """What was told of a record that was joined with another is told of that one."""
    found: dict[UUID, OfPerson] = {}
    rows = zip(fresh.person_id, fresh.code, fresh.at, fresh.value, fresh.device_no, fresh.marks, strict=True)
    for person_id, code, at, value, device_no, marks in rows:
        person_id = kept.get(person_id, person_id)
        reading, code = Reading(int(at), float(value), int(marks)), int(code)
        if code in EVENT_CODES:
            if reading.value < 0.5:
                continue  # it is over; somebody must have seen the person all the same
            found.setdefault(person_id, OfPerson()).events.append((code, reading, int(device_no)))
        elif code == OUT_OF_BED:
            found.setdefault(person_id, OfPerson()).bed.append(reading)
        else:
            found.setdefault(person_id, OfPerson()).values.setdefault(code, []).append(reading)
        found[person_id].device_no = found[person_id].told_by[code] = int(device_no)
    return found


def _of_events(persons: dict[UUID, OfPerson], now: datetime, fresh: Fresh) -> Iterable[Verdict]:
    """However late they come."""
    severities: dict[str, str] | None = None
    for person_id, one in persons.items():
        for code, reading, device_no in sorted(one.events, key=lambda told: told[1].at):
            severities = severities or policy("devices.events", on=localdate(now)).value
            cause = EVENT_CODES[code]
            yield Verdict(
                person_id, cause, severities.get(cause, "URGENT"), instant(reading.at), device_no,
                f"{cause} event", (code,), _evidence({code: [reading]}), fresh.through(device_no, code, reading.at),
            )  # fmt: skip


def _of_beds(persons: dict[UUID, OfPerson], now: datetime) -> Iterable[Verdict]:
    """Who is back ends the alarm; who has left the bed is looked at when they should be back."""
    beds = {person_id: sorted(one.bed) for person_id, one in persons.items() if one.bed}
    if not beds:
        return
    left = [person_id for person_id, told in beds.items() if told[-1].value >= 0.5]
    rules = queries.in_force(now, left)
    due = {}
    for person_id in left:
        watch = rules.watch(Cause.LEFT_BED, person_id, {DeviceKind.MATTRESS})
        trip = outings(beds[person_id])[-1][0]
        if watch is not None:
            due[person_id] = instant(trip) + watch.patience
    look_again(Cause.LEFT_BED, due)
    active = open_of_persons([one for one in beds if one not in left])
    for person_id, alarms in active.items():
        back = instant(beds[person_id][-1].at)
        if any(alarm.cause == Cause.LEFT_BED and alarm.event_at < back for alarm in alarms):
            yield Verdict(person_id, Cause.LEFT_BED, "", back, persons[person_id].device_no)


def _of_values(
    persons: dict[UUID, OfPerson], devices: dict[int, Device], now: datetime, fresh: Fresh
) -> Iterable[Verdict]:
    measured = {person_id: one for person_id, one in persons.items() if one.values}
    if not measured:
        return
    rules = queries.in_force(now, list(measured))
    valid = queries.valid_seconds(now)
    asked: list[tuple[UUID, int, int]] = []
    of_person: dict[UUID, list[Rule]] = {}
    for person_id, one in measured.items():
        mine = list(_rules_of(person_id, one, rules, devices))
        of_person[person_id] = mine
        asked += _asked(person_id, mine, one, valid)
    known = windows.readings(asked)
    active = open_of_persons(list(measured))
    near: dict[UUID, datetime] = {}
    for person_id, mine in of_person.items():
        held = {alarm.cause: alarm for alarm in active.get(person_id, [])}
        for rule in mine:
            one = measured[person_id]
            series = {
                code: _with(known.get((person_id, code), []), one.values.get(code, []))
                for code in _codes(rule)
            }
            scores = None
            if rule.cause == Cause.NEWS2:
                scores = along(
                    queries.warning_instrument(), series, valid=valid, scale=rules.scale(person_id)
                )
                until = scores[-1][1].near_until(valid, worth_several(now)) if scores else None
                near |= {person_id: instant(until)} if until else {}
            verdict = _verdict(person_id, rule, series, one, held.get(rule.cause), scores)
            if verdict is not None:
                yield _came(verdict, rule, one, fresh)
    look_until(Cause.NEWS2, near, now)


def _came(verdict: Verdict, rule: Rule, one: OfPerson, fresh: Fresh) -> Verdict:
    """With the device that told the newest of what the rule looks at, and the gateway."""
    at, code = max((readings[-1].at, code) for code in _codes(rule) if (readings := one.values.get(code)))
    device_no = one.told_by[code]
    return replace(verdict, device_no=device_no, through=fresh.through(device_no, code, at))


def _rules_of(
    person_id: UUID, one: OfPerson, rules: queries.Rules, devices: dict[int, Device]
) -> Iterable[Rule]:
    """Those about what is new; the rule for one kind of device looks at what such a device told."""
    held: dict[str, list[Rule]] = {}
    for code in (0, *one.values):
        device = devices.get(one.told_by.get(code, one.device_no))
        kind = device.kind if device else ""
        held.setdefault(kind, rules.of(person_id, kind))
        asked = code or bool(ITEMS.keys() & one.values.keys())
        yield from (rule for rule in held[kind] if asked and rule.quantity == code)


def _codes(rule: Rule) -> tuple[int, ...]:
    return tuple(ITEMS) if rule.cause == Cause.NEWS2 else (rule.quantity,)


def _asked(
    person_id: UUID, mine: list[Rule], one: OfPerson, valid: dict[int, int]
) -> Iterable[tuple[UUID, int, int]]:
    """Which readings are to be looked at: of whom, of which quantity, since when; the longest that a rule asks."""
    since: dict[int, int] = {}
    first = {code: min(reading.at for reading in fresh) for code, fresh in one.values.items()}
    for rule in mine:
        begins = min(first[code] for code in _codes(rule) if code in first)
        for code in _codes(rule):
            back = max(rule.looked_back, valid.get(code, 0) if rule.cause == Cause.NEWS2 else 0)
            since[code] = min(since.get(code, begins), begins - back * SECOND)
    return [(person_id, code, at) for code, at in since.items()]


def _with(known: list[Reading], fresh: list[Reading]) -> list[Reading]:
    """What is stored, and what is new, each once."""
    by_instant = {one.at: one for one in [*known, *fresh]}
    return trusted(by_instant.values())


def _verdict(
    person_id: UUID, rule: Rule, series: dict[int, list[Reading]], one: OfPerson, alarm: Alarm | None,
    scores: list[tuple[Reading, WarningScore]] | None,
) -> Verdict | None:  # fmt: skip
    """Whether the newest reading leaves an alarm that is not there, or ends or changes one that is."""
    told: dict[str, Any] = {}
    if scores is not None:
        line = [reading for reading, _score in scores]
        told = {"points": dict(scores[-1][1].points), "lacking": scores[-1][1].lacking} if scores else {}
    else:
        line = series[rule.quantity]
    if not line:
        return None
    before = rule.level_for(alarm.severity) if alarm else 0
    since = min(reading.at for code in _codes(rule) for reading in one.values.get(code, []))
    found = changes(rule, line, level=before, since=since)
    level = found[-1].level if found else before
    if level == before:
        return None
    began = next(
        (place for place in reversed(range(len(found))) if place == 0 or not found[place - 1].level), 0
    )
    evidence = _evidence({code: list(readings) for code, readings in series.items()})
    evidence |= {"score": told} if told else {}
    return Verdict(
        person_id, rule.cause, rule.severity(level), instant(found[began].at), one.device_no, rule.version,
        _codes(rule), evidence,
    )  # fmt: skip


def _evidence(series: dict[int, list[Reading]]) -> dict[str, Any]:
    """The readings that it was judged by, the newest of each quantity."""
    return {
        "readings": {
            str(code): [
                [instant(one.at).isoformat(), round(one.value, 3), one.marks] for one in readings[-KEPT:]
            ]
            for code, readings in series.items()
            if readings
        }
    }


def instant(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)
