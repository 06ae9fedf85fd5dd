"""Creating, changing and ending a Subscription over /fhir: beside the resource there is somebody who is to be told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest import answers
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.gateways.fhir.rest.conditions import expected_version
from yiyang.gateways.fhir.subscriptions import commands, queries
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.records.r4.body import Body

TYPE = "Subscription"
KEY = "X-Yiyang-Signing-Key"


class SubscriptionAlone(Refusal):
    message = _("Send a Subscription by itself, not in a Bundle, and change it as a whole with PUT.")
    status = 422


def create(asked: Asked, body: Body, id: str = "") -> Answer:
    """The key of the signatures stands in a header of this one answer."""
    stored, key = commands.subscribe(by=asked.actor, at=now(), body=body, id=id)
    answer = answers.written(asked, stored, created=True)
    answer.headers[KEY] = key
    return answer


def put(asked: Asked, id: str, body: Body) -> Answer:
    hook = queries.of_resource(id)
    if hook is None:
        return create(asked, body, id)
    stored = commands.change_subscription(
        by=asked.actor,
        at=now(),
        hook=hook,
        body=body,
        expected_version=expected_version(asked.headers.get("If-Match")),
    )
    return answers.written(asked, stored, created=False)


def refuse_in_part(id: str) -> None:
    if queries.of_resource(id) is not None:
        raise SubscriptionAlone


def delete(asked: Asked, id: str) -> Answer | None:
    """None where nobody is told by it: it is taken away like any resource."""
    hook = queries.of_resource(id)
    if hook is None:
        return None
    try:
        stored = commands.end_subscription(
            by=asked.actor,
            at=now(),
            hook=hook,
            expected_version=expected_version(asked.headers.get("If-Match")),
        )
    except NotFound:
        return None
    return Answer(204, headers={"ETag": f'W/"{stored.version}"'})
