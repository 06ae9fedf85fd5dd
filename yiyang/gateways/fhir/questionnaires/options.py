"""The options of a Questionnaire's choice: listed in the item, or in a value set that the file brings along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from yiyang.assessments.rules.checking_items import MOST_OPTIONS
from yiyang.assessments.rules.texts import Text, shown
from yiyang.gateways.fhir.questionnaires.words import (
    EXCLUSIVE,
    OTHER_ORDINALS,
    code_from,
    extended,
    heard,
    marked,
)

YES, NO = Text("是", "Yes"), Text("否", "No")
BOOLEAN = [{"code": "true", **YES.as_data()}, {"code": "false", **NO.as_data()}]
KNOWN_SETS = {
    "http://hl7.org/fhir/ValueSet/yesnodontknow": [
        {"code": "Y", **YES.as_data()},
        {"code": "N", **NO.as_data()},
        {"code": "asked-unknown", **Text("不知道", "Don't know").as_data()},
    ],
}
ALONE = {"code": "none", **Text("不选", "Not chosen").as_data()}


@dataclass
class Options:
    """As an instrument's file lists them, and which code of theirs each plain value of the answers means."""

    listed: list[dict[str, Any]] = field(default_factory=list)
    by_value: dict[str, str] = field(default_factory=dict)
    why_none: Text | None = None


def options_of(item: dict[str, Any], contained: dict[str, dict[str, Any]]) -> Options:
    if item.get("type") == "boolean":
        return Options([dict(one) for one in BOOLEAN], {"true": "true", "false": "false"})
    if item.get("answerOption"):
        return _collected([(_value(one), one) for one in item["answerOption"]])
    address = str(item.get("answerValueSet") or "")
    if address.startswith("#") and address[1:] in contained:
        return _collected(_concepts(contained[address[1:]]))
    known = KNOWN_SETS.get(address.partition("|")[0])
    if known:
        return Options([dict(one) for one in known], {one["code"]: one["code"] for one in known})
    why = Text("选项不在文件中", "its options are not in the file")
    return Options(why_none=why)


def option_code(value: Any) -> str:
    """The plain value that an answer or an option is known by: the code of a coding, or what is written."""
    if isinstance(value, dict):
        return str(value.get("code") or value.get("display") or value.get("reference") or "")
    if isinstance(value, bool):
        return str(value).lower()
    return shown(float(value)) if isinstance(value, int | float) else str(value)


def _value(option: dict[str, Any]) -> Any:
    return next((value for key, value in option.items() if key.startswith("value")), "")


def _concepts(value_set: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    found: list[Any] = []
    for include in (value_set.get("compose") or {}).get("include") or ():
        found += include.get("concept") or ()
    found = found or list((value_set.get("expansion") or {}).get("contains") or ())
    return [(one, one) for one in found if isinstance(one, dict)]


def _collected(found: list[tuple[Any, dict[str, Any]]]) -> Options:
    made = Options()
    if len(found) > MOST_OPTIONS:
        made.why_none = Text("有 {n} 个选项，过多", "it has {n} options, too many").format(n=len(found))
        return made
    for value, beside in found:
        plain = option_code(value)
        if not plain or plain in made.by_value:
            continue
        code = code_from(plain)
        if code in made.by_value.values():
            code = marked(plain)
        made.by_value[plain] = code
        made.listed.append(_option(code, plain, value, beside))
    if len(made.listed) == 1:
        made.listed.append(dict(ALONE) | ({"score": 0} if "score" in made.listed[0] else {}))
    if not made.listed:
        made.why_none = Text("没有选项", "it has no options")
    return made


def _option(code: str, plain: str, value: Any, beside: dict[str, Any]) -> dict[str, Any]:
    words = heard(value, "display") if isinstance(value, dict) else None
    made: dict[str, Any] = {"code": code, **(words or {"zh": plain, "en": plain})}
    score = extended(beside, *OTHER_ORDINALS)
    if score is None:
        score = extended(value, *OTHER_ORDINALS)
    if score is not None:
        made["score"] = score
    if extended(beside, EXCLUSIVE) is True:
        made["exclusive"] = True
    return made
