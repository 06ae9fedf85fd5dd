"""`$import`: a file of lines or a Bundle, tried by the worker, written when whoever sent it has seen what would happen.

    POST   /fhir/$import             202, Content-Location: …/$import-status/ID
    GET    /fhir/$import-status/ID   202 while it is tried or written; 200 with what would happen, or happened
    POST   /fhir/$import-status/ID   write what was tried
    DELETE /fhir/$import-status/ID   let it be

For operators (IMPORT_DATA), as on the page. Files are sent, never fetched from an address.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.gateways.fhir.bulk.rest import NDJSON_NAMES, AskAsync
from yiyang.gateways.fhir.rest import answers, outcomes
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import JSON_NAMES, Asked
from yiyang.gateways.fhir.runs import commands, queries
from yiyang.gateways.fhir.runs.models import UNDER_WAY, ImportLine, ImportRun, State
from yiyang.gateways.roster.reading import BYTES_AT_MOST
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.kernel.time import now

STATUS = "$import-status"
NAME = "$import.ndjson"
COUNTED = ("added", "updated", "there", "left_out")
TOLD_AT_MOST = 1000
SEVERITY = {ImportLine.What.REFUSED: "error", ImportLine.What.NOTED: "warning"}


class ImportHasNoPlace(Refusal):
    message = _(
        "Your membership names no area, so it is not known where new persons belong. Import on the page."
    )
    status = 422


def begin_import(asked: Asked) -> Answer:
    """Keep the file for the worker; nothing of it is written yet."""
    if not asked.actor.may(Permission.IMPORT_DATA):
        raise NotAllowed
    if "respond-async" not in asked.prefer:
        raise AskAsync
    content = asked.body(BYTES_AT_MOST, NDJSON_NAMES | JSON_NAMES)
    area = access.area(asked.actor.area)
    if area is None:
        raise ImportHasNoPlace
    update = asked.first("update") == "true"
    run = commands.begin_import(
        by=asked.actor, at=now(), content=content, name=NAME, area=area, update=update
    )
    return _on_the_way(asked, run)


def import_status(asked: Asked, id: str) -> Answer:
    run = _own(asked, id)
    if run.state in UNDER_WAY:
        return _on_the_way(asked, run)
    return answers.of_resource(_report(run))


def write_import(asked: Asked, id: str) -> Answer:
    """Let the worker write what was tried."""
    run = commands.write_import_run(by=asked.actor, at=now(), run=_own(asked, id))
    return _on_the_way(asked, run)


def cancel_import(asked: Asked, id: str) -> Answer:
    commands.cancel_import(by=asked.actor, at=now(), run=_own(asked, id))
    return answers.of_resource(outcomes.said(str(_("The import was ended, and its file is gone."))), 202)


def _own(asked: Asked, id: str) -> ImportRun:
    try:
        return queries.import_run(asked.actor, UUID(id))
    except ValueError:
        raise NotFound from None


def _on_the_way(asked: Asked, run: ImportRun) -> Answer:
    answer = Answer(202)
    answer.headers["Content-Location"] = f"{asked.base}/{STATUS}/{run.pk}"
    answer.headers["X-Progress"] = f"{run.state.lower()}, {run.part} of {run.parts} parts"
    answer.headers["Retry-After"] = "1"
    return answer


def _report(run: ImportRun) -> dict[str, Any]:
    """What would happen, or happened, by type; and what was refused or is to be looked at, and why."""
    counted = [
        {"name": name, "part": [{"name": of, "valueInteger": number} for of, number in sorted(found.items())]}
        for name in COUNTED
        if (found := run.counts.get(name))
    ]
    issues = [
        {
            "severity": SEVERITY[ImportLine.What(line.what)],
            "code": "processing",
            "details": {"text": f"{line.resource}: {line.said}" if line.resource else line.said},
        }
        for line in run.lines.order_by("pk")[:TOLD_AT_MOST]
    ]
    state = {"name": "state", "valueCode": State(run.state).lower()}
    outcome = {"resourceType": "OperationOutcome", "issue": issues}
    told = [{"name": "outcome", "resource": outcome}] if issues else []
    return {"resourceType": "Parameters", "parameter": [state, *counted, *told]}
