"""Who may see a person's record, and why: consents as they were given, care relationships as a CareTeam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from yiyang.access.purposes import Purpose
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_date,
    concept,
    deciding,
    moment,
    nothing,
    patient,
    period,
    reference,
    targets,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.since import told_of_person
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.rules.kinds_of_data import Sensitive
from yiyang.records.queries.outside import Fact
from yiyang.records.rules.kinds import types_of
from yiyang.records.rules.labels import ACT_CODE, CONFIDENTIALITY

SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
RECEIVER = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
USES = {
    Purpose.CARE: "TREAT",
    Purpose.SUPERVISION: "HQUALIMP",
    Purpose.RESEARCH: "HRESCH",
    Purpose.PAYMENT: "HPAYMT",
}
SCOPES = "urn:yiyang:record-scope"
TYPES = "http://hl7.org/fhir/resource-types"
BASES = "urn:yiyang:care-relationship"


def consent(one: Any) -> Resource:
    over = one.withdrawn_at is not None or (one.expires_at is not None and one.expires_at <= now())
    ends = min((at for at in (one.withdrawn_at, one.expires_at) if at), default=None)
    return {
        "resourceType": "Consent",
        "id": str(one.pk),
        "status": "inactive" if over else "active",
        "scope": concept(SCOPE, "patient-privacy", "Privacy Consent"),
        "category": [concept("http://loinc.org", "59284-0", "Consent Document")],
        "patient": reference("Patient", one.person_id),
        "dateTime": moment(one.given_at),
        "performer": [{"display": one.given_by}],
        "policyRule": concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN", "opt-in"),
        "provision": without_empty(
            {
                "type": "permit",
                "period": period(one.given_at, ends if ends is None or ends > one.given_at else one.given_at),
                "actor": [
                    {
                        "role": concept(RECEIVER, "IRCP", "information recipient"),
                        "reference": reference("Organization", one.organisation_id, one.organisation.name),
                    }
                ],
                "purpose": _purposes(one),
                "code": [concept(SCOPES, one.scope, one.get_scope_display())],
                "class": [{"system": TYPES, "code": name} for name in types_of(one.kinds or ())],
                "securityLabel": [_label(code) for code in one.labels],
            }
        ),
    }


def _purposes(one: Any) -> list[Resource]:
    """The words first, then what they count as by HL7's codes."""
    codes = one.purposes or [Purpose.CARE]
    words = [{"display": one.purpose}] if one.purpose.strip() else []
    return words + [
        {"system": REASON, "code": USES[code], "display": str(Purpose(code).label)} for code in codes
    ]


def _label(code: str) -> Resource:
    """A sensitive kind that is open as well, by the label that resources of it carry."""
    return {
        "system": CONFIDENTIALITY if code in ("R", "V") else ACT_CODE,
        "code": code,
        "display": str(Sensitive(code).label),
    }


def care_team(person: Any) -> Resource:
    return without_empty(
        {
            "resourceType": "CareTeam",
            "id": str(person.pk),
            "status": "active",
            "subject": reference("Patient", person.pk),
            "participant": [_participant(one) for one in people.live_relationships(person.pk)],
        }
    )


def _participant(one: Any) -> Resource:
    member = (
        reference("Organization", one.organisation_id)
        if one.organisation_id
        else {"type": "Practitioner", **reference("Practitioner", one.account_id)}
        if one.basis != "DELEGATION"
        else {
            "type": "RelatedPerson",
            "identifier": {"system": "urn:yiyang:account", "value": str(one.account_id)},
        }
    )
    role = concept(BASES, one.basis, one.get_basis_display())
    return {"role": [role], "member": member, "period": period(one.starts_at, one.ends_at)}


@deciding
def _of_person(condition: Any) -> Q:
    """A team has the id of its person; who asks by an earlier record's id finds the living one."""
    return Q(pk__in=people.every_id(targets(condition, "Patient")))


def _teams(facts: Sequence[Fact]) -> Q:
    """Of persons with whom a care relationship began, changed or ended, or whose records became one."""
    names = ("relationship.", "person.merged", "person.unmerged")
    told = {one["person_id"] for one in facts if one["name"].startswith(names)}
    return Q(pk__in=people.every_id(told))


CONSENTS = Listing(
    Source(
        rows=people.open_consents,
        write=consent,
        person=lambda one: one.person_id,
        narrow={"patient": patient, "identifier": nothing, "date": by_date("given_at")},
        times={"date": "given_at"},
        changed=told_of_person(),
    )
)
TEAMS = Listing(
    Source(
        rows=people.open_persons,
        write=care_team,
        person=lambda person: person.pk,
        narrow={"patient": _of_person, "subject": _of_person, "identifier": nothing},
        touched=_teams,
    )
)
