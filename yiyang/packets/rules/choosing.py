"""Which of what is in a record goes into a packet, and what stands out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from yiyang.packets.rules.documents import Piece, Resource
from yiyang.records.r4 import dates
from yiyang.records.rules import items
from yiyang.records.rules.words import coding_of, parts

# So many of each type are looked at, the newest first.
LOOKED_AT = {
    "Patient": 5, "Condition": 300, "AllergyIntolerance": 200, "MedicationStatement": 200, "MedicationRequest": 200,
    "Observation": 1000, "DiagnosticReport": 30, "Procedure": 100, "Immunization": 60, "Device": 50,
    "DeviceUseStatement": 50, "Flag": 50, "DetectedIssue": 20, "CarePlan": 20, "Goal": 30, "Consent": 30,
}  # fmt: skip
VITALS_FOR, VITALS_OF_A_CODE = timedelta(days=14), 3
RESULTS_FOR, RESULTS_AT_MOST = timedelta(days=365), 80
REPORTS_AT_MOST, PROCEDURES_AT_MOST, VACCINATIONS_AT_MOST = 10, 30, 30
OVER = {
    "entered-in-error", "refuted", "resolved", "inactive", "remission", "stopped", "completed", "cancelled",
    "not-taken", "revoked", "rejected", "draft", "ended",
}  # fmt: skip
WRONG = {"entered-in-error", "cancelled", "not-done", "registered"}
# Where a value scores nothing in NEWS2 (Royal College of Physicians, 2017): outside it somebody should look.
NEWS2 = {
    "8310-5": (36.1, 38.0),
    "8867-4": (51, 90),
    "9279-1": (12, 20),
    "8480-6": (111, 219),
    "2708-6": (96, 100),
    "59408-5": (96, 100),
}
PRESSURE = "85354-9"
BEFORE = datetime.min.replace(tzinfo=UTC)


def sections_of(found: Sequence[Piece], at: datetime) -> dict[str, list[Piece]]:
    """The newest first in each type, as they come."""
    by_type: dict[str, list[Piece]] = {}
    for one in found:
        by_type.setdefault(one.resource["resourceType"], []).append(one)
    observations = [one for one in by_type.get("Observation", []) if _right(one)]
    vitals = [one for one in observations if category_of(one.resource) == "vital-signs"]
    surveys = [one for one in observations if category_of(one.resource) in ("survey", "activity")]
    others = [one for one in observations if one not in vitals and one not in surveys]
    reports = [one for one in by_type.get("DiagnosticReport", []) if _right(one)]
    medicines = [*by_type.get("MedicationStatement", []), *by_type.get("MedicationRequest", [])]
    return {
        "allergies": _known(_distinct(filter(_holds, by_type.get("AllergyIntolerance", [])))),
        "problems": _distinct(filter(_holds, by_type.get("Condition", []))),
        "medicines": _distinct(filter(_holds, medicines)),
        "vitals": _newest(_by_time(vitals), at - VITALS_FOR, VITALS_OF_A_CODE),
        "results": [
            *_newest(_by_time(others), at - RESULTS_FOR, 1)[:RESULTS_AT_MOST],
            *_since(reports, at - RESULTS_FOR)[:REPORTS_AT_MOST],
        ],
        "level": _newest(surveys, at - RESULTS_FOR, 1),
        "procedures": [one for one in by_type.get("Procedure", []) if _right(one)][:PROCEDURES_AT_MOST],
        "vaccinations": [one for one in by_type.get("Immunization", []) if _right(one)][:VACCINATIONS_AT_MOST],
        "devices": [
            *filter(_holds, by_type.get("DeviceUseStatement", [])),
            *filter(_holds, by_type.get("Device", [])),
        ],
        "watch": [
            *filter(_holds, by_type.get("Flag", [])),
            *filter(_right, by_type.get("DetectedIssue", [])),
        ],
        "nursing": [*filter(_holds, by_type.get("CarePlan", [])), *filter(_holds, by_type.get("Goal", []))],
        "wishes": [one for one in by_type.get("Consent", []) if _directive(one.resource) and _holds(one)],
    }  # fmt: skip


def _known(allergies: list[Piece]) -> list[Piece]:
    """That none is known is not said beside one that is."""
    return [one for one in allergies if not items.denies(one.resource)] or allergies


def stands_out(one: Resource) -> bool:
    """Whether the next team should look at it at once."""
    kind = one["resourceType"]
    if kind == "AllergyIntolerance":
        return bool(one.get("criticality") == "high")
    return kind == "Observation" and bool(flag_of(one))


def flag_of(resource: Resource) -> str:
    """What the laboratory says, else where the value lies by the limits that came with it, else by NEWS2."""
    if resource.get("resourceType") != "Observation" or category_of(resource) == "survey":
        return ""
    said = [coding_of(one)[1] for one in parts(resource.get("interpretation"))]
    if any(code and code != "N" for code in said):
        return next(code for code in said if code and code != "N")
    if said:
        return ""
    found = [
        _side(one, limits)
        for one in (resource, *parts(resource.get("component")))
        for limits in [_limits(one)]
    ]
    return next((one for one in found if one), "")


def _side(part: Resource, limits: tuple[float | None, float | None]) -> str:
    value = (
        part.get("valueQuantity", {}).get("value") if isinstance(part.get("valueQuantity"), dict) else None
    )
    if not isinstance(value, int | Decimal):
        return ""
    low, high = limits
    if low is not None and value < Decimal(str(low)):
        return "L"
    return "H" if high is not None and value > Decimal(str(high)) else ""


def _limits(part: Resource) -> tuple[float | None, float | None]:
    for one in parts(part.get("referenceRange")):
        low, high = one.get("low", {}).get("value"), one.get("high", {}).get("value")
        if low is not None or high is not None:
            return low, high
    codes = [one.get("code") for one in parts(part.get("code", {}).get("coding"))]
    return next((NEWS2[code] for code in codes if code in NEWS2), (None, None))


def category_of(resource: Resource) -> str:
    codes = [coding_of(one)[1] for one in parts(resource.get("category"))]
    return next((code for code in codes if code), "")


def code_of(resource: Resource) -> str:
    return "|".join(coding_of(resource.get("code"))) + str(resource.get("code", {}).get("text", ""))


def when(resource: Resource) -> datetime | None:
    """When it was so: the first date that it names."""
    for key in (
        "effectiveDateTime",
        "effectiveInstant",
        "issued",
        "performedDateTime",
        "occurrenceDateTime",
        "date",
    ):
        if isinstance(resource.get(key), str) and (span := dates.span(resource[key])):
            return span.start
    period = resource.get("effectivePeriod") or resource.get("performedPeriod")
    span = dates.span(str(period.get("start", ""))) if isinstance(period, dict) else None
    return span.start if span else None


def _by_time(found: Iterable[Piece]) -> list[Piece]:
    """The newest first, whoever told it: what has no date comes last, in the order in which it came."""
    return sorted(found, key=lambda one: when(one.resource) or BEFORE, reverse=True)


def _newest(found: Iterable[Piece], since: datetime, most: int) -> list[Piece]:
    """Of each code so many; an older one where nothing newer is there."""
    counts: dict[str, int] = {}
    kept = []
    for one in found:
        code, at = code_of(one.resource), when(one.resource)
        held = counts.get(code, 0)
        if held < most and (not held or (at is not None and at >= since)):
            counts[code] = held + 1
            kept.append(one)
    return kept


def _since(found: Iterable[Piece], since: datetime) -> list[Piece]:
    return [one for one in found if (at := when(one.resource)) is not None and at >= since]


def _holds(one: Piece) -> bool:
    return items.state_of(one.resource) not in OVER


def _right(one: Piece) -> bool:
    return items.state_of(one.resource) not in WRONG


def _directive(resource: Resource) -> bool:
    return coding_of(resource.get("scope"))[1] in ("adr", "treatment")


def _distinct(found: Iterable[Piece], title: Callable[[Any, Any], Any] = items.title_of) -> list[Piece]:
    """The newest of those that say the same."""
    kept: dict[str, Piece] = {}
    for one in found:
        said = title(one.resource, {})[0]
        kept.setdefault(said or one.key, one)
    return list(kept.values())
