"""Reading a roster file: CSV (UTF-8 or GB18030) or XLSX into rows of checked values, with every fault named."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.gateways.roster.columns import SHEETS, BadCell, column_called, sheet_of
from yiyang.kernel.refusals import Refusal

BYTES_AT_MOST = 20 * 2**20
UNPACKED_AT_MOST = 200 * 2**20
ROWS_AT_MOST = 200_000


class FileTooLarge(Refusal):
    message = gettext_lazy(
        "The file is larger than {most} MB. Split it, or have the engineer run “yiyang import”."
    )
    status = 413


class NotARoster(Refusal):
    message = gettext_lazy(
        "This is neither a CSV nor an XLSX file that can be read. Start from the template."
    )
    status = 422


class NothingInIt(Refusal):
    message = gettext_lazy("The file holds no rows below its headings. Fill in the template.")
    status = 422


@dataclass(frozen=True)
class Problem:
    """What is wrong, where: sheet, row as the spreadsheet counts it, and heading."""

    sheet: str
    row: int
    column: str
    text: str


@dataclass(frozen=True)
class Row:
    sheet: str
    number: int
    values: dict[str, Any]


@dataclass
class Roster:
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(content: bytes, name: str) -> Roster:
    """All rows and all faults of a file; the rows are good only when there are no faults."""
    if len(content) > BYTES_AT_MOST:
        raise FileTooLarge(most=BYTES_AT_MOST // 2**20)
    roster = Roster()
    for title, table in _tables(content, name):
        _read_table(roster, title, table)
    if not roster.rows and not roster.problems:
        raise NothingInIt
    return roster


def _read_table(roster: Roster, title: str, table: Iterator[list[str]]) -> None:
    headings = [heading for heading in next(table, []) if heading]
    if not headings:
        return
    sheet = sheet_of(headings)
    if sheet is None:
        roster.problems.append(Problem(title, 1, "", _unknown_headings(headings)))
        return
    columns = [column_called(sheet, heading) for heading in headings]
    for number, cells in enumerate(table, start=2):
        if not any(cells):
            continue
        if number > ROWS_AT_MOST:
            raise FileTooLarge(most=BYTES_AT_MOST // 2**20)
        values: dict[str, Any] = {}
        for column, heading, cell in zip(columns, headings, [*cells, *[""] * len(headings)], strict=False):
            assert column is not None
            try:
                if cell:
                    values[column.name] = column.read(cell)
                elif column.required:
                    raise BadCell(_("This cell must be filled in."))
            except BadCell as bad:
                roster.problems.append(Problem(title, number, heading, str(bad)))
        roster.rows.append(Row(sheet, number, values))


def _unknown_headings(headings: list[str]) -> str:
    best = max(SHEETS, key=lambda sheet: sum(bool(column_called(sheet, h)) for h in headings))
    strange = [h for h in headings if column_called(best, h) is None][:5]
    lacking = [
        c.zh for c in SHEETS[best] if c.required and not any(column_called(best, h) is c for h in headings)
    ]
    return _("The headings fit no kind of roster. Not known: %(strange)s. Missing: %(lacking)s.") % {
        "strange": ", ".join(strange) or "–",
        "lacking": ", ".join(lacking) or "–",
    }


def _tables(content: bytes, name: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    if content[:2] == b"PK":
        yield from _sheets(content)
    else:
        yield name, _csv_rows(_decoded(content))


def _sheets(content: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    from openpyxl import load_workbook  # large, and most processes never read a workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > UNPACKED_AT_MOST:
                raise FileTooLarge(most=BYTES_AT_MOST // 2**20)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise NotARoster from error
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue  # lists behind the choices of the template
        yield sheet.title, ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value).strip()


def _csv_rows(content: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(content), strict=True):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise NotARoster from error


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise NotARoster
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotARoster
