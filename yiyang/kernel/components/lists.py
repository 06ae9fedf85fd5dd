"""Entries of lists: steps of a process, a history, the columns of a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest


@dataclass(frozen=True)
class Step:
    """`state` is done, current or later; `note` says who or when."""

    name: Any
    state: str = "later"
    note: Any = ""


@dataclass(frozen=True)
class Entry:
    """One thing that happened: what, when, by whom, why."""

    what: Any
    at: datetime
    who: Any = ""
    why: Any = ""
    url: str = ""


@dataclass(frozen=True)
class Column:
    """`key` names the column in `?sort=`; without one it cannot be sorted."""

    label: Any
    key: str = ""
    number: bool = False


@dataclass(frozen=True)
class Table:
    """The head of a table: sortable columns as links, exports of the same rows, the order in use."""

    columns: tuple[Column, ...]
    request: HttpRequest
    caption: Any = ""
    default_sort: str = ""
    exports: tuple[str, ...] = ()

    @property
    def sort(self) -> str:
        """The order asked for, if it is one of the columns; otherwise the default."""
        asked = self.request.GET.get("sort", "")
        return asked if asked.lstrip("-") in {c.key for c in self.columns if c.key} else self.default_sort

    def heads(self) -> list[dict[str, Any]]:
        return [self._head(column) for column in self.columns]

    def export_links(self) -> list[tuple[str, str]]:
        return [(kind.upper(), link(self.request, format=kind, after=None)) for kind in self.exports]

    def _head(self, column: Column) -> dict[str, Any]:
        if not column.key:
            return {"column": column}
        up, down = self.sort == column.key, self.sort == f"-{column.key}"
        following = f"-{column.key}" if up else column.key
        order = "ascending" if up else "descending" if down else ""
        return {"column": column, "url": link(self.request, sort=following, after=None), "order": order}


def link(request: HttpRequest, **changes: str | None) -> str:
    """This page's address with some parameters changed; None takes one away.

    It is relative: in a part that fetched itself again it still leads to the page around it.
    """
    query = {name: request.GET.getlist(name) for name in request.GET}
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = [value]
    return f"?{urlencode(query, doseq=True)}"
