"""A Subscription as it was sent: what it asks for, or why that cannot be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest.asked import parameters
from yiyang.gateways.fhir.rest.conditions import instant
from yiyang.gateways.fhir.subscriptions import addressing
from yiyang.kernel.refusals import Refusal
from yiyang.records.queries.search.codes import named
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import is_resource
from yiyang.records.r4.search import Condition, met, parse
from yiyang.records.r4.search.query import Part

JSON = ("application/fhir+json", "application/json")
HEADER = re.compile(r"([A-Za-z0-9-]{1,60}):[ \t]*([\x21-\x7e][\x20-\x7e]{0,999})")
OURS = ("host", "content-length", "content-type", "transfer-encoding", "connection")


class CriteriaUnfit(Refusal):
    message = _(
        "“criteria” must be a type and a search of it, such as “Observation?code=8867-4”, without chains, “_has”, or "
        "parameters that only say how an answer is given."
    )
    status = 422


class ChannelUnfit(Refusal):
    message = _(
        "Only the channel “rest-hook” is served here. Without an endpoint its events are read at /events."
    )
    status = 422


class PayloadUnfit(Refusal):
    message = _("Leave “channel.payload” out, or ask for “application/fhir+json”.")
    status = 422


class HeaderUnfit(Refusal):
    message = _("“channel.header” must be lines such as “Authorization: Bearer …”, ten at most.")
    status = 422


@dataclass(frozen=True)
class Told:
    criteria: str
    endpoint: str = ""
    payload: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    ends_at: datetime | None = None
    wanted: bool = True


def read(resource: dict[str, Any]) -> Told:
    """What is asked for; checked like everything that comes from outside."""
    criteria = str(resource.get("criteria", ""))
    conditions(criteria)
    channel = resource.get("channel")
    told = channel if isinstance(channel, dict) else {}
    if told.get("type") != "rest-hook":
        raise ChannelUnfit(expression="Subscription.channel.type")
    payload = str(told.get("payload") or "")
    if payload and payload.partition(";")[0].strip() not in JSON:
        raise PayloadUnfit(expression="Subscription.channel.payload")
    endpoint = str(told.get("endpoint") or "")
    if endpoint:
        addressing.checked(endpoint, unknown=True)
    return Told(
        criteria, endpoint, bool(payload), _headers(told.get("header")),
        instant("end", str(resource.get("end") or "")), resource.get("status") in ("requested", "active"),
    )  # fmt: skip


def conditions(criteria: str) -> tuple[Part, ...]:
    type, _mark, query = criteria.partition("?")
    if not is_resource(type) or len(criteria) > 2000:
        raise CriteriaUnfit(expression="Subscription.criteria")
    found = named(parse(type, parameters(query), "strict")).conditions if query else ()
    if (query and not found) or not all(isinstance(one, Condition) for one in found):
        raise CriteriaUnfit(expression="Subscription.criteria")
    return found


def meets(body: str, wanted: tuple[Part, ...], at: datetime) -> bool:
    return met(bodies.decode(body.encode()), wanted, at)


def _headers(told: Any) -> dict[str, str]:
    listed = told if isinstance(told, list) else []
    found = {}
    for one in listed:
        line = HEADER.fullmatch(one) if isinstance(one, str) else None
        if line is None or line[1].lower() in OURS or len(listed) > 10:
            raise HeaderUnfit(expression="Subscription.channel.header")
        found[line[1]] = line[2]
    return found


def shown(resource: dict[str, Any], status: str, error: str = "") -> dict[str, Any]:
    """The resource with the state that it is in."""
    made = {name: value for name, value in resource.items() if name != "error"} | {"status": status}
    return made | ({"error": error} if error else {})
