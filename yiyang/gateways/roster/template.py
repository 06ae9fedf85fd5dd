"""The template of a roster: one XLSX with a sheet for each kind, headings in Chinese, notes on what to write."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from yiyang.gateways.roster.columns import SHEETS, TITLES


def template(only: str = "", choices: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """An empty workbook to fill in; required columns carry a star, examples stand in the notes. `only` one kind
    of sheet; `choices` are offered in the cells of a column."""
    from openpyxl import Workbook  # large, and most processes never write a workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for name, columns in SHEETS.items():
        if only not in ("", name):
            continue
        sheet = book.create_sheet(TITLES[name][0])
        for position, column in enumerate(columns, start=1):
            cell = sheet.cell(1, position, column.zh + ("*" if column.required else ""))
            cell.font = Font(bold=column.required)
            cell.comment = Comment(f"{column.name}: {column.en}\n{column.example}", "Yiyang")
            sheet.column_dimensions[cell.column_letter].width = max(12, len(column.zh) * 2 + 4)
        sheet.freeze_panes = "A2"
        _offer(book, sheet, [column.name for column in columns], choices or {})
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _offer(book: Any, sheet: Any, columns: list[str], choices: Mapping[str, Sequence[str]]) -> None:
    """Choices in the cells of a column; they stand in a hidden sheet, which is not read again."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for number, (name, values) in enumerate((name, choices[name]) for name in columns if choices.get(name)):
        lists = book["lists"] if "lists" in book.sheetnames else book.create_sheet("lists")
        lists.sheet_state = "hidden"
        for row, value in enumerate(values, start=1):
            lists.cell(row, number + 1, value)
        of = get_column_letter(number + 1)
        offered = DataValidation(type="list", formula1=f"lists!${of}$1:${of}${len(values)}", allow_blank=True)
        offered.showErrorMessage = False
        sheet.add_data_validation(offered)
        at = get_column_letter(columns.index(name) + 1)
        offered.add(f"{at}2:{at}1000")
