"""Importing a roster: by the same commands and permissions as by hand; all of a file or nothing; safe to repeat."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.access import commands as access
from yiyang.access import queries as access_queries
from yiyang.access.bed_kinds import BedKind
from yiyang.access.commands.contracts import ContractTerms
from yiyang.access.permissions import Permission
from yiyang.beds import commands as beds
from yiyang.devices import commands as devices
from yiyang.gateways.roster import known
from yiyang.gateways.roster.columns import SHEETS, TITLES
from yiyang.gateways.roster.reading import Problem, Roster, Row, read
from yiyang.gateways.roster.shifts import write_shift
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal
from yiyang.people import commands as people
from yiyang.people.details import Details, DocumentGiven

PROBLEMS_AT_MOST = 200
# What a command calls a field, where the sheet calls the column otherwise.
SAME_COLUMN = {"account_id": "staff", "deputy_id": "deputy", "until": "ends", "since": "begins"}
DETAILS = (
    "full_name", "sex", "born_on", "residence_area", "residence_address", "residence_floor", "residence_has_lift",
    "registered_area", "registered_address", "languages", "form_of_address",
)  # fmt: skip


@dataclass
class Outcome:
    """What an import did, or would do."""

    added: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    passwords: list[tuple[str, str]] = field(default_factory=list)
    written: bool = False
    unit: Any = None


def import_roster(
    *,
    by: Actor,
    at: datetime,
    content: bytes,
    name: str,
    dry_run: bool,
    progress: Callable[[int, int], None] = lambda done, total: None,
    shifts_of: Any = None,
    devices_of: Any = None,
) -> Outcome:
    """Read a file and write all of it, or say by row and column why nothing was written.

    What is known already (by document, code, login, label or number) is kept as it is, so a file may be sent
    twice. A dry run does everything and takes it back. With `shifts_of` or
    `devices_of` a unit, the file holds its shifts or devices alone.
    """
    roster = read(content, name)
    unit = shifts_of or devices_of
    if unit is not None:
        roster.problems += _others(roster, "shifts" if shifts_of else "devices")
    outcome = Outcome(problems=roster.problems[:PROBLEMS_AT_MOST])
    if roster.problems:
        return outcome
    with transaction.atomic():
        _apply(roster, outcome, by=by, at=at, progress=progress, unit=unit)
        if outcome.problems or dry_run:
            transaction.set_rollback(True)
            outcome.passwords = []
        elif shifts_of is not None:
            note_shift_import(by=by, at=at, unit=shifts_of, name=name, added=outcome.added["shifts"])
            outcome.written = True
        elif devices_of is not None:
            note_device_import(by=by, at=at, unit=devices_of, name=name, added=outcome.added["devices"])
            outcome.written = True
        else:
            note_roster_import(by=by, at=at, name=name, added=dict(outcome.added))
            outcome.written = True
    return outcome


@command(Permission.IMPORT_DATA, within=lambda by, **_: by.organisation_id)
def note_roster_import(*, by: Actor, at: datetime, name: str, added: dict[str, int]) -> None:
    """Record that a file was imported, and how much of what it added."""
    record("roster.imported", by=by, at=at, file=name[:120], added=added)


@command(Permission.MANAGE_ROSTER, within="unit.pk")
def note_shift_import(*, by: Actor, at: datetime, unit: Any, name: str, added: int) -> None:
    """Record that the shifts of a unit were read from a file, and how many were new."""
    record("shifts.imported", by=by, at=at, unit=unit, file=name[:120], added=added)


@command(Permission.MANAGE_DEVICES, within="unit.pk")
def note_device_import(*, by: Actor, at: datetime, unit: Any, name: str, added: int) -> None:
    """Record that the devices of a unit were read from a file, and how many were new."""
    record("devices.imported", by=by, at=at, unit=unit, file=name[:120], added=added)


def _others(roster: Roster, only: str) -> list[Problem]:
    """Rows that do not belong into a file for one unit."""
    words = {
        "shifts": _("Only shifts are read here. Use the template of this page."),
        "devices": _("Only devices are read here. Use the template of this page."),
    }
    return [Problem(row.sheet, row.number, "", words[only]) for row in roster.rows if row.sheet != only]


def _apply(
    roster: Roster, outcome: Outcome, *, by: Actor, at: datetime, progress: Callable[[int, int], None],
    unit: Any = None,
) -> None:  # fmt: skip
    in_order = sorted(roster.rows, key=lambda row: list(SHEETS).index(row.sheet))
    if unit is not None:
        outcome.unit = unit
        outcome.problems += [
            Problem(row.sheet, row.number, "机构代码", _("This row is of another unit."))
            for row in in_order
            if row.values.get("unit_code", unit.code) != unit.code
        ]
    for done, row in enumerate(in_order):
        if len(outcome.problems) >= PROBLEMS_AT_MOST:
            return
        try:
            with transaction.atomic():
                added = WRITERS[row.sheet](row, outcome, by, at)
        except Refusal as refusal:
            outcome.problems.append(Problem(row.sheet, row.number, _heading(row, refusal), str(refusal)))
        else:
            (outcome.added if added else outcome.kept)[row.sheet] += 1
        if done % 50 == 0:
            progress(done, len(in_order))


def _heading(row: Row, refusal: Refusal) -> str:
    named = refusal.details.get("field", "")
    named = SAME_COLUMN.get(named, named)
    return next((c.zh for c in SHEETS[row.sheet] if c.name == named), "")


class CodeUnknown(Refusal):
    message = gettext_lazy("No organisation has the code {code}. Import the organisations first.")
    status = 422


class AreaUnknown(Refusal):
    message = gettext_lazy("No area has the code {code}. Use 6, 9 or 12 digits of a district that is loaded.")
    status = 422


def _organisation(row: Row, outcome: Outcome, by: Actor, at: datetime) -> bool:
    given = dict(row.values)
    if access_queries.organisation_named(given["code"]):
        return False
    area = access_queries.area(given.pop("area"))
    if area is None:
        raise AreaUnknown(code=row.values["area"], field="area")
    parent = _unit(given.pop("parent_code"), "parent_code") if "parent_code" in given else None
    approved = {kind: given.pop(f"approved_{kind.value.lower()}", 0) for kind in BedKind}
    licence = {key: given.pop(key, None) for key in ("licence_number", "licence_from", "licence_to")}
    unit = access.add_organisation(by=by, at=at, area=area, parent=parent, **given)
    if licence["licence_number"]:
        medical = unit.kind in ("HOSPITAL", "CHC", "STATION")
        access.record_licence(
            by=by, at=at, organisation=unit, number=licence["licence_number"],
            filing_kind="MEDICAL_LICENCE" if medical else "CARE_FILING", approved_beds=approved,
            valid_from=licence["licence_from"] or at.date(), valid_to=licence["licence_to"],
        )  # fmt: skip
    return True


def _staff(row: Row, outcome: Outcome, by: Actor, at: datetime) -> bool:
    given = row.values
    if known.login(given["login"]):
        return False
    password = secrets.token_urlsafe(12)
    access.add_account(
        by=by, at=at, login=given["login"], name=given["name"], password=password,
        organisation=_unit(given["unit_code"], "unit_code"), role=given["role"],
        post_title=given.get("post_title", ""),
    )  # fmt: skip
    outcome.passwords.append((given["login"], password))
    return True


def _bed(row: Row, outcome: Outcome, by: Actor, at: datetime) -> bool:
    given = row.values
    unit = _unit(given["unit_code"], "unit_code")
    if known.bed(unit.pk, given["kind"], given["label"]):
        return False
    room = None
    if given.get("ward") and given.get("room"):
        ward = known.ward(unit.pk, given["ward"]) or beds.add_ward(
            by=by, at=at, unit_id=unit.pk, name=given["ward"]
        )
        room = known.room(ward, given["room"]) or beds.add_room(by=by, at=at, ward=ward, label=given["room"])
    beds.open_bed(
        by=by, at=at, unit_id=unit.pk, kind=given["kind"], label=given["label"], room=room,
        features=given.get("features", ()), extra=given.get("extra", False),
    )  # fmt: skip
    return True


def _person(row: Row, outcome: Outcome, by: Actor, at: datetime) -> bool:
    given = row.values
    number = given.get("document_number", "")
    document = DocumentGiven(given.get("document_kind", "RESIDENT_ID"), number) if number else None
    if document and known.person_with(document, at):
        return False
    person = people.register_person(
        by=by, at=at, details=Details(**{key: given[key] for key in DETAILS if key in given}),
        documents=[document] if document else [], phones=[given["phone"]] if "phone" in given else [],
    )  # fmt: skip
    if "insurance" in given:
        people.add_insurance(by=by, at=at, person=person, kind=given["insurance"])
    if "contact_name" in given:
        people.add_contact(
            by=by, at=at, person=person, full_name=given["contact_name"], phone=given.get("contact_phone", ""),
            kinship=given.get("contact_kinship", "OTHER_RELATIVE"),
        )  # fmt: skip
    return True


def _contract(row: Row, outcome: Outcome, by: Actor, at: datetime) -> bool:
    given = row.values
    first, second = _unit(given["first_code"], "first_code"), _unit(given["second_code"], "second_code")
    if known.contract(first.pk, second.pk, given["number"]):
        return False
    terms = {key: value for key, value in given.items() if key not in ("first_code", "second_code")}
    access.draft_contract(by=by, at=at, first=first, second=second, terms=ContractTerms(**terms))
    return True


def _unit(code: str, named: str) -> Any:
    found = access_queries.organisation_named(code)
    if found is None:
        raise CodeUnknown(code=code, field=named)
    return found


def _shift(row: Row, outcome: Outcome, by: Actor, at: datetime) -> bool:
    unit = outcome.unit or _unit(row.values.get("unit_code", ""), "unit_code")
    return write_shift(row.values, unit=unit, by=by, at=at)


def _device(row: Row, outcome: Outcome, by: Actor, at: datetime) -> bool:
    given = dict(row.values)
    code = given.pop("unit_code", "")
    unit = outcome.unit or _unit(code, "unit_code")
    if known.device(unit.pk, given["kind"], given["serial"]):
        return False
    devices.register_device(by=by, at=at, unit_id=unit.pk, **given)
    return True


WRITERS: dict[str, Callable[[Row, Outcome, Actor, datetime], bool]] = {
    "organisations": _organisation,
    "staff": _staff,
    "beds": _bed,
    "people": _person,
    "contracts": _contract,
    "shifts": _shift,
    "devices": _device,
}


def outcome_in_words(outcome: Outcome) -> list[str]:
    """A few lines for the screen or the terminal."""
    lines = [
        _("%(sheet)s: %(added)d new, %(kept)d known already")
        % {"sheet": TITLES[sheet][1], "added": outcome.added[sheet], "kept": outcome.kept[sheet]}
        for sheet in SHEETS
        if outcome.added[sheet] or outcome.kept[sheet]
    ]
    return lines or [_("Nothing was written.")]
