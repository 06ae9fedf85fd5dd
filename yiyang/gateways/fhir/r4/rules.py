"""HL7's rules about whole elements that a table of cardinalities cannot say (que-1 … qrs-1, ext-1, obs-6, obs-7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from yiyang.assessments.rules.texts import Text

QUESTIONS_WITH_LENGTH = {
    "boolean", "decimal", "integer", "string", "text", "url", "open-choice",
}  # fmt: skip
QUESTIONS_WITH_OPTIONS = {
    "choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity",
}  # fmt: skip
Rule = Callable[[dict[str, Any]], Iterator[Text]]


def items_within(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item below, at whatever depth, that is an object at all."""
    stack = _objects(found.get("item"))
    while stack:
        one = stack.pop(0)
        yield one
        stack = _objects(one.get("item")) + stack


def link_ids_once(found: dict[str, Any]) -> Iterator[Text]:
    counted = Counter(one["linkId"] for one in items_within(found) if isinstance(one.get("linkId"), str))
    for link, number in counted.items():
        if number > 1:
            yield Text(
                "linkId “{link}”出现 {number} 次（que-2）",
                "the linkId “{link}” stands {number} times (que-2)",
            ).format(link=link[:60], number=number)


def item_rules(item: dict[str, Any]) -> Iterator[Text]:
    kind, has = str(item.get("type")), item.__contains__
    if kind == "group" and not has("item"):
        yield Text("分组没有条目（que-1）", "a group needs items (que-1)")
    if kind == "display":
        yield from _display(item)
    if has("answerOption") and has("answerValueSet"):
        yield Text(
            "answerOption 和 answerValueSet 只能有一个（que-4）",
            "only one of answerOption and answerValueSet may be given (que-4)",
        )
    if (has("answerValueSet") or has("answerOption")) and kind not in QUESTIONS_WITH_OPTIONS:
        yield Text("这种题型不能有选项（que-5）", "this type of question has no options (que-5)")
    if kind in ("group", "display") and has("initial"):
        yield Text("分组和文字不能有 initial（que-8）", "a group or display has no initial (que-8)")
    if has("maxLength") and kind not in QUESTIONS_WITH_LENGTH:
        yield Text("这种题型不能有 maxLength（que-10）", "this type of question has no maxLength (que-10)")
    if has("answerOption") and has("initial"):
        yield Text(
            "有 answerOption 时不能有 initial（que-11）", "with answerOption there is no initial (que-11)"
        )
    if len(_objects(item.get("enableWhen"))) > 1 and not has("enableBehavior"):
        yield Text(
            "多个 enableWhen 须写明 enableBehavior（que-12）",
            "several enableWhen need an enableBehavior (que-12)",
        )
    if len(_objects(item.get("initial"))) > 1 and item.get("repeats") is not True:
        yield Text(
            "只有可重复的条目能有多个 initial（que-13）", "only a repeating item has several initial (que-13)"
        )


def _display(item: dict[str, Any]) -> Iterator[Text]:
    for key, rule in (
        ("item", "que-1"),
        ("code", "que-3"),
        ("required", "que-6"),
        ("repeats", "que-6"),
        ("readOnly", "que-9"),
    ):
        if key in item:
            yield Text(f"文字条目不能有 {key}（{rule}）", f"a display has no {key} ({rule})")


def exists_is_boolean(when: dict[str, Any]) -> Iterator[Text]:
    if when.get("operator") == "exists" and "answerBoolean" not in when:
        yield Text("exists 须用 answerBoolean（que-7）", "exists needs answerBoolean (que-7)")


def answers_or_items(item: dict[str, Any]) -> Iterator[Text]:
    if "answer" in item and "item" in item:
        yield Text(
            "下级条目应在 item 或 answer 之一内（qrs-1）",
            "items stand below the item or below its answer, not both (qrs-1)",
        )


def value_or_extensions(extension: dict[str, Any]) -> Iterator[Text]:
    values = [key for key in extension if key.lstrip("_").startswith("value")]
    if bool(values) == ("extension" in extension):
        yield Text(
            "须有 value 或 extension 之一（ext-1）", "needs either a value or extensions, not both (ext-1)"
        )


def absent_or_valued(observation: dict[str, Any]) -> Iterator[Text]:
    values = [key for key in observation if key.startswith("value")]
    if values and "dataAbsentReason" in observation:
        yield Text(
            "有值时不能有 dataAbsentReason（obs-6）", "with a value there is no dataAbsentReason (obs-6)"
        )


def _objects(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


RULES: dict[str, tuple[Rule, ...]] = {
    "Questionnaire": (link_ids_once,),
    "Questionnaire.item": (item_rules,),
    "Questionnaire.item.enableWhen": (exists_is_boolean,),
    "QuestionnaireResponse.item": (answers_or_items,),
    "Extension": (value_or_extensions,),
    "Observation": (absent_or_valued,),
}
