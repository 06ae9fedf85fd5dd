"""What must be true of the levels: every total has exactly one, and each can be reached."""

from __future__ import annotations

from yiyang.assessments.rules.instruments import Band, Instrument, ItemKind
from yiyang.assessments.rules.parts import Part
from yiyang.assessments.rules.ranges import maximum_of, minimum_of, step_of
from yiyang.assessments.rules.texts import shown

NEAR = 1e-9


def check_bands(instrument: Instrument, root: Part) -> None:
    _ranks(instrument, root)
    ranged = [band for band in instrument.bands if band.least is not None or band.most is not None]
    for band in instrument.bands:
        _reachable(instrument, band, root)
    if not ranged:
        return
    if instrument.total is None:
        root.fault("有分级区间但没有 [total]", "there are bands and no [total]")
        return
    usable = []
    for band in ranged:
        place = root.inner({"level": band.level}, "分级", "band")
        if band.least is None or band.most is None:
            place.fault("须同时写 from 和 to", "it needs both from and to")
        elif band.least > band.most:
            place.fault("from 大于 to", "from is above to")
        else:
            usable.append((band.least, band.most, band))
    _meet(instrument, usable, root)


def _ranks(instrument: Instrument, root: Part) -> None:
    for one, other in zip(instrument.bands, instrument.bands[1:], strict=False):
        if one.rank == other.rank:
            root.fault(
                "级别 {one} 和 {other} 的 rank 相同",
                "levels {one} and {other} have the same rank",
                one=one.level,
                other=other.level,
            )


def _meet(instrument: Instrument, bands: list[tuple[float, float, Band]], root: Part) -> None:
    """From the least total to the most, without a gap and without an overlap."""
    assert instrument.total is not None
    step = step_of(instrument.total.decimals)
    least, most = minimum_of(instrument), maximum_of(instrument)
    if least is None or most is None:
        root.fault("公式计算的总分须写明 minimum 和 maximum", "a total by formula needs minimum and maximum")
        return
    bands.sort(key=lambda one: one[:2])
    reached, before = least - step, None
    for start, end, band in bands:
        place = root.inner({"level": band.level}, "分级", "band")
        if end < least - NEAR or start > most + NEAR:
            place.fault(
                "达不到：总分在 {least} 至 {most} 之间",
                "it cannot be reached: totals go from {least} to {most}",
                least=shown(least),
                most=shown(most),
            )
        elif start > reached + step + NEAR:
            gap_from, gap_to = shown(reached + step), shown(start - step)
            place.fault(
                "之前缺一段：{gap_from} 至 {gap_to} 没有级别",
                "a gap before it: {gap_from} to {gap_to} have no level",
                gap_from=gap_from,
                gap_to=gap_to,
            )
        elif before is not None and start <= reached + NEAR:
            place.fault(
                "与级别 {before} 重叠于 {start}",
                "it overlaps level {before} at {start}",
                before=before.level,
                start=shown(start),
            )
        reached, before = max(reached, end), band
    if bands and reached < most - NEAR:
        root.fault(
            "{start} 至 {most} 没有级别",
            "{start} to {most} have no level",
            start=shown(reached + step),
            most=shown(most),
        )


def _reachable(instrument: Instrument, band: Band, root: Part) -> None:
    """A level without totals must be set by an adjustment, raised to, or be entered."""
    if band.least is not None or band.most is not None or instrument.level_of:
        return
    set_to = {rule.set for rule in instrument.adjustments}
    raises = any(rule.raise_by for rule in instrument.adjustments)
    best = instrument.bands[0].level
    if band.level not in set_to and not (raises and band.level != best):
        place = root.inner({"level": band.level}, "分级", "band")
        place.fault("没有任何总分或规则能达到它", "no total and no rule reaches it")


def check_level_of(instrument: Instrument, root: Part) -> None:
    code = instrument.level_of
    if not code:
        if instrument.recording_only and instrument.bands:
            root.fault(
                "只记录的量表须以 level_of 指明级别条目",
                "a recording-only form names the item of its level by level_of",
            )
        return
    item = instrument.by_code.get(code)
    if item is None or item.kind is not ItemKind.SINGLE:
        root.fault("level_of 须为单选条目", "level_of must name a single choice", code=code)
        return
    levels = {band.level for band in instrument.bands}
    for option in item.options:
        if option.code not in levels:
            root.fault(
                "条目 {item} 的选项 {code} 没有对应的级别",
                "option {code} of item {item} has no band",
                item=item.code,
                code=option.code,
            )
    for level in sorted(levels - {option.code for option in item.options}):
        root.fault("级别 {level} 没有对应的选项", "level {level} has no option", level=level)
