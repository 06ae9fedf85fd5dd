"""The form of a handover as data, and its draft, which two may write at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import BaseModel, Field

from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.api.shown import AN_ID
from yiyang.beds.api.skin import named_transfer
from yiyang.beds.api.transfers import routes
from yiyang.beds.models import HandoverDraft, Transfer
from yiyang.beds.queries import handovers as queries
from yiyang.beds.rules import handover_sheet as sheets
from yiyang.beds.rules.handover_sheet import Table
from yiyang.kernel.api import Answer, Example, Flag, Id, Instant, OneLine, OneOf, Shown, Told
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now

KINDS = [sheets.LINE, sheets.TEXT, sheets.WHEN, sheets.DAY, sheets.NUMBER, sheets.FEN, sheets.CHOICE]
Typed = Annotated[
    dict[Annotated[str, OneLine(80, 1)], Annotated[str, Field(max_length=4000)]],
    Field(max_length=2000, description="by name, as typed; a row of a table is `tubes-0-kind`"),
]


class FormField(Shown):
    example: ClassVar[Example] = {
        "name": "fall_risk", "label": "跌倒风险", "kind": "CHOICE", "choices": {"HIGH": "高"}, "longest": 200,
        "table": "", "rows": 0,
    }  # fmt: skip

    name: str
    label: str
    kind: Annotated[str, OneOf(KINDS)]
    choices: Annotated[dict[str, str], Field(description="codes and their words")]
    longest: Annotated[int, Field(description="characters of a text")]
    table: Annotated[str, Field(description="the table of which it is a column; empty: told once")]
    rows: Annotated[int, Field(description="at most so many rows; 0: told once")]


class FormPart(Shown):
    example: ClassVar[Example] = {
        "name": "risks", "label": "风险", "only_back": False, "fields": [FormField.example],
    }  # fmt: skip

    name: str
    label: str
    only_back: Annotated[bool, Field(description="told only on the way back")]
    fields: list[FormField]


class HandoverForm(Shown):
    example: ClassVar[Example] = {"parts": [FormPart.example]}

    parts: list[FormPart]


class FormAsked(BaseModel):
    back: Annotated[Flag, Field(description="with what is told only on the way back")] = True


class HandoverDraftShown(Shown):
    example: ClassVar[Example] = {
        "transfer": AN_ID.format(10), "typed": {"condition": "神志清", "tubes-0-kind": "URINARY"},
        "mark": AN_ID.format(54), "saved_at": "2026-05-01T00:30:00Z", "saved_by": "李敏 · 护士长",
    }  # fmt: skip

    transfer: Id
    typed: Annotated[dict[str, str], Field(description="with no draft: what the form begins with")]
    mark: Annotated[str, Field(description="send it back as `seen`; empty: there is no draft")]
    saved_at: Instant | None
    saved_by: str


class SaveHandoverDraft(Told):
    example: ClassVar[Example] = {"typed": {"condition": "神志清", "tubes-0-kind": "URINARY"}, "seen": ""}

    typed: Typed
    seen: Annotated[str, OneLine(40), Field(description="`mark` of the draft that you began with")]


@routes.get("/handover-form", shows=HandoverForm, permission=Permission.SEE_BOARD)
def handover_form(request: Any, asked: Query[FormAsked]) -> Answer:
    """What a handover asks, part by part, with the words for it: enough to draw the form."""
    return Answer(HandoverForm(parts=[_part(one) for one in sheets.sections(back=asked.back)]))


@routes.get("/transfers/{transfer_id}/handover-draft", shows=HandoverDraftShown)
def handover_draft(request: Any, transfer_id: Id) -> Answer:
    """What the sending team has typed so far; for who may write the handover."""
    found = _writable(request, transfer_id)
    return _answer(found, getattr(found, "handover_draft", None), queries.written(found))


@routes.post("/transfers/{transfer_id}/handover-draft", shows=HandoverDraftShown)
def save_handover_draft(request: Any, transfer_id: Id, body: SaveHandoverDraft) -> Answer:
    """Keep what was typed so far. Where somebody else saved since, nothing is kept: read theirs, then choose."""
    found = named_transfer(request, transfer_id)
    known = {name: value for name, value in body.typed.items() if name.partition("-")[0] in sheets.ITEMS}
    draft = commands.save_handover_draft(
        by=request.actor, at=now(), transfer=found, typed=known, seen=body.seen
    )
    return _answer(found, draft, draft.typed)


def _writable(request: Any, transfer_id: UUID) -> Transfer:
    found = named_transfer(request, transfer_id)
    if not queries.may_write(request.actor, found):
        raise NotAllowed
    return found


def _answer(transfer: Transfer, draft: HandoverDraft | None, typed: dict[str, Any]) -> Answer:
    shows = HandoverDraftShown(
        transfer=transfer.pk,
        typed={name: str(value) for name, value in typed.items()},
        mark=str(draft.mark) if draft else "",
        saved_at=draft.saved_at if draft else None,
        saved_by=draft.saved_by if draft else "",
    )
    return Answer(shows, persons=[transfer.person_id])


def _part(section: sheets.Section) -> FormPart:
    fields = [one for item in section.items for one in _fields(item)]
    return FormPart(name=section.name, label=str(section.legend), only_back=section.back, fields=fields)


def _fields(item: sheets.Field | Table) -> Iterator[FormField]:
    table = item if isinstance(item, Table) else None
    for one in item.columns if isinstance(item, Table) else (item,):
        yield FormField(
            name=one.name,
            label=str(one.label),
            kind=one.kind,
            choices={code: str(label) for code, label in (one.choices or {}).items()},
            longest=one.most,
            table=table.name if table else "",
            rows=table.most if table else 0,
        )
