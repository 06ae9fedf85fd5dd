"""Admissions: opening and closing episodes, and what that does to the person's other episodes."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries import live_licence, naming
from yiyang.beds.commands import rows
from yiyang.beds.models import Bed, Episode, HomeBedSetup, Occupancy, Transfer, WaitingEntry
from yiyang.beds.models.episodes import UNDER_WAY, CloseReason
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import LIVE, Block, HoldFor, State
from yiyang.beds.rules.effects import Effect, Event, effect, event_of_admission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.people import commands as people
from yiyang.people import queries as persons

if TYPE_CHECKING:
    from yiyang.people.models import Person


class NoLicence(Refusal):
    message = _("{unit} has no live licence for {kind} on this day. Ask its manager to enter the licence.")


class BedNotFree(Refusal):
    message = _(
        "Bed {bed} is taken by {holder} until {free_from}. Choose another bed, or join the waiting list."
    )


class PersonIsElsewhere(Refusal):
    message = _("{name} is present in {place} since {since}. End that stay first, or correct it.")


class EpisodeOpen(Refusal):
    message = _(
        "{name} already has an open stay of this kind at {unit}. Change the bed there, or close it first."
    )


class EpisodeClosed(Refusal):
    message = _("This stay was closed on {closed_at}. Look at the person's page for where they are now.")


class NoSuchReason(Refusal):
    message = _("Choose why the stay ends: {allowed}.")
    status = 422


class NotAway(Refusal):
    message = _("This person is not away from this bed, so there is nothing to end.")


class NotPresent(Refusal):
    message = _("This person is not present in this bed now. Look at the person's page.")


class SomeoneElse(Refusal):
    message = _("This bed belongs to another unit or is of another kind. Choose a bed of {unit}.")
    status = 422


@refuses("occupancy_bed_claim")
@refuses("occupancy_bed_period")
def _bed_taken(given: dict[str, Any]) -> Refusal:
    """Says who holds the bed if the actor may know it, and until when."""
    bed = _bed_of(given)
    if bed is None:
        return BedNotFree(bed=_("of this room"), holder=_("somebody else"), free_from=None)
    row = (
        Occupancy.objects.filter(bed=bed, state__in=LIVE, period__endswith=None)
        .exclude(person=_person_of(given), state=State.RESERVED)
        .select_related("person")
        .order_by("claim")
        .first()
    )
    holder: Any = _("somebody else")
    if row is not None and row.person is not None and given["by"].sees(row.person_id):
        holder = row.person.full_name
    elif row is not None and row.person is None:
        holder = Block(row.reason).label
    return BedNotFree(bed=bed.label, holder=holder, free_from=row.claim.upper if row else None)


@refuses("occupancy_person_place")
def _person_elsewhere(given: dict[str, Any]) -> Refusal:
    person = _person_of(given)
    present = Occupancy.objects.filter(person=person, state=State.PRESENT).select_related("unit", "person")
    if isinstance(given.get("at"), datetime):
        present = present.filter(Q(period__endswith=None) | Q(period__endswith__gt=given["at"]))
    row = present.order_by("-period").first() if person else None
    return _present_at(row) if row else PersonIsElsewhere(name=_name(person), place=None, since=None)


def _present_at(row: Occupancy) -> Refusal:
    place = row.unit.name if row.unit else row.place_name
    return PersonIsElsewhere(name=_name(row.person), place=place, since=row.period.lower)


@refuses("episode_one_open_per_kind")
def _episode_open(given: dict[str, Any]) -> Refusal:
    person, bed = _person_of(given), given.get("bed")
    open_ones = Episode.objects.filter(person=person, closed_at=None).order_by("-opened_at")
    open_one = (open_ones.filter(kind=bed.kind) if bed else open_ones).first()
    return EpisodeOpen(name=_name(person), unit=open_one.unit.name if open_one else _("another unit"))


def _bed_of(given: dict[str, Any]) -> Bed | None:
    """The bed in conflict: the one that the database names, else the one that the command was given."""
    named = re.search(r"\(bed_id, \w+\)=\(([0-9a-f-]{36})", given.get("violation", ""))
    if named:
        return Bed.objects.filter(pk=named[1]).first()
    return given.get("to_bed") or given.get("bed")


def _person_of(given: dict[str, Any]) -> Person | None:
    if given.get("person") is not None:
        return given["person"]
    for name in ("transfer", "episode", "setup", "row", "entry"):
        if given.get(name) is not None:
            return persons.person_of(given[name].person_id)
    return None


def _name(person: Person | None) -> Any:
    return person.full_name if person else _("This person")


@command(Permission.ADMIT, within=lambda bed, **_: bed.unit_id, about=lambda person, **_: person.pk)
def admit(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    bed: Bed,
    reason: str = "",
    responsible: str = "",
    expected_until: datetime | None = None,
    whole_room: bool = False,
) -> Episode:
    """Open a stay directly, without a transfer: a walk-in, or a stay that began before this platform."""
    if expected_until is not None and expected_until <= at:
        raise rows.EndsBeforeItBegins(since=at, until=expected_until, field="expected_until")
    person = rows.lock_person(person.pk)
    bed = rows.lock_beds([bed.pk])[bed.pk]
    _refuse_while_elsewhere(person, bed)
    episode = open_episode(
        person, bed, at=at, by=by, reason=reason, responsible=responsible, expected_until=expected_until
    )
    if whole_room:
        take_whole_room(episode, bed, at=at, by=by)
    return episode


@command(
    Permission.DISCHARGE,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def discharge(
    *,
    by: Actor,
    at: datetime,
    episode: Episode,
    reason: str,
    note: str = "",
    earliest: datetime | None = None,
    version: int | None = None,
) -> Episode:
    """Close a stay: the person leaves for home, or the home bed is ended. The hour may be known as an interval.

    A care bed that was held for the person stays held until the person is back in it.
    """
    if reason not in CloseReason.values:
        allowed = ", ".join(str(label) for label in CloseReason.labels)
        raise NoSuchReason(field="reason", allowed=allowed)
    episode = rows.lock_episode(episode.pk)
    rows.check_version(episode, version)
    if episode.closed_at is not None:
        raise EpisodeClosed(closed_at=episode.closed_at)
    person = persons.person_of(episode.person_id)
    close_episode(episode, at=at, by=by, reason=reason, earliest=earliest, note=note)
    is_ward = episode.kind in (BedKind.HOSPITAL, BedKind.PALLIATIVE) and episode.lane == Lane.RESIDENCE
    if is_ward and not _held_residence(person):
        _apply(person, Event.COMING_HOME, at=at, by=by, only=[Effect.RESUME])
    return episode


@command(
    Permission.RECORD_LEAVE,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def return_to_held_bed(*, by: Actor, at: datetime, episode: Episode) -> Episode:
    """The person is back in the bed that was kept: from hospital, from leave, or found again."""
    episode = rows.lock_episode(episode.pk)
    held = [row for row in rows.open_rows(episode=episode) if row.state == State.HELD]
    if episode.closed_at is not None or not held:
        raise NotAway
    person = rows.lock_person(episode.person_id)
    for row in rows.open_rows(person=person, state=State.PRESENT, bed=None):
        rows.end(row, at=at, by=by, why="RETURNED")
    _resume(held[0], episode, at=at, by=by)
    record("occupancy.returned", by=by, at=at, subject=episode, person=person, unit=episode.unit_id)
    _apply(person, Event.COMING_HOME, at=at, by=by, only=[Effect.RESUME], but=episode.pk)
    return episode


@command(
    Permission.DECIDE_HOLD,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def extend_hold(*, by: Actor, at: datetime, episode: Episode, until: datetime) -> Occupancy:
    """Keep the bed for longer."""
    episode = rows.lock_episode(episode.pk)
    row = _held_row(episode)
    if until <= at:
        raise rows.EndsBeforeItBegins(since=at, until=until)
    row.held_until, row.warned_at = until, None
    row.save(update_fields=["held_until", "warned_at"])
    record(
        "hold.extended",
        by=by,
        at=at,
        subject=episode,
        person=episode.person_id,
        unit=episode.unit_id,
        until=until,
    )
    return row


@command(
    Permission.DECIDE_HOLD,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def release_hold(*, by: Actor, at: datetime, episode: Episode, note: str = "") -> Episode:
    """Give up a held bed: the stay is closed and the bed is free for others."""
    episode = rows.lock_episode(episode.pk)
    _held_row(episode)
    close_episode(episode, at=at, by=by, reason=CloseReason.NOT_RETURNED, note=note)
    return episode


@command(
    Permission.RECORD_LEAVE,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def report_missing(*, by: Actor, at: datetime, episode: Episode, note: str = "") -> Occupancy:
    """The resident cannot be found. The bed is held; where the person is, is not known."""
    episode = rows.lock_episode(episode.pk)
    row = hold_for(episode, HoldFor.MISSING, at=at, by=by)
    record(
        "person.missing",
        by=by,
        at=at,
        subject=episode,
        person=episode.person_id,
        unit=episode.unit_id,
        note=note,
    )
    return row


@command(
    Permission.DISCHARGE,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def set_expected_end(
    *, by: Actor, at: datetime, episode: Episode, until: datetime | None, ready: bool = False
) -> Episode:
    """When the stay is expected to end, and whether the person is ready to leave already."""
    episode = rows.lock_episode(episode.pk)
    if until is not None and until <= episode.opened_at:
        raise rows.EndsBeforeItBegins(since=episode.opened_at, until=until)
    episode.expected_until = until
    episode.ready_to_leave_at = (episode.ready_to_leave_at or at) if ready else None
    episode.version += 1
    episode.save()
    for row in rows.open_rows(episode=episode, state=State.PRESENT):
        row.claim = type(row.claim)(row.claim.lower, until if until and until > row.claim.lower else None)
        row.save(update_fields=["claim"])
    record(
        "episode.expected_end_set",
        by=by,
        at=at,
        subject=episode,
        person=episode.person_id,
        unit=episode.unit_id,
        until=until,
        ready=ready,
    )
    return episode


@command(
    Permission.RECORD_DEATH, within=lambda by, **_: by.organisation_id, about=lambda person, **_: person.pk
)
def record_death(*, by: Actor, at: datetime, person: Person, earliest: datetime | None = None) -> Person:
    """The person died at `at` (or between `earliest` and `at`). One transaction ends everything that must end.

    What was recorded after that instant becomes VOID and stays readable; nothing is closed backwards.
    """
    person = rows.lock_person(person.pk)
    for row in Occupancy.objects.filter(person=person).exclude(state__in=[State.VOID, State.RELEASED]):
        _end_row_at_death(row, at=at, by=by, earliest=earliest)
    for episode in Episode.objects.select_for_update(no_key=True).filter(person=person, closed_at=None):
        close_episode(episode, at=max(at, episode.opened_at), by=by, reason=CloseReason.DIED)
    people.note_death(by=by, at=at, person=person, died_at=at)
    from yiyang.beds.commands.transfers import end_for_death

    for transfer in Transfer.objects.select_for_update(no_key=True).live().filter(person=person):
        end_for_death(transfer, at=at, by=by)
    for entry in WaitingEntry.objects.filter(person=person, state__in=["WAITING", "OFFERED"]):
        entry.state, entry.ended_at, entry.end_reason = "ENDED", at, "DIED"
        entry.save()
    HomeBedSetup.objects.filter(person=person, state__in=UNDER_WAY).update(
        state=HomeBedSetup.State.CANCELLED, ended_at=at, end_reason="DIED"
    )
    record("death.settled", by=by, at=at, subject=person, person=person, earliest=earliest)
    return person


def open_episode(
    person: Person,
    bed: Bed,
    *,
    at: datetime,
    by: Actor,
    reason: str,
    responsible: str = "",
    expected_until: datetime | None = None,
    transfer: Transfer | None = None,
) -> Episode:
    """Put the person into the bed under a new episode, and do to the others what the table of effects says."""
    check_licence(bed.unit_id, bed.kind, at)
    leave_others_to(person, bed.kind, bed.lane, at=at, by=by)
    for promised in Occupancy.objects.filter(bed=bed, person=person, state=State.RESERVED):
        rows.release(promised, at=at, by=by, why="USED")
    episode = Episode.objects.create(
        person=person,
        unit_id=bed.unit_id,
        kind=bed.kind,
        lane=bed.lane,
        opened_at=at,
        open_reason=reason[:200],
        responsible=responsible,
        expected_until=expected_until,
        cycle_ends_on=_cycle_end(bed.kind, at.date()),
    )
    rows.occupy(bed, person, episode, at=at, until=expected_until, transfer=transfer, by=by)
    place_waiting(person, bed.kind, at=at, by=by)
    people.open_relationship(
        by=by,
        at=at,
        person_id=person.pk,
        organisation_id=bed.unit_id,
        basis="EPISODE",
        scope="FULL",
        source_kind="Episode",
        source_id=episode.pk,
    )
    record(
        "episode.opened",
        by=by,
        at=at,
        subject=episode,
        person=person,
        unit=bed.unit_id,
        kind=bed.kind,
        bed=bed.pk,
        transfer=transfer.pk if transfer else None,
    )
    if transfer is None:
        _settle_transfers(person, bed, at=at, by=by)
    return episode


def come_home(person: Person, *, at: datetime, by: Actor) -> None:
    """Back without admission: what was held or suspended goes on."""
    _apply(person, Event.COMING_HOME, at=at, by=by, only=[Effect.RESUME])


def leave_others_to(
    person: Person, kind: str, lane: str, *, at: datetime, by: Actor, but: UUID | None = None
) -> None:
    """Apply what an admission to `kind` does to the person's other episodes, and end a stay outside."""
    event = event_of_admission(kind, lane)
    if event != Event.OVERLAY_SET_UP:
        for row in rows.open_rows(person=person, state=State.PRESENT, bed=None):
            rows.end(row, at=at, by=by, why="ADMITTED")
    _apply(person, event, at=at, by=by, but=but)


def depart_others(
    person: Person,
    event: Event,
    *,
    at: datetime,
    by: Actor,
    keep_bed: bool = True,
    earliest: datetime | None = None,
) -> None:
    """Apply what leaving for somewhere does now; what waits for the arrival is left to the arrival."""
    if event != Event.OVERLAY_SET_UP:
        for row in rows.open_rows(person=person, state=State.PRESENT, bed=None):
            rows.end(row, at=at, by=by, why="LEFT", earliest=earliest)
    for episode in _open_episodes(person):
        present = [row for row in rows.open_rows(episode=episode) if row.state == State.PRESENT]
        what = effect(event, episode.kind, episode.lane)
        if present and what == Effect.HOLD and not keep_bed:
            what = Effect.CLOSE
        if what in (Effect.HOLD, Effect.SUSPEND) or (present and what == Effect.CLOSE):
            _do(what, episode, at=at, by=by, earliest=earliest)


def hold_for(
    episode: Episode,
    why: str,
    *,
    at: datetime,
    by: Actor,
    until: datetime | None = None,
    earliest: datetime | None = None,
) -> Occupancy:
    """Keep the bed of an episode while its person is elsewhere.

    Who was on leave may be taken to hospital from there, or be missed; then the leave is over.
    """
    live = rows.open_rows(episode=episode)
    present = [row for row in live if row.state == State.PRESENT]
    if why != HoldFor.LEAVE:
        present += [row for row in live if row.state == State.HELD and row.reason != why]
        episode.leaves.filter(returned_at=None).update(returned_at=at, ended_how=why)
    if not present:
        raise NotPresent
    until = until or at + timedelta(days=policy(f"beds.hold_days.{why}", on=at.date()).value)
    row = rows.hold(present[0], at=at, reason=why, until=until, by=by, earliest=earliest)
    record(
        "bed.held",
        by=by,
        at=at,
        subject=episode,
        person=episode.person_id,
        unit=episode.unit_id,
        bed=row.bed_id,
        why=why,
        until=until,
    )
    return row


def close_episode(
    episode: Episode,
    *,
    at: datetime,
    by: Actor,
    reason: str,
    earliest: datetime | None = None,
    note: str = "",
) -> None:
    """Close an episode and free its bed from the instant when it was really left."""
    left_at = at
    for row in rows.open_rows(episode=episode):
        if row.person_id is None:
            continue
        if row.state == State.RESERVED:
            rows.release(row, at=at, by=by, why="CANCELLED")
        else:
            left_at = max(left_at, rows.vacate(row, at=at, by=by, why=reason, earliest=earliest))
    rows.open_up_room(episode.pk, at=left_at, by=by)
    episode.closed_at, episode.close_reason = max(left_at, episode.opened_at), reason
    episode.version += 1
    episode.save()
    episode.leaves.filter(returned_at=None).update(returned_at=at, ended_how="CLOSED")
    people.close_relationship(by=by, at=at, person_id=episode.person_id, source_id=episode.pk)
    record(
        "episode.closed",
        by=by,
        at=at,
        subject=episode,
        person=episode.person_id,
        unit=episode.unit_id,
        kind=episode.kind,
        reason=reason,
        note=note,
        earliest=earliest,
    )


def take_whole_room(episode: Episode, bed: Bed, *, at: datetime, by: Actor) -> None:
    """Block the other beds of the room for the time of this stay."""
    if bed.room_id is None:
        return
    others = Bed.objects.filter(room_id=bed.room_id, closed_at=None).exclude(pk=bed.pk)
    for other in rows.lock_beds(others.values_list("pk", flat=True)).values():
        rows.make_takeable(other, by)
        rows.block(other, at=at, until=None, reason=Block.WHOLE_ROOM, by=by, episode=episode)


def check_licence(unit_id: UUID, kind: str, at: datetime) -> None:
    """A unit may take somebody only under a live licence for that kind of bed."""
    if live_licence(unit_id, kind, at) is None:
        unit = naming.unit_name(unit_id)
        raise NoLicence(unit=unit, kind=BedKind(kind).label)


def _apply(
    person: Person,
    event: Event,
    *,
    at: datetime,
    by: Actor,
    only: list[Effect] | None = None,
    but: UUID | None = None,
) -> None:
    effects = [
        (effect(event, episode.kind, episode.lane), episode)
        for episode in _open_episodes(person)
        if episode.pk != but
    ]
    # What goes on again needs the place that another stay leaves: it comes last.
    for what, episode in sorted(effects, key=lambda one: one[0] == Effect.RESUME):
        if only is None or what in only:
            _do(what, episode, at=at, by=by)


def _do(what: Effect, episode: Episode, *, at: datetime, by: Actor, earliest: datetime | None = None) -> None:
    live = rows.open_rows(episode=episode)
    present = [row for row in live if row.state == State.PRESENT]
    held = [row for row in live if row.state == State.HELD]
    holdable = present or [row for row in held if row.reason != HoldFor.HOSPITAL]
    if what == Effect.CLOSE:
        close_episode(episode, at=at, by=by, reason=CloseReason.TRANSFERRED, earliest=earliest)
    elif what == Effect.HOLD and holdable:
        hold_for(episode, HoldFor.HOSPITAL, at=at, by=by, earliest=earliest)
    elif what == Effect.SUSPEND and holdable:
        hold_for(episode, HoldFor.HOSPITAL, at=at, by=by, earliest=earliest)
        Episode.objects.filter(pk=episode.pk).update(suspended_at=at)
        record(
            "episode.suspended", by=by, at=at, subject=episode, person=episode.person_id, unit=episode.unit_id
        )
    elif what == Effect.RESUME and held:
        _resume(held[0], episode, at=at, by=by)
        Episode.objects.filter(pk=episode.pk).update(suspended_at=None)
        record(
            "episode.resumed", by=by, at=at, subject=episode, person=episode.person_id, unit=episode.unit_id
        )


def _resume(held: Occupancy, episode: Episode, *, at: datetime, by: Actor) -> None:
    """The person is in the bed again; a leave that it was held for has ended with that."""
    rows.resume(held, at=at, by=by)
    episode.leaves.filter(returned_at=None).update(returned_at=at, ended_how="RETURNED")


def _open_episodes(person: Person) -> list[Episode]:
    return list(Episode.objects.filter(person=person, closed_at=None).order_by("opened_at", "pk"))


def place_waiting(person: Person, kind: str, *, at: datetime, by: Actor) -> None:
    """Whoever has a bed of the kind no longer waits for one; a place that was offered is free again."""
    for entry in WaitingEntry.objects.select_for_update(no_key=True).filter(
        person=person, kind=kind, state__in=["WAITING", "OFFERED"]
    ):
        free_offered(entry, at=at, by=by)
        entry.state, entry.ended_at, entry.end_reason = "PLACED", at, "ARRIVED"
        entry.version += 1
        entry.save()


def free_offered(entry: WaitingEntry, *, at: datetime, by: Actor) -> None:
    """The bed that was kept for somebody who waits is no longer promised."""
    for row in Occupancy.objects.filter(
        bed_id=entry.offered_bed_id, person_id=entry.person_id, state=State.RESERVED, transfer=None
    ):
        rows.release(row, at=at, by=by, why="NOT_TAKEN")


def _refuse_while_elsewhere(person: Person, bed: Bed) -> None:
    """Nobody ends another unit's stay by admitting its person: that unit discharges, or a transfer moves them."""
    event = event_of_admission(bed.kind, bed.lane)
    for row in rows.open_rows(person=person, state=State.PRESENT, episode__isnull=False):
        episode = row.episode
        if episode is None or effect(event, episode.kind, episode.lane) != Effect.CLOSE:
            continue
        if episode.kind == bed.kind:
            raise EpisodeOpen(name=person.full_name, unit=episode.unit.name)
        if episode.unit_id != bed.unit_id:
            raise _present_at(row)


def _held_row(episode: Episode) -> Occupancy:
    held = [row for row in rows.open_rows(episode=episode) if row.state == State.HELD]
    if episode.closed_at is not None or not held:
        raise NotAway
    return held[0]


def _held_residence(person: Person) -> bool:
    return Occupancy.objects.filter(
        person=person, state=State.HELD, period__endswith=None, episode__lane=Lane.RESIDENCE
    ).exists()


def _end_row_at_death(row: Occupancy, *, at: datetime, by: Actor, earliest: datetime | None) -> None:
    if row.state == State.RESERVED:
        rows.release(row, at=max(at, row.period.lower), by=by, why="DIED")
    elif row.period.lower >= at:
        rows.void(row, by=by, why="AFTER_DEATH")
    elif row.period.upper is None:
        rows.vacate(row, at=at, by=by, why=CloseReason.DIED, earliest=earliest)
    elif row.period.upper > at:
        _cut_short(row, at=at, by=by)


def _cut_short(row: Occupancy, *, at: datetime, by: Actor) -> None:
    """A closed row that outlasted the death: the old one stays as VOID, a shorter one takes its place."""
    was = row.state
    rows.void(row, by=by, why="AFTER_DEATH")
    rows.rewrite(row, state=was, since=row.period.lower, until=at, by=by, why=CloseReason.DIED)


def _settle_transfers(person: Person, bed: Bed, *, at: datetime, by: Actor) -> None:
    from yiyang.beds.commands.transfers import settle_by_admission

    for transfer in (
        Transfer.objects.select_for_update(no_key=True).live().filter(person=person, target_lane=bed.lane)
    ):
        settle_by_admission(transfer, bed, at=at, by=by)


def _cycle_end(kind: str, day: date) -> date | None:
    if kind != BedKind.HOME_MEDICAL:
        return None
    return day + timedelta(days=policy("beds.cycle_days.HOME_MEDICAL", on=day).value)
