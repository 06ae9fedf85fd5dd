"""The one resource that a condition means."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal
from yiyang.records.queries.search import matches


class MatchesSeveral(Refusal):
    message = _("Several resources fit “{condition}”. Ask more exactly, or name the one by its id.")
    status = 412


class ConditionEmpty(Refusal):
    message = _("The condition names no search parameter. Say which resource is meant.")
    status = 400


def one(by: Actor, type: str, parameters: list[tuple[str, str]]) -> str | None:
    """The id of the only match; None when there is none."""
    if not any(value for _name, value in parameters):
        raise ConditionEmpty
    found = matches(by, type, parameters, limit=2)
    if len(found) > 1:
        raise MatchesSeveral(condition="&".join(f"{name}={value}" for name, value in parameters)[:200])
    return found[0] if found else None
