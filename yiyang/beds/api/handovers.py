"""The sheet of a handover over the API: the same table as the form, as a schema; and its draft."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field as Limits
from pydantic import Strict, create_model

from yiyang.beds.rules import handover_sheet as sheets
from yiyang.beds.rules.handover_sheet import Field, Table
from yiyang.kernel.api import Day, Example, Instant, OneLine, OneOf, Told


class SheetPart(Told):
    """What is null or left out is not known."""

    example: ClassVar[Example] = {}


def _type(told: Field) -> Any:
    if told.kind == sheets.WHEN:
        return Instant
    if told.kind == sheets.DAY:
        return Day
    if told.kind == sheets.FEN:
        return Annotated[int, Strict(), Limits(ge=int(told.low), le=int(told.high), description="in fen")]
    if told.kind == sheets.NUMBER:
        return Annotated[float, Strict(), Limits(ge=told.low, le=told.high, allow_inf_nan=False)]
    if told.kind == sheets.CHOICE:
        return Annotated[str, OneOf(list(told.choices or {}))]
    if told.kind == sheets.TEXT:
        return Annotated[str, Strict(), Limits(max_length=told.most)]
    return Annotated[str, OneLine(told.most)]


def _part(name: str, wanted: list[tuple[str, Any]], example: Example, says: str) -> Any:
    fields: dict[str, Any] = {key: (kind | None, None) for key, kind in wanted}
    made = create_model(name, __base__=SheetPart, __doc__=says, __module__=__name__, **fields)
    made.example = example
    return made


def _rows(table: Table) -> Any:
    name = "Handover" + "".join(word.title() for word in table.name.split("_")) + "Row"
    columns = [(one.name, _type(one)) for one in table.columns]
    row = _part(name, columns, {}, f"One row of {table.name}.")
    return Annotated[list[row], Limits(max_length=table.most)]


HandoverSheet: Any = _part(
    "HandoverSheet",
    [(one.name, _rows(one) if isinstance(one, Table) else _type(one)) for one in sheets.items()],
    {
        "condition": "神志清，体温 38.5", "consciousness": "AWAKE", "fall_risk": "HIGH",
        "tubes": [{"kind": "URINARY", "since": "2026-04-20"}],
        "medicines_carried": [{"name": "阿莫西林", "dose": "0.5g 口服", "times": "每日 3 次",
                               "last_given": "2026-05-01T08:00:00+08:00"}],
        "cash_fen": 12050, "counted_by": "李敏", "counted_with": "张丽", "hearing_aid": "LEFT",
    },
    "What is handed over with a person. What is null or left out is not known.",
)  # fmt: skip
