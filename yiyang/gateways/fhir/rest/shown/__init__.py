"""What the platform itself runs, shown as FHIR: read and search, never written through /fhir."""

from yiyang.gateways.fhir.rest.shown import (
    alarms,
    assessed,
    contracts,
    devices,
    facts,
    instruments,
    organizations,
    places,
    provenance,
    sharing,
    staff,
    stays,
    transfers,
)
from yiyang.gateways.fhir.rest.shown.listing import Listing
from yiyang.records.queries import outside

SHOWN: dict[str, Listing] = {
    "Organization": organizations.SHOWN,
    "Location": places.SHOWN,
    "Practitioner": staff.PRACTITIONERS,
    "PractitionerRole": staff.ROLES,
    "EpisodeOfCare": stays.EPISODES,
    "Encounter": stays.ENCOUNTERS,
    "ServiceRequest": transfers.REQUESTS,
    "Task": transfers.TASKS_SHOWN,
    "Consent": sharing.CONSENTS,
    "CareTeam": sharing.TEAMS,
    "QuestionnaireResponse": assessed.RESPONSES,
    "Observation": assessed.RESULTS,
    "Device": devices.DEVICES,
    "DeviceUseStatement": devices.USES,
    "DetectedIssue": alarms.SHOWN,
    "Questionnaire": instruments.SHOWN,
    "Contract": contracts.SHOWN,
    "AuditEvent": facts.SHOWN,
    "Provenance": provenance.SHOWN,
}


def connect() -> None:
    for of, listing in SHOWN.items():
        outside.register(of, listing)
