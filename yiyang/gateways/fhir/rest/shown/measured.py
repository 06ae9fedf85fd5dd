"""What devices measured, as Observations (HL7 vital-signs profile): nothing is copied, the rows are read as they lie.

A person has to be named. Blood pressure is one Observation with components. Readings are looked through from the newest
to the oldest, or the other way, day by day of those on which something was measured.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from yiyang.devices.packs import Mark
from yiyang.devices.queries import devices, series
from yiyang.devices.queries.open_records import by_number, ids_of
from yiyang.devices.rules.quantities import BY_NAME, BY_NO, QUANTITIES, Quantity, Shape
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    concept,
    reference,
    stored,
    targets,
)
from yiyang.gateways.fhir.rest.shown.walking import (
    ENDED,
    NEVER,
    WHOLE,
    Item,
    Merged,
    Place,
    marker,
    places_of,
)
from yiyang.kernel.actors import Actor
from yiyang.kernel.time import midnight, now
from yiyang.people import queries as people
from yiyang.records import queries as records
from yiyang.records.queries.narrowing import reads_type
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.search import Condition, Part, met
from yiyang.records.r4.search.query import Sort, WantedSpan, WantedToken
from yiyang.records.stored import Stored

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PANEL = "85354-9"
PRESSURES = tuple(BY_NAME[one].no for one in ("SYSTOLIC", "DIASTOLIC", "MEAN_PRESSURE"))
PRESSURE = PRESSURES[0]
BESIDE = {"OXYGEN": ("2708-6",)}  # what HL7's profile asks for beside the code of pulse oximetry
LABORATORY = {"GLUCOSE", "HAEMOGLOBIN_A1C", "LACTATE", "POTASSIUM", "CREATININE", "HAEMOGLOBIN"}
SHOWN = tuple(one for one in QUANTITIES if one.shape is Shape.VALUE and one.loinc)
ID = re.compile(r"([0-9a-f]{32})-(\d{1,4})-(\d{1,17})")
OLDEST = timedelta(days=11 * 366)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY, DAYS_A_PAGE = timedelta(days=1), 200
Values = dict[int, tuple[float, int, int]]  # of one instant: number of the quantity, value, marks and device
Devices = Mapping[int, Resource]  # how a device is referred to
NO_ROWS: Source = Source(rows=lambda _actor: _none(), write=lambda row: row, person=lambda row: row["person"])


def _none() -> Any:
    raise AssertionError("readings are no rows")


class Observations(Listing):
    """Results of assessments, and after them (or between them, by date) what devices measured."""

    def walk(
        self,
        actor: Actor,
        conditions: Sequence[Part],
        ids: Sequence[str] | None,
        cursor: str,
        sort: Sort | None = None,
    ) -> Merged:
        places = places_of(cursor, len(self.sources) + 1)
        merged = super().walk(actor, conditions, ids, marker(places[:-1]) if cursor else "", sort)
        merged.walks = [*merged.walks, _Walk(actor, conditions, ids, places[-1], sort)]
        return merged

    def fetch(self, actor: Actor, ids: Sequence[str]) -> list[Stored]:
        return super().fetch(actor, ids) + [one for _at, one in _named(actor, ids)]

    def holds(self, id: str) -> bool:
        parsed = _parsed(id)
        return super().holds(id) or (parsed is not None and bool(_at_instant(*parsed)))


class _Walk:
    """Readings in order of time as a walk beside those over rows."""

    cut = False

    def __init__(
        self,
        actor: Actor,
        conditions: Sequence[Part],
        ids: Sequence[str] | None,
        place: Place,
        sort: Sort | None,
    ) -> None:
        told = [one for one in conditions if isinstance(one, Condition)]
        self.place = place
        self._actor, self._ids = actor, ids
        self._told = [
            one for one in told if one.modifier or one.parameter not in ("patient", "subject", "_id")
        ]
        self._persons = _persons(actor, told)
        self._quantities = _quantities(told)
        self._by, self._newest_first = sort is not None, sort is None or sort.descending
        self._since, self._until = _span(told)
        self._named = _ids(told, ids)
        self._head: Item | None = None
        self._items = self._run()

    def peek(self) -> Item | None:
        if self._head is None and self.place != ENDED and not self.cut:
            self._head = next(self._items, None)
        return self._head

    def take(self) -> Stored:
        found = self.peek()
        assert found is not None
        self._head, self.place = None, found.place
        return found.stored

    def _run(self) -> Iterator[Item]:
        if self._named is not None:
            for at, one in _named(self._actor, self._named):
                if met(bodies.decode(one.body.encode()), self._told, now()):
                    yield Item(at if self._by else NEVER, one, ENDED)
            self.place = ENDED
            return
        since, until = self._left()
        for looked, day in enumerate(self._days(since, until)):
            begins, ends = midnight(day), midnight(day + DAY)
            if looked == DAYS_A_PAGE:
                left = ([ends.isoformat()], WHOLE) if self._newest_first else ([begins.isoformat()], 0)
                self.place, self.cut = left, True
                return
            yield from self._between(max(begins, since), min(ends, until))
        self.place = ENDED

    def _left(self) -> tuple[datetime, datetime]:
        """The time that is asked for and was not given yet, the instant at which the page before ended included."""
        if self.place is None or not self.place[0]:
            return self._since, self._until
        ended = datetime.fromisoformat(self.place[0][0])
        if self._newest_first:
            return self._since, min(ended + timedelta(milliseconds=1), self._until)
        return max(ended, self._since), self._until

    def _days(self, since: datetime, until: datetime) -> list[date]:
        """Those with readings, in the order in which they are given."""
        if not (self._persons and self._quantities and since < until):
            return []
        codes = [no for one in self._quantities for no in _numbers(one)]
        found = series.days_with(self._persons, codes, since, until, now())
        return found[::-1] if self._newest_first else found

    def _between(self, since: datetime, until: datetime) -> list[Item]:
        given, found = self.place, []
        instants = _instants(self._persons, self._quantities, since, until)
        devices = _devices(instants.values())
        for at in sorted(instants, reverse=self._newest_first):
            when = _when(at)
            for index, told in enumerate(_resources(self._persons[0], at, instants[at], devices), 1):
                if given is not None and given[0] == [when.isoformat()] and index <= given[1]:
                    continue
                one = _stored(self._persons[0], told)
                if met(bodies.decode(one.body.encode()), self._told, now()):
                    found.append(Item(when if self._by else NEVER, one, ([when.isoformat()], index)))
        return found


def _persons(actor: Actor, told: Sequence[Condition]) -> list[UUID]:
    """All ids of the one person who is asked for and whose measured values are open to the actor."""
    named = [
        targets(one, "Patient")
        for one in told
        if one.parameter in ("patient", "subject") and not one.modifier
    ]
    wanted = set.intersection(*(set(one) for one in named)) if named else set()
    if len(wanted) != 1 or not reads_type(actor, "Observation") or not devices.ever_lent(*wanted):
        return []
    every = people.ids(next(iter(wanted)))
    return list(every) if records.measured_open(actor, every[:1]) else []


def _quantities(told: Sequence[Condition]) -> list[Quantity]:
    """Those that a search by code may find; blood pressure by the codes of its parts too."""
    found = list(SHOWN)
    for one in told:
        if one.parameter == "code" and not one.modifier:
            codes = {wanted.code for wanted in one.wanted if isinstance(wanted, WantedToken)}
            found = [what for what in found if None in codes or codes & _codes(what)]
    return [one for one in found if one.no == PRESSURE or one.no not in PRESSURES]


def _codes(what: Quantity) -> set[str]:
    return {what.loinc, PANEL} if what.no == PRESSURE else {what.loinc, *BESIDE.get(what.name, ())}


def _span(told: Sequence[Condition]) -> tuple[datetime, datetime]:
    """The time that a search by date may find; never less than that."""
    at = now()
    since, until = at - OLDEST, at + timedelta(days=1)
    for one in told:
        spans = [wanted for wanted in one.wanted if isinstance(wanted, WantedSpan)]
        if one.parameter != "date" or one.modifier or len(spans) != 1 or spans[0].prefix in ("ne", "ap"):
            continue
        if spans[0].prefix in ("eq", "gt", "ge", "sa"):
            since = max(since, spans[0].span.start)
        if spans[0].prefix in ("eq", "lt", "le", "eb"):
            until = min(until, spans[0].span.end)
    return since, until


def _ids(told: Sequence[Condition], ids: Sequence[str] | None) -> list[str] | None:
    named = list(ids) if ids is not None else None
    for one in told:
        if one.parameter == "_id" and not one.modifier:
            codes = [wanted.code for wanted in one.wanted if isinstance(wanted, WantedToken) and wanted.code]
            named = codes if named is None else [id for id in named if id in codes]
    return named


def _instants(
    persons: Sequence[UUID], quantities: Sequence[Quantity], since: datetime, until: datetime
) -> dict[int, Values]:
    """By µs since 1970."""
    found: dict[int, Values] = defaultdict(dict)
    for no in [part for one in quantities for part in _numbers(one)]:
        raw = series.readings(persons, no, since, until)
        columns = (raw.at.tolist(), raw.value.tolist(), raw.marks.tolist(), raw.device_no.tolist())
        for at, value, marks, device_no in zip(*columns, strict=True):
            found[at][no] = (value, marks, device_no)
    return found


def _numbers(what: Quantity) -> tuple[int, ...]:
    return PRESSURES if what.no == PRESSURE else (what.no,)


def _devices(values: Iterable[Values]) -> Devices:
    """Of the devices that told these."""
    told = ids_of({device_no for one in values for _value, _marks, device_no in one.values()})
    return {no: reference("Device", id) for no, id in told.items()}


def _resources(person: UUID, at: int, values: Values, devices: Devices) -> list[Resource]:
    """In the order of the table; the parts of a blood pressure together."""
    parts = {no: values[no] for no in PRESSURES if no in values}
    found = [
        _frame(person, at, BY_NO[no], values[no], devices)
        | {"valueQuantity": _amount(BY_NO[no], values[no][0])}
        for no in sorted(values)
        if no not in PRESSURES
    ]
    return [*found, _pressure(person, at, parts, devices)] if parts else found


def _pressure(person: UUID, at: int, parts: Values, devices: Devices) -> Resource:
    worst = max(parts.values(), key=lambda one: one[1] & Mark.IMPLAUSIBLE)
    framed = _frame(person, at, BY_NO[PRESSURE], worst, devices)
    framed["code"] = concept(LOINC, PANEL, "Blood pressure panel")
    components = [
        {"code": concept(LOINC, BY_NO[no].loinc), "valueQuantity": _amount(BY_NO[no], told[0])}
        for no, told in parts.items()
    ]
    return framed | {"component": components}


def _frame(person: UUID, at: int, what: Quantity, told: tuple[float, int, int], devices: Devices) -> Resource:
    """What cannot be true of a living person is kept and shown as preliminary."""
    _value, marks, device_no = told
    device = devices.get(device_no)
    return {
        "resourceType": "Observation",
        "id": id_at(person, what.no, at),
        "status": "preliminary" if marks & Mark.IMPLAUSIBLE else "final",
        "category": [concept(CATEGORY, _category(what))],
        "code": {
            "coding": [{"system": LOINC, "code": one} for one in (*BESIDE.get(what.name, ()), what.loinc)]
        },
        "subject": {"reference": f"Patient/{person}"},
        "effectiveDateTime": _when(at).isoformat(timespec="milliseconds"),
    } | ({"device": device} if device else {})


def _category(what: Quantity) -> str:
    """Steps are no vital sign; the warmth of a room tells how somebody lives."""
    other = {"STEPS": "activity", "ROOM_TEMPERATURE": "social-history"}
    return "laboratory" if what.name in LABORATORY else other.get(what.name, "vital-signs")


def id_at(person: UUID, no: int, at: int) -> str:
    """Of the Observation of this quantity at this instant (µs since 1970)."""
    return f"{person.hex}-{PRESSURE if no in PRESSURES else no}-{at}"


def _amount(what: Quantity, value: float) -> Resource:
    number = float(f"{value:.6g}")
    whole = int(number) if number.is_integer() else number
    return {"value": whole, "unit": what.ucum, "system": UCUM, "code": what.ucum}


def _stored(person: UUID, told: Resource) -> Stored:
    return stored(NO_ROWS, {"person": person}, told)


def _named(actor: Actor, ids: Sequence[str]) -> list[tuple[datetime, Stored]]:
    parsed = [one for id in ids if (one := _parsed(id)) is not None]
    if not parsed or not reads_type(actor, "Observation"):
        return []
    open_to_actor = records.measured_open(actor, {person for person, _no, _at in parsed})
    found = [(one, _at_instant(*one)) for one in parsed if one[0] in open_to_actor]
    devices = _devices(values for _one, values in found)
    return [
        (_when(at), _stored(person, told))
        for (person, no, at), values in found
        for told in _resources(person, at, values, devices)
        if told["id"] == f"{person.hex}-{no}-{at}"
    ]


VITALS = ("HEART_RATE", "OXYGEN", "BREATHING", *(BY_NO[no].name for no in PRESSURES), "TEMPERATURE", "WEIGHT")


def newest(actor: Actor, persons: Sequence[UUID], at: datetime, within: timedelta) -> list[Resource]:
    """The last reading of each vital sign and of what an analyser tells, as far as the actor may see them, the newest
    first; the device in words, for a document that goes elsewhere."""
    if not records.measured_open(actor, persons[:1]):
        return []
    codes = [BY_NAME[name].no for name in (*VITALS, *LABORATORY)]
    last: dict[int, series.Latest] = {}
    for (_person, no), one in series.latest(persons, at, within, codes).items():
        if no not in last or last[no].at < one.at:
            last[no] = one
    instants: dict[int, Values] = defaultdict(dict)
    for no, one in last.items():
        instants[(one.at - EPOCH) // timedelta(microseconds=1)][no] = (one.value, one.marks, one.device_no)
    devices = {
        no: {"display": str(one)} for no, one in by_number(one.device_no for one in last.values()).items()
    }
    return [
        told
        for instant in sorted(instants, reverse=True)
        for told in _resources(persons[0], instant, instants[instant], devices)
    ]


def _at_instant(person: UUID, no: int, at: int) -> Values:
    when = _when(at)
    return _instants([person], [BY_NO[no]], when, when + timedelta(milliseconds=1)).get(at, {})


def _parsed(id: str) -> tuple[UUID, int, int] | None:
    found = ID.fullmatch(id)
    if found is None or int(found[2]) not in {one.no for one in SHOWN}:
        return None
    return UUID(found[1]), int(found[2]), int(found[3])


def _when(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1e6, UTC)
