"""A FHIR R4 Questionnaire as an instrument. What has no place in an instrument is named, never dropped silently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from yiyang.assessments.rules.formulas import name_of
from yiyang.assessments.rules.reading import InstrumentFault, from_data
from yiyang.assessments.rules.texts import Text, same
from yiyang.gateways.fhir import r4
from yiyang.gateways.fhir.questionnaires import words
from yiyang.gateways.fhir.questionnaires.enabling import Asked, Untellable, joined, show_when
from yiyang.gateways.fhir.questionnaires.numbers import number_of
from yiyang.gateways.fhir.questionnaires.options import Options, options_of
from yiyang.gateways.fhir.questionnaires.words import code_from, heard, marked

CHOICES = ("choice", "open-choice", "boolean")
NUMBERS = ("integer", "decimal", "quantity")
NO_PLACE = ("attachment", "reference")
WITHOUT_WORDS = ("initial", "definition", "modifierExtension")
RULES = ("subscore", "total", "band", "adjustment", "alert")
OTHER = Text("其他", "Other")


@dataclass(frozen=True)
class QuestionnaireRead:
    """The data of an instrument's file, and what of the Questionnaire is not in it."""

    data: dict[str, Any]
    left_out: tuple[Text, ...]


def instrument_data(found: Any, name: str, kept: dict[str, Any] | None = None) -> QuestionnaireRead:
    """The instrument in a Questionnaire, checked whole; `kept` is the file that came along with it.

    Raises InstrumentFault with every fault: of FHIR first, then of what was made of it.
    """
    told = [Text(f"{name}：{one.zh}", f"{name}: {one.en}") for one in r4.faults(found, "Questionnaire")]
    if told:
        raise InstrumentFault(told)
    reading = Reading(found, kept or {})
    data = reading.data()
    from_data(data, name)
    return QuestionnaireRead(data, tuple(dict.fromkeys(reading.left_out)))


@dataclass
class Place:
    """Where in the Questionnaire a question stands: its section, and what must hold before it is put."""

    section: str = ""
    title: dict[str, str] | None = None
    tests: list[dict[str, Any]] = field(default_factory=list)


class Reading:
    def __init__(self, found: dict[str, Any], kept: dict[str, Any]) -> None:
        self.found, self.kept = found, kept
        self.left_out: list[Text] = []
        sets = (one for one in found.get("contained") or () if one["resourceType"] == "ValueSet")
        self.contained = {str(one.get("id")): one for one in sets}
        self.kept_items = {one["code"]: one for one in kept.get("item") or ()}
        self.options: dict[str, Options] = {}
        self.asked: dict[str, Asked] = {}
        self.sections: dict[str, dict[str, Any]] = {}
        self.items: list[dict[str, Any]] = []
        self.known(found.get("item") or ())

    def leave_out(self, link: str, zh: str, en: str) -> None:
        self.left_out.append(Text(f"条目 {link[:60]}：{zh}", f"item {link[:60]}: {en}"))

    # Which questions there are: conditions may ask of one that stands further down.
    def known(self, items: Any) -> None:
        for item in items:
            link, kind = item["linkId"], item["type"]
            if kind not in ("group", "display", *NO_PLACE):
                code = code_from(link)
                if name_of(code) in {name_of(one.code) for one in self.asked.values()}:
                    code = marked(link)
                options = options_of(item, self.contained) if kind in CHOICES else Options()
                self.options[link] = options
                self.asked[link] = Asked(code, self.kind_of(item, options), options.by_value)
            self.known(item.get("item") or ())

    def kind_of(self, item: dict[str, Any], options: Options) -> str:
        if options.listed:
            return "multiple" if item.get("repeats") else "single"
        if item["type"] in NUMBERS and number_of(item) is not None and not item.get("repeats"):
            return "number"
        return "date" if item["type"] == "date" and not item.get("repeats") else "text"

    def data(self) -> dict[str, Any]:
        root = Place("", heard(self.found, "title"))
        for item in self.found.get("item") or ():
            self.take(item, root)
        if not self.items:
            raise InstrumentFault(
                [Text("问卷没有可回答的条目", "the Questionnaire has no question to answer")]
            )
        used = {item["section"] for item in self.items}
        data: dict[str, Any] = {"instrument": self.head()}
        data["section"] = [one for code, one in self.sections.items() if code in used]
        data["item"] = self.items
        return data | {key: self.kept[key] for key in RULES if key in self.kept}

    def head(self) -> dict[str, Any]:
        found, kept = self.found, dict(self.kept.get("instrument") or {})
        address = str(found.get("url") or found.get("id") or found.get("name") or found.get("title") or "")
        code, _version = words.instrument_code(address or "questionnaire")
        scored = any("score" in one for item in self.items for one in item.get("options", ()))
        own = code == kept.get("code") or not code.startswith(words.FOREIGN_CODE)
        whence = " · ".join(filter(None, (str(found.get("publisher") or ""), address)))
        title = heard(found, "title") or heard(found, "name") or Text(code, code).as_data()
        head = {
            "code": code,
            "version": str(found.get("version") or found.get("date") or "1")[:40],
            "title": title,
            "source": str(found.get("purpose") or whence) if own else words.FOREIGN_SOURCE + whence,
            "licence": str(found.get("copyright") or "not stated"),
            "languages": ["zh-Hans", "en"],
            "status": "to-be-confirmed",
            "recording_only": not scored and not self.kept,
            "loinc": _loinc(found),
            "note": heard(found, "description"),
        }
        if scored and not self.kept:
            self.left_out.append(
                Text(
                    "选项的分值已带入；总分和分级须在文件中写明",
                    "the points of options came along; total and levels have to be written into the file",
                )
            )
        plain = {key: value for key, value in head.items() if value not in ("", None, False)}
        return plain | {key: value for key, value in kept.items() if key not in plain or key in ORIGINAL}

    def take(self, item: dict[str, Any], place: Place, parent: Asked | None = None) -> None:
        """One item and what stands below it."""
        link, kind = item["linkId"], item["type"]
        for key in WITHOUT_WORDS:
            if key in item:
                self.leave_out(link, f"未采用 {key}", f"{key} is not used")
        if kind == "display":
            return self.words(item, place, parent)
        if kind in NO_PLACE:
            return self.leave_out(link, f"没有 {kind} 题型，未采用", f"there is no question of type {kind}")
        tests = [*place.tests, *self.condition(item)]
        if kind == "group":
            return self.group(item, Place(place.section, place.title, tests))
        self.question(item, Place(place.section, place.title, tests))
        target = self.asked[link]
        below = [*place.tests, {"item": target.code, "answered": True}]
        for one in item.get("item") or ():
            self.take(one, Place(place.section, place.title, below), target)
        return None

    def group(self, item: dict[str, Any], place: Place) -> None:
        link = str(item["linkId"])
        title = heard(item, "text") or heard(item, "prefix") or place.title
        section = code_from(link.removeprefix("section/"))
        while section in self.sections:
            section = marked(section)
        self.sections[section] = {"code": section, "title": title or Text(link, link).as_data()}
        if item.get("repeats"):
            self.leave_out(link, "分组只能填写一次", "the group can be filled in only once")
        for one in item["item"]:
            self.take(one, Place(section, self.sections[section]["title"], place.tests))

    def words(self, item: dict[str, Any], place: Place, parent: Asked | None) -> None:
        """Words for the reader: the help of the question above, or of the section."""
        told = heard(item, "text")
        if told is None:
            return None
        target: dict[str, Any] | None = self.sections.get(place.section)
        if parent is not None:
            target = next(one for one in self.items if one["code"] == parent.code)
        if target is None:
            return self.leave_out(item["linkId"], "文字未采用", "its words are not used")
        before = target.get("help")
        target["help"] = {key: f"{before[key]}\n{told[key]}" for key in told} if before else told
        return None

    def condition(self, item: dict[str, Any]) -> list[dict[str, Any]]:
        code = self.asked[item["linkId"]].code if item["linkId"] in self.asked else ""
        try:
            found = show_when(item, self.asked)
        except Untellable as reason:
            if "show_when" not in self.kept_items.get(code, {}):
                self.leave_out(
                    item["linkId"], f"enableWhen 无法采用（{reason}），总是显示", f"its enableWhen cannot be used ({reason}); it is always put"
                )  # fmt: skip
            return []
        return [found] if found else []

    def question(self, item: dict[str, Any], place: Place) -> None:
        link, target = item["linkId"], self.asked[item["linkId"]]
        kept = self.kept_items.get(target.code, {})
        section = place.section or self.main(place)
        made: dict[str, Any] = {"code": target.code, "section": section, "kind": target.kind}
        made["text"] = _words(item)
        made["required"] = kept.get("required", True) if "value" in kept else item.get("required") is True
        made["loinc"] = _loinc(item)
        if target.kind in ("single", "multiple"):
            made["options"] = _with_kept(self.options[link].listed, kept.get("options") or [])
        elif target.kind == "number":
            made |= number_of(item) or {}
        elif target.kind == "date":
            made["future"] = kept.get("future", not kept)
        else:
            self.as_text(item, made)
        made["show_when"] = joined(place.tests)
        if "show_when" in kept and "enableWhen" not in item:
            made["show_when"] = kept["show_when"]
        extra = {key: value for key, value in kept.items() if key not in made or key == "decimals"}
        plain = {key: value for key, value in made.items() if value not in ("", None)}
        self.items.append(plain | {key: value for key, value in extra.items() if key != "help"})
        if item["type"] == "open-choice" and target.kind in ("single", "multiple"):
            self.in_words(made)

    def as_text(self, item: dict[str, Any], made: dict[str, Any]) -> None:
        why = self.options[item["linkId"]].why_none
        if why is not None:
            self.leave_out(item["linkId"], f"{why.zh}，用文字回答", f"{why.en}; it is answered in words")
        elif item["type"] == "quantity":
            self.leave_out(
                item["linkId"], "没有可用的单位，用文字回答", "without a unit that is known it is answered in words"
            )  # fmt: skip
        if item.get("maxLength"):
            made["maximum"] = item["maxLength"]

    def in_words(self, made: dict[str, Any]) -> None:
        """An open choice: what fits no option is written beside it."""
        beside = {
            "code": f"{made['code']}-other"[: words.LONGEST_CODE], "section": made["section"], "kind": "text",
            "text": {key: f"{made['text'][key]}：{value}" for key, value in OTHER.as_data().items()},
            "required": False, "show_when": made["show_when"],
        }  # fmt: skip
        self.items[-1]["required"] = False
        self.items.append({key: value for key, value in beside.items() if value is not None})

    def main(self, place: Place) -> str:
        """The section of questions that stand in no group."""
        title = place.title or Text("问卷", "Questionnaire").as_data()
        return str(self.sections.setdefault("main", {"code": "main", "title": title})["code"])


ORIGINAL = ("source", "licence", "status", "languages", "attribution")


def _with_kept(listed: list[dict[str, Any]], kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the file that came along says of the same options beyond what R4 can."""
    beyond = {one["code"]: {key: one[key] for key in ("count", "loinc") if key in one} for one in kept}
    return [one | beyond.get(one["code"], {}) for one in listed]


def _loinc(found: dict[str, Any]) -> str:
    codes = (one for one in found.get("code") or () if one.get("system") == words.LOINC)
    return str(next((one.get("code", "") for one in codes), ""))


def _words(item: dict[str, Any]) -> dict[str, str]:
    """What is asked, with its number if it has one; a question without words is called by its code."""
    displays = (heard(one, "display") for one in item.get("code") or ())
    told = heard(item, "text") or next((one for one in displays if one), None)
    prefix = heard(item, "prefix")
    if told and prefix:
        return {key: f"{prefix[key]} {told[key]}" for key in told}
    return told or prefix or same(str(item["linkId"])).as_data()
