"""The JSON API of stays: opening and closing, changing beds, leave, holds, and where a person was over the years."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.access.bed_kinds import BedKind
from yiyang.beds import commands, queries
from yiyang.beds.api.shown import AN_ID, Act, Unit, Who, happened, unit, who
from yiyang.beds.models import Episode, Occupancy
from yiyang.beds.models.episodes import CloseReason
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import State
from yiyang.kernel.api import (
    Answer,
    Code,
    Day,
    Example,
    Flag,
    Id,
    Instant,
    Line,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Text,
    named,
    page,
)
from yiyang.people import queries as people

routes = Routes("stays")
EPISODE = AN_ID.format(30)


class EpisodeShown(Shown):
    example: ClassVar[Example] = {
        "id": EPISODE, "person": Who.example, "unit": Unit.example, "kind": "INSTITUTION",
        "lane": "RESIDENCE", "opened_at": "2025-03-01T02:00:00Z", "closed_at": None, "open_reason": "入住",
        "close_reason": "", "responsible": "陈医生", "expected_until": None, "ready_to_leave_at": None,
        "suspended_at": None, "cycle_ends_on": None, "version": 1,
    }  # fmt: skip

    id: Id
    person: Who
    unit: Unit
    kind: Annotated[str, OneOf(BedKind)]
    lane: Annotated[str, OneOf(Lane)]
    opened_at: Instant
    closed_at: Instant | None
    open_reason: str
    close_reason: Annotated[str, OneOf([*CloseReason.values, ""])]
    responsible: str
    expected_until: Instant | None
    ready_to_leave_at: Instant | None
    suspended_at: Instant | None
    cycle_ends_on: Day | None
    version: int


class RowShown(Shown):
    """One row of a person's ribbon: one bed or place, one state, one interval. VOID rows were entered in error."""

    example: ClassVar[Example] = {
        "id": AN_ID.format(31), "state": "PRESENT", "since": "2025-03-01T02:00:00Z", "until": None,
        "promised_from": "2025-03-01T02:00:00Z", "promised_until": None, "unit": Unit.example,
        "bed": AN_ID.format(20), "label": "301-2", "kind": "INSTITUTION", "place_name": "", "reason": "",
        "held_until": None, "release_at": None, "expires_at": None, "end_reason": "", "episode": EPISODE, "transfer": None,
        "supersedes": None, "recorded_at": "2025-03-01T02:01:00Z",
    }  # fmt: skip

    id: Id
    state: Annotated[str, OneOf(State)]
    since: Instant | None
    until: Instant | None
    promised_from: Instant | None
    promised_until: Instant | None
    unit: Unit | None
    bed: Id | None
    label: str
    kind: Annotated[str, OneOf(BedKind)] | None
    place_name: str
    reason: str
    held_until: Instant | None
    release_at: Annotated[
        Instant | None, Field(description="given up by person or family: free from then on")
    ]
    expires_at: Instant | None
    end_reason: str
    episode: Id | None
    transfer: Id | None
    supersedes: Id | None
    recorded_at: Instant


class EpisodeInFull(EpisodeShown):
    example: ClassVar[Example] = EpisodeShown.example | {"rows": [RowShown.example]}

    rows: Annotated[list[RowShown], Field(description="the live rows: where the person is, what is held")]


class EpisodeFilter(Paging):
    person: Id | None = None
    unit: Id | None = None
    kind: Annotated[str, OneOf(BedKind)] | None = None
    open: Flag | None = None


class Admit(Act):
    example: ClassVar[Example] = {
        "person": AN_ID.format(1), "bed": AN_ID.format(20), "reason": "入住", "responsible": "陈医生",
    }  # fmt: skip

    person: Id
    bed: Id
    reason: Line = ""
    responsible: Name = ""
    expected_until: Instant | None = None
    whole_room: bool = False


class Discharge(Act):
    example: ClassVar[Example] = {"reason": "IMPROVED", "note": "回家休养"}

    reason: Annotated[str, OneOf([code for code in CloseReason.values if code != "DIED"])]
    note: Text = ""
    earliest: Annotated[Instant | None, Field(description="when the hour is known as an interval")] = None


class ChangeBed(Act):
    example: ClassVar[Example] = {"to_bed": AN_ID.format(23), "reason": "靠窗"}

    to_bed: Id
    reason: Annotated[str, OneLine(30)] = ""


class SwapBeds(Act):
    example: ClassVar[Example] = {"other": AN_ID.format(33), "reason": "同室不合"}

    other: Annotated[Id, Field(description="the stay of the other resident")]
    reason: Line = ""


class BeginLeave(Act):
    example: ClassVar[Example] = {
        "due_back_at": "2026-05-03T18:00:00+08:00", "companion": "王建国", "companion_phone": "13900000000",
        "destination": "女儿家",
    }  # fmt: skip

    due_back_at: Instant
    companion: Annotated[str, OneLine(80, 1)]
    companion_phone: Code = ""
    destination: Name = ""


class ExtendHold(Act):
    example: ClassVar[Example] = {"until": "2026-05-20T18:00:00+08:00"}

    until: Instant


class WithNote(Act):
    example: ClassVar[Example] = {"note": "家属同意"}

    note: Text = ""


class SetExpectedEnd(Act):
    example: ClassVar[Example] = {"until": "2026-05-10T10:00:00+08:00", "ready": False}

    until: Instant | None
    ready: Annotated[bool, Field(description="ready to leave already")] = False


class CorrectOccupancy(Act):
    example: ClassVar[Example] = {
        "since": "2026-04-20T09:00:00+08:00", "until": None, "reason": "入住时间登记错误",
    }  # fmt: skip

    since: Instant
    until: Instant | None = None
    reason: Sentence


class VoidEpisode(Act):
    example: ClassVar[Example] = {"reason": "重复登记"}

    reason: Sentence


class RecordDeath(Act):
    example: ClassVar[Example] = {"at": "2026-05-01T03:20:00+08:00"}

    earliest: Annotated[Instant | None, Field(description="when the hour is known as an interval")] = None


class DeathShown(Shown):
    example: ClassVar[Example] = {"person": AN_ID.format(1), "died_at": "2026-04-30T19:20:00Z"}

    person: Id
    died_at: Instant


@routes.get("/episodes", shows=Page[EpisodeShown])
def episodes(request: Any, asked: Query[EpisodeFilter]) -> Answer:
    """Stays in your units, the latest first; with `person`, all stays of a person whom you may see."""
    rows = queries.episodes(request.actor, person=asked.person)
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.open is not None:
        rows = rows.filter(closed_at__isnull=asked.open)
    open_persons: set[UUID] = set()

    def show(found: list[Episode]) -> list[EpisodeShown]:
        open_persons.update(queries.open_to(request.actor, (one.person_id for one in found)))
        return [_shown(one, open_persons) for one in found]

    items, marker, _rows = page(rows, asked, by=("-opened_at", "-id"), show=show)
    return Answer(Page[EpisodeShown](items=items, next=marker), persons=open_persons)


@routes.post("/episodes", shows=EpisodeShown, status=201, matches="")
def admit(request: Any, body: Admit) -> Answer:
    """Open a stay directly, without a transfer."""
    person = named("person", lambda: people.person(request.actor, body.person))
    bed = named("bed", lambda: queries.bed(request.actor, body.bed))
    told = body.model_dump(exclude={"at", "person", "bed"})
    opened = commands.admit(by=request.actor, at=happened(body), person=person, bed=bed, **told)
    return _answer(request, opened.pk, location=True)


@routes.get("/episodes/{episode_id}", shows=EpisodeInFull)
def read_episode(request: Any, episode_id: Id) -> Answer:
    """One stay, with its live rows."""
    episode = queries.episode(request.actor, episode_id)
    open_persons = queries.open_to(request.actor, [episode.person_id])
    rows = (
        queries.rows_of(request.actor, episode.person_id)
        .filter(episode=episode, period__endswith=None)
        .order_by("recorded_at", "pk")
        if open_persons
        else []
    )
    shows = EpisodeInFull(**_shown(episode, open_persons).model_dump(), rows=[_row(one) for one in rows])
    return Answer(shows, version=episode.version, persons=open_persons)


@routes.post("/episodes/{episode_id}/close", shows=EpisodeShown)
def discharge(request: Any, episode_id: Id, body: Discharge) -> Answer:
    """Close a stay: the person leaves, or the home bed is ended."""
    return _act(request, episode_id, body, commands.discharge)


@routes.post("/episodes/{episode_id}/change-bed", shows=EpisodeShown)
def change_bed(request: Any, episode_id: Id, body: ChangeBed) -> Answer:
    """Move a resident to another bed of the same unit and kind."""
    to_bed = named("to_bed", lambda: queries.bed(request.actor, body.to_bed))
    return _act(request, episode_id, body, commands.change_bed, to_bed=to_bed)


@routes.post("/episodes/{episode_id}/swap", shows=EpisodeShown)
def swap_beds(request: Any, episode_id: Id, body: SwapBeds) -> Answer:
    """Two residents of one unit change places."""
    other = named("other", lambda: queries.episode(request.actor, body.other))
    return _act(request, episode_id, body, commands.swap_beds, other=other)


@routes.post("/episodes/{episode_id}/take-room", shows=EpisodeShown)
def take_room(request: Any, episode_id: Id, body: Act) -> Answer:
    """The resident takes the room as a whole; its other beds are kept empty."""
    return _act(request, episode_id, body, commands.take_room)


@routes.post("/episodes/{episode_id}/leave", shows=EpisodeShown)
def begin_leave(request: Any, episode_id: Id, body: BeginLeave) -> Answer:
    """The resident leaves for a while with somebody; the bed is held."""
    return _act(request, episode_id, body, commands.begin_leave)


@routes.post("/episodes/{episode_id}/return", shows=EpisodeShown)
def return_to_held_bed(request: Any, episode_id: Id, body: Act) -> Answer:
    """The person is back in the bed that was kept."""
    return _act(request, episode_id, body, commands.return_to_held_bed)


@routes.post("/episodes/{episode_id}/report-missing", shows=EpisodeShown)
def report_missing(request: Any, episode_id: Id, body: WithNote) -> Answer:
    """The resident cannot be found; the bed is held."""
    return _act(request, episode_id, body, commands.report_missing)


@routes.post("/episodes/{episode_id}/extend-hold", shows=EpisodeShown)
def extend_hold(request: Any, episode_id: Id, body: ExtendHold) -> Answer:
    """Keep the bed for longer; person and family as long as was agreed with the unit."""
    return _act(request, episode_id, body, commands.extend_hold)


@routes.post("/episodes/{episode_id}/release-hold", shows=EpisodeShown)
def release_hold(request: Any, episode_id: Id, body: WithNote) -> Answer:
    """Give up a held bed: the stay is closed and the bed is free; of person and family after some hours."""
    return _act(request, episode_id, body, commands.release_hold)


@routes.post("/episodes/{episode_id}/withdraw-release", shows=EpisodeShown)
def withdraw_release(request: Any, episode_id: Id, body: Act) -> Answer:
    """Take back that a held bed was given up, before it is free for others."""
    return _act(request, episode_id, body, commands.withdraw_release)


@routes.post("/episodes/{episode_id}/set-expected-end", shows=EpisodeShown)
def set_expected_end(request: Any, episode_id: Id, body: SetExpectedEnd) -> Answer:
    """When the stay is expected to end, and whether the person is ready to leave already."""
    return _act(request, episode_id, body, commands.set_expected_end)


@routes.post("/episodes/{episode_id}/void", shows=EpisodeShown)
def void_episode(request: Any, episode_id: Id, body: VoidEpisode) -> Answer:
    """A stay that never was: its rows become VOID and the bed is free."""
    return _act(request, episode_id, body, commands.void_episode)


@routes.post("/occupancies/{occupancy_id}/correct", shows=RowShown, matches="")
def correct_occupancy(request: Any, occupancy_id: Id, body: CorrectOccupancy) -> Answer:
    """Put right when somebody was in a bed. The wrong entry stays visible, marked VOID."""
    row = queries.occupancy_row(request.actor, occupancy_id)
    fresh = commands.correct_occupancy(
        by=request.actor, at=happened(body), row=row, since=body.since, until=body.until, reason=body.reason
    )
    return Answer(_row(fresh), persons=[row.person_id])


@routes.get("/people/{person_id}/timeline", shows=Page[RowShown])
def timeline(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """Where a person was and is, over the years: the ribbon of beds and places, the latest entry first."""
    rows = queries.rows_of(request.actor, person_id)
    items, marker, found = page(
        rows, asked, by=("-recorded_at", "-id"), show=lambda found: [_row(one) for one in found]
    )
    return Answer(Page[RowShown](items=items, next=marker), persons={row.person_id for row in found})


@routes.post("/people/{person_id}/death", shows=DeathShown)
def record_death(request: Any, person_id: Id, body: RecordDeath) -> Answer:
    """The person died. One transaction ends everything that must end."""
    person = people.person(request.actor, person_id)
    at = happened(body)
    dead = commands.record_death(by=request.actor, at=at, person=person, earliest=body.earliest)
    return Answer(DeathShown(person=dead.pk, died_at=at), persons=[dead.pk])


def _act(request: Any, episode_id: UUID, body: Act, command: Any, **resolved: Any) -> Answer:
    episode = queries.episode(request.actor, episode_id)
    told = body.model_dump(exclude={"at", *resolved}) | resolved
    command(by=request.actor, at=happened(body), episode=episode, **told)
    return _answer(request, episode_id)


def _answer(request: Any, episode_id: UUID, *, location: bool = False) -> Answer:
    episode = queries.episode(request.actor, episode_id)
    open_persons = queries.open_to(request.actor, [episode.person_id])
    return Answer(
        _shown(episode, open_persons),
        version=episode.version,
        persons=open_persons,
        location=f"/api/episodes/{episode.pk}" if location else "",
    )


def _shown(episode: Episode, open_persons: Collection[UUID]) -> EpisodeShown:
    same = {
        name: getattr(episode, name) for name in EpisodeShown.model_fields if name not in ("person", "unit")
    }
    return EpisodeShown(person=who(episode.person, open_persons), unit=unit(episode.unit), **same)


def _row(row: Occupancy) -> RowShown:
    return RowShown(
        id=row.pk,
        state=row.state,
        since=row.period.lower,
        until=row.period.upper,
        promised_from=row.claim.lower,
        promised_until=row.claim.upper,
        unit=unit(row.unit),
        bed=row.bed_id,
        label=row.bed.label if row.bed else "",
        kind=row.bed.kind if row.bed else None,
        place_name=row.place_name,
        reason=row.reason,
        held_until=row.held_until,
        release_at=row.release_at,
        expires_at=row.expires_at,
        end_reason=row.end_reason,
        episode=row.episode_id,
        transfer=row.transfer_id,
        supersedes=row.supersedes_id,
        recorded_at=row.recorded_at,
    )
