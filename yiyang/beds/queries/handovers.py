"""The handover as its readers see it: every line said, and what is not known said to be not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands.steps import handling
from yiyang.beds.models import Transfer
from yiyang.beds.models.transfers import Trigger
from yiyang.beds.rules import handover_sheet as sheets
from yiyang.beds.rules.handover_sheet import Field, Table
from yiyang.kernel.actors import Actor
from yiyang.kernel.components.times import full_day, in_full
from yiyang.kernel.refusals import NotAllowed
from yiyang.people import queries as people
from yiyang.records.rules.vital_signs import SIGNS, impossible


@dataclass(frozen=True)
class Line:
    """One thing told; `text` is empty when it is not known."""

    label: Any
    text: str


@dataclass(frozen=True)
class Rows:
    label: Any
    heads: list[Any]
    rows: list[list[str]]


@dataclass(frozen=True)
class Part:
    legend: Any
    lines: list[Line] = field(default_factory=list)
    tables: list[Rows] = field(default_factory=list)


def is_way_back(transfer: Transfer) -> bool:
    """From a ward back to where the person lives: a discharge summary is owed."""
    return transfer.is_return or transfer.trigger == Trigger.HEALTH_IMPROVED


def may_write(actor: Actor, transfer: Transfer) -> bool:
    """Whether the actor may write the handover of this transfer now."""
    if not transfer.live or not getattr(transfer, "named", False):
        return False
    try:
        return bool(actor.may(Permission.HAND_OVER, handling(actor, transfer)))
    except NotAllowed:
        return False


def sheet_of(transfer: Transfer) -> dict[str, Any]:
    """What was handed over; from the first days the few words that were."""
    given = getattr(transfer, "handover", None)
    if given is None:
        return {}
    return dict(given.sheet) or sheets.of_old(given)


def shown(transfer: Transfer, *, empty: bool = False) -> list[Part] | None:
    """The parts of the handover in words; with `empty` also when nothing was handed over yet."""
    if getattr(transfer, "handover", None) is None and not empty:
        return None
    sheet = sheet_of(transfer)
    return [_part(one, sheet) for one in sheets.sections(back=is_way_back(transfer))]


def belongings(transfer: Transfer) -> Part:
    """Aids, papers, cash and valuables alone, for the list that both sides sign."""
    [section] = [one for one in sheets.sections(back=is_way_back(transfer)) if one.name == "belongings"]
    return _part(section, sheet_of(transfer))


def _part(section: sheets.Section, sheet: dict[str, Any]) -> Part:
    part = Part(section.legend)
    for one in section.items:
        if isinstance(one, Table):
            rows = sheet.get(one.name, [])
            part.tables.append(
                Rows(
                    one.label,
                    [column.label for column in one.columns],
                    [[said(column, row.get(column.name)) for column in one.columns] for row in rows],
                )
            )
        else:
            part.lines.append(Line(one.label, said(one, sheet.get(one.name))))
    return part


def said(told: Field, value: Any) -> str:
    """One value in words; nothing for what is not known."""
    if value is None or value == "":
        return ""
    if told.kind == sheets.CHOICE:
        return str((told.choices or {}).get(value, value))
    if told.kind == sheets.FEN:
        return f"{value / 100:.2f}"
    if told.kind == sheets.NUMBER:
        return f"{value:g}"
    if told.kind == sheets.WHEN:
        at = parse_datetime(value)
        return in_full(at) if at else str(value)
    if told.kind == sheets.DAY:
        day = parse_date(value)
        return full_day(day) if day else str(value)
    return str(value)


def written(transfer: Transfer) -> dict[str, Any]:
    """What the form begins with: the draft, else what was handed over, else what the platform knows."""
    draft = getattr(transfer, "handover_draft", None)
    if draft is not None:
        return dict(draft.typed)
    given = getattr(transfer, "handover", None)
    if given is not None:
        return typed_from(sheet_of(transfer))
    person = transfer.person
    lift = (
        {True: "YES", False: "NO"}.get(person.residence_has_lift) if transfer.from_episode is None else None
    )
    at_home = transfer.from_episode is None or transfer.from_episode.kind == "HOME_CARE"
    known = {
        "language": person.languages,
        "form_of_address": person.form_of_address,
        "floor": person.residence_floor if at_home else "",
        "lift": lift or "",
        "key": person.key_holder if at_home else "",
    }
    return {name: value for name, value in known.items() if value}


def typed_from(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet as the form's inputs hold it."""
    typed: dict[str, Any] = {}
    for name, value in sheet.items():
        told = sheets.ITEMS.get(name)
        if isinstance(told, Table):
            for number, row in enumerate(value):
                for column in told.columns:
                    if column.name in row:
                        typed[f"{name}-{number}-{column.name}"] = _input(column, row[column.name])
        elif told is not None:
            typed[name] = _input(told, value)
    return typed


def _input(told: Field, value: Any) -> Any:
    if told.kind == sheets.FEN:
        return f"{value / 100:.2f}"
    if told.kind == sheets.NUMBER:
        return f"{value:g}"
    if told.kind == sheets.WHEN:
        at = parse_datetime(value)
        return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M") if at else ""
    return value


def known(actor: Actor, transfer: Transfer) -> list[Line]:
    """What the platform knows of the person already, so that nobody types it."""
    record = people.record(actor, transfer.person_id)
    person = record.person
    insurances = [str(one.get_kind_display()) for one in record.insurances]
    contacts = [
        " ".join(part for part in (one.full_name, str(one.get_kinship_display()), one.number) if part)
        for one in record.contacts
    ]
    doctor = record.family_doctor
    return [
        Line(_("Name"), person.full_name),
        Line(_("Sex"), str(person.get_sex_display()) if person.sex in ("MALE", "FEMALE") else ""),
        Line(_("Born on"), full_day(person.born_on) if person.born_on else ""),
        Line(_("Identity document"), _("; ").join(one.shown for one in record.identifiers)),
        Line(_("Telephone"), _("; ").join(one.number for one in record.phones)),
        Line(_("Address"), person.residence_address or person.registered_address),
        Line(_("Insurance"), _("; ").join(insurances)),
        Line(_("Contacts"), _("; ").join(contacts)),
        Line(_("Family doctor"), doctor.doctor_name if doctor else ""),
    ]


def stub(transfer: Transfer) -> list[Line]:
    """What stays behind at the sending unit: who went when to whom, and why."""
    person = transfer.person
    sender = transfer.from_unit or transfer.requested_unit
    left = transfer.departed_at
    return [
        Line(_("Name"), person.full_name),
        Line(_("Sex"), str(person.get_sex_display()) if person.sex in ("MALE", "FEMALE") else ""),
        Line(_("Born on"), full_day(person.born_on) if person.born_on else ""),
        Line(_("Sent by"), sender.name if sender else ""),
        Line(_("Sent to"), transfer.to_unit.name if transfer.to_unit else transfer.destination_outside),
        Line(_("Reason"), transfer.reason),
        Line(_("Departed"), in_full(left) if left else ""),
    ]


@dataclass(frozen=True)
class MeasuredRow:
    """One line of vital signs, as the clinical record takes it."""

    number: int
    values: dict[str, Decimal]
    measured_at: datetime


def measured_rows(transfer: Transfer) -> list[MeasuredRow]:
    """The vital signs of the handover; a value that cannot be true stays on the handover alone."""
    given = transfer.handover
    rows = []
    for number, row in enumerate(given.sheet.get("vitals", [])):
        told = {sign.name: Decimal(str(row[sign.name])) for sign in SIGNS if row.get(sign.name) is not None}
        for sign in impossible(told):
            del told[sign.name]
        measured_at = parse_datetime(str(row.get("at") or "")) or given.given_at
        if told and measured_at <= given.given_at:
            rows.append(MeasuredRow(number, told, measured_at))
    return rows
