"""An answer as it is kept: with the words of its day, so that it reads the same after the rules have changed."""

from __future__ import annotations

from typing import Any

from yiyang.assessments.rules.eligibility.deciding import Found, Group, Result
from yiyang.assessments.rules.eligibility.evidence import Rest


def kept(result: Result) -> dict[str, Any]:
    """Plain data: the answer, every criterion with its verdict and evidence, who comes first and why."""
    return {
        "kind": result.kind,
        "answer": str(result.answer),
        "criteria": [_criterion(group, one) for group in result.groups for one in group.found],
        "priority": [
            {"code": one.priority.code, **one.priority.text.as_data(), "source": one.priority.source}
            for one in result.priority
        ],
        "to_assess": list(result.to_assess),
    }


def _criterion(group: Group, one: Found) -> dict[str, Any]:
    return {
        "code": one.criterion.code,
        **one.criterion.text.as_data(),
        "source": one.criterion.source,
        "group": one.criterion.group,
        "verdict": str(one.verdict),
        "judged": one.judged,
        "reserved": one.criterion.reserved,
        "rests": [_rest(rest) for rest in one.rests],
    }


def _rest(rest: Rest) -> dict[str, Any]:
    given = {"about": rest.about, "instrument": rest.instrument, "id": rest.id}
    return {name: value for name, value in given.items() if value} | (
        {"on": rest.on.isoformat()} if rest.on else {}
    )
