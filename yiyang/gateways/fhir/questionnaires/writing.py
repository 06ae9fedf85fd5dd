"""An instrument as a FHIR R4 Questionnaire. Its whole file goes along, for what R4 has no words for: the rules."""

from __future__ import annotations

import re
from typing import Any

from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind, Option
from yiyang.assessments.rules.reading import read
from yiyang.assessments.rules.texts import Text
from yiyang.gateways.fhir.questionnaires import words
from yiyang.gateways.fhir.questionnaires.enabling import enable_when
from yiyang.gateways.fhir.questionnaires.words import coding, extension, number, said, system_of

STATUSES = {"sourced": "active", "to-be-confirmed": "draft"}


def questionnaire(text: str, name: str, *, retired: bool = False) -> dict[str, Any]:
    """The Questionnaire of an instrument's file."""
    made = of_instrument(read(text, name))
    made["extension"] = [extension(words.FILE, "String", text)]
    if retired:
        made["status"] = "retired"
    return made


def of_instrument(instrument: Instrument) -> dict[str, Any]:
    """What R4 can say of it: title, questions, options with their points, when a question is put."""
    made: dict[str, Any] = {
        "resourceType": "Questionnaire",
        "id": re.sub(r"[^A-Za-z0-9.-]", "-", f"{instrument.code}-{instrument.version}")[:64],
        "language": "zh-CN",
        "url": words.canonical(instrument.code),
        "version": instrument.version,
        "name": name_of(instrument.code),
        **said("title", instrument.title),
        "status": STATUSES[instrument.status],
        "subjectType": ["Patient"],
        **said("description", instrument.note),
        "purpose": instrument.source,
        "copyright": "\n".join(filter(None, (instrument.attribution, instrument.licence))),
        "code": [*_loinc(instrument.loinc), coding(system_of("codes"), instrument.code, instrument.title)],
    }
    taken = {item.code for item in instrument.items}
    made["item"] = [
        {
            "linkId": group_link(section.code, taken),
            **said("text", section.title),
            "type": "group",
            "item": [
                *_help(group_link(section.code, taken), section.help),
                *(_item(instrument, item) for item in instrument.items_of(section.code)),
            ],
        }
        for section in instrument.sections
        if instrument.items_of(section.code)
    ]
    return made


def group_link(section: str, items: set[str]) -> str:
    return f"section/{section}" if section in items else section


def name_of(code: str) -> str:
    """As R4 wants names: letters, digits and _, first a capital letter."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in code)
    return plain if plain[:1].isalpha() else f"I_{plain}"


def _loinc(code: str) -> list[dict[str, Any]]:
    return [coding(words.LOINC, code)] if code else []


def _item(instrument: Instrument, item: Item) -> dict[str, Any]:
    made: dict[str, Any] = {
        "extension": _extensions(item),
        "linkId": item.code,
        "code": _loinc(item.loinc),
        **said("text", item.text),
        "type": type_of(item),
        **(enable_when(instrument, item.show_when) or {}),
        "required": item.required and not item.computed,
        "repeats": item.kind is ItemKind.MULTIPLE,
        "readOnly": item.computed,
        "answerOption": [_option(instrument, item, option) for option in item.options],
        "item": _help(item.code, item.help),
    }
    if item.kind is ItemKind.TEXT and item.maximum is not None:
        made["maxLength"] = int(item.maximum)
    return {key: value for key, value in made.items() if value not in ([], False)}


def type_of(item: Item) -> str:
    """A number that is taken in several units is a quantity; of one unit a number with its unit beside."""
    if item.options:
        return "choice"
    if item.kind is not ItemKind.NUMBER:
        return "date" if item.kind is ItemKind.DATE else "text"
    if item.other_units:
        return "quantity"
    return "decimal" if item.decimals else "integer"


def _extensions(item: Item) -> list[dict[str, Any]]:
    if item.kind is not ItemKind.NUMBER:
        return []
    made = []
    if item.other_units:
        units = (item.unit, *(other.unit for other in item.other_units))
        made += [extension(words.UNIT_OPTION, "Coding", coding(words.UCUM, unit)) for unit in units]
    elif item.unit:
        made.append(extension(words.UNIT, "Coding", coding(words.UCUM, item.unit)))
    for url, limit in ((words.LEAST, item.minimum), (words.MOST, item.maximum)):
        if limit is not None:
            whole = type_of(item) == "integer" and limit.is_integer()
            made.append(extension(url, "Integer" if whole else "Decimal", number(limit)))
    if type_of(item) != "integer":
        made.append(extension(words.DECIMALS, "Integer", item.decimals))
    return made


def _option(instrument: Instrument, item: Item, option: Option) -> dict[str, Any]:
    beside = []
    if option.score is not None:
        beside.append(extension(words.ORDINAL, "Decimal", number(option.score)))
    if option.exclusive:
        beside.append(extension(words.EXCLUSIVE, "Boolean", True))
    made = {"valueCoding": coding(system_of(instrument.code, item.code), option.code, option.text)}
    return {"extension": beside, **made} if beside else made


def _help(link: str, text: Text) -> list[dict[str, Any]]:
    if not text:
        return []
    control = {"coding": [coding(words.CONTROLS, "help")]}
    return [
        {
            "extension": [extension(words.CONTROL, "CodeableConcept", control)],
            "linkId": f"{link}/help",
            **said("text", text),
            "type": "display",
        }
    ]
