"""What a file must also hold true once all of it is read: codes that exist, bands that meet, levels to be reached."""

from __future__ import annotations

from collections.abc import Iterable

from yiyang.assessments.rules.checking_items import check_item
from yiyang.assessments.rules.checking_levels import check_bands, check_level_of
from yiyang.assessments.rules.conditions import Condition, Kind
from yiyang.assessments.rules.formulas import faults_in, name_of
from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind
from yiyang.assessments.rules.parts import Part
from yiyang.assessments.rules.ranges import maximum_of
from yiyang.assessments.rules.texts import shown

ASKED_FIRST = (Kind.TOTAL, Kind.SUBSCORE, Kind.ANY_ITEM_SCORES)


def check(instrument: Instrument, root: Part) -> None:
    """Note every fault that only the whole shows."""
    if not instrument.items:
        root.fault("没有条目", "it has no items")
    _unique(instrument, root)
    for item in instrument.items:
        place = root.inner({"code": item.code}, "条目", "item")
        check_item(instrument, item, place)
        for condition in filter(None, (item.show_when, *(table.when for table in item.tables))):
            check_condition(instrument, condition, place, before_scores=True)
        if item.value:
            _formula(instrument, item.value, place)
    _sums(instrument, root)
    check_bands(instrument, root)
    check_level_of(instrument, root)
    _rules(instrument, root)


def _unique(instrument: Instrument, root: Part) -> None:
    named: list[tuple[str, str, Iterable[str]]] = [
        ("分节", "section", (section.code for section in instrument.sections)),
        ("条目", "item", (item.code for item in instrument.items)),
        ("分项", "sub-score", (part.code for part in instrument.subscores)),
        ("分级", "band", (band.level for band in instrument.bands)),
        ("级别变更", "adjustment", (one.code for one in instrument.adjustments)),
        ("提示", "alert", (alert.code for alert in instrument.alerts)),
    ]
    for zh, en, codes in named:
        for code in twice(codes):
            root.fault(f"{zh} {{code}} 出现两次", f"{en} {{code}} stands twice", code=code)
    for name in twice(name_of(item.code) for item in instrument.items):
        root.fault(
            "公式中会有两个条目都叫 {name}", "two items would be called {name} in a formula", name=name
        )


def twice(codes: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    found: dict[str, None] = {}
    for code in codes:
        if code in seen:
            found[code] = None
        seen.add(code)
    return list(found)


def check_condition(
    instrument: Instrument, condition: Condition, place: Part, before_scores: bool = False
) -> None:
    for one in condition.walk():
        if before_scores and one.kind in ASKED_FIRST:
            place.fault("此处的条件不能用 {kind}", "{kind} cannot be asked here", kind=one.kind)
        elif one.kind in (Kind.ITEM, Kind.SUM):
            for code in one.of:
                _asked_item(instrument, one, code, place)
            if not one.of:
                place.fault("sum 是空的", "sum is empty")
        elif one.kind is Kind.SUBSCORE and instrument.subscore(one.of[0]) is None:
            place.fault(
                "条件中的分项 {code} 不存在",
                "the condition names the unknown sub-score {code}",
                code=one.of[0],
            )
        elif one.kind is Kind.TOTAL and instrument.total is None:
            place.fault("条件问总分，但量表没有总分", "the condition asks for a total and there is none")


def _asked_item(instrument: Instrument, condition: Condition, code: str, place: Part) -> None:
    item = instrument.by_code.get(code)
    if item is None:
        place.fault("条件中的条目 {code} 不存在", "the condition names the unknown item {code}", code=code)
        return
    test = condition.test
    if test.answered is not None and test.among is None and not test.compares():
        return
    if condition.kind is Kind.SUM:
        if not item.options or any(option.score is None and option.count is None for option in item.options):
            place.fault(
                "条目 {code} 的选项没有 count 或 score，不能求和",
                "the options of {code} have no count or score to add",
                code=code,
            )
    elif item.options:
        for among in test.among or ():
            if item.option(str(among)) is None:
                place.fault(
                    "条件中 {code} 的选项 {option} 不存在",
                    "the condition names the unknown option {option} of {code}",
                    code=code,
                    option=among,
                )
        if test.compares():
            place.fault(
                "{code} 不是数字，不能比较大小（用 in 或 sum）",
                "{code} is no number to compare (use in or sum)",
                code=code,
            )
    elif item.kind is not ItemKind.NUMBER:
        place.fault(
            "对 {code} 只能问是否作答（answered）",
            "of {code} only whether it is answered can be asked",
            code=code,
        )


def _formula(instrument: Instrument, formula: str, place: Part, extra: Iterable[str] = ()) -> None:
    numbers = frozenset(
        {name_of(item.code) for item in instrument.items if calculable(item)}
        | {name_of(code) for code in extra}
    )
    words = frozenset(
        name_of(item.code) for item in instrument.items if item.kind is ItemKind.SINGLE and not item.scored
    )
    for fault in faults_in(formula, numbers, words):
        place.fault(fault.zh, fault.en)


def calculable(item: Item) -> bool:
    return item.kind is ItemKind.NUMBER or item.scored


def _sums(instrument: Instrument, root: Part) -> None:
    before: list[str] = []
    for part in instrument.subscores:
        place = root.inner({"code": part.code}, "分项", "sub-score")
        _one_of(place, bool(part.items), bool(part.value), "items")
        for code in part.items:
            _summed(instrument, code, place)
        if part.value:
            _formula(instrument, part.value, place, before)
        _stated(instrument, part.code, part.maximum, place)
        before.append(part.code)
    total = instrument.total
    if total is None:
        return
    place = root.inner({}, "[total]", "[total]")
    _one_of(place, bool(total.of), bool(total.value), "of")
    for code in total.of:
        if instrument.subscore(code) is None:
            _summed(instrument, code, place)
    for code in twice(total.of):
        place.fault("{code} 计了两次", "{code} is counted twice", code=code)
    if total.value:
        _formula(instrument, total.value, place, before)
    _stated(instrument, "", total.maximum, place)


def _one_of(place: Part, sums: bool, formula: bool, key: str) -> None:
    if sums is formula:
        place.fault("须恰有 {key} 或 value 之一", "it needs either {key} or value", key=key)


def _summed(instrument: Instrument, code: str, place: Part) -> None:
    item = instrument.by_code.get(code)
    if item is None:
        place.fault("条目 {code} 不存在", "the item {code} does not exist", code=code)
        return
    if not item.options and not item.tables:
        place.fault("条目 {code} 没有分值，不能计入", "the item {code} has no scores to add", code=code)
    for option in item.options:
        if option.score is None:
            place.fault(
                "条目 {code} 的选项 {option} 没有分值",
                "option {option} of item {code} has no score",
                code=code,
                option=option.code,
            )


def _stated(instrument: Instrument, code: str, stated: float | None, place: Part) -> None:
    """A maximum that is written must be the sum of what it is added from."""
    added = maximum_of(instrument, code)
    formula = (instrument.subscore(code) or instrument.total) if code else instrument.total
    if stated is None or added is None or (formula is not None and formula.value):
        return
    if abs(added - stated) > 1e-9:
        place.fault(
            "最高分写的是 {stated}，各条目之和是 {added}",
            "its maximum is given as {stated}, its items add up to {added}",
            stated=shown(stated),
            added=shown(added),
        )


def _rules(instrument: Instrument, root: Part) -> None:
    levels = {band.level for band in instrument.bands}
    for rule in instrument.adjustments:
        place = root.inner({"code": rule.code}, "级别变更", "adjustment")
        check_condition(instrument, rule.when, place)
        if bool(rule.set) is bool(rule.raise_by):
            place.fault("须恰有 set 或 raise 之一", "it needs either set or raise")
        for level in filter(None, (rule.set, rule.cap)):
            if level not in levels:
                place.fault("级别 {level} 不存在", "the level {level} does not exist", level=level)
    for alert in instrument.alerts:
        check_condition(instrument, alert.when, root.inner({"code": alert.code}, "提示", "alert"))
    if instrument.applies is not None:
        check_condition(
            instrument, instrument.applies, root.inner({}, "applies", "applies"), before_scores=True
        )
