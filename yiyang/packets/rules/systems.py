"""The names of our own code systems in a packet, and the words of each code in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.rules import handover_sheet as sheets
from yiyang.beds.rules import skin
from yiyang.devices.rules.alarms import Cause, Severity
from yiyang.people.rules.disclosure import Topic, Wish
from yiyang.people.rules.kinds import Basis, Kinship, Scope

KINSHIP = "urn:yiyang:kinship"
HANDOVER = "urn:yiyang:handover"
DISCLOSURE = "urn:yiyang:disclosure"
SKIN = "urn:yiyang:skin"
REGION = "urn:yiyang:body-region"
PRECAUTION = "urn:yiyang:precaution"
ALERT = "urn:yiyang:assessment-alert"
TUBE = "urn:yiyang:tube"
KIND = "urn:yiyang:bed-kind"
BASIS = "urn:yiyang:care-relationship"
SCOPE = "urn:yiyang:record-scope"
AGREEMENT = "urn:yiyang:agreement"
ALARM = "urn:yiyang:alarm-cause"

UNHURT = "NONE"
COMPANION, FAMILY_DOCTOR = "COMPANION", "FAMILY_DOCTOR"
# Answers of the handover that the next team must not miss.
WATCHED: dict[str, set[str]] = {
    "consciousness": {"DROWSY", "CONFUSED", "STUPOR", "COMA"},
    "swallowing": {"CHOKES", "THICKENED", "TUBE", "NOTHING"},
    "fall_risk": {"MEDIUM", "HIGH"},
    "isolation": {"CONTACT", "DROPLET", "AIRBORNE"},
    "oxygen_needed": {"YES"},
}
WISHES = {
    "wish": _("What the person wants to know"),
    "own_words": _("In the person's own words"),
    "told": _("Has been told"),
    "untold": _("Has not been told: do not speak of it before the person"),
    "avoid": _("Words not to be used before the person"),
    "agreement": _("Said to this move"),
}
ANSWERS = {
    "AGREED": _("agreed"),
    "REFUSED": _("refused"),
    "CANNOT_DECIDE": _("cannot decide"),
    "NOT_REACHED": _("could not be reached"),
    "PERSON": _("the person"),
    "GUARDIAN": _("guardian"),
    "RELATIVE": _("relative"),
}
CAUSES = {
    "SCABIES": _("scabies"),
    "TUBERCULOSIS": _("tuberculosis"),
    "RESISTANT_GERM": _("resistant germ"),
    "GASTROENTERITIS": _("gastroenteritis"),
    "RESPIRATORY": _("influenza or another respiratory infection"),
    "SUSPECTED": _("suspected, not yet found"),
    "OTHER": _("another infection"),
}


def handover_answer(code: str) -> str:
    """“fall_risk.HIGH” as the form says it."""
    name, _dot, value = code.partition(".")
    told = sheets.ITEMS.get(name)
    if not isinstance(told, sheets.Field):
        return ""
    return f"{told.label}：{(told.choices or {}).get(value, value)}"


def precaution(code: str) -> str:
    way, _dot, cause = code.partition(".")
    return _("Isolation: {way} ({cause})").format(
        way=sheets.ISOLATION.get(way, way), cause=CAUSES.get(cause, cause)
    )


def alarm(code: str) -> str:
    """“FALL.EMERGENCY”."""
    cause, _dot, severity = code.partition(".")
    if cause not in Cause or severity not in Severity:
        return ""
    return _("Open alarm of a device: {cause} ({severity})").format(
        cause=Cause(cause).label, severity=Severity(severity).label
    )


def _of(labels: Mapping[str, Any]) -> Callable[[str], str]:
    return lambda code: str(labels.get(code, ""))


WORDS: dict[str, Callable[[str], str]] = {
    KINSHIP: _of(
        {**dict(Kinship.choices), COMPANION: _("Stays with the person"), FAMILY_DOCTOR: _("Family doctor")}
    ),
    HANDOVER: handover_answer,
    SKIN: _of({**skin.FINDINGS, UNHURT: _("Skin looked at: nothing found")}),
    REGION: _of({code: one.label for code, one in skin.BY_CODE.items()}),
    PRECAUTION: precaution,
    ALARM: alarm,
    TUBE: _of(sheets.TUBES),
    KIND: _of(dict(BedKind.choices)),
    DISCLOSURE: _of({**dict(Wish.choices), **dict(Topic.choices)}),
    AGREEMENT: _of(ANSWERS),
    BASIS: _of(dict(Basis.choices)),
    SCOPE: _of(dict(Scope.choices)),
}


def words_of(coding: Any) -> str:
    """One of our codes in the reader's language; nothing for anybody else's."""
    if not isinstance(coding, dict):
        return ""
    say = WORDS.get(str(coding.get("system", "")))
    return say(str(coding.get("code", ""))) if say else ""
