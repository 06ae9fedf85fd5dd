"""The template of a roster: one XLSX with a sheet for each kind, headings in Chinese, notes on what to write."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

from yiyang.gateways.roster.columns import SHEETS, TITLES


def template() -> bytes:
    """An empty workbook to fill in; required columns carry a star, examples stand in the notes."""
    book = Workbook()
    book.remove(book.active)
    for name, columns in SHEETS.items():
        sheet = book.create_sheet(TITLES[name][0])
        for position, column in enumerate(columns, start=1):
            cell = sheet.cell(1, position, column.zh + ("*" if column.required else ""))
            cell.font = Font(bold=column.required)
            cell.comment = Comment(f"{column.name}: {column.en}\n{column.example}", "Yiyang")
            sheet.column_dimensions[cell.column_letter].width = max(12, len(column.zh) * 2 + 4)
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
