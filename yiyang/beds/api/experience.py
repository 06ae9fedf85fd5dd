"""The three questions after a completed move."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar

from django.utils.timezone import localdate
from ninja import Query
from pydantic import BaseModel, Field

from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.api.shown import AN_ID, Act, Unit, happened
from yiyang.beds.api.transfers import routes
from yiyang.beds.models import Experience
from yiyang.beds.queries import experience as queries
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.actors import Actor
from yiyang.kernel.api import Answer, Day, Example, Id, OneLine, OneOf, Shown
from yiyang.kernel.api.problems import ValuesRefused
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now

Said = Annotated[str, OneOf(Experience.Answer)]


class ExperienceKept(Shown):
    """That it was answered. The answers themselves are shown as counts alone."""

    example: ClassVar[Example] = {"transfer": AN_ID.format(10), "answered_on": "2026-05-03"}

    transfer: Id
    answered_on: Day


class AnswersCounted(Shown):
    example: ClassVar[Example] = {"good": 12, "fair": 2, "bad": 1}

    good: int
    fair: int
    bad: int


class ExperienceOfUnit(Shown):
    """`answers` and `questions` are null where too few answered for anybody to stay unknown."""

    example: ClassVar[Example] = {
        "unit": Unit.example, "answers": 15, "questions": {"well_received": AnswersCounted.example},
    }  # fmt: skip

    unit: Unit
    answers: int | None
    questions: dict[str, AnswersCounted] | None


class ExperienceOfMonth(Shown):
    example: ClassVar[Example] = {
        "month": "2026-04", "least": 5, "sent": [], "received": [ExperienceOfUnit.example],
    }  # fmt: skip

    month: str
    least: Annotated[int, Field(description="fewer answers than this are not shown")]
    sent: Annotated[list[ExperienceOfUnit], Field(description="of units that sent somebody")]
    received: Annotated[list[ExperienceOfUnit], Field(description="of units that received somebody")]


class ExperienceAsked(BaseModel):
    month: Annotated[str, OneLine(7), Field(description="2026-04; the running month, when left out")] = ""


class AnswerExperience(Act):
    example: ClassVar[Example] = {
        "told_in_time": "GOOD", "well_treated": "GOOD", "well_received": "FAIR", "by_whom": "FAMILY", "how": "TELEPHONE",
    }  # fmt: skip

    told_in_time: Annotated[Said, Field(description="Were you told in time what would happen?")]
    well_treated: Annotated[Said, Field(description="Were you well looked after on the way?")]
    well_received: Annotated[Said, Field(description="Were you expected and well received?")]
    by_whom: Annotated[
        str, OneOf([*Experience.ByWhom.values, ""]), Field(description="staff must say; else it is you")
    ] = ""
    how: Annotated[
        str, OneOf([*Experience.How.values, ""]), Field(description="staff must say; else on a page")
    ] = ""


@routes.post(
    "/transfers/{transfer_id}/experience",
    shows=ExperienceKept,
    status=201,
    permission=Permission.RECORD_AGREEMENT,
)
def answer_experience(request: Any, transfer_id: Id, body: AnswerExperience) -> Answer:
    """The person or the family answer how the move was; who wrote the answers down is no part of them."""
    found = transfer_pages.transfer(request.actor, transfer_id)
    if not getattr(found, "named", False):
        raise NotFound
    made = commands.answer_experience(
        by=request.actor, at=happened(body), transfer=found, **_said(request.actor, body)
    )
    return Answer(ExperienceKept(transfer=found.pk, answered_on=made.answered_on), persons=[found.person_id])


@routes.get("/experience", shows=ExperienceOfMonth, permission=Permission.SEE_FIGURES)
def experience_figures(request: Any, asked: Query[ExperienceAsked]) -> Answer:
    """What persons and families said of the moves of a month, by unit: counts alone, small ones hidden."""
    found = queries.of_month(request.actor, _first(asked.month))
    shows = ExperienceOfMonth(
        month=f"{found.first:%Y-%m}",
        least=found.least,
        sent=[_line(one) for one in found.sender],
        received=[_line(one) for one in found.receiver],
    )
    return Answer(shows)


def _first(month: str) -> date:
    today = localdate(now())
    try:
        asked = date.fromisoformat(f"{month}-01") if month else today
    except ValueError:
        raise ValuesRefused(("query", ["month"], "day_malformed")) from None
    if not date(2000, 1, 1) <= asked <= today:
        raise ValuesRefused(("query", ["month"], "date_out_of_range"))
    return asked.replace(day=1)


def _line(one: queries.Line) -> ExperienceOfUnit:
    cells = one.cells and {name: AnswersCounted.model_validate(cell) for name, cell in one.cells.items()}
    return ExperienceOfUnit(unit=Unit(id=one.unit_id, name=one.unit), answers=one.answers, questions=cells)


def _said(actor: Actor, body: AnswerExperience) -> dict[str, str]:
    """Staff write down what they were told; an elder or a relative speaks for themselves."""
    said = body.model_dump(exclude={"at"})
    if actor.organisation_id is None:
        return said | {"by_whom": "PERSON" if actor.role == "ELDER" else "FAMILY", "how": "PAGE"}
    lacking = [("body", [name], "missing") for name in ("by_whom", "how") if not said[name]]
    if lacking:
        raise ValuesRefused(*lacking)
    return said
