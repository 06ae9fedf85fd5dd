"""Agreed areas are set with a reason and ended; whoever leaves one is told of as an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line, reason_of
from yiyang.devices.models.fences import Fence
from yiyang.devices.models.registry import DeviceConsent, Sensed
from yiyang.devices.rules.areas import shape
from yiyang.devices.rules.detecting.fences import NoFence
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.queries import ids

if TYPE_CHECKING:
    from yiyang.people.models import Person

MOST_FENCES = 10
LONGEST_DWELL = timedelta(hours=2)


class PlacesNotAgreed(Refusal):
    message = _(
        "The person has not agreed that their whereabouts are taken. Ask them first and write it down."
    )


class NotAnArea(Refusal):
    message = _("This is no area somebody can be in: {why}")
    status = 422


class DwellTooLong(Refusal):
    message = _("An alarm waits for two hours at most. Choose a shorter time.")
    status = 422


class TooManyFences(Refusal):
    message = _("Ten areas at most for one person. End one first.")


class FenceEnded(Refusal):
    message = _("This area was ended already. Look at the new state.")


class FenceNamedTwice(Refusal):
    message = _("An area of this name is set already. Choose another name, or end that one.")


class HoursNeedBoth(Refusal):
    message = _("Say from when to when the area counts, two different hours, or leave both out.")
    status = 422


@refuses("fence_name_once")
def _named_twice(given: dict[str, Any]) -> Refusal:
    return FenceNamedTwice(field="name")


@refuses("fence_hours_from_to")
def _hours_need_both(given: dict[str, Any]) -> Refusal:
    return HoursNeedBoth(field="since")


WHY = {
    "MIDDLE": _(
        "a circle has a middle, with its latitude and longitude, and a radius. Or put in its corners."
    ),
    "RADIUS": _("a circle has a radius from 1 m to 50 km."),
    "CORNERS": _("a line of corners has 3 to 500 different places, each with latitude and longitude."),
    "CROSSES_ITSELF": _(
        "its line crosses itself. Put the corners in the order in which one would walk round it."
    ),
    "NOT_ON_EARTH": _("latitudes go from -90 to 90 and longitudes from -180 to 180. They may be exchanged."),
}


@command(Permission.LEND_DEVICE, within=ANYWHERE, about=reach.in_full(lambda person, **_: person.pk))
def set_fence(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    name: str,
    area: Mapping[str, Any],
    reason: str,
    since: time | None = None,
    until: time | None = None,
    dwell_seconds: int = 120,
) -> Fence:
    """Whoever is outside this area for `dwell_seconds`, in these hours of the day, is told of."""
    found = writing.lock_living_record(person)
    every = ids(found.pk)
    if not DeviceConsent.objects.filter(person__in=every, what=Sensed.LOCATION, withdrawn_at=None).exists():
        raise PlacesNotAgreed
    try:
        shape(area)
    except NoFence as wrong:
        raise NotAnArea(field="area", why=WHY[wrong.code]) from None
    if not 0 <= dwell_seconds <= LONGEST_DWELL.total_seconds():
        raise DwellTooLong(field="dwell_seconds")
    if Fence.objects.filter(person__in=every, ended_at=None).count() >= MOST_FENCES:
        raise TooManyFences
    if not (called := line(name, "name", 60)):
        raise FieldNeeded(field="name", name=_("name of the area"))
    fence = Fence.objects.create(
        person=found, name=called, area=dict(area), reason=reason_of(reason), since=since, until=until,
        dwell_seconds=dwell_seconds, set_by=by.account_id, set_at=at,
    )  # fmt: skip
    record("fence.set", by=by, at=at, subject=fence, person=found, fence=fence.name)
    return fence


@command(Permission.LEND_DEVICE, within=ANYWHERE, about=reach.in_full(lambda fence, **_: fence.person_id))
def end_fence(*, by: Actor, at: datetime, fence: Fence) -> Fence:
    """From now on this area counts no more."""
    writing.lock(fence.person_id)
    found = Fence.objects.select_for_update(no_key=True).get(pk=fence.pk)
    if found.ended_at is not None:
        raise FenceEnded
    found.ended_at, found.ended_by = max(at, found.set_at), by.account_id
    found.save(update_fields=["ended_at", "ended_by"])
    record("fence.ended", by=by, at=at, subject=found, person=found.person_id)
    return found
