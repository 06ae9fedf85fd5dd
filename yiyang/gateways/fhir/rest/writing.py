"""create, update, patch, delete, each also by a condition; $validate."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest import answers, outcomes
from yiyang.gateways.fhir.rest import asked as asking
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.gateways.fhir.rest.conditions import expected_version
from yiyang.gateways.fhir.subscriptions import rest as subscriptions
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.records import commands, queries
from yiyang.records.commands import IdTaken, matching
from yiyang.records.queries import outside
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.body import Body
from yiyang.records.r4.validating import validate


class TypeDiffers(Refusal):
    message = _("The body is a {given}, and the address asks for a {wanted}.")
    status = 400


class IdDiffers(Refusal):
    message = _("The id in the body must be that of the address: {wanted}.")
    status = 400


class ConditionMissing(Refusal):
    message = _("Name the resource by its id, or say with search parameters which one is meant.")
    status = 400


class ThereAlready(Refusal):
    message = _("There is a resource with this id already.")
    status = 412


def body_of(asked: Asked, type: str) -> Body:
    found = bodies.read(asked.body())
    if found.type != type:
        raise TypeDiffers(given=found.type, wanted=type)
    return found


def create(asked: Asked, type: str) -> Answer:
    """A condition comes as “If-None-Exist”; some clients write it into the address instead."""
    body = body_of(asked, type)
    header = asked.headers.get("If-None-Exist", "")
    condition = asking.parameters(header.partition("?")[2] or header) if header else asked.searching
    if condition:
        there = matching.one(asked.actor, type, condition)
        if there is not None:
            return answers.written(asked, queries.resource(asked.actor, type, there), created=False)
    if type == subscriptions.TYPE:
        return subscriptions.create(asked, body)
    new = commands.create_resource(by=asked.actor, at=now(), body=body)
    return answers.written(asked, new, created=new.version == 1)


def update(asked: Asked, type: str, id: str) -> Answer:
    body = body_of(asked, type)
    if body.resource.get("id") != id:
        raise IdDiffers(wanted=id, expression=f"{type}.id")
    return _put(asked, type, id, body)


def update_where(asked: Asked, type: str) -> Answer:
    """Update the one that is found; create where there is none."""
    body = body_of(asked, type)
    found, own = _found(asked, type), body.resource.get("id")
    if found is None:
        if own:
            return _put(asked, type, str(own), body)
        if type == subscriptions.TYPE:
            return subscriptions.create(asked, body)
        new = commands.create_resource(by=asked.actor, at=now(), body=body)
        return answers.written(asked, new, created=True)
    if own and own != found:
        raise IdDiffers(wanted=found, expression=f"{type}.id")
    return _put(asked, type, found, body)


def _put(asked: Asked, type: str, id: str, body: Body) -> Answer:
    given: dict[str, Any] = {"type": type, "id": id, "body": body}
    given["expected_version"] = expected_version(asked.headers.get("If-Match"))
    if asked.headers.get("If-None-Match", "").strip() == "*":
        there = queries.current(asked.actor, type, id)
        if there is not None and not there.deleted:
            raise ThereAlready
    if type == subscriptions.TYPE:
        return subscriptions.put(asked, id, body)
    try:
        new = commands.update_resource(by=asked.actor, at=now(), **given)
    except IdTaken:  # somebody else created it between our look and our write: now it is an update
        new = commands.update_resource(by=asked.actor, at=now(), **given)
    return answers.written(asked, new, created=new.version == 1)


def patch(asked: Asked, type: str, id: str) -> Answer:
    if type == subscriptions.TYPE:
        subscriptions.refuse_in_part(id)
    new = commands.patch_resource(
        by=asked.actor,
        at=now(),
        type=type,
        id=id,
        patch=_patch(asked),
        expected_version=expected_version(asked.headers.get("If-Match")),
    )
    return answers.written(asked, new, created=False)


def patch_where(asked: Asked, type: str) -> Answer:
    found = _found(asked, type)
    if found is None:
        raise NotFound
    return patch(asked, type, found)


def _patch(asked: Asked) -> commands.Patch:
    """A JSON Patch, a Parameters resource that is a FHIRPath Patch, or a part to be merged into the resource."""
    raw = asked.body(names=asking.JSON_NAMES | asking.PATCH_NAMES | asking.MERGE_NAMES)
    kind = asked.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return commands.read_patch(raw, json_patch=kind in asking.PATCH_NAMES)


def delete(asked: Asked, type: str, id: str) -> Answer:
    if type == subscriptions.TYPE and (ended := subscriptions.delete(asked, id)) is not None:
        return ended
    there = queries.current(asked.actor, type, id)
    if there is None:
        outside.refuse_write(asked.actor, type, id)
        raise NotFound
    if not there.deleted:
        expected = expected_version(asked.headers.get("If-Match"))
        with suppress(queries.Gone):  # somebody else was quicker; it is as it was wanted
            there = commands.delete_resource(
                by=asked.actor, at=now(), type=type, id=id, expected_version=expected
            )
    if asked.prefer.get("return") == "OperationOutcome":
        return answers.of_resource(outcomes.said(str(_("Deleted."))))
    return Answer(204, headers={"ETag": f'W/"{there.version}"'})


def delete_where(asked: Asked, type: str) -> Answer:
    found = _found(asked, type)
    return Answer(204) if found is None else delete(asked, type, found)


def _found(asked: Asked, type: str) -> str | None:
    if not asked.searching:
        raise ConditionMissing
    return matching.one(asked.actor, type, asked.searching)


def check(asked: Asked, type: str = "", id: str = "") -> Answer:
    """$validate: what is wrong with a resource, without keeping it. Also inside Parameters."""
    resource = bodies.read(asked.body()).resource
    if resource["resourceType"] == "Parameters":
        listed = resource.get("parameter")
        parts = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        inner = [one.get("resource") for one in parts if one.get("name") == "resource"]
        named = [one for one in inner if isinstance(one, dict) and isinstance(one.get("resourceType"), str)]
        resource = named[0] if named else resource
    if type and resource["resourceType"] != type:
        raise TypeDiffers(given=str(resource["resourceType"])[:40], wanted=type)
    issues = validate(resource, level="full")
    if not issues:
        return answers.of_resource(outcomes.said(str(_("Nothing is wrong with it."))))
    return answers.of_resource(outcomes.of_issues(issues))
