from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404

from ..bed_kinds import BedKind
from ..models import Organisation
from ..models.organisations import OrganisationQuerySet
from .ordering import in_order


@dataclass(frozen=True)
class Branch:
    """An organisation as the tree shows it: how deep it lies, and whether the actor administers it."""

    organisation: Organisation
    depth: int
    mine: bool


COLUMNS = {
    "name": "name_zh", "kind": "kind", "area": "area_id", "operator": "operator_kind", "state": "active",
}  # fmt: skip


def organisations(
    actor: Any,
    *,
    kind: str | Iterable[str] = "",
    area: str = "",
    search: str = "",
    active: bool | None = True,
    sort: str = "",
) -> OrganisationQuerySet:
    """Organisations whose names the actor may know: those of the district, and the actor's own."""
    found = Organisation.objects.visible_to(actor).select_related("area")
    if kind:
        found = found.filter(kind__in=[kind] if isinstance(kind, str) else list(kind))
    if area:
        found = found.in_area(area)
    if search:
        found = found.filter(
            Q(name_zh__icontains=search) | Q(name_en__icontains=search) | Q(code__iexact=search)
        )
    if active is not None:
        found = found.filter(active=active)
    return in_order(found, sort, COLUMNS)  # type: ignore[return-value]


def organisation(actor: Any, organisation_id: UUID) -> Organisation:
    """404 unless the actor may know it."""
    found: Organisation = get_object_or_404(
        Organisation.objects.visible_to(actor).select_related("area", "parent"), pk=organisation_id
    )
    return found


def internal_organisation(actor: Any, organisation_id: UUID) -> Organisation:
    """404 unless it is the actor's own, or in the actor's charge: staff, papers, inbox."""
    found: Organisation = get_object_or_404(
        Organisation.objects.internals_visible_to(actor).select_related("area", "parent"), pk=organisation_id
    )
    return found


def organisation_named(code: str) -> Organisation | None:
    """By its institution code; for imports, which have checked their permission."""
    return Organisation.objects.filter(code=code).exclude(code="").first()


def organisations_by_id(ids: Iterable[UUID | None]) -> dict[UUID, Organisation]:
    """Whoever they are, for names and levels beside what an actor sees already."""
    return Organisation.objects.in_bulk([one for one in ids if one is not None])


def units(
    actor: Any | None = None, *, kind: str | Iterable[str] = "", runs: BedKind | str = "", area: str = ""
) -> OrganisationQuerySet:
    """Member units of the five-bed network; `runs` keeps those that hold a licence line for a kind of bed."""
    found = Organisation.objects.all() if actor is None else Organisation.objects.visible_to(actor)
    found = found.filter(member_unit=True, active=True).select_related("area")
    if kind:
        found = found.filter(kind__in=[kind] if isinstance(kind, str) else list(kind))
    if runs:
        found = found.filter(licences__beds__kind=runs, licences__state="LIVE").distinct()
    if area:
        found = found.in_area(area)
    return found


def tree(actor: Any, area: str = "") -> list[Branch]:
    """What the actor may know as a tree, parents before children, names in order."""
    found = {one.pk: one for one in organisations(actor, area=area, active=None)}
    children: dict[UUID | None, list[Organisation]] = {}
    for one in sorted(found.values(), key=lambda one: (one.kind, one.name_zh)):
        children.setdefault(one.parent_id if one.parent_id in found else None, []).append(one)

    def walk(parent: UUID | None, depth: int) -> Iterable[Branch]:
        for one in children.get(parent, []):
            yield Branch(one, depth, actor.sees_all or one.pk in actor.reach)
            yield from walk(one.pk, depth + 1)

    return list(walk(None, 0))
