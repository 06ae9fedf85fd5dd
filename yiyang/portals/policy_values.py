"""The values of a policy pack as people read them: codes by the names they have on every other page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.organisation_kinds import OrganisationKind
from yiyang.beds.rules.criteria import TEXTS as CRITERIA
from yiyang.beds.rules.fees import FEE_RULES
from yiyang.kernel.words import listed
from yiyang.people.rules.kinds import AgreementKind
from yiyang.records.rules.recognition import EXCLUSIONS

# How the key of a rule begins, and what its codes are.
CODES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("beds.runs.", dict(OrganisationKind.choices)),
    ("beds.green_channel.", dict(BedKind.choices)),
    ("beds.green_channel_agreements.", dict(AgreementKind.choices)),
    ("beds.criteria.", CRITERIA),
    ("beds.hold_fee_rule", FEE_RULES),
    ("records.recognition.exclusions", EXCLUSIONS),
    ("records.recognition.levels", dict(OrganisationKind.choices)),
)


def in_words(key: str, value: Any) -> list[str]:
    """The value in lines. A code that has no name yet is shown as it is."""
    names = next((named for begins, named in CODES if key.startswith(begins)), {})
    if key == "records.recognition.levels":
        return [f"{names.get(code, code)}: {level}" for code, level in value.items()]
    return (
        [_one(one, names) for one in value] or [_("none")]
        if isinstance(value, list)
        else [_one(value, names)]
    )


def _one(value: Any, names: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return pgettext("value of a rule", "yes") if value else pgettext("value of a rule", "no")
    if isinstance(value, list):
        return listed(_one(one, names) for one in value)
    if not isinstance(value, dict):
        return str(names.get(value, value))
    if "criteria" in value:  # they have a page of their own; here their number
        number = len(value["criteria"])
        return ngettext("%(n)d criterion", "%(n)d criteria", number) % {"n": number}
    if "opens" in value:
        return f"{value['opens']}–{value['closes']}"
    if "zh" in value:
        said = value["zh" if (get_language() or "zh").startswith("zh") else "en"]
        return f"{'、'.join(value['terms'])} → {said}" if "terms" in value else str(said)
    return " · ".join(_one(one, names) for one in value.values() if one != "")
