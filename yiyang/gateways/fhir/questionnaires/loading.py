"""A Questionnaire's file as the file of an instrument: what came from here comes back as it was."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from yiyang.assessments.rules.reading import LARGEST, InstrumentFault, read
from yiyang.assessments.rules.texts import Text
from yiyang.gateways.fhir.questionnaires.reading import instrument_data
from yiyang.gateways.fhir.questionnaires.toml import as_toml
from yiyang.gateways.fhir.questionnaires.words import FILE, extended
from yiyang.gateways.fhir.questionnaires.writing import of_instrument

SAID_BY_R4 = ("url", "version", "title", "_title", "description", "_description", "code", "item")


def is_json(text: str) -> bool:
    """An object: no instrument's file begins like that."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def translated(text: str, name: str) -> str | None:
    """For whoever takes files of any kind: None where it is no JSON."""
    return as_instrument_file(text, name) if is_json(text) else None


def as_instrument_file(text: str, name: str) -> str:
    """The text of an instrument's file, with what was left out as remarks; raises InstrumentFault."""
    found = parsed(text, name)
    file = extended(found, FILE)
    if isinstance(file, str) and _unchanged(found, file):
        return file
    made = instrument_data(found, name, _data(file))
    remarks = [f"{one.zh} / {one.en}" for one in made.left_out]
    return as_toml(made.data, [f"FHIR R4 Questionnaire: {name}", *remarks])


def parsed(text: str, name: str) -> Any:
    if len(text) > LARGEST:
        raise InstrumentFault([Text(f"{name}：文件过大", f"{name}: the file is too large")])
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        why = str(error)[:200]
        raise InstrumentFault([Text(f"{name}：不是有效的 JSON：{why}", f"{name}: not valid JSON: {why}")])


def _data(file: Any) -> dict[str, Any] | None:
    """The file that came along, when it is one at all; its rules are checked with the rest."""
    try:
        read(str(file), "")
        return tomllib.loads(str(file))
    except (InstrumentFault, ValueError):
        return None


def _unchanged(found: Any, file: str) -> bool:
    try:
        made = of_instrument(read(file, ""))
    except InstrumentFault:
        return False
    return all(found.get(key) == made.get(key) for key in SAID_BY_R4)
