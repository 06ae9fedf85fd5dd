"""Results of other units that might stand in place of a test, and how often they did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.timezone import localdate, localtime

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.access.roles import Scope
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotAllowed
from yiyang.people import queries as people
from yiyang.records.models import TestChoice
from yiyang.records.queries import terms
from yiyang.records.queries.names import in_words, names_of
from yiyang.records.queries.search import search
from yiyang.records.queries.visible import open_of
from yiyang.records.r4 import body as bodies
from yiyang.records.r4 import dates
from yiyang.records.r4.definitions import kind_of
from yiyang.records.r4.search import parse
from yiyang.records.rules import recognition as rules
from yiyang.records.rules.items import Item, item, references_of
from yiyang.records.rules.recognition import Judgement, Outcome, Pack
from yiyang.records.rules.words import parts
from yiyang.records.stored import Stored

SEARCHED = (("Observation", "combo-code"), ("DiagnosticReport", "code"))
LOOKED_BACK = timedelta(days=730)
MOST = 20
SAME = "same_as"
PAPERS = "zh-hans"
MARKED = ("note", "extension", "conclusion")


@dataclass(frozen=True)
class Match:
    """A result of another unit with what is thought of it."""

    item: Item
    unit: str
    judgement: Judgement
    kept_unit: str = ""

    @property
    def kept(self) -> str:
        """The result in one line, as the record keeps it: in the language of its papers."""
        return f"{self.item.title} {self.item.value} · {self.kept_unit} · {self.item.when}"

    @property
    def key(self) -> str:
        return f"{self.item.type}/{self.item.id}"


def pack_on(day: date) -> Pack:
    """What the district has set for a day."""
    marks, items = (
        policy("records.recognition.marks", on=day).value,
        policy("records.recognition.items", on=day),
    )
    return Pack(
        confirmed=items.confirmed,
        items=tuple(items.value),
        levels=policy("records.recognition.levels", on=day).value,
        marks=tuple(marks["marks"]),
        mark_needed=bool(marks["needed"]),
        exclusions=tuple(policy("records.recognition.exclusions", on=day).value),
    )


def matches(
    actor: Actor,
    person_id: UUID,
    *,
    unit_id: UUID | None,
    system: str,
    code: str,
    at: datetime,
    circumstances: Sequence[str] = (),
) -> list[Match]:
    """Results of this item from other units in the last two years, the newest first: recognised or not, and why."""
    if unit_id is None:
        raise NotAllowed
    pack = pack_on(localdate(at))
    wanted = rules.item_of(pack, f"{system}|{code}", *_same(system, code))
    stored = _stored(actor, person_id, wanted, at)
    read = [bodies.decode(one.body.encode()) for one in stored]
    ours = access.organisations_by_id([unit_id])[unit_id]
    units = _units_of(stored, read)
    names = names_of(reference for one in read for reference in references_of(one))
    found = []
    with in_words(read):
        for one, resource in zip(stored, read, strict=True):
            unit = units.get((one.type, one.id))
            if unit is not None and _own(unit, ours):
                continue
            line = item(resource, names, at=_at(resource), version=one.version, updated_at=one.updated_at)
            judgement = rules.judged(
                wanted,
                _result(resource, line, unit),
                by=_standing(ours),
                at=at,
                pack=pack,
                circumstances=circumstances,
            )
            said = (unit.name, unit.name_zh) if unit else (line.who, line.who)
            found.append(Match(line, said[0], judgement, kept_unit=said[1]))
    return found


def _same(system: str, code: str) -> list[str]:
    """What a loaded list says in its column `same_as`: codes of other systems ("system|code") for the same item."""
    known = terms.system_called(system)
    found = known.get([code]).get(code) if known else None
    told = str(found.properties.get(SAME, "")) if found else ""
    return [one for one in told.split()[:20] if "|" in one]


def _stored(actor: Actor, person_id: UUID, wanted: rules.Item, at: datetime) -> list[Stored]:
    found: list[Stored] = []
    asked = ",".join(
        sorted(one.replace("\\", "\\\\").replace(",", "\\,").replace("$", "\\$") for one in wanted.codes)
    )
    for of, parameter in SEARCHED:
        given = [
            ("patient", str(person_id)),
            (parameter, asked),
            ("date", f"ge{(at - LOOKED_BACK).date().isoformat()}"),
            ("_count", str(MOST)),
        ]
        found += search(actor, parse(of, given, "strict")).hits
    return [one for one in found if not one.deleted]


WRITTEN_IN = """SELECT r.kind, r.id, r.written_in FROM records_resource r
    JOIN unnest(%(kinds)s::smallint[], %(ids)s::text[], %(persons)s::uuid[]) AS asked (kind, id, person_id)
    ON (r.person_id, r.kind, r.id) = (asked.person_id, asked.kind, asked.id)"""


def _units_of(stored: Sequence[Stored], read: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Any]:
    """The unit of each: the one that it names as its performer when that is one of ours, else the one that wrote it."""
    if not stored:
        return {}
    asked: dict[str, Any] = {
        "kinds": [kind_of(one.type) for one in stored],
        "ids": [one.id for one in stored],
        "persons": [one.person_id for one in stored],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN_IN, asked)
        wrote = {(kind, id): unit for kind, id, unit in cursor.fetchall()}
    named = {(one.type, one.id): _performer(resource) for one, resource in zip(stored, read, strict=True)}
    ids = {one for one in (*named.values(), *wrote.values()) if one}
    units = access.organisations_by_id(ids)
    found = {}
    for one in stored:
        key = (one.type, one.id)
        said = named[key]
        if said is not None:
            found[key] = units.get(said)
        elif not _names_another(read[stored.index(one)]):
            found[key] = units.get(wrote.get((kind_of(one.type), one.id)))
    return {key: unit for key, unit in found.items() if unit is not None}


def _performer(resource: Mapping[str, Any]) -> UUID | None:
    for one in parts(resource.get("performer")):
        reference = str(one.get("reference", "")) if isinstance(one, Mapping) else ""
        if reference.startswith("Organization/"):
            try:
                return UUID(reference.partition("/")[2])
            except ValueError:
                continue
    return None


def _names_another(resource: Mapping[str, Any]) -> bool:
    """Whether it names an organisation that is none of ours: then whoever sent it on is not its unit."""
    return any(
        str(one.get("reference", "")).startswith("Organization/")
        for one in parts(resource.get("performer"))
        if isinstance(one, Mapping)
    )


def _own(unit: Any, ours: Any) -> bool:
    return unit.pk in ours.path or ours.pk in unit.path


def _standing(unit: Any) -> rules.Unit:
    above = access.organisations_by_id(unit.path)
    chain = [above[one] for one in reversed(unit.path) if one in above] or [unit]
    return rules.Unit(
        str(unit.path[0] if unit.path else unit.pk),
        tuple(each for one in chain for each in (one.code, one.kind) if each),
    )


def _result(resource: Mapping[str, Any], line: Item, unit: Any) -> rules.Result:
    said = " ".join([line.title, *(str(resource.get(key, "")) for key in (*MARKED, "code", "meta"))])
    report = line.type == "DiagnosticReport"
    return rules.Result(
        status=str(resource.get("status", "")),
        at=_at(resource),
        has_value=report or bool(line.value and "dataAbsentReason" not in resource),
        unit=_standing(unit) if unit is not None else None,
        words=said,
    )


def _at(resource: Mapping[str, Any]) -> datetime | None:
    told = resource.get("effectiveDateTime") or resource.get("effectiveInstant")
    period = resource.get("effectivePeriod")
    told = told or (period.get("start") if isinstance(period, Mapping) else None)
    span = dates.span(str(told)) if told else None
    return span.start if span else None


# Figures


@dataclass(frozen=True)
class Figure:
    """One unit in one month. The rate is recognised / (ordered + recognised)."""

    unit_id: UUID
    unit: str
    month: date
    ordered: int
    declined: int
    accepted: int

    @property
    def rate(self) -> float:
        return self.accepted / (self.ordered + self.declined + self.accepted)


def figures(actor: Actor) -> list[Figure]:
    """By unit and month, the newest first."""
    counted: dict[tuple[UUID, date], dict[str, int]] = defaultdict(dict)
    rows = (
        _visible(actor)
        .annotate(month=TruncMonth("at"))
        .values("unit_id", "month", "outcome")
        .annotate(number=Count("pk"))
    )
    for row in rows:
        counted[row["unit_id"], localtime(row["month"]).date()][row["outcome"]] = row["number"]
    units = access.organisations_by_id({unit for unit, _month in counted})
    found = [
        Figure(
            unit, units[unit].name if unit in units else "", month,
            of.get(Outcome.ORDERED, 0), of.get(Outcome.DECLINED, 0), of.get(Outcome.ACCEPTED, 0),
        )
        for (unit, month), of in counted.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.month.toordinal(), one.unit))


@dataclass(frozen=True)
class ChoiceRow:
    """`person_id` and `name` only for those whose record is open to the reader."""

    choice: TestChoice
    item: str
    unit: str
    person_id: UUID | None
    name: str


def choices(
    actor: Actor,
    *,
    unit_id: UUID | None = None,
    month: str = "",
    outcome: str = "",
    after: int = 0,
    limit: int = 100,
) -> tuple[list[ChoiceRow], int]:
    """The rows behind a figure, and how many there are."""
    rows = _visible(actor).order_by("-at", "-pk")
    if unit_id:
        rows = rows.filter(unit_id=unit_id)
    if month:
        year, number = (int(one) for one in month.split("-"))
        rows = rows.filter(at__year=year, at__month=number)
    if outcome:
        rows = rows.filter(outcome__in=outcome.split(","))
    found = list(rows[after : after + limit])
    open_persons = open_of(actor, {one.person_id for one in found})
    names = dict(people.persons(actor).filter(pk__in=open_persons).values_list("pk", "full_name"))
    units = access.organisations_by_id({one.unit_id for one in found})
    items = _items(found)
    return [
        ChoiceRow(
            one, items[one.pk], units[one.unit_id].name if one.unit_id in units else "",
            one.person_id if one.person_id in names else None, names.get(one.person_id, ""),
        )
        for one in found
    ], rows.count()  # fmt: skip


def _items(found: list[TestChoice]) -> dict[Any, str]:
    """What was chosen from a list in the reader's language; what somebody typed as it was typed."""
    codes = {(one.system, one.code) for one in found}
    kept, read = terms.displays(codes, PAPERS), terms.displays(codes)
    return {
        one.pk: read.get((one.system, one.code), one.item)
        if one.item == kept.get((one.system, one.code))
        else one.item
        for one in found
    }


def _visible(actor: Actor) -> Any:
    """Supervisors and coordinators count the district, everybody else the own units."""
    if actor.sees_all:
        return TestChoice.objects.all()
    if not (actor.may(Permission.SEE_FIGURES) or actor.may(Permission.WRITE_RECORD)):
        raise NotAllowed
    role = getattr(actor, "role_of", None)
    if actor.may(Permission.SEE_FIGURES) and role and role.scope in (Scope.AREA, Scope.FIGURES):
        return TestChoice.objects.filter(unit_id__in=access.organisations(actor, active=None).values("pk"))
    return TestChoice.objects.filter(unit_id__in=list(getattr(actor, "organisation_ids", ())))
