"""What must be true of each item on its own."""

from __future__ import annotations

from collections.abc import Iterable

from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind, Point
from yiyang.assessments.rules.parts import Part
from yiyang.assessments.rules.texts import shown
from yiyang.assessments.rules.units import UNITS

MOST_OPTIONS = 60
CHOICES = (ItemKind.SINGLE, ItemKind.MULTIPLE)


def check_item(instrument: Instrument, item: Item, place: Part) -> None:
    if item.section and item.section not in {section.code for section in instrument.sections}:
        place.fault("分节 {section} 不存在", "the section {section} does not exist", section=item.section)
    if item.kind in CHOICES:
        _choices(item, place)
    elif item.options:
        place.fault("只有选择题可以有 options", "only a choice has options")
    if item.kind is ItemKind.NUMBER:
        _number(item, place)
    else:
        _no_number(item, place)


def _choices(item: Item, place: Part) -> None:
    if not 2 <= len(item.options) <= MOST_OPTIONS:
        place.fault("选项应有 2 至 {most} 个", "a choice has 2 to {most} options", most=MOST_OPTIONS)
    seen: set[str] = set()
    for option in item.options:
        if option.code in seen:
            place.fault("选项 {code} 出现两次", "option {code} stands twice", code=option.code)
        seen.add(option.code)
        if item.scored and option.score is None:
            place.fault("选项 {code} 没有分值", "option {code} has no score", code=option.code)
        if option.exclusive and item.kind is ItemKind.SINGLE:
            place.fault("单选题的选项不需要 exclusive", "exclusive is for multiple choice")


def _number(item: Item, place: Part) -> None:
    for unit in (item.unit, *(other.unit for other in item.other_units)):
        if unit and unit not in UNITS:
            place.fault(
                "单位 {unit} 未知（须为 UCUM 代码，如 mm[Hg]、/min、Cel）",
                "the unit {unit} is not known (a UCUM code such as mm[Hg], /min, Cel)",
                unit=unit,
            )
    if item.other_units and not item.unit:
        place.fault("有其他单位时须写明 unit", "other units need a unit of its own")
    if item.minimum is not None and item.maximum is not None and item.minimum >= item.maximum:
        place.fault("minimum 须小于 maximum", "minimum must be less than maximum")
    if not item.computed and (item.minimum is None or item.maximum is None):
        place.fault("数字须写明 minimum 和 maximum", "a number needs minimum and maximum")
    for at, table in enumerate(item.tables):
        _points(item, table.points, place)
        last = at == len(item.tables) - 1
        if last and table.when is not None:
            place.fault("最后一张分值表不能有条件", "the last table must have no condition")
        if table.when is None and not last:
            place.fault("无条件的分值表须放在最后", "a table without a condition must be the last one")


def _points(item: Item, points: Iterable[Point], place: Part) -> None:
    points = tuple(points)
    if not points:
        place.fault("分值表是空的", "the table of points is empty")
        return
    below = item.minimum
    for at, point in enumerate(points):
        if point.upto is None:
            if at != len(points) - 1:
                place.fault("只有最后一行可以不写 upto", "only the last line may be without upto")
            continue
        if below is not None and (point.upto <= below if at else point.upto < below):
            place.fault(
                "upto {upto} 达不到（须逐行递增）",
                "upto {upto} is never reached (each line must be higher)",
                upto=shown(point.upto),
            )
        below = point.upto
    top = points[-1].upto
    if top is not None and (item.maximum is None or top < item.maximum):
        place.fault("{upto} 以上没有分值", "there are no points above {upto}", upto=shown(top))


def _no_number(item: Item, place: Part) -> None:
    for key, given in (
        ("unit", item.unit),
        ("other", item.other_units),
        ("scores", item.tables),
        ("value", item.value),
        ("decimals", item.decimals),
        ("minimum", item.minimum is not None),
    ):
        if given:
            place.fault("只有数字可以有 {key}", "only a number has {key}", key=key)
    if item.maximum is not None and item.kind is not ItemKind.TEXT:
        place.fault("maximum 只用于数字和文字", "maximum is for numbers and texts")
    if item.future and item.kind is not ItemKind.DATE:
        place.fault("future 只用于日期", "future is for dates")
