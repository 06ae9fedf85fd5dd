"""Creating, changing and deleting one resource."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_many
from yiyang.kernel.ids import new_id
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.records import patients
from yiyang.records.commands import integrity, rows
from yiyang.records.commands.owners import owner
from yiyang.records.queries import outside
from yiyang.records.queries.resources import Gone
from yiyang.records.queries.visible import open_resource
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.body import Body
from yiyang.records.r4.extracting import extract
from yiyang.records.r4.validating import Level, validate
from yiyang.records.stored import NOBODY, Stored


class ResourceInvalid(Refusal):
    """Carries every problem with its place: `issues`."""

    message = _(
        "This resource is not as FHIR R4 asks: {number} problems. Each says where it is; nothing was written."
    )
    status = 422


class VersionDiffers(Refusal):
    message = _("It is version {version} now, not the one that you changed. Read it again, then decide.")
    status = 412


class MovesToAnother(Refusal):
    message = _(
        "A resource stays in the record it was written to. Delete it and create it anew for the other person."
    )
    status = 422


class PersonsStay(Refusal):
    message = _("A person is not deleted. A record that was registered twice is merged on the person's page.")
    status = 405


@command(Permission.WRITE_RECORD, within=lambda by, **_: by.organisation_id)
def create_resource(*, by: Actor, at: datetime, body: Body, id: str = "") -> Stored:
    """A new resource, under an id of its own or the one that the sender has chosen."""
    check(body.resource)
    return _first(by, at, body, id)


@command(Permission.WRITE_RECORD, within=lambda by, **_: by.organisation_id)
def update_resource(
    *, by: Actor, at: datetime, type: str, id: str, body: Body, expected_version: int | None = None
) -> Stored:
    """A further version of a resource, or the first one under an id that the sender has chosen.

    One that was deleted comes back. The sender may insist on a version.
    """
    check(body.resource)
    return write_update(by=by, at=at, type=type, id=id, body=body, expected_version=expected_version)


@command(Permission.WRITE_RECORD, within=lambda by, **_: by.organisation_id)
def patch_resource(
    *, by: Actor, at: datetime, type: str, id: str, patch: Any, expected_version: int | None = None
) -> Stored:
    """A further version that `patch` makes of the newest one; nothing when one of its steps does not fit."""
    held = rows.lock(type, id)
    if held is None:
        outside.refuse_write(by, type, id)
        raise NotFound
    whose = owner_of(by, held)
    if held.deleted:
        raise Gone
    insist(held, expected_version)
    changed = patch(bodies.read(held.body.encode()).resource)
    body = bodies.written(changed)
    if body.resource.get("resourceType") != type or body.resource.get("id") != id:
        raise MovesToAnother
    check(body.resource)
    if type != "Patient" and owner(by, body.resource) != whose:
        raise MovesToAnother
    return _supersede(by, at, held, body)


@command(Permission.WRITE_RECORD, within=lambda by, **_: by.organisation_id)
def delete_resource(
    *, by: Actor, at: datetime, type: str, id: str, expected_version: int | None = None, alone: bool = True
) -> Stored:
    """The resource is not found any more; its history stays. `alone`: not one step of several, after which others may
    no longer refer to it."""
    if type == "Patient":
        raise PersonsStay
    held = rows.lock(type, id)
    if held is None:
        outside.refuse_write(by, type, id)
        raise NotFound
    owner_of(by, held)
    if held.deleted:
        raise Gone
    insist(held, expected_version)
    if alone:
        integrity.refuse_referred(by, [(type, id)])
    new = replace(held, version=held.version + 1, updated_at=instant(), body="", deleted=True)
    rows.take_away(new, by=by, at=at)
    return new


def write_update(
    *,
    by: Actor,
    at: datetime,
    type: str,
    id: str,
    body: Body,
    expected_version: int | None,
    whose: UUID | None = None,
) -> Stored:
    """As `update_resource`, for a body that was checked; `whose` it is may be known already."""
    held = rows.lock(type, id)
    if held is None:
        if expected_version is not None:
            raise VersionDiffers(version=0)
        return _first(by, at, body, id, whose)
    living = owner_of(by, held)
    insist(held, expected_version)
    if type != "Patient" and (owner(by, body.resource) if whose is None else whose) != living:
        raise MovesToAnother
    return _supersede(by, at, held, body)


def _first(by: Actor, at: datetime, body: Body, id: str, whose: UUID | None = None) -> Stored:
    if body.type == "Patient":
        return put_patient(by, at, body, id)
    if id:
        outside.refuse_write(by, body.type, id)
    person_id = owner(by, body.resource) if whose is None else whose
    new = first_version(by, person_id, body, id or str(new_id()))
    rows.insert(new, extract(body.resource), by=by, at=at)
    return new


def put_patient(by: Actor, at: datetime, body: Body, id: str = "") -> Stored:
    """The Patient as it was sent, kept with the person whom it matches or who is registered by it."""
    person_id = patients.person_behind(by=by, at=at, resource=body.resource, id=id)
    id = id or str(person_id)
    held = rows.lock("Patient", id)
    if held is not None:
        owner_of(by, held)
        if held.person_id != person_id:
            raise MovesToAnother
        return _supersede(by, at, held, body)
    new = first_version(by, person_id, body, id)
    rows.insert(new, extract(body.resource), by=by, at=at)
    return new


def _supersede(by: Actor, at: datetime, held: Stored, body: Body) -> Stored:
    version, updated_at = held.version + 1, instant()
    text = body.stored(id=held.id, meta=meta(body.resource, version, updated_at))
    new = replace(held, version=version, updated_at=updated_at, body=text, deleted=False)
    new = rows.marked(new, body.resource, by=by, before=held)
    rows.supersede(new, extract(body.resource), by=by, at=at)
    return new


def first_version(by: Actor, person_id: UUID, body: Body, id: str) -> Stored:
    at = instant()
    text = body.stored(id=id, meta=meta(body.resource, 1, at))
    new = Stored(person_id, body.resource["resourceType"], id, 1, at, text)
    return rows.marked(new, body.resource, by=by)


def instant() -> datetime:
    """Now, to the millisecond, as `meta.lastUpdated` says it."""
    at = now()
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def meta(resource: dict[str, Any], version: int, updated_at: datetime) -> dict[str, Any]:
    """The sender's meta with what we set."""
    told = resource.get("meta")
    return {
        **(told if isinstance(told, dict) else {}),
        "versionId": str(version),
        "lastUpdated": updated_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def check(resource: dict[str, Any]) -> None:
    """Refuse what R4 does not allow, as far as this installation checks, with every problem at once."""
    level: Level = settings.RECORDS_VALIDATION
    if level == "none":
        return
    issues = [one for one in validate(resource, level=level) if one.severity in ("error", "fatal")]
    if issues:
        raise ResourceInvalid(number=len(issues), issues=issues)


def owner_of(by: Actor, held: Stored) -> UUID:
    """The living person of a stored resource; who may not read it may not change it, and is told of none."""
    return open_resource(by, held)


def insist(held: Stored, expected_version: int | None) -> None:
    if expected_version is not None and held.version != expected_version:
        raise VersionDiffers(version=held.version)


def note_many(name: str, new: list[Stored], by: Actor, at: datetime) -> None:
    """What happened to many at a time, without anything of the content."""
    told = [
        (
            one.person_id if one.person_id != NOBODY else None,
            rows.told_of(one),
        )
        for one in new
    ]
    record_many(name, told, by=by, at=at)
