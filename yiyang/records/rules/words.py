"""What FHIR's data types say, in words for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from yiyang.records.r4 import dates
from yiyang.records.rules import known
from yiyang.records.rules.vital_signs import unit_words

Json = Mapping[str, Any]
HERE = ZoneInfo("Asia/Shanghai")
POINTS = "{score}"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
SYSTEMS = {
    ICD10: "ICD-10",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://www.whocc.no/atc": "ATC",
}
STATUS = {
    "active": pgettext_lazy("state of an entry", "active"),
    "inactive": pgettext_lazy("state of an entry", "inactive"),
    "recurrence": pgettext_lazy("state of an entry", "come back"),
    "relapse": pgettext_lazy("state of an entry", "relapsed"),
    "remission": pgettext_lazy("state of an entry", "in remission"),
    "resolved": pgettext_lazy("state of an entry", "resolved"),
    "confirmed": pgettext_lazy("state of an entry", "confirmed"),
    "unconfirmed": pgettext_lazy("state of an entry", "not confirmed"),
    "provisional": pgettext_lazy("state of an entry", "provisional"),
    "differential": pgettext_lazy("state of an entry", "one of several possible"),
    "refuted": pgettext_lazy("state of an entry", "ruled out"),
    "entered-in-error": pgettext_lazy("state of an entry", "entered in error"),
    "completed": pgettext_lazy("state of an entry", "completed"),
    "intended": pgettext_lazy("state of an entry", "intended"),
    "stopped": pgettext_lazy("state of an entry", "stopped"),
    "on-hold": pgettext_lazy("state of an entry", "on hold"),
    "not-taken": pgettext_lazy("state of an entry", "not taken"),
    "not-done": pgettext_lazy("state of an entry", "not done"),
    "cancelled": pgettext_lazy("state of an entry", "cancelled"),
    "draft": pgettext_lazy("state of an entry", "draft"),
    "registered": pgettext_lazy("state of an entry", "no result yet"),
    "partial": pgettext_lazy("state of an entry", "partial"),
    "preliminary": pgettext_lazy("state of an entry", "preliminary"),
    "final": pgettext_lazy("state of an entry", "final"),
    "amended": pgettext_lazy("state of an entry", "amended"),
    "corrected": pgettext_lazy("state of an entry", "corrected"),
    "appended": pgettext_lazy("state of an entry", "added to"),
    "current": pgettext_lazy("state of an entry", "current"),
    "superseded": pgettext_lazy("state of an entry", "superseded"),
    "planned": pgettext_lazy("state of an entry", "planned"),
    "in-progress": pgettext_lazy("state of an entry", "in progress"),
    "arrived": pgettext_lazy("state of an entry", "arrived"),
    "onleave": pgettext_lazy("state of an entry", "on leave"),
    "finished": pgettext_lazy("state of an entry", "finished"),
    "available": pgettext_lazy("state of an entry", "available"),
    "proposed": pgettext_lazy("state of an entry", "proposed"),
    "accepted": pgettext_lazy("state of an entry", "accepted"),
    "revoked": pgettext_lazy("state of an entry", "revoked"),
    "unknown": pgettext_lazy("state of an entry", "not known"),
}
SILENT = {"final", "confirmed", "current", "available", "finished"}
"""What is so of nearly all, and so is not said."""
FLAGS = {
    "H": pgettext_lazy("result", "high"),
    "HH": pgettext_lazy("result", "dangerously high"),
    "HU": pgettext_lazy("result", "high"),
    "L": pgettext_lazy("result", "low"),
    "LL": pgettext_lazy("result", "dangerously low"),
    "LU": pgettext_lazy("result", "low"),
    "A": pgettext_lazy("result", "abnormal"),
    "AA": pgettext_lazy("result", "dangerously abnormal"),
    "POS": pgettext_lazy("result", "positive"),
}


def parts(value: Any) -> list[Any]:
    """A list as it is, one thing as a list of it."""
    return value if isinstance(value, list) else [] if value is None else [value]


def concept(value: Any) -> str:
    """A CodeableConcept as it was said, or beside its code, else what is known of the code, else the code.

    Words in another language than the reader's give way to what is known of the code.
    """
    if not isinstance(value, Mapping):
        return ""
    codings = [one for one in parts(value.get("coding")) if isinstance(one, Mapping)]
    sent = str(value.get("text") or next((one["display"] for one in codings if one.get("display")), ""))
    if not codings or (sent and known.read_by_all(sent)):
        return known.phrase(sent)
    for one in codings:
        if told := known.word(str(one.get("system", "")), str(one.get("code", ""))):
            return told
    return sent or str(next((one["code"] for one in codings if one.get("code")), ""))


def coding_of(value: Any) -> tuple[str, str]:
    """The first code of a CodeableConcept with its system; empty when it has none."""
    codings = parts(value.get("coding")) if isinstance(value, Mapping) else []
    return next(
        (
            (str(one.get("system", "")), str(one["code"]))
            for one in codings
            if isinstance(one, Mapping) and one.get("code")
        ),
        ("", ""),
    )


def coded(value: Any) -> str:
    """A code with the short name of its system: "ICD-10 I10"."""
    system, code = coding_of(value)
    return f"{SYSTEMS.get(system, '')} {code}".strip()


def status(code: str) -> str:
    return str(STATUS.get(code, code))


def quantity(value: Any) -> str:
    if not isinstance(value, Mapping) or "value" not in value:
        return ""
    sign = str(value.get("comparator", ""))
    return f"{sign}{value['value']} {unit(value)}".strip()


def unit(value: Mapping[str, Any]) -> str:
    """As it was sent; what UCUM writes in braces is a word of its own ({score}) and stands without them."""
    told = str(value.get("unit") or value.get("code") or "")
    if told == "分" and value.get("code") == POINTS:
        return pgettext("unit", "points")
    return told[1:-1] if told.startswith("{") and told.endswith("}") else unit_words(told)


def day(text: Any) -> str:
    """A date as exactly as it is known: a year, a month, a day, or an instant here."""
    text = str(text or "")
    if "T" not in text:
        return text
    span = dates.span(text)
    return span.start.astimezone(HERE).strftime("%Y-%m-%d %H:%M") if span else text


def period(value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    start, end = day(value.get("start")), day(value.get("end"))
    if start and end:
        return start if start[:10] == end[:10] and len(start) > 10 else f"{start} – {end}"
    if start:
        return _("since {day}").format(day=start)
    return _("until {day}").format(day=end) if end else ""


def bounds(value: Any) -> str:
    """A Range, or the reference range of a result."""
    if not isinstance(value, Mapping):
        return ""
    high = value.get("high")
    if "low" not in value and isinstance(high, Mapping) and high.get("code") == POINTS:
        return _("out of {most}").format(most=high.get("value"))
    if value.get("text"):
        return str(value["text"])
    least, most = quantity(value.get("low")), quantity(high)
    if least and most:
        return f"{least.split(' ')[0]}–{most}"
    return f"≥ {least}" if least else f"≤ {most}" if most else ""


def instant(at: datetime) -> str:
    return at.astimezone(HERE).strftime("%Y-%m-%d %H:%M")


def utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def yes(value: bool) -> str:
    return pgettext("answer", "yes") if value else pgettext("answer", "no")
