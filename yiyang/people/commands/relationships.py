from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiyang.access.purposes import beside_care
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.people.models import CareRelationship, Person, Scope, every_id, root_of

NEVER_ALONE = "OPEN_RELATIONSHIP"  # No role has it: relationships follow from other commands, which vouch.


@command(NEVER_ALONE, within=ANYWHERE)
def open_relationship(
    *,
    by: Actor,
    at: datetime,
    person_id: UUID,
    organisation_id: UUID | None = None,
    account_id: UUID | None = None,
    basis: str,
    scope: str = Scope.FULL,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    source_kind: str = "",
    source_id: UUID | None = None,
    reason: str = "",
    kinds: Sequence[str] | None = None,
    labels: Sequence[str] = (),
    purposes: Sequence[str] | None = None,
) -> CareRelationship:
    """Give an organisation or an account a reason to see a person; the same reason twice stays one.

    With `kinds` the scope is BASIC, and these kinds of clinical data are open besides; `labels` are the sensitive
    data that are open where the rest is. `purposes`: what for it is open, care where nothing is said.
    """
    person_id = root_of(person_id)
    same = CareRelationship.objects.filter(
        person_id=person_id, organisation_id=organisation_id, account_id=account_id, basis=basis,
        source_id=source_id,
    ).filter(Q(ends_at=None) | Q(ends_at__gt=at)).first()  # fmt: skip
    if same is not None:
        opens = {
            "scope": scope, "ends_at": ends_at, "kinds": _listed(kinds), "labels": list(labels),
            "purposes": beside_care(purposes),
        }  # fmt: skip
        return _renewed(same, opens, by=by, at=at)
    opened = CareRelationship.objects.create(
        person_id=person_id, organisation_id=organisation_id, account_id=account_id, basis=basis, scope=scope,
        starts_at=max(at, starts_at or at), ends_at=ends_at, source_kind=source_kind, source_id=source_id, reason=reason[:200],
        kinds=_listed(kinds), labels=list(labels), purposes=beside_care(purposes),
    )  # fmt: skip
    record(
        "relationship.opened", by=by, at=at, subject=opened.id, person=person_id, organisation=organisation_id,
        account=account_id, basis=basis, scope=scope, ends_at=ends_at, reason=reason or None,
        **_narrowed(opened),
    )  # fmt: skip
    return opened


@command(NEVER_ALONE, within=ANYWHERE)
def close_relationship(
    *,
    by: Actor,
    at: datetime,
    person_id: UUID,
    source_id: UUID,
    organisation_id: UUID | None = None,
    ends_at: datetime | None = None,
) -> int:
    """End what came from one source (an episode, a transfer), of one organisation or of all; count them."""
    until = max(at, ends_at or at)
    open_ones = CareRelationship.objects.filter(
        person_id__in=every_id(person_id), source_id=source_id
    ).filter(Q(ends_at=None) | Q(ends_at__gt=until))
    if organisation_id:
        open_ones = open_ones.filter(organisation_id=organisation_id)
    closed = 0
    for one in open_ones.select_for_update():
        _end(one, until)
        closed += 1
        record(
            "relationship.closed", by=by, at=at, subject=one.id, person=one.person_id,
            organisation=one.organisation_id, account=one.account_id, basis=one.basis, ends_at=one.ends_at,
        )  # fmt: skip
    if not closed:
        record("relationship.nothing_to_close", by=by, at=at, person=person_id, source=source_id)
    return closed


def _renewed(same: CareRelationship, opens: dict[str, Any], *, by: Actor, at: datetime) -> CareRelationship:
    """The relationship exists: give it the new scope and end and what else it opens, if they differ."""
    if any(getattr(same, name) != value for name, value in opens.items()):
        for name, value in opens.items():
            setattr(same, name, value)
        same.save(update_fields=list(opens))
    record(
        "relationship.renewed",
        by=by,
        at=at,
        subject=same.id,
        person=same.person_id,
        scope=same.scope,
        ends_at=same.ends_at,
        **_narrowed(same),
    )
    return same


def _listed(kinds: Sequence[str] | None) -> list[str] | None:
    return None if kinds is None else list(kinds)


def _narrowed(one: CareRelationship) -> dict[str, Any]:
    """For the fact: kinds, labels and purposes where there are any."""
    told = {"kinds": one.kinds, "labels": one.labels or None, "purposes": one.purposes}
    return {name: value for name, value in told.items() if value is not None}


def copy_relationships(gone: Person, kept: Person, at: datetime) -> None:
    """The kept record opens to whom the duplicate was open; the duplicate's own rows stay as they are."""
    live = CareRelationship.objects.filter(person_id=gone.pk).filter(Q(ends_at=None) | Q(ends_at__gt=at))
    CareRelationship.objects.bulk_create(
        (
            CareRelationship(
                person_id=kept.pk, organisation_id=one.organisation_id, account_id=one.account_id,
                basis=one.basis, scope=one.scope, starts_at=max(at, one.starts_at), ends_at=one.ends_at,
                source_kind=one.source_kind, source_id=one.source_id or one.id, reason=one.reason, copy_of=one.id,
                kinds=one.kinds, labels=one.labels, purposes=one.purposes,
            )
            for one in live
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def end_copies(gone: Person, kept: Person, at: datetime) -> None:
    """What was copied at the merge ends; the duplicate's own rows count again."""
    originals = CareRelationship.objects.filter(person_id=gone.pk).values_list("id", flat=True)
    for one in CareRelationship.objects.filter(person_id=kept.pk, copy_of__in=list(originals)).filter(
        Q(ends_at=None) | Q(ends_at__gt=at)
    ):
        _end(one, at)


def _end(one: CareRelationship, until: datetime) -> None:
    one.ends_at = max(until, one.starts_at)
    one.save(update_fields=["ends_at"])
