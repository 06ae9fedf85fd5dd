"""The JSON API of licences: what a unit may run, how many beds are approved, until when."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.utils.timezone import localdate
from ninja import Query
from pydantic import Field

from yiyang.kernel.api import (
    Answer,
    Day,
    Example,
    Flag,
    Id,
    Instant,
    Number,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.time import now

from .. import commands, queries
from ..bed_kinds import BedKind
from ..models import Licence
from ..models.licences import FilingKind, LicenceState
from .shown import HOME, Party, own_unit, party

routes = Routes("licences")
LICENCE = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d08"


class ApprovedBeds(Shown):
    kind: Annotated[str, OneOf(BedKind)]
    approved_beds: int


class LicenceShown(Shown):
    example: ClassVar[Example] = {
        "id": LICENCE, "unit": {"id": HOME, "name": "阳光养老院"}, "number": "沪民备 2026-017",
        "filing_kind": "CARE_FILING", "beds": [{"kind": "INSTITUTION", "approved_beds": 120}],
        "clinic_operator": None, "medical_insurance": False, "care_insurance": True,
        "valid_from": "2026-01-01", "valid_to": "2031-01-01", "state": "LIVE", "state_reason": "",
        "recorded_at": "2026-01-01T01:00:00Z", "changed_at": None, "version": 1,
    }  # fmt: skip

    id: Id
    unit: Party
    number: str
    filing_kind: Annotated[str, OneOf(FilingKind)]
    beds: list[ApprovedBeds]
    clinic_operator: Annotated[Party | None, Field(description="who runs the clinic inside the unit")]
    medical_insurance: bool
    care_insurance: bool
    valid_from: Day | None
    valid_to: Annotated[Day | None, Field(description="the first day on which it no longer holds")]
    state: Annotated[str, OneOf(LicenceState)]
    state_reason: str
    recorded_at: Instant
    changed_at: Instant | None
    version: int


class LicenceFilter(Paging):
    unit: Id | None = None
    state: Annotated[str, OneOf(LicenceState)] | None = None
    kind: Annotated[str, OneOf(BedKind), Field(description="approves beds of this kind")] | None = None
    valid_today: Flag | None = None


class BedsTold(Told):
    kind: Annotated[str, OneOf(BedKind)]
    approved_beds: Annotated[int, Number(1, 100_000)]


class RecordLicence(Told):
    example: ClassVar[Example] = {
        "unit": HOME, "number": "沪民备 2026-017", "filing_kind": "CARE_FILING",
        "beds": [{"kind": "INSTITUTION", "approved_beds": 120}], "care_insurance": True,
        "valid_from": "2026-01-01", "valid_to": "2031-01-01",
    }  # fmt: skip

    unit: Id
    number: Annotated[str, OneLine(60, 1)]
    filing_kind: Annotated[str, OneOf(FilingKind)]
    beds: Annotated[list[BedsTold], Field(min_length=1, max_length=10)]
    valid_from: Day
    valid_to: Day | None = None
    clinic_operator: Id | None = None
    medical_insurance: bool = False
    care_insurance: bool = False


class LicenceReason(Told):
    example: ClassVar[Example] = {"reason": "主管部门通知"}

    reason: Annotated[Sentence, Field(max_length=200)]


@routes.get("/licences", shows=Page[LicenceShown])
def licences(request: Any, asked: Query[LicenceFilter]) -> Answer:
    """Licences and filings of the district's units, the latest recorded first; they hang on the wall."""
    rows = queries.licences(request.actor)
    if asked.unit:
        rows = rows.filter(organisation=asked.unit)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.kind:
        rows = rows.filter(beds__kind=asked.kind)
    if asked.valid_today is not None:
        today = localdate(now())
        rows = (
            rows.filter(valid__contains=today) if asked.valid_today else rows.exclude(valid__contains=today)
        )
    items, marker, _rows = page(
        rows, asked, by=("-recorded_at", "-id"), show=lambda found: [_shown(one) for one in found]
    )
    return Answer(Page[LicenceShown](items=items, next=marker))


@routes.post("/licences", shows=LicenceShown, status=201, matches="")
def record_licence(request: Any, body: RecordLicence) -> Answer:
    """Record a licence or filing as the authority issued it. A new count of beds comes with a new licence."""
    unit = own_unit(request, "unit", body.unit)
    operator_id = body.clinic_operator
    operator = (
        named("clinic_operator", lambda: queries.organisation(request.actor, operator_id))
        if operator_id
        else None
    )
    told = body.model_dump(exclude={"unit", "beds", "clinic_operator"})
    made = commands.record_licence(
        by=request.actor,
        at=now(),
        organisation=unit,
        approved_beds={BedKind(one.kind): one.approved_beds for one in body.beds},
        clinic_operator=operator,
        **told,
    )
    return _answer(request, made.pk, location=True)


@routes.get("/licences/{licence_id}", shows=LicenceShown)
def read_licence(request: Any, licence_id: Id) -> Answer:
    """One licence."""
    return _answer(request, licence_id)


@routes.post("/licences/{licence_id}/suspend", shows=LicenceShown)
def suspend_licence(request: Any, licence_id: Id, body: LicenceReason) -> Answer:
    """The unit can offer no beds under it until it is restored. People in its beds stay."""
    return _step(request, licence_id, body, commands.suspend_licence)


@routes.post("/licences/{licence_id}/restore", shows=LicenceShown)
def restore_licence(request: Any, licence_id: Id, body: LicenceReason) -> Answer:
    """A suspended licence holds again."""
    return _step(request, licence_id, body, commands.restore_licence)


@routes.post("/licences/{licence_id}/revoke", shows=LicenceShown)
def revoke_licence(request: Any, licence_id: Id, body: LicenceReason) -> Answer:
    """It ends for good; the unit can offer no beds under it any more."""
    return _step(request, licence_id, body, commands.revoke_licence)


def _step(request: Any, licence_id: UUID, body: LicenceReason, command: Any) -> Answer:
    licence = queries.licence(request.actor, licence_id)
    queries.internal_organisation(request.actor, licence.organisation_id)
    command(by=request.actor, at=now(), licence=licence, reason=body.reason)
    return _answer(request, licence_id)


def _answer(request: Any, licence_id: UUID, *, location: bool = False) -> Answer:
    found = queries.licence(request.actor, licence_id)
    where = f"/api/licences/{found.pk}" if location else ""
    return Answer(_shown(found), version=found.version, location=where)


def _shown(one: Licence) -> LicenceShown:
    named_apart = ("unit", "beds", "clinic_operator", "valid_from", "valid_to")
    same = {name: getattr(one, name) for name in LicenceShown.model_fields if name not in named_apart}
    return LicenceShown(
        unit=party(one.organisation),
        beds=[ApprovedBeds.model_validate(line) for line in one.beds.all()],
        clinic_operator=party(one.clinic_operator) if one.clinic_operator else None,
        valid_from=one.valid.lower,
        valid_to=one.valid.upper,
        **same,
    )
