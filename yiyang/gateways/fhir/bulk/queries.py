"""Exports as far as somebody may know of them: one's own, and for those in charge those of their units."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yiyang.access.actors import in_same_capacity
from yiyang.access.permissions import Permission
from yiyang.access.purposes import purpose_of
from yiyang.gateways.fhir.bulk import files
from yiyang.gateways.fhir.bulk.models import LIVE, Export, State
from yiyang.kernel.refusals import REGISTRY, NotAllowed, NotFound, Refusal
from yiyang.records.queries import exporting

IN_CHARGE = (Permission.IMPORT_DATA, Permission.READ_ACCESS_LOG)
"""Whoever has one of these sees which exports there were in their units, and may end them; not what is in them."""
SILENT = timedelta(minutes=1)


def visible_to(actor: Any) -> QuerySet[Export]:
    found = Q(account_id=actor.account_id)
    if any(actor.may(one) for one in IN_CHARGE):
        found |= Q(organisation_id__in=list(actor.reach))
    return Export.objects.filter(found)


def newest(actor: Any, most: int = 100) -> list[Export]:
    return list(visible_to(actor)[:most])


def export(actor: Any, export_id: UUID) -> Export:
    found = visible_to(actor).filter(pk=export_id).first()
    if found is None:
        raise NotFound
    return found


def own(actor: Any, export_id: UUID) -> Export:
    """Of whoever asked for it, in the same capacity, by the same app and for the same purpose; nobody else polls or fetches it."""
    found = Export.objects.filter(pk=export_id, account_id=actor.account_id).first()
    if found is None or (found.membership_id, found.client_id, found.purpose) != (
        actor.membership_id, getattr(actor, "client_id", None), purpose_of(actor),
    ):  # fmt: skip
        raise NotFound
    return found


def by_id(export_id: UUID) -> Export:
    return Export.objects.get(pk=export_id)


def live_of(account_id: UUID) -> int:
    return Export.objects.filter(account_id=account_id, state__in=LIVE).count()


def asker(found: Export, at: datetime) -> Any:
    """Whoever asked for it, as they are now; NotAllowed when they may not read any more."""
    actor = in_same_capacity(found.account_id, found.membership_id, at, found.purpose)
    if actor is None or not actor.may(Permission.READ_RECORD):
        raise NotAllowed
    return actor


def whole(found: Export, actor: Any) -> bool:
    """Whether everybody in it is as open to whoever asked as when it was begun."""
    at, number = 0, 10_000
    while ids := files.read(found.pk, files.PERSONS, at * exporting.ID, number * exporting.ID):
        then = files.read(found.pk, files.STAMPS, at * exporting.STAMP, number * exporting.STAMP)
        if exporting.stamps(actor, exporting.unpacked(ids)) != then:
            return False
        at += number
    return True


def left_behind(at: datetime) -> list[UUID]:
    """What nobody has worked on for a minute: its worker was killed, or its job was lost."""
    silent = Export.objects.filter(state__in=LIVE, touched_at__lt=at - SILENT)
    return list(silent.values_list("pk", flat=True)[:100])


def out_of_date(at: datetime) -> list[Export]:
    return list(Export.objects.filter(state=State.DONE, expires_at__lte=at)[:100])


def with_files() -> set[str]:
    """The names of the folders that are to be there."""
    kept = Export.objects.filter(state__in=[*LIVE, State.DONE]).values_list("pk", flat=True)
    return {str(one) for one in kept}


def problem_of(found: Export) -> Refusal:
    from yiyang.gateways.fhir.bulk.commands import ExportBroken

    known = REGISTRY.get(found.problem)
    return known() if known else ExportBroken()
