"""Pure rules of this context: the states of a contract and of a licence, and where a role belongs."""

from __future__ import annotations

from .organisation_kinds import OrganisationKind as Kind
from .roles import ROLES, Scope

CONTRACT_STEPS = {
    ("DRAFT", "sign"): "SIGNED",
    ("DRAFT", "end"): "ENDED",
    ("SIGNED", "suspend"): "SUSPENDED",
    ("SIGNED", "end"): "ENDED",
    ("SUSPENDED", "resume"): "SIGNED",
    ("SUSPENDED", "end"): "ENDED",
}

LICENCE_STEPS = {
    ("LIVE", "suspend"): "SUSPENDED",
    ("LIVE", "revoke"): "REVOKED",
    ("SUSPENDED", "restore"): "LIVE",
    ("SUSPENDED", "revoke"): "REVOKED",
}

_CARE = {Kind.INSTITUTION, Kind.COMMUNITY_CARE_CENTRE}
_MEDICAL = {Kind.HOSPITAL, Kind.CHC, Kind.STATION}
_STREET = {Kind.GOVERNMENT, Kind.COORDINATION_CENTRE, Kind.COMMUNITY_CARE_CENTRE, Kind.COMMITTEE}
_OFFICE = {Kind.GOVERNMENT, Kind.COORDINATION_CENTRE}

ROLE_BELONGS: dict[str, set[Kind]] = {
    "CARE_WORKER": _CARE | {Kind.SERVICE_COMPANY, Kind.HOSPITAL},
    "CARE_HOME_NURSE": _CARE,
    "CARE_HOME_MANAGER": _CARE | {Kind.SERVICE_COMPANY},
    "NIGHT_DUTY_OFFICER": _CARE | _MEDICAL,
    "ASSESSOR": _CARE | _MEDICAL | _OFFICE | {Kind.SERVICE_COMPANY},
    "FAMILY_DOCTOR": _MEDICAL,
    "HOME_BED_DOCTOR": _MEDICAL,
    "HOME_BED_NURSE": _MEDICAL,
    "WARD_DOCTOR": _MEDICAL,
    "ADMISSION_OFFICE": _MEDICAL,
    "HEAD_NURSE": _MEDICAL,
    "PALLIATIVE_TEAM": _MEDICAL | _CARE,
    "ADVISER": _STREET,
    "COMMITTEE_WORKER": {Kind.COMMITTEE, Kind.COMMUNITY_CARE_CENTRE, *_OFFICE},
    "COORDINATOR": _OFFICE,
    "SUPERVISOR_CIVIL_AFFAIRS": {Kind.GOVERNMENT},
    "SUPERVISOR_HEALTH": {Kind.GOVERNMENT},
    "SUPERVISOR_INSURANCE": {Kind.GOVERNMENT, Kind.INSURER},
    "SUPERVISOR_STATISTICS": {Kind.GOVERNMENT},
    "DATA_PROTECTION_OFFICER": _OFFICE,
    "SYSTEM_ADMINISTRATOR": _OFFICE,
    "SECURITY_ADMINISTRATOR": _OFFICE,
    "AUDIT_ADMINISTRATOR": _OFFICE,
}


def role_belongs(role: str, kind: str) -> bool:
    """A role is held only where its work is done, so that a care home cannot make its own coordinator."""
    return kind in ROLE_BELONGS.get(role, set())


def roles_of(kind: str) -> list[str]:
    return [code for code in ROLES if role_belongs(code, kind)]


def clash(roles: set[str]) -> bool:
    """System, security and audit administration are three separate people, and none reads records."""
    administrators = {code for code in roles if ROLES[code].administrator}
    if len(administrators) > 1:
        return True
    return bool(administrators) and any(ROLES[code].reads_records for code in roles)


def needs_security_administrator(role: str) -> bool:
    """Who grants it: powerful roles are granted by the security administrator alone."""
    return ROLES[role].second_factor


def is_area_role(role: str) -> bool:
    return ROLES[role].scope in (Scope.AREA, Scope.FIGURES)
