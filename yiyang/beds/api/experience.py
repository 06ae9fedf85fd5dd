"""The three questions after a completed move."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.api.shown import AN_ID, Act, happened
from yiyang.beds.api.transfers import routes
from yiyang.beds.models import Experience
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.actors import Actor
from yiyang.kernel.api import Answer, Day, Example, Id, OneOf, Shown
from yiyang.kernel.api.problems import ValuesRefused
from yiyang.kernel.refusals import NotFound

Said = Annotated[str, OneOf(Experience.Answer)]


class ExperienceKept(Shown):
    """That it was answered. The answers themselves are shown as counts alone."""

    example: ClassVar[Example] = {"transfer": AN_ID.format(10), "answered_on": "2026-05-03"}

    transfer: Id
    answered_on: Day


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


def _said(actor: Actor, body: AnswerExperience) -> dict[str, str]:
    """Staff write down what they were told; an elder or a relative speaks for themselves."""
    said = body.model_dump(exclude={"at"})
    if actor.organisation_id is None:
        return said | {"by_whom": "PERSON" if actor.role == "ELDER" else "FAMILY", "how": "PAGE"}
    lacking = [("body", [name], "missing") for name in ("by_whom", "how") if not said[name]]
    if lacking:
        raise ValuesRefused(*lacking)
    return said
