"""Who can see a record and why, and who looked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import NAME_OF_UNIT, in_english
from yiyang.kernel.actors import Actor
from yiyang.kernel.models import PersonFact, Reading
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.kernel.words import listed
from yiyang.people import reach
from yiyang.people.models import (
    AccessRequest,
    AgreementPaper,
    Basis,
    CareRelationship,
    Consent,
    Delegation,
    Person,
    Scope,
    ids_of,
    root_of,
)
from yiyang.people.queries.consents import only_for
from yiyang.people.queries.persons import ids, person_in_full
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive

PAGE = 50


@dataclass(frozen=True)
class Reason:
    """One care relationship in words: who may see the record, why, how much, and until when."""

    who: str
    basis: str
    scope: str
    starts_at: datetime
    ends_at: datetime | None
    reason: str
    live: bool
    kinds: list[str] | None = None
    labels: list[str] = field(default_factory=list)
    purposes: list[str] | None = None

    @property
    def opened(self) -> str:
        """What is open: the scope, the kinds of data beside it, and sensitive data."""
        named = [Sensitive(one).label for one in self.labels]
        told = [self.scope_label, *(KindOfData(one).label for one in self.kinds or ()), *named]
        return listed(told) + only_for(self.purposes)

    @property
    def basis_label(self) -> str:
        return str(Basis(self.basis).label)

    @property
    def scope_label(self) -> str:
        return str(Scope(self.scope).label)


def who_can_see(actor: Actor, person_id: UUID) -> list[Reason]:
    """Every reason to see this record, the live ones first; names of organisations and accounts in one statement."""
    found = person_in_full(actor, person_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT coalesce({NAME_OF_UNIT}, a.name, '?'), c.basis, c.scope, c.starts_at, c.ends_at, c.reason,
                   c.starts_at <= %(at)s AND (c.ends_at IS NULL OR c.ends_at > %(at)s) AS live,
                   c.kinds, c.labels, c.purposes
            FROM people_carerelationship c
            LEFT JOIN access_organisation o ON o.id = c.organisation_id
            LEFT JOIN access_account a ON a.id = c.account_id
            WHERE c.person_id = ANY(%(ids)s)
            ORDER BY live DESC, c.starts_at DESC, c.id LIMIT 200
            """,
            {"at": now(), "ids": ids_of(found.pk), "english": in_english()},
        )
        return [Reason(*row) for row in cursor.fetchall()]


def who_looked(actor: Actor, person_id: UUID, before: datetime | None = None) -> list[Reading]:
    """The readings of this record, the latest first: for the person, their delegates and the staff who see it."""
    looked = readings_of(actor, person_id)
    if before:
        looked = looked.filter(at__lt=before)
    return list(looked.order_by("-at", "-id")[:PAGE])


def readings_of(actor: Actor, person_id: UUID) -> QuerySet[Reading]:
    """Every reading of this record, under any id that the person has had."""
    found = person_in_full(actor, person_id)
    return Reading.objects.filter(persons__overlap=ids_of(found.pk))


@dataclass
class Look:
    """One who looked, several times in a row told once."""

    who: str
    first: datetime
    last: datetime
    pages: list[str]
    count: int = 1


def looks(readings: list[Reading]) -> list[Look]:
    """Readings by the same person on one day, one after the other, as one line."""
    found: list[Look] = []
    for one in readings:
        latest = found[-1] if found else None
        if latest and latest.who == one.by_label and localdate(latest.last) == localdate(one.at):
            latest.first, latest.count = one.at, latest.count + 1
            if one.subject_kind not in latest.pages:
                latest.pages.append(one.subject_kind)
        else:
            found.append(Look(one.by_label, one.at, one.at, [one.subject_kind]))
    return found


def timeline(
    actor: Actor, person_id: UUID, before: datetime | None = None, limit: int = PAGE
) -> list[PersonFact]:
    """What happened to a person, the latest first."""
    facts = facts_of(actor, person_id)
    if before:
        facts = facts.filter(at__lt=before)
    return list(facts.order_by("-at", "-id")[:limit])


def facts_of(actor: Actor, person_id: UUID) -> QuerySet[PersonFact]:
    """Every fact about a person, under any id that the person has had; none of what is hidden from some."""
    found = person_in_full(actor, person_id)
    facts = PersonFact.objects.filter(person_id__in=ids_of(found.pk)).exclude(name__startswith="notice.")
    return facts.exclude(data__has_key="labelled")


def delegations(actor: Actor, person_id: UUID) -> QuerySet[Delegation]:
    """What the person has entrusted, what is over included, the latest first."""
    found = person_in_full(actor, person_id)
    return Delegation.objects.filter(person_id__in=ids_of(found.pk)).order_by("-starts_at", "-id")


def delegation(actor: Actor, delegation_id: UUID) -> Delegation:
    found = Delegation.objects.filter(pk=delegation_id).first()
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    return found


def entrusted_to(actor: Actor) -> list[Delegation]:
    """The persons who entrusted this account, for the relatives' home page."""
    if actor.account_id is None:
        return []
    at = now()
    found = Delegation.objects.filter(
        account_id=actor.account_id, revoked_at=None, starts_at__lte=at, expires_at__gt=at
    )
    if one := reach.only(actor):
        found = found.filter(person_id__in=ids_of(one))
    return list(found.select_related("person").order_by("person__sort_key"))


def accounts_entrusted(person_id: UUID | None) -> list[UUID]:
    """The accounts of relatives and guardians who are entrusted with this person's record now."""
    if person_id is None:
        return []
    at = now()
    live = Delegation.objects.filter(person_id__in=ids(person_id), revoked_at=None, starts_at__lte=at)
    return list(live.filter(expires_at__gt=at).values_list("account_id", flat=True).distinct())


def accounts_deciding(person_id: UUID) -> set[UUID]:
    """Of those entrusted now, who may also decide for the person."""
    at = now()
    live = Delegation.objects.filter(person_id__in=ids(person_id), may_decide=True, revoked_at=None)
    found = live.filter(starts_at__lte=at, expires_at__gt=at).values_list("account_id", flat=True)
    return {one for one in found if one is not None}


def may_decide_for(actor: Actor, person_id: UUID) -> bool:
    """Whether this account may agree or refuse: the person, a guardian, or a relative entrusted with deciding."""
    ids = ids_of(person_id)
    if getattr(actor, "person_id", None) in ids:
        return True
    if actor.account_id is None:
        return False
    at = now()
    return Delegation.objects.filter(
        person_id__in=ids, account_id=actor.account_id, may_decide=True, revoked_at=None, starts_at__lte=at,
        expires_at__gt=at,
    ).exists()  # fmt: skip


def consents(actor: Actor, person_id: UUID) -> QuerySet[Consent]:
    """To which organisations the person has opened the record, the latest first; with those that are over."""
    found = person_in_full(actor, person_id)
    given = Consent.objects.filter(person_id__in=ids_of(found.pk)).select_related(
        "organisation", "act", "narrowed"
    )
    given = given.prefetch_related(Prefetch("act__papers", AgreementPaper.objects.defer("content")))
    return given.order_by("-given_at", "-id")


def consent(actor: Actor, consent_id: UUID) -> Consent:
    found = Consent.objects.select_related("organisation", "act").filter(pk=consent_id).first()
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    person_in_full(actor, found.person_id)
    return found


def other_reasons(consent: Consent) -> list[str]:
    """Why the organisation goes on seeing the record when this consent is withdrawn."""
    live = live_relationships(root_of(consent.person_id)).filter(organisation_id=consent.organisation_id)
    others = live.exclude(source_id=consent.pk).values_list("basis", flat=True).distinct()
    return [str(Basis(one).label) for one in sorted(others)]


def units_to_open_to(person: Person) -> list[tuple[str, list[tuple[str, str]]]]:
    """The member units of the person's district by kind, for a choice; first those that have looked after the person.

    All that there are when no district is known; at the end those that have a consent, which is narrowed or withdrawn,
    and may be joined by one for another purpose.
    """
    district = (person.residence_area or person.registered_area)[:6]
    known = set(
        CareRelationship.objects.filter(person_id__in=ids_of(person.pk), organisation_id__isnull=False)
        .values_list("organisation_id", flat=True)
        .distinct()
    )
    first: list[tuple[str, str]] = []
    found: dict[str, list[tuple[str, str]]] = {}
    again: list[tuple[str, str]] = []
    opened = set(_opened_to(person).values_list("organisation_id", flat=True))
    for unit in access.units(area=district):
        group = first if unit.pk in known else found.setdefault(str(unit.get_kind_display()), [])
        if unit.pk in opened:
            group = again
        group.append((str(unit.pk), unit.name))
    return [
        *([(_("Units that know this record already"), first)] if first else []),
        *sorted((kind, units) for kind, units in found.items() if units),
        *(
            [(_("Units with a consent already: another one only for another purpose"), again)]
            if again
            else []
        ),
    ]


def _opened_to(person: Person) -> QuerySet[Consent]:
    at = now()
    live = Consent.objects.filter(person_id__in=ids_of(person.pk), withdrawn_at=None, agreement=None)
    return live.filter(Q(expires_at=None) | Q(expires_at__gt=at))


def access_requests(actor: Actor, person_id: UUID) -> QuerySet[AccessRequest]:
    """Open requests to see this record, the oldest first."""
    found = person_in_full(actor, person_id)
    return (
        AccessRequest.objects.filter(person_id__in=ids_of(found.pk), state=AccessRequest.State.OPEN)
        .select_related("organisation")
        .order_by("asked_at")
    )


def access_request(actor: Actor, request_id: UUID) -> AccessRequest:
    found = AccessRequest.objects.filter(pk=request_id).first()
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    return found


def broken_glass(actor: Any, before: datetime | None = None) -> QuerySet[Any]:
    """Every emergency view of the last time, for the data-protection officer: who, why, until when; no content."""
    if not actor.may(Permission.READ_ACCESS_LOG):
        raise NotAllowed
    found = PersonFact.objects.filter(name="glass.broken", by_organisation__in=actor.reach).order_by(
        "-at", "-id"
    )
    return found.filter(Q(at__lt=before) if before else Q())


def break_glass_hours() -> int:
    """How long an emergency view lasts here, for the page that warns of it."""
    return int(policy("access.break_glass_hours", on=localdate(now())).value)


def granted_access_days() -> int:
    """How long a record stays open that is opened on request."""
    return int(policy("people.granted_access_days", on=localdate(now())).value)


def live_relationships(person_id: UUID) -> QuerySet[CareRelationship]:
    """The relationships now in force, for contexts above that hold the person already."""
    at = now()
    return CareRelationship.objects.filter(person_id__in=ids_of(person_id), starts_at__lte=at).filter(
        Q(ends_at=None) | Q(ends_at__gt=at)
    )
