"""The JSON API of rosters: who answers now, posts, shifts, gaps, what is open, and telephone calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.duty import commands, queries
from yiyang.duty.models import PhoneCall, Post, Shift
from yiyang.duty.rules.posts import Act, Cover, PostKind
from yiyang.duty.rules.results import CallResult
from yiyang.kernel.api import (
    Answer,
    Day,
    Example,
    Id,
    Instant,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Text,
    Told,
    named,
    page,
)
from yiyang.kernel.time import now

routes = Routes("duty")
HOME = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d03"
POST = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1e01"
SHIFT = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1e02"
NURSE = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1e03"
Phone = Annotated[str, OneLine(40)]
Why = Annotated[str, OneLine(200)]


class AnswererShown(Shown):
    """Who should act for a unit now; a gap is a roster with nobody on duty."""

    example: ClassVar[Example] = {
        "unit": HOME, "act": "ANSWER", "post": "护士站", "name": "王护士", "telephone": "021-55501001",
        "deputy": "李护士", "deputy_telephone": "021-55501002", "shift": SHIFT, "gap": False,
    }  # fmt: skip

    unit: Id
    act: Annotated[str, OneOf(Act)]
    post: str
    name: str
    telephone: str
    deputy: str
    deputy_telephone: str
    shift: Id | None
    gap: bool


class AnswererAsked(Paging):
    act: Annotated[str, OneOf(Act)] = "ANSWER"


class PostShown(Shown):
    example: ClassVar[Example] = {
        "id": POST, "unit": HOME, "kind": "CARE_HOME_NURSE", "name": "", "telephone": "021-55501001",
        "cover": "ALWAYS",
    }  # fmt: skip

    id: Id
    unit: Id
    kind: Annotated[str, OneOf(PostKind)]
    name: str
    telephone: str
    cover: Annotated[str, OneOf(Cover)]


class PostFilter(Paging):
    unit: Id | None = None


class AddPost(Told):
    example: ClassVar[Example] = {
        "unit": HOME, "kind": "NIGHT_DUTY", "telephone": "021-55501000", "cover": "OFF_HOURS",
    }  # fmt: skip

    unit: Id
    kind: Annotated[str, OneOf(PostKind)]
    telephone: Annotated[str, OneLine(40, 3)]
    name: Annotated[str, OneLine(60)] = ""
    cover: Annotated[str, OneOf(Cover)] = "AS_PLANNED"


class ShiftShown(Shown):
    example: ClassVar[Example] = {
        "id": SHIFT, "post": POST, "account": NURSE, "name": "王护士", "telephone": "021-55501001",
        "deputy": None, "deputy_name": "", "deputy_telephone": "", "since": "2026-05-01T00:00:00Z",
        "until": "2026-05-01T12:00:00Z", "also_elsewhere": "", "taken_over_at": None, "version": 1,
    }  # fmt: skip

    id: Id
    post: Id
    account: Id
    name: str
    telephone: str
    deputy: Id | None
    deputy_name: str
    deputy_telephone: str
    since: Instant
    until: Instant
    also_elsewhere: str
    taken_over_at: Instant | None
    version: int


class ShiftFilter(Paging):
    unit: Id | None = None
    week: Annotated[Day | None, Field(description="any day of the week; this week when it is left out")] = (
        None
    )


class PlanShift(Told):
    account: Id
    since: Instant
    until: Instant
    telephone: Phone = ""
    deputy: Id | None = None
    deputy_telephone: Phone = ""
    also_elsewhere: Annotated[Why, Field(description="why one person can be on two posts at once")] = ""


class AddShift(PlanShift):
    example: ClassVar[Example] = {
        "post": POST, "account": NURSE, "since": "2026-05-01T00:00:00Z", "until": "2026-05-01T12:00:00Z",
    }  # fmt: skip

    post: Id


class ChangeShift(PlanShift):
    example: ClassVar[Example] = {
        "account": NURSE, "since": "2026-05-01T00:00:00Z", "until": "2026-05-01T10:00:00Z",
    }  # fmt: skip


class SwapShifts(Told):
    example: ClassVar[Example] = {"other": "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1e04"}

    other: Id
    reason: Why = ""


class CancelShift(Told):
    example: ClassVar[Example] = {"reason": "病假"}

    reason: Annotated[Sentence, Field(max_length=200)]


class TakeOver(Told):
    example: ClassVar[Example] = {}


class GapShown(Shown):
    example: ClassVar[Example] = {
        "post": POST, "unit": HOME, "since": "2026-05-01T12:00:00Z", "until": "2026-05-02T00:00:00Z",
        "told_at": None,
    }  # fmt: skip

    post: Id
    unit: Id
    since: Instant
    until: Instant
    told_at: Instant | None


class GapsShown(Shown):
    """The next seven days."""

    example: ClassVar[Example] = {"items": [GapShown.example]}

    items: list[GapShown]


class CallShown(Shown):
    example: ClassVar[Example] = {
        "id": "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1e05", "from_unit": HOME, "to_unit": None, "to_name": "王主任",
        "telephone": "021-55501001", "at": "2026-05-01T00:30:00Z", "by": "李护士 · 护士", "result": "REACHED",
        "note": "十分钟内回复", "person": None,
    }  # fmt: skip

    id: Id
    from_unit: Id
    to_unit: Id | None
    to_name: str
    telephone: str
    at: Instant
    by: str
    result: Annotated[str, OneOf(CallResult)]
    note: str
    person: Id | None


class CallAsked(Paging):
    result: Annotated[str, OneOf(CallResult)] | None = None


class NoteCall(Told):
    example: ClassVar[Example] = {"to_unit": HOME, "result": "REACHED", "note": "十分钟内回复"}

    to_unit: Id
    result: Annotated[str, OneOf(CallResult)]
    to_name: Name = ""
    telephone: Phone = ""
    note: Annotated[Text, Field(max_length=300)] = ""


@routes.get("/organisations/{organisation_id}/answerer", shows=AnswererShown, permission=Permission.TAKE_DUTY)
def who_answers(request: Any, organisation_id: Id, asked: Query[AnswererAsked]) -> Answer:
    """Who should act for a unit now, with the telephones."""
    unit = access.organisation(request.actor, organisation_id)
    found = queries.who_answers(unit.pk, asked.act, now())
    shows = AnswererShown(
        unit=unit.pk,
        act=asked.act,
        post=found.post,
        name=found.name,
        telephone=found.telephone,
        deputy=found.deputy,
        deputy_telephone=found.deputy_telephone,
        shift=found.shift.pk if found.shift else None,
        gap=found.gap,
    )
    return Answer(shows)


@routes.get("/posts", shows=Page[PostShown], permission=Permission.TAKE_DUTY)
def posts(request: Any, asked: Query[PostFilter]) -> Answer:
    """The posts of the rosters that you may see."""
    rows = queries.posts(request.actor, asked.unit)
    items, marker, _rows = page(rows, asked, by=("id",), show=lambda found: [_post(one) for one in found])
    return Answer(Page[PostShown](items=items, next=marker))


@routes.post("/posts", shows=PostShown, status=201, matches="")
def add_post(request: Any, body: AddPost) -> Answer:
    """Add a place to the roster of a unit."""
    unit = named("unit", lambda: queries.unit_of(request.actor, body.unit))
    made = commands.add_post(by=request.actor, at=now(), unit_id=unit.pk, **body.model_dump(exclude={"unit"}))
    return Answer(_post(made))


@routes.get("/shifts", shows=Page[ShiftShown], permission=Permission.TAKE_DUTY)
def shifts(request: Any, asked: Query[ShiftFilter]) -> Answer:
    """Who is on which post in a week."""
    monday = queries.week_of(asked.week or now().date())
    rows = queries.shifts(request.actor, monday, monday + timedelta(days=7), asked.unit)
    items, marker, _rows = page(rows, asked, by=("id",), show=lambda found: [_shift(one) for one in found])
    return Answer(Page[ShiftShown](items=items, next=marker))


@routes.post("/shifts", shows=ShiftShown, status=201, matches="")
def add_shift(request: Any, body: AddShift) -> Answer:
    """Put somebody on a post for a time."""
    post = named("post", lambda: queries.post(request.actor, body.post))
    made = commands.add_shift(by=request.actor, at=now(), post=post, **_told(body))
    return _answer(made, location=f"/api/shifts/{made.pk}")


@routes.get("/shifts/{shift_id}", shows=ShiftShown)
def read_shift(request: Any, shift_id: Id) -> Answer:
    """One shift."""
    return _answer(queries.shift(request.actor, shift_id))


@routes.patch("/shifts/{shift_id}", shows=ShiftShown)
def change_shift(request: Any, shift_id: Id, body: ChangeShift) -> Answer:
    """Another person, deputy, telephone or time; all of it is sent, as for a new shift."""
    shift = queries.shift(request.actor, shift_id)
    changed = commands.change_shift(
        by=request.actor, at=now(), shift=shift, version=request.version, **_told(body)
    )
    return _answer(changed)


@routes.post("/shifts/{shift_id}/swap", shows=ShiftShown)
def swap_shifts(request: Any, shift_id: Id, body: SwapShifts) -> Answer:
    """Two people take each other's shifts."""
    shift = queries.shift(request.actor, shift_id)
    other = named("other", lambda: queries.shift(request.actor, body.other))
    return _answer(
        commands.swap_shifts(by=request.actor, at=now(), shift=shift, other=other, reason=body.reason)
    )


@routes.post("/shifts/{shift_id}/cancel", shows=ShiftShown)
def cancel_shift(request: Any, shift_id: Id, body: CancelShift) -> Answer:
    """The person does not come; what is left is a gap."""
    shift = queries.shift(request.actor, shift_id)
    return _answer(
        commands.cancel_shift(
            by=request.actor, at=now(), shift=shift, reason=body.reason, version=request.version
        )
    )


@routes.post("/shifts/{shift_id}/take-over", shows=ShiftShown, matches="")
def take_over_shift(request: Any, shift_id: Id, body: TakeOver) -> Answer:
    """You have read the notes and what is open; from now on it is yours."""
    shift = queries.shift(request.actor, shift_id)
    return _answer(commands.take_over_shift(by=request.actor, at=now(), shift=shift))


@routes.get("/gaps", shows=GapsShown, permission=Permission.TAKE_DUTY)
def gaps(request: Any) -> Answer:
    """When nobody is on a post that must be staffed, in the next seven days."""
    at = now().replace(second=0, microsecond=0)
    found = queries.gaps(request.actor, at, at + timedelta(days=7))
    items = [
        GapShown(
            post=one.post.pk, unit=one.post.unit_id, since=one.since, until=one.until, told_at=one.told_at
        )
        for one in found
    ]
    return Answer(GapsShown(items=items))


@routes.get("/calls", shows=Page[CallShown], permission=Permission.RECORD_CALL)
def calls(request: Any, asked: Query[CallAsked]) -> Answer:
    """The telephone log: calls that your units made or got, the latest first."""
    rows = queries.calls(request.actor, result=asked.result or "")
    items, marker, found = page(
        rows, asked, by=("-at", "-id"), show=lambda found: [_call(one) for one in found]
    )
    persons = {one.person_id for one in found if one.person_id}
    return Answer(Page[CallShown](items=items, next=marker), persons=persons)


@routes.post("/calls", shows=CallShown, status=201, matches="")
def note_call(request: Any, body: NoteCall) -> Answer:
    """Record that you phoned a unit."""
    unit = named("to_unit", lambda: access.organisation(request.actor, body.to_unit))
    made = commands.note_call(
        by=request.actor,
        at=now(),
        from_unit=request.actor.organisation_id,
        to_unit=unit.pk,
        **body.model_dump(exclude={"to_unit"}),
    )
    return Answer(_call(made))


def _told(body: PlanShift) -> dict[str, Any]:
    told = body.model_dump(exclude={"post", "account", "deputy"})
    return {"account_id": body.account, "deputy_id": body.deputy, **told}


def _answer(shift: Shift, *, location: str = "") -> Answer:
    return Answer(_shift(shift), version=shift.version, location=location)


def _post(one: Post) -> PostShown:
    same = {name: getattr(one, name) for name in PostShown.model_fields if name != "unit"}
    return PostShown(unit=one.unit_id, **same)


def _shift(one: Shift) -> ShiftShown:
    return ShiftShown(
        id=one.pk,
        post=one.post_id,
        account=one.account_id,
        name=one.account.name,
        telephone=one.telephone_now,
        deputy=one.deputy_id,
        deputy_name=one.deputy.name if one.deputy else "",
        deputy_telephone=one.deputy_phone,
        since=one.period.lower,
        until=one.period.upper,
        also_elsewhere=one.also_elsewhere,
        taken_over_at=one.taken_over_at,
        version=one.version,
    )


def _call(one: PhoneCall) -> CallShown:
    return CallShown(
        id=one.pk,
        from_unit=one.from_unit_id,
        to_unit=one.to_unit_id,
        to_name=one.to_name,
        telephone=one.telephone,
        at=one.at,
        by=one.by_label,
        result=one.result,
        note=one.note,
        person=one.person_id,
    )
