"""The JSON API of alarms: what waits, who has taken it, what it was."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.api.registry import DEVICE, UNIT
from yiyang.devices.models import Alarm, Limit
from yiyang.devices.queries import alarms as queries
from yiyang.devices.queries import limits as held
from yiyang.devices.rules.alarms import Cause, Outcome, Severity
from yiyang.devices.rules.quantities import BY_NAME, BY_NO, Shape
from yiyang.kernel.api import (
    Answer,
    Example,
    Id,
    Instant,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Told,
    page,
)
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.rules.falls import Injury, Place

routes = Routes("alarms")
PERSON = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d01"
ALARM = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c2b01"
LIMIT = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c2b02"
VALUES = [one.name for one in BY_NAME.values() if one.shape == Shape.VALUE]


class AlarmShown(Shown):
    example: ClassVar[Example] = {
        "id": ALARM, "person": PERSON, "unit": UNIT, "device": DEVICE, "gateway": None, "cause": "FALL",
        "severity": "EMERGENCY", "event_at": "2026-05-01T02:10:00Z", "raised_at": "2026-05-01T02:10:01Z", "times": 1,
        "acknowledged_at": None, "seen_at": None, "cleared_at": None, "closed_at": None, "outcome": "", "done": "",
        "rule": "FALL event", "version": 1,
    }  # fmt: skip

    id: Id
    person: Id | None
    unit: Id | None
    device: Id | None
    gateway: Id | None
    cause: Annotated[str, OneOf(Cause)]
    severity: Annotated[str, OneOf(Severity)]
    event_at: Annotated[Instant, Field(description="when it happened")]
    raised_at: Annotated[Instant, Field(description="when it was heard of")]
    times: int
    acknowledged_at: Instant | None
    seen_at: Annotated[Instant | None, Field(description="when somebody saw the person")]
    cleared_at: Annotated[
        Instant | None, Field(description="when newer readings ended it; never for an event")
    ]
    closed_at: Instant | None
    outcome: str
    done: str
    rule: str
    version: int


class AlarmFilter(Paging):
    person: Id | None = None
    open: Annotated[bool, Field(description="only those that nobody has closed")] = True


class JustThis(Told):
    example: ClassVar[Example] = {}


class CloseAlarm(Told):
    example: ClassVar[Example] = {"outcome": "TRUE", "done": "已扶起，无外伤"}

    outcome: Annotated[str, OneOf(Outcome)]
    done: Annotated[Sentence, Field(max_length=400)]
    place: Annotated[str, OneOf(Place), Field(description="of a fall that was real: where it was")] = "OTHER"
    injury: Annotated[str, OneOf(Injury), Field(description="of a fall that was real")] = "UNKNOWN"


class CorrectOutcome(Told):
    example: ClassVar[Example] = {"outcome": "FALSE", "reason": "当时只是坐下太快"}

    outcome: Annotated[str, OneOf(Outcome)]
    reason: Annotated[Sentence, Field(max_length=200)]


class CommentOnAlarm(Told):
    example: ClassVar[Example] = {"text": "已电话联系，老人称无碍"}

    text: Annotated[Sentence, Field(max_length=400)]


class LimitShown(Shown):
    example: ClassVar[Example] = {
        "id": LIMIT, "person": PERSON, "quantity": "OXYGEN", "low": 88.0, "high": None, "target_88_92": False,
        "since": "2026-05-01T08:00:00Z", "until": "2026-06-01T08:00:00Z", "reason": "慢阻肺，长期偏低",
    }  # fmt: skip

    id: Id
    person: Id
    quantity: Annotated[str, OneOf(VALUES)]
    low: float | None
    high: float | None
    target_88_92: bool
    since: Instant
    until: Instant
    reason: str


class LimitsShown(Shown):
    example: ClassVar[Example] = {"items": [LimitShown.example]}

    items: list[LimitShown]


class SetLimits(Told):
    example: ClassVar[Example] = {
        "quantity": "OXYGEN", "low": 88, "until": "2026-06-01T08:00:00Z", "reason": "慢阻肺，长期偏低",
    }  # fmt: skip

    quantity: Annotated[str, OneOf(VALUES)]
    low: Annotated[float | None, Field(description="alarms below it")] = None
    high: Annotated[float | None, Field(description="alarms at it and above")] = None
    target_88_92: Annotated[
        bool, Field(description="the early warning score counts oxygen by its scale 2")
    ] = False
    until: Instant
    reason: Annotated[Sentence, Field(max_length=400)]


@routes.get("/alarms", shows=Page[AlarmShown], permission=Permission.TAKE_DUTY)
def alarms(request: Any, asked: Query[AlarmFilter]) -> Answer:
    """Alarms of persons and devices that you may see, the newest first."""
    rows = queries.alarms(request.actor)
    rows = rows.filter(person=asked.person) if asked.person else rows
    rows = rows.open() if asked.open else rows
    items, marker, found = page(
        rows, asked, by=("-raised_at", "-id"), show=lambda found: [_alarm(one) for one in found]
    )
    return Answer(
        Page[AlarmShown](items=items, next=marker), persons={one.person_id for one in found if one.person_id}
    )


@routes.get("/alarms/{alarm_id}", shows=AlarmShown, permission=Permission.TAKE_DUTY)
def read_alarm(request: Any, alarm_id: Id) -> Answer:
    """One alarm."""
    return _answer(queries.alarm(request.actor, alarm_id))


@routes.post("/alarms/{alarm_id}/acknowledge", shows=AlarmShown)
def acknowledge_alarm(request: Any, alarm_id: Id, body: JustThis) -> Answer:
    """You take care of it: nobody further is told."""
    found = queries.alarm(request.actor, alarm_id)
    return _answer(commands.acknowledge_alarm(by=request.actor, at=now(), alarm=found))


@routes.post("/alarms/{alarm_id}/seen", shows=AlarmShown)
def mark_person_seen(request: Any, alarm_id: Id, body: JustThis) -> Answer:
    """You stand before the person, or speak with them."""
    found = queries.alarm(request.actor, alarm_id)
    return _answer(commands.mark_person_seen(by=request.actor, at=now(), alarm=found))


@routes.post("/alarms/{alarm_id}/comments", shows=AlarmShown, status=201, matches="")
def comment_on_alarm(request: Any, alarm_id: Id, body: CommentOnAlarm) -> Answer:
    """What others should know of it."""
    found = queries.alarm(request.actor, alarm_id)
    commands.comment_on_alarm(by=request.actor, at=now(), alarm=found, text=body.text)
    return Answer(_alarm(found), persons={found.person_id} if found.person_id else set())


@routes.post("/alarms/{alarm_id}/close", shows=AlarmShown)
def close_alarm(request: Any, alarm_id: Id, body: CloseAlarm) -> Answer:
    """What it was, and what was done. What happened to a person needs somebody who has seen them."""
    found = queries.alarm(request.actor, alarm_id)
    return _answer(commands.close_alarm(by=request.actor, at=now(), alarm=found, **body.model_dump()))


@routes.post("/alarms/{alarm_id}/correct-outcome", shows=AlarmShown)
def correct_outcome(request: Any, alarm_id: Id, body: CorrectOutcome) -> Answer:
    """It was something else. A fall that it recorded of the person is withdrawn, or is recorded now."""
    found = queries.alarm(request.actor, alarm_id)
    return _answer(commands.correct_outcome(by=request.actor, at=now(), alarm=found, **body.model_dump()))


@routes.get("/people/{person_id}/alarm-limits", shows=LimitsShown, permission=Permission.TAKE_DUTY)
def alarm_limits(request: Any, person_id: Id) -> Answer:
    """A clinician's own limits for a person, the newest first."""
    found = held.limits(request.actor, person_id)[:100]
    return Answer(LimitsShown(items=[_limit(one) for one in found]), persons=[person_id])


@routes.post("/people/{person_id}/alarm-limits", shows=LimitShown, status=201, matches="")
def set_person_limits(request: Any, person_id: Id, body: SetLimits) -> Answer:
    """From where on readings of this person alarm, why, and until when."""
    person = people.person_in_full(request.actor, person_id)
    told = body.model_dump(exclude={"quantity"})
    made = commands.set_person_limits(
        by=request.actor, at=now(), person=person, code=BY_NAME[body.quantity].no, **told
    )
    return Answer(_limit(made), persons=[person.pk])


@routes.post("/alarm-limits/{limit_id}/end", shows=LimitShown, matches="")
def end_person_limits(request: Any, limit_id: Id, body: JustThis) -> Answer:
    """The rule for everybody holds again."""
    row = held.limit(request.actor, limit_id)
    made = commands.end_person_limits(by=request.actor, at=now(), row=row)
    return Answer(_limit(made), persons=[made.person_id])


def _answer(found: Alarm) -> Answer:
    persons = {found.person_id} if found.person_id else set()
    return Answer(_alarm(found), persons=persons, version=found.version)


def _alarm(one: Alarm) -> AlarmShown:
    apart = ("person", "unit", "device", "gateway")
    same = {name: getattr(one, name) for name in AlarmShown.model_fields if name not in apart}
    return AlarmShown(**same, **{name: getattr(one, f"{name}_id") for name in apart})


def _limit(one: Limit) -> LimitShown:
    same = {name: getattr(one, name) for name in ("id", "low", "high", "target_88_92", "reason")}
    return LimitShown(
        person=one.person_id,
        quantity=BY_NO[one.code].name,
        since=one.period.lower,
        until=one.period.upper,
        **same,
    )
