"""The criteria of a kind of bed, as rows of a policy pack: read once, and refused in words when they are wrong.

key = "beds.eligibility.HOME_MEDICAL"
value.who = ["FAMILY_DOCTOR", …]                       # the roles that may judge and override
[[value.criteria]]
code = "HARD_TO_LEAVE"                                  # stable; evaluations keep it
zh = "…", en = "…", source = "…", grade = "B"           # no source: to be confirmed by the district
when = {…}                                              # a condition over evidence (conditions.py)
group = "indication"                                    # met when any criterion of the group is met
reserved = true                                         # a clinician says so; data at most suggests it
max_age_days = 180                                      # older assessments leave it unknown
[[value.groups]]   code = "indication", zh, en          # what the group is called
[[value.priority]] code, zh, en, source, when           # who comes first, and why
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from yiyang.assessments.rules.eligibility.conditions import Condition, Leaf, leaves
from yiyang.assessments.rules.eligibility.reading_conditions import ConditionFault
from yiyang.assessments.rules.eligibility.reading_conditions import read as read_condition
from yiyang.assessments.rules.texts import Text

KNOWN = {"code", "zh", "en", "source", "grade", "when", "group", "reserved", "max_age_days"}
GRADES = ("", "A", "B", "C")


class CriteriaFault(ValueError):
    """Criteria that cannot be used: every fault found, each naming its row."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class Criterion:
    code: str
    text: Text
    when: Condition | None = None
    group: str = ""
    reserved: bool = False
    source: str = ""
    grade: str = ""
    max_age_days: int | None = None

    @property
    def confirmed(self) -> bool:
        return bool(self.source)

    @property
    def asks(self) -> list[Leaf]:
        return leaves(self.when) if self.when else []


@dataclass(frozen=True)
class Priority:
    """Who comes first, and the reason that is shown."""

    code: str
    text: Text
    when: Condition
    source: str = ""


@dataclass(frozen=True)
class Criteria:
    """All criteria of one kind of bed."""

    kind: str
    who: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    priorities: tuple[Priority, ...] = ()
    groups: Mapping[str, Text] = field(default_factory=dict)

    @property
    def asks(self) -> list[Leaf]:
        """Every question to the evidence, priorities included."""
        mine = [leaf for one in self.criteria for leaf in one.asks]
        return mine + [leaf for one in self.priorities for leaf in leaves(one.when)]

    @property
    def instruments(self) -> list[str]:
        return list(dict.fromkeys(leaf.instrument for leaf in self.asks if leaf.instrument))


def read(kind: str, value: Any, roles: Collection[str] = ()) -> Criteria:
    """The criteria of a kind; CriteriaFault names every row that cannot be used, and why."""
    if not isinstance(value, Mapping):
        raise CriteriaFault([_("{kind}: the value is a table with who and criteria").format(kind=kind)])
    faults: list[str] = []
    groups = _groups(kind, value.get("groups", []), faults)
    read_criteria = [
        _criterion(kind, number, one, faults) for number, one in _listed(kind, value, "criteria", faults)
    ]
    criteria = tuple(one for one in read_criteria if one)
    priorities = tuple(
        one
        for number, given in enumerate(value.get("priority", []), 1)
        if (one := _priority(_("{kind}, priority {number}").format(kind=kind, number=number), given, faults))
    )
    who = tuple(value.get("who", ()))
    _across(kind, criteria, priorities, groups, faults)
    if not who:
        faults.append(_("{kind}: “who” names no role that may judge").format(kind=kind))
    faults.extend(
        _("{kind}: “who” names the unknown role {one}").format(kind=kind, one=one)
        for one in who
        if roles and one not in roles
    )
    faults.extend(
        _("{kind}: “{word}” is not known here").format(kind=kind, word=word)
        for word in sorted(set(value) - {"who", "criteria", "priority", "groups"})
    )
    if faults:
        raise CriteriaFault(faults)
    return Criteria(kind, who, criteria, priorities, groups)


def _listed(kind: str, value: Mapping[str, Any], word: str, faults: list[str]) -> list[tuple[int, Any]]:
    given = value.get(word)
    if not isinstance(given, list) or not given:
        faults.append(_("{kind}: “{word}” needs at least one row").format(kind=kind, word=word))
        return []
    return list(enumerate(given, 1))


def _criterion(kind: str, number: int, given: Any, faults: list[str]) -> Criterion | None:
    where = _("{kind}, criterion {name}").format(kind=kind, name=_name(given, number))
    before = len(faults)
    if not isinstance(given, Mapping):
        faults.append(_("{where}: is a table with code, zh, en and when").format(where=where))
        return None
    text = _words(where, given, faults)
    faults.extend(
        _("{where}: “{word}” is not known here").format(where=where, word=word)
        for word in sorted(set(given) - KNOWN)
    )
    reserved = given.get("reserved", False)
    if not isinstance(reserved, bool):
        faults.append(_("{where}: “reserved” is true or false").format(where=where))
    if "when" not in given and reserved is not True:
        faults.append(
            _("{where}: has neither a condition (“when”) nor is it reserved to a clinician").format(
                where=where
            )
        )
    if given.get("grade", "") not in GRADES:
        faults.append(_("{where}: “grade” is A, B or C").format(where=where))
    if given.get("grade") and not given.get("source"):
        faults.append(_("{where}: has a grade without a source").format(where=where))
    days = given.get("max_age_days")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or days < 1):
        faults.append(_("{where}: “max_age_days” is a number of days from 1").format(where=where))
    when = _when(where, given, faults)
    if len(faults) > before:
        return None
    return Criterion(
        given["code"], text, when, given.get("group", ""), reserved,
        given.get("source", ""), given.get("grade", ""), days,
    )  # fmt: skip


def _priority(where: str, given: Any, faults: list[str]) -> Priority | None:
    before = len(faults)
    if not isinstance(given, Mapping):
        faults.append(_("{where}: is a table with code, zh, en and when").format(where=where))
        return None
    text = _words(where, given, faults)
    if "when" not in given:
        faults.append(_("{where}: has no condition (“when”)").format(where=where))
    when = _when(where, given, faults)
    if len(faults) > before or when is None:
        return None
    return Priority(given["code"], text, when, given.get("source", ""))


def _groups(kind: str, given: Any, faults: list[str]) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for number, one in enumerate(given, 1):
        where = _("{kind}, group {name}").format(kind=kind, name=_name(one, number))
        text = _words(where, one if isinstance(one, Mapping) else {}, faults)
        if isinstance(one, Mapping) and one.get("code"):
            found[one["code"]] = text
    return found


def _across(
    kind: str,
    criteria: tuple[Criterion, ...],
    priorities: tuple[Priority, ...],
    groups: Mapping[str, Text],
    faults: list[str],
) -> None:
    codes = [one.code for one in criteria] + [one.code for one in priorities]
    faults.extend(
        _("{kind}: {code} stands twice").format(kind=kind, code=code)
        for code in sorted({one for one in codes if codes.count(one) > 1})
    )
    for one in criteria:
        if one.group and one.group not in groups:
            faults.append(
                _("{kind}, criterion {code}: the group “{group}” has no words under “groups”").format(
                    kind=kind, code=one.code, group=one.group
                )
            )
    used = {one.group for one in criteria}
    faults.extend(
        _("{kind}: no criterion is in the group “{one}”").format(kind=kind, one=one)
        for one in groups
        if one not in used and not faults
    )


def _words(where: str, given: Mapping[str, Any], faults: list[str]) -> Text:
    for word in ("code", "zh", "en"):
        if not isinstance(given.get(word), str) or not given[word].strip():
            faults.append(_("{where}: “{word}” is missing").format(where=where, word=word))
    return Text(str(given.get("zh", "")), str(given.get("en", "")))


def _when(where: str, given: Mapping[str, Any], faults: list[str]) -> Condition | None:
    if "when" not in given:
        return None
    try:
        return read_condition(given["when"])
    except ConditionFault as fault:
        faults.append(f"{where}: {fault}")
        return None


def _name(given: Any, number: int) -> str:
    return str(given.get("code") or number) if isinstance(given, Mapping) else str(number)
