"""Batch and transaction: a Bundle at the root."""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest import outcomes, scopes
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked, Inner, parameters
from yiyang.gateways.fhir.subscriptions import rest as subscriptions
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.records import commands
from yiyang.records.bundles import Step, read_bundle
from yiyang.records.commands import Done, IdTaken
from yiyang.records.r4 import body as bodies
from yiyang.records.stored import Stored


class BundleExpected(Refusal):
    message = _("Send a Bundle of type “batch” or “transaction” to this address, or ask one of its types.")
    status = 400


def nothing_at_root(asked: Asked) -> Answer:
    raise BundleExpected


def process(asked: Asked) -> Answer:
    kind, steps = read_bundle(asked.body(limit=bodies.LARGEST_BUNDLE))
    if kind == "batch":
        return _bundle("batch-response", [_one_alone(asked, step) for step in steps])
    if any(one.type == subscriptions.TYPE and one.method not in ("GET", "HEAD") for one in steps):
        raise subscriptions.SubscriptionAlone
    written = [(one.method, one.type, bool(one.parameters or one.request.ifNoneExist)) for one in steps]
    actor = scopes.check_written(asked.actor, written)
    given: dict[str, Any] = {"steps": steps, "read": lambda step: _read(asked, step)}
    try:
        done = commands.process_bundle(by=actor, at=now(), **given)
    except IdTaken:  # somebody else created it between our look and our write: now it is there
        done = commands.process_bundle(by=actor, at=now(), **given)
    return _bundle("transaction-response", [_entry(asked, one) for one in done])


def _bundle(kind: str, entries: list[dict[str, Any]]) -> Answer:
    told: dict[str, Any] = {"resourceType": "Bundle", "type": kind}
    if entries:
        told["entry"] = entries
    return Answer(200, msgspec.json.encode(told))


def _entry(asked: Asked, done: Done) -> dict[str, Any]:
    if done.answer is not None:
        return _answered(done.answer)
    response: dict[str, Any] = {"status": str(done.status)}
    if done.stored is None:
        return {"response": response}
    return _kept(asked, done.stored, response)


def _kept(asked: Asked, stored: Stored, response: dict[str, Any]) -> dict[str, Any]:
    response["location"] = f"{asked.base}/{stored.type}/{stored.id}/_history/{stored.version}"
    response["etag"] = f'W/"{stored.version}"'
    response["lastModified"] = stored.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entry: dict[str, Any] = {"fullUrl": f"{asked.base}/{stored.type}/{stored.id}"}
    if asked.prefer.get("return") == "representation" and not stored.deleted:
        entry["resource"] = msgspec.Raw(stored.body.encode())
    return {**entry, "response": response}


def _one_alone(asked: Asked, step: Step) -> dict[str, Any]:
    """One entry of a batch: done or refused by itself."""
    from yiyang.gateways.fhir.rest.routes import found

    inner = _asked(asked, step)
    try:
        work, given = found(inner)
        answer = work(inner, **given)
    except Refusal as refusal:
        problem = outcomes.of_refusal(refusal)
        return {"response": {"status": str(problem.status), "outcome": problem.outcome}}
    return _answered(answer)


def _read(asked: Asked, step: Step) -> Answer:
    from yiyang.gateways.fhir.rest.routes import found

    inner = _asked(asked, step)
    work, given = found(inner)
    return work(inner, **given)


def _answered(answer: Answer) -> dict[str, Any]:
    response: dict[str, Any] = {"status": str(answer.status)}
    if location := answer.headers.get("Location"):
        response["location"] = location
    if tag := answer.headers.get("ETag"):
        response["etag"] = tag
    entry: dict[str, Any] = {"response": response}
    if answer.body:
        entry["resource"] = msgspec.Raw(answer.body)
    return entry


def _asked(asked: Asked, step: Step) -> Asked:
    """An entry as a request of its own."""
    path, _mark, query = step.url.partition("?")
    headers = {
        "If-Match": step.request.ifMatch,
        "If-None-Match": step.request.ifNoneMatch,
        "If-None-Exist": step.request.ifNoneExist,
        "If-Modified-Since": step.request.ifModifiedSince,
        "Prefer": asked.headers.get("Prefer", ""),
        "Content-Type": "application/fhir+json" if step.raw else "",
    }
    return Inner(
        request=asked.request,
        method=step.method,
        path=[part for part in path.split("/") if part],
        actor=asked.actor,
        base=asked.base,
        headers={name: value for name, value in headers.items() if value},
        parameters=parameters(query),
        sent=step.raw,
    )
