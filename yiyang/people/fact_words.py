"""Facts about persons in words. Contexts above declare theirs, so that one history can show them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.queries.naming import unit_name
from yiyang.people.rules.falls import Injury, Place

_words: dict[str, Any] = {}
_details: dict[str, Callable[[dict[str, Any]], Any]] = {}


def declare(words: dict[str, Any]) -> None:
    """Say how facts of these names read; a name has one reading."""
    for name, text in words.items():
        if _words.setdefault(name, text) != text:
            raise ValueError(f"two readings of the fact {name}")


def declare_details(details: dict[str, Callable[[dict[str, Any]], Any]]) -> None:
    """Say what a slip adds to the words of a fact, from what the fact keeps."""
    _details.update(details)


def detail_of(name: str, data: dict[str, Any]) -> Any:
    return _details[name](data) if name in _details else ""


def words_of(name: str) -> Any:
    return _words.get(name, name)


declare(
    {
        "person.registered": _("Registered"),
        "person.edited": _("Details changed"),
        "person.died": _("Death noted"),
        "person.fell": _("Fell"),
        "person.fall_withdrawn": _("A fall withdrawn: recorded by mistake"),
        "person.death_withdrawn": _("Death withdrawn: noted by mistake"),
        "person.identifier_added": _("Document added"),
        "person.identifier_ended": _("Document taken out"),
        "person.phone_added": _("Telephone added"),
        "person.phone_ended": _("Telephone taken out"),
        "person.insurance_added": _("Insurance added"),
        "person.insurance_ended": _("Insurance ended"),
        "person.group_added": _("Group added"),
        "person.group_ended": _("Group ended"),
        "person.contact_added": _("Contact added"),
        "person.contact_ended": _("Contact taken out"),
        "person.family_linked": _("Family link added"),
        "person.family_unlinked": _("Family link taken out"),
        "person.merged": _("Two records joined into one"),
        "person.unmerged": _("Joined records parted again"),
        "family_doctor.signed": _("Family-doctor contract signed"),
        "family_doctor.ended": _("Family-doctor contract ended"),
        "relationship.opened": _("Record opened to somebody"),
        "relationship.renewed": _("Opening of the record renewed"),
        "relationship.closed": _("Record closed to somebody"),
        "relationship.nothing_to_close": _("Nothing to close"),
        "delegation.given": _("Entrusted to a relative"),
        "delegation.revoked": _("Delegation withdrawn"),
        "agreement.signed": _("Agreement signed"),
        "agreement.renewed": _("Agreement renewed"),
        "agreement.ended": _("Agreement ended"),
        "agreement.paper_attached": _("Paper of an agreement kept"),
        "guardianship.recorded": _("Guardian entered"),
        "guardianship.ended": _("Guardianship ended"),
        "relative.barred": _("Relative barred"),
        "relative.admitted": _("Relative no longer barred"),
        "family_doctor.missing": _("Family doctor missing: health centre asked"),
        "family_doctor.settled": _("Family doctor: settled"),
        "consent.given": _("Consent given"),
        "consent.narrowed": _("Consent narrowed"),
        "consent.withdrawn": _("Consent withdrawn"),
        "disclosure.set": _("A talk about one's own care"),
        "disclosure.told": _("A talk about one's own care"),
        "disclosure.withdrawn": _("A talk about one's own care, corrected"),
        "glass.broken": _("Opened in an emergency (break-glass)"),
        "assistance.started": _("Served at a counter or by telephone: begun"),
        "assistance.ended": _("Served at a counter or by telephone: ended"),
        "access.asked": _("Access asked for"),
        "access.granted": _("Access granted"),
        "access.declined": _("Access declined"),
        "notice.sent": _("Notice sent"),
        "notice.acknowledged": _("Notice acknowledged"),
        "notice.kept": _("Notice was there already"),
    }
)


def _unit(data: dict[str, Any]) -> str:
    return unit_name(UUID(data["organisation"]))


def _fall(data: dict[str, Any]) -> str:
    said = [Place(data["place"]).label, Injury(data["injury"]).label, data.get("note", "")]
    return " · ".join(str(one) for one in said if one)


declare_details(
    {
        "consent.given": lambda data: unit_name(UUID(data["organisation"])),
        "consent.narrowed": lambda data: unit_name(UUID(data["organisation"])),
        "person.fell": _fall,
    },
)
