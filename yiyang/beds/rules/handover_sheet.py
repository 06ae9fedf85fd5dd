"""What a handover tells, as one table: the form, the page, the paper, the API and the check all read it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, Optional

import msgspec
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LINE, TEXT, WHEN, DAY, NUMBER, FEN, CHOICE = "LINE", "TEXT", "WHEN", "DAY", "NUMBER", "FEN", "CHOICE"


@dataclass(frozen=True)
class Field:
    """One thing told. What is left empty is not in the sheet, and is read as not known."""

    name: str
    label: Any
    kind: str = LINE
    choices: dict[str, Any] | None = None
    most: int = 200
    low: float = 0
    high: float = 1000
    hint: Any = ""


@dataclass(frozen=True)
class Table:
    """Things told in rows, such as medicines."""

    name: str
    label: Any
    columns: tuple[Field, ...]
    most: int = 20


@dataclass(frozen=True)
class Section:
    name: str
    legend: Any
    items: tuple[Field | Table, ...]
    back: bool = False  # told only on the way back


def _choice(name: str, label: Any, choices: dict[str, Any], hint: Any = "") -> Field:
    return Field(name, label, CHOICE, choices, hint=hint)


YES_NO = {"YES": pgettext_lazy("handover", "yes"), "NO": pgettext_lazy("handover", "no")}
GOES = {
    "GOES": pgettext_lazy("handover", "goes along"),
    "STAYS": pgettext_lazy("handover", "stays behind"),
    "NONE": pgettext_lazy("handover", "has none"),
}
CONSCIOUSNESS = {
    "AWAKE": pgettext_lazy("handover", "awake and clear"),
    "DROWSY": pgettext_lazy("handover", "drowsy"),
    "CONFUSED": pgettext_lazy("handover", "confused"),
    "STUPOR": pgettext_lazy("handover", "hard to wake"),
    "COMA": pgettext_lazy("handover", "coma"),
}
TUBES = {
    "URINARY": _("urinary catheter"),
    "NASOGASTRIC": _("nasogastric tube"),
    "GASTROSTOMY": _("gastrostomy tube"),
    "TRACHEOSTOMY": _("tracheostomy"),
    "PICC": _("PICC line"),
    "PORT": _("implanted port"),
    "PERIPHERAL": _("peripheral intravenous line"),
    "STOMA": _("stoma"),
    "DRAIN": _("drain"),
    "OTHER": _("other line or tube"),
}
SWALLOWING = {
    "SAFE": pgettext_lazy("handover", "safe"),
    "CHOKES": pgettext_lazy("handover", "chokes sometimes"),
    "THICKENED": pgettext_lazy("handover", "thickened only"),
    "TUBE": pgettext_lazy("handover", "fed by tube"),
    "NOTHING": pgettext_lazy("handover", "nothing by mouth"),
}
MOVING = {
    "ALONE": pgettext_lazy("handover", "walks alone"),
    "AID": pgettext_lazy("handover", "walks with an aid"),
    "HELPED": pgettext_lazy("handover", "needs somebody to help"),
    "WHEELCHAIR": pgettext_lazy("handover", "wheelchair"),
    "BED": pgettext_lazy("handover", "stays in bed"),
}
RISK = {
    "LOW": pgettext_lazy("risk", "low"),
    "MEDIUM": pgettext_lazy("risk", "medium"),
    "HIGH": pgettext_lazy("risk", "high"),
}
ISOLATION = {
    "NONE": pgettext_lazy("isolation", "none needed"),
    "CONTACT": pgettext_lazy("isolation", "contact"),
    "DROPLET": pgettext_lazy("isolation", "droplet"),
    "AIRBORNE": pgettext_lazy("isolation", "airborne"),
}
DENTURES = {
    "NONE": pgettext_lazy("dentures", "none"),
    "UPPER": pgettext_lazy("dentures", "upper"),
    "LOWER": pgettext_lazy("dentures", "lower"),
    "BOTH": pgettext_lazy("dentures", "upper and lower"),
}
EARS = {
    "NONE": pgettext_lazy("hearing aid", "none"),
    "LEFT": pgettext_lazy("hearing aid", "left ear"),
    "RIGHT": pgettext_lazy("hearing aid", "right ear"),
    "BOTH": pgettext_lazy("hearing aid", "both ears"),
}
WALKING_AID = {
    "NONE": pgettext_lazy("walking aid", "none"),
    "STICK": pgettext_lazy("walking aid", "stick"),
    "FRAME": pgettext_lazy("walking aid", "walking frame"),
    "WHEELCHAIR": pgettext_lazy("walking aid", "wheelchair"),
}
TRANSPORT = {
    "AMBULANCE_120": _("120 ambulance"),
    "TRANSPORT_SERVICE": _("patient transport"),
    "WHEELCHAIR_VAN": _("wheelchair van"),
    "UNIT_CAR": _("the unit's own car"),
    "FAMILY": _("with the family"),
    "WHEELCHAIR": _("wheelchair or on foot"),
}
CHANGE = {
    "NEW": pgettext_lazy("medicine", "new"),
    "CHANGED": pgettext_lazy("medicine", "changed"),
    "STOPPED": pgettext_lazy("medicine", "stopped"),
}

SECTIONS: tuple[Section, ...] = (
    Section(
        "returning",
        _("The way back"),
        (
            Field("discharge_summary", _("Discharge summary"), TEXT, most=4000),
            Table(
                "changed_medicines",
                _("Medicines that were changed"),
                (
                    Field("name", _("Medicine")),
                    _choice("change", _("Change"), CHANGE),
                    Field("dose", _("Dose and times now")),
                    Field("why", pgettext_lazy("medicine", "Why")),
                ),
                most=60,
            ),
            Field("follow_up", _("Follow-up: where, when, with whom"), TEXT, most=2000),
            Field("nursing_advice", _("Nursing advice"), TEXT, most=4000),
        ),
        back=True,
    ),
    Section(
        "happened",
        _("What happened, and how the person is"),
        (
            Field("what_happened", _("What happened, and when"), TEXT, most=4000),
            Field("condition", _("Condition now"), TEXT, most=4000),
            _choice("consciousness", _("Consciousness"), CONSCIOUSNESS),
            Field("usual_self", _("How the person usually is"), TEXT, most=2000),
        ),
    ),
    Section(
        "vitals",
        _("Last vital signs"),
        (
            Table(
                "vitals",
                _("Vital signs"),
                (
                    Field("at", _("Measured at"), WHEN),
                    Field("temperature", _("Temperature °C"), NUMBER, low=25, high=45),
                    Field("pulse", _("Pulse /min"), NUMBER, high=300),
                    Field("breathing", _("Breaths /min"), NUMBER, high=100),
                    Field("systolic", _("Upper blood pressure mmHg"), NUMBER, high=350),
                    Field("diastolic", _("Lower blood pressure mmHg"), NUMBER, high=250),
                    Field("oxygen", _("Oxygen saturation %"), NUMBER, high=100),
                    Field("glucose", _("Blood glucose mmol/L"), NUMBER, high=60),
                ),
            ),
        ),
    ),
    Section(
        "nursing",
        _("Nursing"),
        (
            Field("nursing_needs", _("Nursing needs"), TEXT, most=4000),
            Table(
                "tubes",
                _("Lines and tubes"),
                (
                    _choice("kind", pgettext_lazy("tube", "Which"), TUBES),
                    Field("since", _("In place since"), DAY),
                    Field("change_due", _("To be changed on"), DAY),
                    Field("note", pgettext_lazy("tube", "Note")),
                ),
            ),
            _choice("swallowing", _("Swallowing"), SWALLOWING),
            Field("diet", _("Diet")),
            _choice("moving", _("Moving"), MOVING),
            _choice("fall_risk", _("Risk of falling"), RISK),
            Field(
                "allergies", _("Allergies"), TEXT, most=1000, hint=_("Write “none known” if you have asked.")
            ),
        ),
    ),
    Section(
        "medicines",
        _("Medicines"),
        (
            Table(
                "medicines_carried",
                _("Medicines carried along"),
                (
                    Field("name", _("Medicine")),
                    Field("dose", _("Dose and way")),
                    Field("times", _("Times a day")),
                    Field("last_given", _("Last dose given at"), WHEN),
                    Field("amount", _("Amount carried")),
                ),
                most=60,
            ),
            Field("medicines_note", _("More about medicines"), TEXT, most=4000),
        ),
    ),
    Section(
        "infection",
        _("Infection and isolation"),
        (
            Field("infection", _("Infection, and what was found"), TEXT, most=2000),
            _choice("isolation", _("Isolation"), ISOLATION),
        ),
    ),
    Section(
        "belongings",
        _("Aids, papers and valuables"),
        (
            _choice("glasses", _("Glasses"), GOES),
            _choice("dentures", _("Dentures"), DENTURES),
            _choice("hearing_aid", _("Hearing aid"), EARS),
            _choice("walking_aid", _("Walking aid"), WALKING_AID),
            _choice("id_card", _("Identity card"), GOES),
            _choice("insurance_card", _("Insurance card"), GOES),
            Field("cash_fen", _("Cash, yuan"), FEN, high=100_000_00),
            Table(
                "valuables",
                _("Valuables"),
                (
                    Field("what", pgettext_lazy("valuables", "What")),
                    Field("number", pgettext_lazy("valuables", "Number"), NUMBER, low=1, high=999),
                    Field("note", pgettext_lazy("valuables", "Looks like")),
                ),
            ),
            Field(
                "counted_by",
                _("Cash and valuables counted by"),
                most=120,
                hint=_("Two people count together and both sign."),
            ),
            Field("counted_with", _("Counted together with"), most=120),
            Field("belongings", _("Other belongings that go along"), TEXT, most=1000),
        ),
    ),
    Section(
        "talking",
        _("Speaking with the person"),
        (
            Field("language", _("Language or dialect"), most=120),
            Field("form_of_address", _("Form of address"), most=40),
        ),
    ),
    Section(
        "along",
        _("Who goes along, and who was told"),
        (
            Field("accompanied_by", _("Who goes along"), most=120),
            Field("accompanied_until", _("Goes along until")),
            Field("companion", _("Who stays with the person"), most=120),
            Field("companion_until", _("Stays until")),
            Field("family_told", _("Who of the family was told"), most=120),
            Field("family_told_at", _("Family told at"), WHEN),
        ),
    ),
    Section(
        "transport",
        _("Transport"),
        (
            _choice("transport", _("Transport"), TRANSPORT),
            _choice("oxygen_needed", _("Oxygen on the way"), YES_NO),
            _choice("stretcher", _("Stretcher"), YES_NO),
            Field("floor", _("Floor"), most=40),
            _choice("lift", _("Lift"), YES_NO),
            Field("key", _("Who has the key"), most=120),
        ),
    ),
)


def items() -> Iterator[Field | Table]:
    for section in SECTIONS:
        yield from section.items


def sections(*, back: bool) -> list[Section]:
    """What is asked on this way: the discharge summary only on the way back."""
    return [one for one in SECTIONS if back or not one.back]


ITEMS: dict[str, Field | Table] = {one.name: one for one in items()}


def _kept(field: Field) -> Any:
    """The type of one field as it is kept; a limit is part of the type."""
    if field.kind == WHEN:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    if field.kind == DAY:
        return date
    if field.kind == FEN:
        return Annotated[int, msgspec.Meta(ge=int(field.low), le=int(field.high))]
    if field.kind == NUMBER:
        return Annotated[float, msgspec.Meta(ge=field.low, le=field.high)]
    if field.kind == CHOICE:
        return Literal[tuple(field.choices or {})]
    return Annotated[str, msgspec.Meta(min_length=1, max_length=field.most)]


def _struct(name: str, wanted: list[tuple[str, Any]]) -> Any:
    fields = [(key, Optional[kind], None) for key, kind in wanted]  # noqa: UP045  (built at run time)
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, omit_defaults=True, frozen=True)


def _rows(table: Table) -> Any:
    row: Any = _struct(f"Row_{table.name}", [(one.name, _kept(one)) for one in table.columns])
    return Annotated[list[row], msgspec.Meta(max_length=table.most)]


Sheet: Any = _struct(
    "Sheet", [(one.name, _rows(one) if isinstance(one, Table) else _kept(one)) for one in items()]
)


def checked(told: dict[str, Any]) -> dict[str, Any]:
    """The sheet as it is kept, without what is empty; ValueError says where it is wrong."""
    given = _without_empty(told)
    kept: dict[str, Any] = msgspec.to_builtins(msgspec.convert(given, Sheet))
    return _without_empty(kept)


def _without_empty(told: dict[str, Any]) -> dict[str, Any]:
    full: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, list):
            value = [row for row in map(_row_without_empty, value) if row]
        elif isinstance(value, str):
            value = value.strip()
        if value is not None and value != "" and value != []:
            full[name] = value
    return full


def _row_without_empty(row: Any) -> Any:
    return _without_empty(row) if isinstance(row, dict) else row


def of_old(old: Any) -> dict[str, Any]:
    """A handover from before there was a sheet, or one given in a few words, as a sheet."""
    names = ("condition", "nursing_needs", "allergies", "belongings", "transport", "accompanied_by")
    told = {name: getattr(old, name) for name in names}
    return _without_empty({**told, "medicines_note": old.medicines})


def in_few_words(sheet: dict[str, Any]) -> dict[str, str]:
    """The sheet as the few columns that readers of the first days know."""
    names = ("condition", "nursing_needs", "allergies", "belongings", "transport", "accompanied_by")
    words = [
        " ".join(str(row[one]) for one in ("name", "dose", "times") if one in row)
        for row in sheet.get("medicines_carried", [])
    ]
    told = [*words, sheet.get("medicines_note", "")]
    return {name: sheet.get(name, "") for name in names} | {
        "medicines": "\n".join(one for one in told if one)
    }
