"""The look at the skin at both ends of the way, and the drawing of the body that it is marked on."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.api.shown import AN_ID, Act, happened
from yiyang.beds.api.transfers import routes
from yiyang.beds.models import SkinCheck, Transfer
from yiyang.beds.queries import skin as queries
from yiyang.beds.queries import transfer_pages
from yiyang.beds.rules import skin
from yiyang.kernel.api import Answer, Example, Id, Instant, OneLine, OneOf, Shown, Told
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people
from yiyang.people.rules.disclosure import Audience

Region = Annotated[str, OneOf(list(skin.BY_CODE))]
Found = Annotated[str, OneOf(list(skin.FINDINGS))]
Stage = Annotated[str, OneOf([*skin.STAGES, ""])]


class FindingShown(Shown):
    example: ClassVar[Example] = {
        "region": "SACRUM", "finding": "PRESSURE_INJURY", "stage": "II", "size": "3×2", "note": "边缘红",
    }  # fmt: skip

    region: Region
    finding: Found
    stage: Stage = ""
    size: str = ""
    note: str = ""


class SkinCheckShown(Shown):
    """One end of the way; `checked_at` is null until somebody has looked. No finding then: the skin is intact."""

    example: ClassVar[Example] = {
        "moment": "DEPARTURE", "findings": [FindingShown.example], "checked_at": "2026-05-01T00:30:00Z",
        "checked_by": "李敏 · 护士长", "confirmed_at": None, "confirmed_by": "", "may_check": False, "may_sign": True,
    }  # fmt: skip

    moment: Annotated[str, OneOf(SkinCheck.Moment)]
    findings: list[FindingShown]
    checked_at: Instant | None
    checked_by: str
    confirmed_at: Instant | None
    confirmed_by: str
    may_check: Annotated[bool, Field(description="you may write it now")]
    may_sign: Annotated[bool, Field(description="it waits for the signature of your side")]


class SkinChecksShown(Shown):
    example: ClassVar[Example] = {"transfer": AN_ID.format(10), "checks": [SkinCheckShown.example]}

    transfer: Id
    checks: list[SkinCheckShown]


class RegionShown(Shown):
    """A place on the body, and the ellipse that stands for it on a drawing of 200 × 400."""

    example: ClassVar[Example] = {
        "code": "SACRUM", "label": "骶尾部", "view": "BACK", "x": 100, "y": 172, "rx": 13, "ry": 13,
    }  # fmt: skip

    code: Region
    label: str
    view: Annotated[str, OneOf([skin.FRONT, skin.BACK])]
    x: int
    y: int
    rx: int
    ry: int


class BodyMap(Shown):
    example: ClassVar[Example] = {
        "regions": [RegionShown.example], "findings": {"PRESSURE_INJURY": "压力性损伤"}, "stages": {"II": "2 期"},
    }  # fmt: skip

    regions: list[RegionShown]
    findings: Annotated[dict[str, str], Field(description="codes and their words")]
    stages: Annotated[dict[str, str], Field(description="of a pressure injury")]


class FindingTold(Told):
    example: ClassVar[Example] = FindingShown.example

    region: Region
    finding: Found
    stage: Stage = ""
    size: Annotated[str, OneLine(40)] = ""
    note: Annotated[str, OneLine(200)] = ""


class CheckSkin(Act):
    example: ClassVar[Example] = {"findings": [FindingTold.example], "intact": False}

    findings: Annotated[list[FindingTold], Field(max_length=len(skin.REGIONS))] = []
    intact: Annotated[bool, Field(description="the whole skin was looked at and is intact")] = False


@routes.get("/body-map", shows=BodyMap, permission=Permission.SEE_BOARD)
def body_map(request: Any) -> Answer:
    """The places on which findings are marked, what may be found there, and the words for both."""
    shows = BodyMap(
        regions=[RegionShown.model_validate(_worded(one)) for one in skin.REGIONS],
        findings={code: str(label) for code, label in skin.FINDINGS.items()},
        stages={code: str(label) for code, label in skin.STAGES.items()},
    )
    return Answer(shows)


@routes.get("/transfers/{transfer_id}/skin-checks", shows=SkinChecksShown)
def skin_checks(request: Any, transfer_id: Id) -> Answer:
    """What was found at departure and at arrival, and who signed it."""
    return _answer(request, transfer_id)


@routes.post("/transfers/{transfer_id}/skin-at-departure", shows=SkinChecksShown)
def check_skin_at_departure(request: Any, transfer_id: Id, body: CheckSkin) -> Answer:
    """The sending side looks at the whole skin before the person leaves; it can be corrected until it is signed."""
    return _check(request, transfer_id, body, commands.check_skin_at_departure)


@routes.post("/transfers/{transfer_id}/skin-at-arrival", shows=SkinChecksShown)
def check_skin_at_arrival(request: Any, transfer_id: Id, body: CheckSkin) -> Answer:
    """The receiving side looks at the whole skin as the person arrives; it can be corrected until it is signed."""
    return _check(request, transfer_id, body, commands.check_skin_at_arrival)


@routes.post("/transfers/{transfer_id}/skin-at-departure/confirm", shows=SkinChecksShown)
def confirm_skin_at_departure(request: Any, transfer_id: Id, body: Act) -> Answer:
    """The receiving side signs what the sending one found."""
    return _confirm(request, transfer_id, body, commands.confirm_skin_at_departure)


@routes.post("/transfers/{transfer_id}/skin-at-arrival/confirm", shows=SkinChecksShown)
def confirm_skin_at_arrival(request: Any, transfer_id: Id, body: Act) -> Answer:
    """The sending side signs what the receiving one found."""
    return _confirm(request, transfer_id, body, commands.confirm_skin_at_arrival)


def named_transfer(request: Any, transfer_id: UUID) -> Transfer:
    """A transfer for those who are told what goes with the person: not for the person's own account."""
    found = transfer_pages.transfer(request.actor, transfer_id)
    own = people.audience(request.actor, found.person_id) == Audience.PERSON
    if own or not getattr(found, "named", False):
        raise NotFound
    return found


def _check(request: Any, transfer_id: UUID, body: CheckSkin, command: Any) -> Answer:
    found = named_transfer(request, transfer_id)
    findings = [
        {name: value for name, value in one.model_dump().items() if value != ""} for one in body.findings
    ]
    command(by=request.actor, at=happened(body), transfer=found, findings=findings, intact=body.intact)
    return _answer(request, transfer_id)


def _confirm(request: Any, transfer_id: UUID, body: Act, command: Any) -> Answer:
    found = named_transfer(request, transfer_id)
    command(by=request.actor, at=happened(body), transfer=found)
    return _answer(request, transfer_id)


def _answer(request: Any, transfer_id: UUID) -> Answer:
    found = named_transfer(request, transfer_id)
    shows = SkinChecksShown(
        transfer=found.pk, checks=[_shown(one) for one in queries.checks(request.actor, found)]
    )
    return Answer(shows, version=found.version, persons=[found.person_id])


def _shown(one: queries.Shown) -> SkinCheckShown:
    names = ("checked_at", "checked_by", "confirmed_at", "confirmed_by")
    told = {name: getattr(one.check, name) for name in names} if one.check else {}
    nothing = {"checked_at": None, "checked_by": "", "confirmed_at": None, "confirmed_by": ""}
    return SkinCheckShown(
        moment=one.moment,
        findings=[FindingShown(**found) for found in one.check.findings] if one.check else [],
        may_check=one.may_check,
        may_sign=one.may_confirm,
        **(nothing | told),
    )


def _worded(one: skin.Region) -> dict[str, Any]:
    return {name: getattr(one, name) for name in RegionShown.model_fields} | {"label": str(one.label)}
