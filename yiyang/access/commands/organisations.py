"""The organisation tree. `path` is kept here and nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal, refuses
from yiyang.kernel.versions import compare

from ..actors import AccountActor
from ..models import Area, Contract, Organisation
from ..permissions import Permission
from ..refusals import FieldNeeded
from ..texts import fit, reason_of

EDITABLE = (
    "name_zh", "name_en", "short_name", "code", "area", "address", "latitude", "longitude", "operator_kind",
    "operator_name", "phone", "night_contact", "member_unit",
)  # fmt: skip


class CodeTaken(Refusal):
    message = _("Another organisation has the code {code}. Enter a different one, or edit that organisation.")


class WouldBeItsOwnParent(Refusal):
    message = _("An organisation cannot be placed under itself. Choose another place in the tree.")
    status = 422


class StillBound(Refusal):
    message = _(
        "{name} still has {contracts} live contracts and {units} open units below it. End these first."
    )


@refuses("organisation_code_once")
def _code_taken(given: dict[str, Any]) -> Refusal:
    return CodeTaken(code=given.get("code") or given.get("fields", {}).get("code"), field="code")


@command(
    Permission.MANAGE_ORGANISATION,
    within=lambda parent=None, **_given: parent.pk if parent else ANYWHERE,  # the area is checked instead
)
def add_organisation(
    *,
    by: Actor,
    at: datetime,
    kind: str,
    name_zh: str,
    area: Area,
    parent: Organisation | None = None,
    **fields: Any,
) -> Organisation:
    """Place a new organisation in the tree; without a parent it stands for itself in the actor's area."""
    if parent is None:
        _area_is_mine(by, area)
    known = fit(Organisation, name_zh=name_zh, **_known(fields))
    if not known["name_zh"]:
        raise FieldNeeded(name=_("name"), field="name_zh")
    new = Organisation(kind=kind, area=area, parent=parent, **known)
    new.path = [*(parent.path if parent else []), new.pk]
    new.save(force_insert=True)
    if isinstance(by, AccountActor):
        by.forget_reach()
    record("organisation.added", by=by, at=at, subject=new, kind=kind, title=new.name_zh, parent=parent)
    return new


@command(Permission.MANAGE_ORGANISATION, within=lambda organisation, **_given: organisation.pk)
def edit_organisation(
    *, by: Actor, at: datetime, organisation: Organisation, version: int, **fields: Any
) -> Organisation:
    """Change what is known of an organisation; a page that is out of date is refused."""
    current = _lock(organisation, version)
    if "area" in fields and fields["area"] != current.area:
        _area_is_mine(by, fields["area"])
    if "member_unit" in fields and fields["member_unit"] != current.member_unit:
        _is_district_office(by)
    fields = fit(Organisation, **_known(fields))
    before = {name: getattr(current, name) for name in fields}
    for name, value in fields.items():
        setattr(current, name, value)
    current.version += 1
    current.save()
    changed = {name: [str(old), str(fields[name])] for name, old in before.items() if old != fields[name]}
    record("organisation.edited", by=by, at=at, subject=current, changed=changed)
    return current


@command(Permission.MANAGE_ORGANISATION, within=lambda organisation, **_given: organisation.pk)
def move_organisation(
    *, by: Actor, at: datetime, organisation: Organisation, parent: Organisation | None
) -> Organisation:
    """Hang an organisation, with all below it, under another parent."""
    current = _lock(organisation)
    if parent is None:
        _area_is_mine(by, current.area)
    elif not by.may(Permission.MANAGE_ORGANISATION, parent.pk):
        raise NotAllowed
    elif current.pk in parent.path:
        raise WouldBeItsOwnParent(field="parent")
    before = current.parent_id
    above = [*parent.path] if parent else []
    depth = len(current.path) - 1
    for each in Organisation.objects.under(current.pk).select_for_update(no_key=True).order_by("id"):
        each.path = above + each.path[depth:]
        each.save(update_fields=["path"])
    current.parent = parent
    current.path = [*above, current.pk]
    current.version += 1
    current.save(update_fields=["parent", "path", "version"])
    record("organisation.moved", by=by, at=at, subject=current, before=before, parent=parent)
    return current


@command(Permission.MANAGE_ORGANISATION, within=lambda organisation, **_given: organisation.pk)
def close_organisation(*, by: Actor, at: datetime, organisation: Organisation, reason: str) -> Organisation:
    """It works no more: its staff can no longer act for it. What happened there stays."""
    current = _lock(organisation)
    below = Organisation.objects.under(current.pk).filter(active=True).exclude(pk=current.pk).count()
    contracts = Contract.objects.filter(state__in=["SIGNED", "SUSPENDED"], first=current).count()
    contracts += Contract.objects.filter(state__in=["SIGNED", "SUSPENDED"], second=current).count()
    if below or contracts:
        raise StillBound(name=current.name, units=below, contracts=contracts)
    current.active = False
    current.version += 1
    current.save(update_fields=["active", "version"])
    record("organisation.closed", by=by, at=at, subject=current, reason=reason_of(reason))
    return current


@command(Permission.MANAGE_ORGANISATION, within=lambda organisation, **_given: organisation.pk)
def reopen_organisation(*, by: Actor, at: datetime, organisation: Organisation, reason: str) -> Organisation:
    current = _lock(organisation)
    current.active = True
    current.version += 1
    current.save(update_fields=["active", "version"])
    record("organisation.reopened", by=by, at=at, subject=current, reason=reason_of(reason))
    return current


def _lock(organisation: Organisation, version: int | None = None) -> Organisation:
    current = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    compare(current, version)
    return current


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in EDITABLE}


def _area_is_mine(by: Actor, area: Area) -> None:
    """Only who works for a whole area places or moves organisations across it."""
    if by.sees_all:
        return
    _is_district_office(by)
    if not area.code.startswith(getattr(by, "area", "-")):
        raise NotAllowed


def _is_district_office(by: Actor) -> None:
    from ..roles import ROLES, Scope

    if not by.sees_all and ROLES[by.role].scope is not Scope.AREA:
        raise NotAllowed
