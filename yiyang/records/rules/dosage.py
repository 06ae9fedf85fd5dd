"""How much of a medicine is taken, and when, in words that whoever takes it understands. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from yiyang.kernel.words import listed
from yiyang.records.rules import known, words
from yiyang.records.rules.words import Json, concept, parts

# Codes of HL7's GTSAbbreviation, and how often a day that is.
OFTEN: dict[str, tuple[int, int, str]] = {
    "QD": (1, 1, "d"), "BID": (2, 1, "d"), "TID": (3, 1, "d"), "QID": (4, 1, "d"), "QOD": (1, 2, "d"),
    "Q4H": (1, 4, "h"), "Q6H": (1, 6, "h"), "Q8H": (1, 8, "h"), "WK": (1, 1, "wk"), "MO": (1, 1, "mo"),
}  # fmt: skip
WHEN = {
    "AM": pgettext_lazy("to take", "in the morning"),
    "MORN": pgettext_lazy("to take", "in the morning"),
    "NOON": pgettext_lazy("to take", "at noon"),
    "AFT": pgettext_lazy("to take", "in the afternoon"),
    "PM": pgettext_lazy("to take", "in the afternoon"),
    "EVE": pgettext_lazy("to take", "in the evening"),
    "NIGHT": pgettext_lazy("to take", "at night"),
    "HS": pgettext_lazy("to take", "before sleeping"),
    "WAKE": pgettext_lazy("to take", "after waking up"),
    "AC": pgettext_lazy("to take", "before meals"),
    "ACM": pgettext_lazy("to take", "before breakfast"),
    "ACD": pgettext_lazy("to take", "before lunch"),
    "ACV": pgettext_lazy("to take", "before supper"),
    "C": pgettext_lazy("to take", "with meals"),
    "CM": pgettext_lazy("to take", "with breakfast"),
    "CD": pgettext_lazy("to take", "with lunch"),
    "CV": pgettext_lazy("to take", "with supper"),
    "PC": pgettext_lazy("to take", "after meals"),
    "PCM": pgettext_lazy("to take", "after breakfast"),
    "PCD": pgettext_lazy("to take", "after lunch"),
    "PCV": pgettext_lazy("to take", "after supper"),
}
UNITS = {
    "{tablet}": pgettext_lazy("of a medicine", "tablet(s)"),
    "tablet": pgettext_lazy("of a medicine", "tablet(s)"),
    "TAB": pgettext_lazy("of a medicine", "tablet(s)"),
    "{capsule}": pgettext_lazy("of a medicine", "capsule(s)"),
    "CAP": pgettext_lazy("of a medicine", "capsule(s)"),
    "{puff}": pgettext_lazy("of a medicine", "puff(s)"),
    "{drop}": pgettext_lazy("of a medicine", "drop(s)"),
    "[drp]": pgettext_lazy("of a medicine", "drop(s)"),
}


def dose(given: Any) -> str:
    """One dosage: as it was written in the reader's language, else what its parts say."""
    if not isinstance(given, Mapping):
        return ""
    written = [str(given[key]).strip() for key in ("patientInstruction", "text") if given.get(key)]
    readable = next((one for one in written if one and known.read_by_all(one)), "")
    said = pgettext("between parts of a dose", ", ").join(one for one in _parts(given) if one)
    return readable or said or next(iter(written), "")


def _parts(given: Json) -> list[str]:
    timing = given.get("timing")
    timing = timing if isinstance(timing, Mapping) else {}
    repeat = timing.get("repeat")
    repeat = repeat if isinstance(repeat, Mapping) else {}
    when = [str(WHEN.get(str(one), "")) for one in parts(repeat.get("when"))]
    at = [str(one)[:5] for one in parts(repeat.get("timeOfDay"))]
    return [
        _often(repeat, words.coding_of(timing.get("code"))[1]) or concept(timing.get("code")),
        listed(when),
        listed(at),
        _each(given),
        _needed(given),
        *(concept(one) for one in parts(given.get("additionalInstruction"))),
    ]


def _often(repeat: Json, code: str) -> str:
    times, every, unit = OFTEN.get(code, (0, 0, ""))
    if repeat.get("frequency") and repeat.get("periodUnit"):
        try:
            times, every = int(str(repeat["frequency"])), float(str(repeat.get("period", 1)))  # type: ignore[assignment]
        except ValueError:
            return ""
        unit = str(repeat["periodUnit"])
    if not times:
        return ""
    if unit == "d" and every == 1:
        return ngettext("%(n)d time a day", "%(n)d times a day", times) % {"n": times}
    if unit == "wk" and every == 1:
        return ngettext("%(n)d time a week", "%(n)d times a week", times) % {"n": times}
    if unit == "mo" and every == 1:
        return ngettext("%(n)d time a month", "%(n)d times a month", times) % {"n": times}
    if unit in EVERY and times == 1:
        return str(EVERY[unit]).format(n=f"{every:g}")
    return ""


EVERY = {
    "h": pgettext_lazy("how often", "every {n} hours"),
    "d": pgettext_lazy("how often", "every {n} days"),
    "wk": pgettext_lazy("how often", "every {n} weeks"),
    "mo": pgettext_lazy("how often", "every {n} months"),
}


def _each(given: Json) -> str:
    for one in parts(given.get("doseAndRate")):
        if not isinstance(one, Mapping):
            continue
        quantity = one.get("doseQuantity")
        if isinstance(quantity, Mapping) and "value" in quantity:
            code = str(quantity.get("code") or quantity.get("unit") or "")
            unit = str(UNITS.get(code) or UNITS.get(code.lower().rstrip("s")) or words.unit(quantity))
            near = "" if known.CHINESE.match(unit) else " "
            return _("{amount} each time").format(amount=f"{quantity['value']}{near}{unit}".strip())
        if said := words.bounds(one.get("doseRange")):
            return _("{amount} each time").format(amount=said)
    return ""


def _needed(given: Json) -> str:
    if said := concept(given.get("asNeededCodeableConcept")):
        return _("only when needed: {why}").format(why=said)
    return _("only when needed") if given.get("asNeededBoolean") is True else ""
