"""Lists as tables: sorted by a column, a page at a time, exported whole as CSV or XLSX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse

from yiyang.kernel.components import Column, Table
from yiyang.kernel.exports import export

ROWS = 100
EXPORTED = 10_000


def table_of(request: Any, caption: Any, *columns: Column, default_sort: str = "") -> Table:
    return Table(columns, request, caption=caption, default_sort=default_sort, exports=("csv", "xlsx"))


def asks_for_a_file(request: Any) -> bool:
    return request.GET.get("format") in ("csv", "xlsx")


def page_of(request: Any, found: Any) -> tuple[list[Any], int | str]:
    """The rows of the page asked for, and where the next one begins."""
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0
    rows = list(found[start : start + ROWS + 1])
    return rows[:ROWS], start + ROWS if len(rows) > ROWS else ""


def as_file(
    request: Any, name: Any, heads: Sequence[Any], found: Any, cells: Callable[[Any], Sequence[Any]]
) -> HttpResponse:
    """Every row of the list in its order, up to ten thousand."""
    return export(request.GET["format"], name, heads, (cells(one) for one in found[:EXPORTED]))


def day(value: Any) -> str:
    """A date as a spreadsheet sorts it."""
    return value.isoformat() if value else ""
