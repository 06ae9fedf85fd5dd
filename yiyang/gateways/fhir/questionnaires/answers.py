"""A FHIR R4 QuestionnaireResponse as the answers of an instrument; all that does not fit is said at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yiyang.assessments.rules.answers import seen
from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.scoring import score
from yiyang.assessments.rules.texts import Text, same
from yiyang.gateways.fhir import r4
from yiyang.gateways.fhir.questionnaires.options import option_code
from yiyang.gateways.fhir.questionnaires.words import (
    FOREIGN_SOURCE,
    OWN_SYSTEM,
    code_from,
    instrument_code,
    marked,
    system_of,
)

WORDS = {"String", "Uri"}
TAKEN = {
    ItemKind.SINGLE: {"Coding", "String", "Integer", "Date", "Time"},
    ItemKind.MULTIPLE: {"Coding", "String", "Integer", "Date", "Time"},
    ItemKind.NUMBER: {"Integer", "Decimal", "Quantity"},
    ItemKind.TEXT: WORDS,
    ItemKind.DATE: {"Date"},
}
ALSO_IN_WORDS = {"Integer", "Decimal", "Quantity", "Coding", "Date", "DateTime", "Time"}


class ResponseFault(ValueError):
    """The response does not fit the instrument. `faults` says why, each in both languages."""

    def __init__(self, faults: list[Text]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(fault.en for fault in self.faults))


@dataclass(frozen=True)
class Answered:
    """What a response says, in the instrument's words, and what follows from it."""

    answers: dict[str, Any]
    outcome: Outcome
    status: str
    authored: str = ""
    author: str = ""
    source: str = ""
    identifier: str = ""
    subject: str = ""


def instrument_of(response: Any) -> tuple[str, str]:
    """Code and version of the instrument that a response answers; raises ResponseFault for what is no response."""
    _check(response)
    address = str(response.get("questionnaire") or "")
    if not address:
        raise ResponseFault(
            [Text("没有写明是哪份问卷（questionnaire）", "it does not say which questionnaire it answers")]
        )
    return instrument_code(address)


def answers_of(
    instrument: Instrument, response: Any, *, context: Mapping[str, object] | None = None
) -> Answered:
    """The answers, each possible for its item."""
    _check(response)
    faults: list[Text] = []
    _check_questionnaire(instrument, response, faults)
    given: dict[str, list[dict[str, Any]]] = {}
    codes = _codes(instrument)
    _walk(response.get("item") or (), codes, given, faults)
    answers = {}
    for code, values in given.items():
        taken = _taken(instrument, instrument.item(code), values, faults)
        if taken is not None:
            answers[code] = taken
    outcome = score(instrument, answers, context=context or {})
    faults += [
        _about(instrument.item(one.item), one.words)
        if one.item in instrument.by_code
        else _of(one.item, one.words)
        for one in outcome.impossible
    ]
    if faults:
        raise ResponseFault(faults)
    return Answered(
        answers, outcome, response["status"], str(response.get("authored") or ""), _who(response, "author"),
        _who(response, "source"), _identifier(response), _who(response, "subject"),
    )  # fmt: skip


def _check(response: Any) -> None:
    faults = r4.faults(response, "QuestionnaireResponse")
    if faults:
        raise ResponseFault(faults)


def _check_questionnaire(instrument: Instrument, response: dict[str, Any], faults: list[Text]) -> None:
    address = str(response.get("questionnaire") or "")
    if not address:
        return
    code, version = instrument_code(address)
    if code != instrument.code or version not in ("", instrument.version):
        words = Text("它回答的是 {found}，不是 {wanted}", "it answers {found}, not {wanted}")
        wanted = f"{instrument.code} {instrument.version}"
        faults.append(words.format(found=seen(f"{code} {version}".strip()), wanted=wanted))


def _codes(instrument: Instrument) -> dict[str, str]:
    """Every address by which an item may be called."""
    return {item.code: item.code for item in instrument.items}


def _item_code(link: str, codes: Mapping[str, str]) -> str | None:
    return next((codes[one] for one in (marked(link), code_from(link)) if one in codes), None)


def _walk(
    items: Any, codes: Mapping[str, str], given: dict[str, list[dict[str, Any]]], faults: list[Text]
) -> None:
    for item in items:
        link, answers = item["linkId"], item.get("answer") or ()
        code = _item_code(link, codes)
        if code is None and (answers or not item.get("item")):
            faults.append(_of(link, Text("量表中没有这个条目", "the instrument has no such item")))
        elif code is not None and answers:
            if code in given:
                faults.append(_of(link, Text("回答了两次", "it is answered twice")))
            given[code] = [*given.get(code, ()), *answers]
        for below in (item, *answers):
            _walk(below.get("item") or (), codes, given, faults)


def _taken(instrument: Instrument, item: Item, values: list[dict[str, Any]], faults: list[Text]) -> Any:
    """One item's answers as the instrument takes them; None: there are none, or none that could be taken."""
    foreign = instrument.source.startswith(FOREIGN_SOURCE)
    several = item.kind is ItemKind.MULTIPLE or (foreign and item.kind is ItemKind.TEXT)
    if len(values) > 1 and not several:
        faults.append(_about(item, Text("只能有一个答案", "there can be only one answer")))
        return None
    taken = [_one(instrument, item, value, foreign, faults) for value in values]
    if any(one is None for one in taken):
        return None
    if item.kind is ItemKind.MULTIPLE:
        return taken
    return "\n".join(taken) if item.kind is ItemKind.TEXT else taken[0]


def _one(
    instrument: Instrument, item: Item, answer: dict[str, Any], foreign: bool, faults: list[Text]
) -> Any:
    key = next((key for key in answer if key.startswith("value")), "")
    kind: str = key.removeprefix("value")
    value: Any = answer.get(key)
    if not _right_kind(item, kind, foreign):
        words = Text(
            "答案类型 {kind} 不对，应为 {wanted}",
            "an answer of type {kind} does not fit; it must be {wanted}",
        )
        listed = " / ".join(sorted(_kinds(item)))
        faults.append(_about(item, words.format(kind=kind or "?", wanted=listed)))
        return None
    if item.kind in (ItemKind.SINGLE, ItemKind.MULTIPLE):
        return _option(instrument, item, value, faults)
    if kind == "Quantity" and item.kind is ItemKind.NUMBER:
        return _quantity(item, value, faults)
    if item.kind is ItemKind.TEXT:
        return _in_words(value)
    return value


def _kinds(item: Item) -> set[str]:
    return {"Boolean", "Coding"} if _yes_or_no(item) else TAKEN[item.kind]


def _right_kind(item: Item, kind: str, foreign: bool) -> bool:
    if kind in _kinds(item):
        return True
    return foreign and item.kind is ItemKind.TEXT and kind in ALSO_IN_WORDS


def _yes_or_no(item: Item) -> bool:
    return {option.code for option in item.options} == {"true", "false"}


def _option(instrument: Instrument, item: Item, value: Any, faults: list[Text]) -> str | None:
    """The option that is meant: by its code, in the item's own system if it says of which."""
    plain = option_code(value)
    system = str(value.get("system") or "") if isinstance(value, dict) else ""
    known = {option.code for option in item.options}
    code = next((one for one in (marked(plain), code_from(plain)) if plain and one in known), None)
    if system.startswith(OWN_SYSTEM) and system != system_of(instrument.code, item.code):
        code = None
    if code is None:
        words = Text("没有选项“{plain}”，可选：{known}", "there is no option “{plain}”; there are: {known}")
        listed = " ".join(option.code for option in item.options)
        faults.append(_about(item, words.format(plain=seen(plain), known=listed)))
    return code


def _quantity(item: Item, value: dict[str, Any], faults: list[Text]) -> Any:
    number, unit = value.get("value"), str(value.get("code") or value.get("unit") or "")
    if number is None or value.get("comparator"):
        faults.append(_about(item, Text("应为一个确定的数值", "it must be one number, without < or >")))
        return None
    return {"value": number, "unit": unit} if unit and unit != item.unit else number


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        amount = f"{value.get('comparator', '')}{value['value']} " if "value" in value else ""
        return amount + str(value.get("display") or value.get("unit") or value.get("code") or "")
    return str(value)


def _about(item: Item, words: Text) -> Text:
    """Said of a question, by its words and by its code."""
    return Text(f"{item.text.zh}（{item.code}）：{words.zh}", f"{item.text.en} ({item.code}): {words.en}")


def _of(code: str, words: Text) -> Text:
    where = same(seen(code))
    return Text(f"{where.zh}：{words.zh}", f"{where.en}: {words.en}") if code else words


def _who(response: dict[str, Any], key: str) -> str:
    found = response.get(key) or {}
    return str(found.get("display") or found.get("reference") or "")


def _identifier(response: dict[str, Any]) -> str:
    found = response.get("identifier") or {}
    pair = [str(found.get(key) or "") for key in ("system", "value")]
    return "|".join(pair) if pair[1] else str(response.get("id") or "")
