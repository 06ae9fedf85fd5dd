"""An assessment as a FHIR R4 QuestionnaireResponse, in the groups of its Questionnaire."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from yiyang.assessments.queries.answering import TakenOver, taken_over_by
from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind
from yiyang.gateways.fhir.questionnaires.words import UCUM, canonical, coding, number, said, system_of
from yiyang.gateways.fhir.questionnaires.writing import group_link, type_of

if TYPE_CHECKING:
    from yiyang.assessments.models import Assessment

ASSESSMENTS = "urn:yiyang:assessment"
MEASURED = (
    "urn:yiyang:measured"  # an extension of an answer: by what (`source`) and when (`at`) it was measured
)
STATUSES = {
    "DRAFT": "in-progress",
    "AWAITING_SECOND": "in-progress",
    "SIGNED": "completed",
    "SUPERSEDED": "completed",
    "VOID": "entered-in-error",
}


def response(assessment: Assessment, content: Instrument) -> dict[str, Any]:
    """Who answered what when, as kept: computed numbers and scores stand in the Observations."""
    status = STATUSES[assessment.state]
    made: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "id": str(assessment.pk),
        "identifier": {"system": ASSESSMENTS, "value": str(assessment.pk)},
        "questionnaire": canonical(content.code, content.version),
        "status": "amended" if status == "completed" and assessment.amends_id else status,
        "subject": {"reference": f"Patient/{assessment.person_id}"},
        "authored": assessment.assessed_at.isoformat(),
    }
    who = assessment.signed_by or assessment.begun_by
    if who:
        made["author"] = {"type": "Practitioner", "display": who}
    items = groups(content, assessment.answers, lambda code: taken_over_by(assessment, code))
    return made | ({"item": items} if items else {})


def groups(
    content: Instrument,
    answers: dict[str, Any],
    source: Callable[[str], TakenOver | None] = lambda code: None,
) -> list[dict[str, Any]]:
    """`source`: where the answer to an item was taken over from, which R4 has no element for."""
    taken = {item.code for item in content.items}
    made = []
    for section in content.sections:
        inside = [
            {"linkId": item.code, **said("text", item.text), "answer": values}
            for item in content.items_of(section.code)
            if (values := _sourced(_answers(content, item, answers.get(item.code)), source(item.code)))
        ]
        if inside:
            link = group_link(section.code, taken)
            made.append({"linkId": link, **said("text", section.title), "item": inside})
    return made


def _sourced(answers: list[dict[str, Any]], source: TakenOver | None) -> list[dict[str, Any]]:
    if source is None:
        return answers
    what: dict[str, Any] = {"display": source.by}
    if source.device or source.id:
        what["reference"] = f"Device/{source.device}" if source.device else f"Observation/{source.id}"
    parts = [{"url": "source", "valueReference": what}, {"url": "at", "valueDateTime": source.at.isoformat()}]
    return [{"extension": [{"url": MEASURED, "extension": parts}], **one} for one in answers]


def _answers(content: Instrument, item: Item, raw: Any) -> list[dict[str, Any]]:
    if raw in (None, "", []):
        return []
    if item.options:
        return [_chosen(content, item, code) for code in (raw if isinstance(raw, list) else [raw])]
    if item.kind is ItemKind.NUMBER:
        return [_number(item, raw)]
    return [{"valueDate" if item.kind is ItemKind.DATE else "valueString": str(raw)}]


def _chosen(content: Instrument, item: Item, code: str) -> dict[str, Any]:
    option = item.option(code)
    system = system_of(content.code, item.code)
    return {"valueCoding": coding(system, code, option.text if option else None)}


def _number(item: Item, raw: Any) -> dict[str, Any]:
    """With its unit where several are taken, as it was written down."""
    told: dict[str, Any] = raw if isinstance(raw, dict) else {"value": raw}
    value, unit = told["value"], told.get("unit") or item.unit
    kind = type_of(item)
    if kind == "quantity" or unit != item.unit:
        return {"valueQuantity": {"value": number(value), "system": UCUM, "code": unit}}
    whole = kind == "integer" and float(value).is_integer()
    return {"valueInteger": int(value)} if whole else {"valueDecimal": number(value)}
