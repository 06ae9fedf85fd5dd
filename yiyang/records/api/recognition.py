"""Ordering a test, with the results of other units that might stand in its place."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.kernel.api import Answer, Example, Id, Line, OneOf, Routes, Shown, Told
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records import commands
from yiyang.records.queries import recognition as queries
from yiyang.records.rules.recognition import EXCLUSIONS, OTHER

routes = Routes("records")
CIRCUMSTANCES = [one for one in EXCLUSIONS if one != OTHER]


class WantedTest(Told):
    example: ClassVar[Example] = {
        "system": "urn:yiyang:codes:items", "code": "potassium", "reason": "复查电解质", "circumstances": [],
    }  # fmt: skip

    system: Annotated[Line, Field(description="address of the code system")]
    code: Line
    text: Annotated[Line, Field(description="in words; what the list calls it, when left out")] = ""
    reason: Annotated[Line, Field(description="why the test is needed")]
    circumstances: Annotated[
        list[Annotated[str, OneOf(CIRCUMSTANCES)]],
        Field(description="what speaks against results of other units", max_length=6),
    ] = []


class AskedTest(Told):
    example: ClassVar[Example] = {"system": "urn:yiyang:codes:items", "code": "potassium"}

    system: Line
    code: Line
    circumstances: Annotated[Line, Field(description="what speaks against results of others, by commas")] = ""


class OrderTest(WantedTest):
    example: ClassVar[Example] = {**WantedTest.example, "declined_because": ""}

    declined_because: Annotated[
        str,
        OneOf(["", *EXCLUSIONS]),
        Field(description="needed where a result of another unit is recognised"),
    ] = ""
    declined_words: Annotated[Line, Field(description="needed with OTHER")] = ""


class AcceptResult(WantedTest):
    example: ClassVar[Example] = {
        **WantedTest.example, "result": "Observation/0190a3b0-0000-7000-8000-000000000001",
    }  # fmt: skip

    result: Annotated[Line, Field(description="type and id of the result that stands in place of the test")]


class ResultShown(Shown):
    example: ClassVar[Example] = {
        "result": "Observation/0190a3b0-0000-7000-8000-000000000001", "item": "血钾", "value": "4.1 mmol/L",
        "when": "2026-05-01 08:30", "unit": "静安区中心医院", "recognised": True,
        "reasons": ["2 天前；7 天内有效"],
    }  # fmt: skip

    result: str
    item: str
    value: str
    when: str
    unit: str
    recognised: bool
    reasons: list[str]


class ResultsShown(Shown):
    example: ClassVar[Example] = {"items": [ResultShown.example]}

    items: list[ResultShown]


class RequestShown(Shown):
    example: ClassVar[Example] = {"request": "0190a3b0-0000-7000-8000-000000000002"}

    request: Annotated[str, Field(description="id of the FHIR ServiceRequest that holds it")]


@routes.get(
    "/people/{person_id}/results-to-recognise", shows=ResultsShown, permission=Permission.WRITE_RECORD
)
def results_to_recognise(request: Any, person_id: Id, asked: Query[AskedTest]) -> Answer:
    """Results of other units for a test, recognised or not, and why."""
    person = people.person_in_full(request.actor, person_id)
    found = queries.matches(
        request.actor, person.pk, unit_id=request.actor.organisation_id, system=asked.system, code=asked.code,
        at=now(), circumstances=asked.circumstances.split(","),
    )  # fmt: skip
    items = [
        ResultShown(
            result=one.key, item=one.item.title, value=one.item.value, when=one.item.when, unit=one.unit,
            recognised=one.judgement.recognised, reasons=list(one.judgement.reasons),
        )
        for one in found
    ]  # fmt: skip
    return Answer(ResultsShown(items=items), persons={person.pk})


@routes.post(
    "/people/{person_id}/tests",
    shows=RequestShown,
    status=201,
    matches="",
    permission=Permission.WRITE_RECORD,
)
def order_test(request: Any, person_id: Id, body: OrderTest) -> Answer:
    """Order a test. Where a result of another unit is recognised, with the reason why it does not do."""
    person = people.person_in_full(request.actor, person_id)
    made = commands.order_test(by=request.actor, at=now(), person=person, **body.model_dump())
    return Answer(RequestShown(request=made.id), persons={person.pk})


@routes.post(
    "/people/{person_id}/accepted-results",
    shows=RequestShown,
    status=201,
    matches="",
    permission=Permission.WRITE_RECORD,
)
def accept_result(request: Any, person_id: Id, body: AcceptResult) -> Answer:
    """Accept the result of another unit in place of a test; no order is made."""
    person = people.person_in_full(request.actor, person_id)
    made = commands.accept_result(by=request.actor, at=now(), person=person, **body.model_dump())
    return Answer(RequestShown(request=made.id), persons={person.pk})
