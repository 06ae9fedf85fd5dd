"""Who works in the actor's units, by the name that pages show, and as what. No login names, no telephones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiyang.access import queries as access
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_reference,
    concept,
    nothing,
    period,
    reference,
    subjects,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.since import told
from yiyang.kernel.time import now
from yiyang.records.queries.outside import Fact

CODES = "urn:yiyang:role"


def practitioner(one: Any) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": str(one.pk),
        "active": one.locked_at is None,
        "name": [{"text": one.name}],
    }


def role(one: Any) -> Resource:
    live = now() in one.period and one.suspended_at is None and one.account.locked_at is None
    code = concept(CODES, one.role, one.role_of.name) | ({"text": one.post_title} if one.post_title else {})
    return without_empty(
        {
            "resourceType": "PractitionerRole",
            "id": str(one.pk),
            "period": period(one.period.lower, one.period.upper),
            "practitioner": reference("Practitioner", one.account_id, one.account.name),
            "organization": reference("Organization", one.organisation_id, one.organisation.name),
            "code": [code],
        }
    ) | {"active": live}


def _posts(facts: Sequence[Fact]) -> set[UUID]:
    """Accounts and posts about which more is told than that somebody came and went."""
    return subjects(
        [one for one in facts if not one["name"].startswith(("account.sign", "account.password"))]
    )


PRACTITIONERS = Listing(
    Source(
        rows=access.staff_accounts,
        write=practitioner,
        narrow={"identifier": nothing},
        changed=told(),
        touched=lambda facts: Q(pk__in=_posts(facts)),
    )
)
ROLES = Listing(
    Source(
        rows=access.staff,
        write=role,
        narrow={
            "identifier": nothing,
            "practitioner": by_reference("account_id", "Practitioner"),
            "organization": by_reference("organisation_id", "Organization"),
        },
        times={"date": "period__startswith"},
        changed=told(),
        touched=lambda facts: Q(pk__in=_posts(facts)) | Q(account_id__in=_posts(facts)),
    )
)
