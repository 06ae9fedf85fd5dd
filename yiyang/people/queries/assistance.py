"""For whom somebody acts now, what was done for a person at counters and by telephone, and the slip of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yiyang.access.acting import Standing
from yiyang.access.permissions import Permission
from yiyang.access.serving import account_of_person, kind_of_account
from yiyang.kernel.actors import Actor
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people.models import (
    Assistance,
    Barring,
    Delegation,
    DelegationBasis,
    Kinship,
    Scope,
    ids_of,
    root_of,
)
from yiyang.people.queries.persons import person_in_full
from yiyang.people.queries.persons import scope as scope_of

# What follows from an act by itself says nothing more to whoever asked for it.
FOLLOWS = ("relationship.", "notice.", "assistance.", "matter.")
LATE = timedelta(minutes=1)


def begun(staff: Any, assistance_id: UUID, mark: str) -> Assistance | None:
    """What this account began in this session or by this token: also when it is over, until that is confirmed."""
    return (
        Assistance.objects.select_related("person", "delegation")
        .filter(pk=assistance_id, account_id=staff.account_id, bound_to=mark)
        .first()
    )


def standing(staff: Any, row: Assistance) -> Standing | None:
    """As whom it lets somebody act now; None when its time is over, or what it rested on."""
    at = now()
    person_id = root_of(row.person_id)
    if row.ended_at or not row.started_at <= at < row.until or staff.organisation_id != row.organisation_id:
        return None
    if not staff.may(Permission.ASSIST, staff.organisation_id) or not staff.sees(person_id):
        return None
    told = {
        "id": str(row.pk), "for": row.name, "channel": row.channel, "identity_check": row.identity_check,
    }  # fmt: skip
    if row.delegation is None:
        own = account_of_person(person_id)
        return Standing(person_id, own, row.name, "ELDER", row.how, {**told, "as": "ELDER"})
    role = role_of(row.delegation)
    if role is None or not _lasts(row.delegation):
        return None
    account = row.delegation.account_id
    return Standing(
        person_id, account, row.name, role, row.how, {**told, "as": role, "account": str(account)}
    )


def role_of(delegation: Delegation) -> str | None:
    """The role in which the account acts for this person at home; None when it could not sign in itself."""
    kind = kind_of_account(delegation.account_id)
    if kind == "ELDER":  # an elder who looks after a spouse
        return "RELATIVE"
    return kind if kind in ("RELATIVE", "GUARDIAN") else None


def _lasts(delegation: Delegation) -> bool:
    at = now()
    barred = Barring.objects.filter(
        person_id__in=ids_of(root_of(delegation.person_id)), account_id=delegation.account_id, lifted_at=None
    )
    lasts = delegation.revoked_at is None and delegation.starts_at <= at < delegation.expires_at
    return lasts and not barred.exists()


def served(person_id: UUID) -> list[tuple[str, str]]:
    """Who may be acted for, for a choice: relatives and guardians with what they hold now."""
    at = now()
    rows = Delegation.objects.filter(
        person_id__in=ids_of(person_id), revoked_at=None, starts_at__lte=at, expires_at__gt=at
    ).order_by("account_label", "pk")
    return [(str(one.pk), _named(one)) for one in rows if role_of(one)]


def _named(one: Delegation) -> str:
    basis = f" · {DelegationBasis(one.basis).label}" if one.basis == DelegationBasis.GUARDIAN else ""
    return f"{one.account_label} · {Kinship(one.kinship).label}{basis}"


def delegation_to_serve(person_id: UUID, delegation_id: UUID) -> Delegation:
    """What a relative was entrusted with, live or not: the command says why not."""
    found = Delegation.objects.filter(pk=delegation_id, person_id__in=ids_of(person_id)).first()
    if found is None:
        raise NotFound
    return found


def assistances(actor: Actor, person_id: UUID) -> QuerySet[Assistance]:
    """When somebody was served for this person, the latest first."""
    found = person_in_full(actor, person_id)
    rows = Assistance.objects.filter(person_id__in=ids_of(found.pk)).select_related("organisation")
    return rows.order_by("-started_at", "-id")


def assistance(actor: Any, assistance_id: UUID) -> Assistance:
    """One of them: to whoever sees the person in full, and to the unit that served."""
    row = (
        Assistance.objects.select_related("organisation", "person", "delegation")
        .filter(pk=assistance_id)
        .first()
    )
    if row is None or not actor.sees(row.person_id):
        raise NotFound
    own = row.organisation_id in getattr(actor, "organisation_ids", ())
    if not own and scope_of(actor, root_of(row.person_id)) == Scope.BASIC:
        raise NotFound
    return row


def own_assistance(actor: Any, assistance_id: UUID) -> Assistance:
    """One that this account began, to be ended: also when it no longer sees the person."""
    row = Assistance.objects.filter(pk=assistance_id, account_id=actor.account_id).first()
    if row is None or actor.account_id is None:
        raise NotFound
    return row


def acts(row: Assistance) -> list[PersonFact]:
    """What was done meanwhile for the person, the first first."""
    facts = PersonFact.objects.filter(
        person_id__in=ids_of(root_of(row.person_id)), data__assistance__id=str(row.pk),
        recorded_at__gte=row.started_at - LATE, recorded_at__lte=row.until + LATE,
    )  # fmt: skip
    return [one for one in facts.order_by("recorded_at", "id") if not one.name.startswith(FOLLOWS)]
