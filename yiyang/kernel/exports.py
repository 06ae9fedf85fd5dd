"""The rows of a table as a file: CSV that spreadsheets open in the right encoding, or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(kind: str, name: Any, heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A download named `name`; `kind` is csv or xlsx. No cell can be taken for a formula."""
    lines = [[_cell(value) for value in row] for row in (heads, *rows)]
    if kind == "xlsx":
        return _answer(_xlsx(lines), XLSX, f"{name}.xlsx")
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return _answer(b"\xef\xbb\xbf" + text.getvalue().encode(), "text/csv; charset=utf-8", f"{name}.csv")


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    text = "".join(c for c in str(value) if c >= " " or c in "\n\t")
    return f"'{text}" if text.startswith(FORMULA) else text


def _xlsx(lines: list[list[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for line in lines:
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _answer(content: bytes, content_type: str, name: str) -> HttpResponse:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
