"""Reads conditions over evidence, as a policy pack writes them.

{instrument = "GBT42195", level = ["2", "3", "4"]}
{instrument = "NEWS2", total = {at_most = 4}}
{instrument = "GBT42195", subscore = "B.3", below = 14}
{instrument = "CARE_ENVIRONMENT", item = "main_carer", in = ["NOBODY"]}
{age = {at_least = 80}}   {diagnosis = ["I63"]}   {group = ["LIVES_ALONE"]}
{insurance = ["EMPLOYEE"]}   {bed = ["HOSPITAL"]}   {consent = "PALLIATIVE"}
{all = […]}   {any = […]}   {not = {…}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from yiyang.assessments.rules.eligibility.conditions import Both, Condition, Either, Leaf, Reverse

LIMITS = ("at_least", "at_most", "above", "below")
SETS = ("insurance", "group", "bed")
PARTS = ("level", "total", "subscore", "item")


class ConditionFault(ValueError):
    """A condition that cannot be read; says which part and why."""


def read(given: Any) -> Condition:
    """The condition that this piece of a pack stands for; ConditionFault says what is wrong with it."""
    if not isinstance(given, Mapping) or not given:
        raise ConditionFault(
            _("a condition is a table such as {{age = {{at_least = 80}}}}, not {given}").format(
                given=repr(given)
            )
        )
    for word, kind in (("all", Both), ("any", Either)):
        if word in given:
            _only(given, word)
            parts = given[word]
            if not isinstance(parts, list) or not parts:
                raise ConditionFault(_("“{word}” needs a list of at least one condition").format(word=word))
            return kind(tuple(read(one) for one in parts))
    if "not" in given:
        _only(given, "not")
        return Reverse(read(given["not"]))
    return _of_instrument(given) if "instrument" in given else _of_person(given)


def _of_instrument(given: Mapping[str, Any]) -> Leaf:
    code = given["instrument"]
    if not isinstance(code, str) or not code:
        raise ConditionFault("“instrument” needs the code of an instrument")
    asked = [part for part in PARTS if part in given]
    if len(asked) != 1:
        raise ConditionFault(
            _("a condition on {code} asks one of {parts}; this one asks {asked}").format(
                code=code, parts=", ".join(PARTS), asked=asked or "none"
            )
        )
    about = asked[0]
    if about == "level":
        _only(given, "instrument", "level")
        return Leaf("level", code, values=_values(given["level"], "level"))
    if about == "total":
        _only(given, "instrument", "total")
        return Leaf("total", code, limits=_limits(given["total"], "total"))
    if about == "subscore":
        _only(given, "instrument", "subscore", *LIMITS)
        return Leaf("subscore", code, str(given["subscore"]), limits=_limits(_rest(given), "subscore"))
    _only(given, "instrument", "item", "in", *LIMITS)
    if "in" in given:
        return Leaf("item", code, str(given["item"]), values=_values(given["in"], "in"))
    return Leaf("item", code, str(given["item"]), limits=_limits(_rest(given), "item"))


def _of_person(given: Mapping[str, Any]) -> Leaf:
    if len(given) != 1:
        raise ConditionFault(
            _("one question a condition, or all/any around several: {asked}").format(asked=sorted(given))
        )
    ((about, wanted),) = given.items()
    if about == "age":
        return Leaf("age", limits=_limits(wanted, "age"))
    if about == "consent":
        return Leaf("consent", values=_values([wanted], "consent"))
    if about in SETS or about == "judged":
        return Leaf(about, values=_values(wanted, about))
    raise ConditionFault(
        _("“{about}” is no question; known are instrument, age, consent, judged, {sets}").format(
            about=about, sets=", ".join(SETS)
        )
    )


def _only(given: Mapping[str, Any], *known: str) -> None:
    if strange := sorted(set(given) - set(known)):
        raise ConditionFault(
            _("“{strange}” does not belong beside “{known}”").format(strange=strange[0], known=known[0])
        )


def _rest(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in LIMITS if name in given}


def _values(given: Any, word: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(one, str) and one for one in given):
        raise ConditionFault(_("“{word}” needs a list of codes, each in quotation marks").format(word=word))
    return tuple(given)


def _limits(given: Any, word: str) -> dict[str, float]:
    if not isinstance(given, Mapping) or not given or set(given) - set(LIMITS):
        raise ConditionFault(_("“{word}” needs limits: {limits}").format(word=word, limits=", ".join(LIMITS)))
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in given.values()):
        raise ConditionFault(_("the limits of “{word}” are numbers").format(word=word))
    low = max((given[name] for name in ("at_least", "above") if name in given), default=None)
    high = min((given[name] for name in ("at_most", "below") if name in given), default=None)
    if low is not None and high is not None and low > high:
        raise ConditionFault(
            _("no value of “{word}” is both above {low} and below {high}").format(
                word=word, low=low, high=high
            )
        )
    return dict(given)
