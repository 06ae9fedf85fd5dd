"""What the clinical record and devices know of what a form asks: shown beside the question, never taken over unasked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core import signing
from django.utils.timezone import localdate

from yiyang.assessments import measuring
from yiyang.assessments.models import Assessment
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.people import queries as people
from yiyang.records.queries import vital_signs
from yiyang.records.rules.vital_signs import Measured

SALT = "assessments.measured"


def measured(actor: Actor, found: Assessment, content: Content) -> dict[str, Measured]:
    """By item: the newest value under the item's LOINC code in the hours before the assessment that policy counts."""
    asked = {item.loinc: item.code for item in content.items if item.loinc}
    if not asked or people.scope(actor, found.person_id) != "FULL":
        return {}
    hours = int(policy("assessments.measured_within_hours", on=localdate(found.assessed_at)).value)
    at, within = found.assessed_at, timedelta(hours=hours)
    known = vital_signs.latest(actor, found.person_id, asked, at=at, within=within)
    for source in measuring.sources():
        for code, one in source(actor, found.person_id, asked, at, within).items():
            if code not in known or known[code].at < one.at:
                known[code] = one
    return {asked[code]: one for code, one in known.items()}


def token(found: Assessment, item: str, one: Measured) -> str:
    """Goes along when a value is taken over, so that where it is from can be noted and not made up."""
    told = {"of": str(found.pk), "item": item, "value": one.value, "by": one.by, "at": one.at.isoformat()}
    told |= {"code": one.code, "id": one.id, "device": one.device}
    return signing.dumps(told, salt=SALT, compress=True)


def taken_over(found: Assessment, answers: Mapping[str, Any], tokens: Mapping[str, Any]) -> dict[str, Any]:
    """By item: who measured it and when, of answers that are still as they were taken over."""
    taken = {}
    for item, text in tokens.items():
        try:
            told = signing.loads(str(text), salt=SALT)
        except signing.BadSignature:
            continue
        same = (told["of"], told["item"]) == (str(found.pk), item)
        if same and _number(answers.get(item)) == _number(told["value"]):
            taken[item] = {
                name: told[name] for name in ("by", "at", "code", "id", "device") if told.get(name)
            }
    return taken


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
