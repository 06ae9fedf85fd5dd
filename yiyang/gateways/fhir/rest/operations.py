"""What is given to an operation: in its address, or as Parameters in the body."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.kernel.refusals import Refusal
from yiyang.records.r4 import body as bodies

LARGEST = 1024 * 1024
LONGEST = 2000


class ParametersExpected(Refusal):
    message = _("Send the parameters of the operation in its address, or as a Parameters resource.")
    status = 400


class OperationParameterUnknown(Refusal):
    message = _("This operation does not know “{name}”. It takes: {fitting}.")
    status = 400


class OperationParameterMalformed(Refusal):
    message = _("“{value}” does not fit “{name}”. Write it like this: {example}.")
    status = 400


def given(asked: Asked) -> list[tuple[str, str]]:
    """The parameters with those of the body."""
    if asked.method != "POST":
        return asked.searching
    raw = asked.body(LARGEST)
    return [*asked.searching, *(_of_body(raw) if raw.strip() else ())]


def refuse_unknown(parameters: list[tuple[str, str]], known: Collection[str]) -> None:
    for name, _value in parameters:
        if name not in known:
            raise OperationParameterUnknown(name=name[:60], fitting=", ".join(known))


def address(path: str, parameters: list[tuple[str, str]], cursor: str = "") -> str:
    kept = [(name, value) for name, value in parameters if name != "_cursor"]
    if cursor:
        kept.append(("_cursor", cursor))
    return f"{path}?{urlencode(kept)}" if kept else path


def _of_body(raw: bytes) -> list[tuple[str, str]]:
    resource = bodies.read(raw).resource
    listed = resource.get("parameter", [])
    if resource["resourceType"] != "Parameters" or not isinstance(listed, list) or len(listed) > 200:
        raise ParametersExpected(expression="Parameters.parameter")
    return [_one(place, told) for place, told in enumerate(listed)]


def _one(place: int, told: Any) -> tuple[str, str]:
    name = told.get("name") if isinstance(told, dict) else None
    values = (
        [value for key, value in told.items() if key.startswith("value")] if isinstance(told, dict) else []
    )
    if not isinstance(name, str) or len(values) != 1 or isinstance(values[0], dict | list):
        raise ParametersExpected(expression=f"Parameters.parameter[{place}]")
    value = str(values[0])
    if "\0" in value or len(value) > LONGEST:
        raise ParametersExpected(expression=f"Parameters.parameter[{place}]")
    return name, value
