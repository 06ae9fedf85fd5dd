"""Contracts between member units, for whoever may see the contracts of these units."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q

from yiyang.access import queries as access
from yiyang.access.bed_kinds import BedKind
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_date,
    concept,
    moment,
    nothing,
    reference,
    targets,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.since import told

STATES = "urn:yiyang:contract-state"
KINDS = "urn:yiyang:bed-kind"
DIRECTIONS = "urn:yiyang:contract-direction"
SERVICES = "urn:yiyang:service-item"
SIGNATURE = {"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.7"}
SIGNER = {"system": "http://terminology.hl7.org/CodeSystem/contractsignertypecodes", "code": "HPROV"}
# R4 has no word for "suspended": what is not in force is said to be revoked, and `legalState` says how it stands.
STATUSES = {"SIGNED": "executed", "SUSPENDED": "revoked", "ENDED": "terminated"}


def contract(one: Any) -> Resource:
    begun = one.first_signed_at or one.second_signed_at
    parties = [reference("Organization", unit.pk, unit.name) for unit in (one.first, one.second)]
    return without_empty(
        {
            "resourceType": "Contract",
            "id": str(one.pk),
            "identifier": [{"system": "urn:yiyang:contract", "value": one.number}] if one.number else [],
            "status": STATUSES.get(one.state) or ("offered" if begun else "negotiable"),
            "legalState": concept(STATES, one.state, one.get_state_display()),
            "issued": moment(one.created_at),
            "applies": _valid(one.valid),
            "subject": parties,
            "subType": [concept(KINDS, kind, BedKind(kind).label) for kind in one.kinds],
            "term": [_term(one, direction) for direction in one.directions],
            "signer": [
                _signer(party, at, account)
                for party, at, account in (
                    (parties[0], one.first_signed_at, one.first_signed_by),
                    (parties[1], one.second_signed_at, one.second_signed_by),
                )
                if at is not None
            ],
        }
    )


def _valid(days: Any) -> dict[str, str]:
    """From the first day to the last, which belongs to it."""
    told_days = {"start": days.lower, "end": days.upper - timedelta(days=1) if days.upper else None}
    return {name: day.isoformat() for name, day in told_days.items() if day is not None}


def _term(one: Any, direction: str) -> Resource:
    label = dict(one._meta.get_field("directions").base_field.flatchoices).get(direction, "")
    asset = without_empty(
        {
            "type": [concept(SERVICES, item) for item in one.service_items],
            "valuedItem": [{"quantity": {"value": one.daily_quota, "unit": "/d"}}] if one.daily_quota else [],
        }
    )
    texts = (one.responsibility.strip(), one.cost_sharing.strip())
    offer = {"type": concept(DIRECTIONS, direction, label)} | without_empty(
        {"text": "\n".join(text for text in texts if text)}
    )
    return without_empty({"offer": offer, "asset": [asset] if asset else []})


def _signer(party: Resource, at: Any, account: Any) -> Resource:
    who = reference("Practitioner", account) if account else party
    return {
        "type": SIGNER,
        "party": party,
        "signature": [{"type": [SIGNATURE], "when": moment(at), "who": who}],
    }


def _of_party(condition: Any) -> Q:
    units = targets(condition, "Organization")
    return Q(first_id__in=units) | Q(second_id__in=units)


SHOWN = Listing(
    Source(
        rows=access.contracts,
        write=contract,
        narrow={
            "subject": _of_party,
            "signer": _of_party,
            "issued": by_date("created_at"),
            "patient": nothing,
            "authority": nothing,
            "domain": nothing,
        },
        times={"issued": "created_at"},
        changed=told(),
    )
)
