"""The form of a handover, drawn from the one table of what a handover tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

from yiyang.beds.forms.transfers import Act, lines
from yiyang.beds.rules import handover_sheet as sheets
from yiyang.beds.rules.handover_sheet import Field, Section, Table

BLANK_ROWS, MORE_ROWS = 2, 5


def _field(told: Field) -> forms.Field:
    common: dict[str, Any] = {
        "label": told.label,
        "required": told.name == "condition",
        "help_text": told.hint,
    }
    if told.kind == sheets.CHOICE:
        choices = [("", "—"), *(told.choices or {}).items()]
        return forms.ChoiceField(choices=choices, **common)
    if told.kind == sheets.WHEN:
        return forms.DateTimeField(widget=forms.DateTimeInput(), **common)
    if told.kind == sheets.DAY:
        return forms.DateField(widget=forms.DateInput(), **common)
    if told.kind == sheets.FEN:
        most = Decimal(int(told.high)) / 100
        return forms.DecimalField(min_value=0, max_value=most, decimal_places=2, max_digits=12, **common)
    if told.kind == sheets.NUMBER:
        number = forms.FloatField(min_value=told.low, max_value=told.high, **common)
        number.widget.attrs["step"] = "any"
        return number
    if told.kind == sheets.TEXT:
        return forms.CharField(max_length=told.most, widget=lines(2), **common)
    return forms.CharField(max_length=told.most, **common)


class HandOver(Act):
    """Every field of the sheet; rows of a table are `medicines_carried-0-name` and so on."""

    def __init__(
        self, *args: Any, back: bool, initial: Mapping[str, Any], more: str = "", **kwargs: Any
    ) -> None:
        typed = args[0] if args and args[0] is not None else None
        super().__init__(*args, initial=dict(initial), **kwargs)
        self.sections = sheets.sections(back=back)
        self.rows: dict[str, int] = {}
        for section in self.sections:
            for one in section.items:
                if isinstance(one, Table):
                    self._add_rows(one, typed if typed is not None else self.initial, more=more)
                else:
                    self.fields[one.name] = _field(one)

    def _add_rows(self, table: Table, known: Mapping[str, Any], *, more: str) -> None:
        filled = 1 + max((_row_of(name, table.name) for name, value in known.items() if value), default=-1)
        blank = MORE_ROWS if more == table.name else BLANK_ROWS if not self.is_bound else 0
        self.rows[table.name] = min(table.most, filled + blank) or 1
        for number in range(self.rows[table.name]):
            for column in table.columns:
                self.fields[f"{table.name}-{number}-{column.name}"] = _field(column)

    def drawn(self) -> list[dict[str, Any]]:
        """Sections with their fields and tables, as the template draws them."""
        return [{"legend": one.legend, "name": one.name, "items": self._items(one)} for one in self.sections]

    def _items(self, section: Section) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for one in section.items:
            if not isinstance(one, Table):
                found.append({"field": self[one.name]})
                continue
            rows = [
                [self[f"{one.name}-{number}-{column.name}"] for column in one.columns]
                for number in range(self.rows[one.name])
            ]
            full = self.rows[one.name] >= one.most
            found.append({"table": one.name, "label": one.label, "rows": rows, "full": full})
        return found

    def told(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet(),
            "version": self.cleaned_data.get("version"),
            "seen": self.data.get("seen"),
        }

    def sheet(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for section in self.sections:
            for one in section.items:
                if isinstance(one, Table):
                    given[one.name] = [
                        {
                            column.name: _kept(
                                column, self.cleaned_data, f"{one.name}-{number}-{column.name}"
                            )
                            for column in one.columns
                        }
                        for number in range(self.rows[one.name])
                    ]
                else:
                    given[one.name] = _kept(one, self.cleaned_data, one.name)
        return given


def _kept(field: Field, cleaned: Mapping[str, Any], name: str) -> Any:
    value = cleaned.get(name)
    if value is None or value == "":
        return None
    if field.kind == sheets.FEN:
        return int(value * 100)
    return value.isoformat() if isinstance(value, datetime | date) else value


def _row_of(name: str, table: str) -> int:
    head, _dash, rest = name.partition("-")
    number = rest.partition("-")[0]
    return int(number) if head == table and number.isdecimal() and len(number) < 4 else -1


def chosen_in(posted: Mapping[str, str]) -> dict[str, str]:
    """Whose words count, mine or theirs, for each thing that two have told differently."""
    return {name.removeprefix("take-"): whose for name, whose in posted.items() if name.startswith("take-")}


def typed_in(posted: Mapping[str, str]) -> dict[str, str]:
    """What a draft keeps of a posted form: the sheet's own inputs that hold something."""
    known = set(sheets.ITEMS)
    return {name: value for name, value in posted.items() if value and name.partition("-")[0] in known}
