"""From the total to the level: the band, then each adjustment in the order of the file, applied or not."""

from __future__ import annotations

from yiyang.assessments.rules.conditions import holds
from yiyang.assessments.rules.instruments import Adjustment, Band, Instrument
from yiyang.assessments.rules.outcomes import Step, StepKind
from yiyang.assessments.rules.sheet import Sheet
from yiyang.assessments.rules.texts import Text, shown

NEAR = 1e-9
BAND = Text("{total} 分属于“{title}”（{least}–{most}）", "{total} lies in “{title}” ({least}–{most})")
EXACT = Text("{total} 分属于“{title}”", "{total} lies in “{title}”")
NO_BAND = Text("总分 {total} 不属于任何级别", "the total {total} has no level")
ENTERED = Text("填写的级别：{title}", "level entered: {title}")
MOVED = Text("{title}：适用，由“{was}”变为“{now}”", "{title}: applies, from “{was}” to “{now}”")
KEPT = Text("{title}：适用，级别不变", "{title}: applies, the level stays")
ONCE = Text(
    "{title}：也适用，但同类变更只提升一次", "{title}: applies too, but the level is raised only once"
)
NOT_SO = Text("{title}：不适用", "{title}: does not apply")
UNKNOWN = Text("{title}：未作答，无从判断，未适用", "{title}: not known, not applied")
LEVEL = Text("结果：{title}", "Result: {title}")


def levelled(sheet: Sheet) -> tuple[Band | None, Band | None, tuple[Step, ...]]:
    """Band, level, and the steps from one to the other."""
    instrument = sheet.instrument
    band = _entered(sheet) if instrument.level_of else band_of(instrument, sheet.total_value)
    steps = []
    if band is not None:
        steps.append(Step(StepKind.BAND, _band_words(sheet, band), band.level, sheet.total_value))
    elif sheet.total_value is not None and instrument.bands:
        steps.append(Step(StepKind.BAND, NO_BAND.format(total=sheet.total_value)))
    level, raised = band, False
    for rule in instrument.adjustments:
        so = holds(rule.when, sheet)
        now = level if not so or (rule.once and raised) else adjusted(instrument, rule, level)
        steps.append(Step(StepKind.ADJUSTMENT, _words(rule, so, level, now, raised), rule.code, applied=so))
        raised = raised or bool(so and rule.once)
        level = now
    if level is not None:
        steps.append(Step(StepKind.LEVEL, LEVEL.format(title=level.title), level.level))
    return band, level, tuple(steps)


def band_of(instrument: Instrument, total: float | None) -> Band | None:
    if total is None:
        return None
    for band in instrument.bands:
        if (
            band.least is not None
            and band.most is not None
            and band.least - NEAR <= total <= band.most + NEAR
        ):
            return band
    return None


def adjusted(instrument: Instrument, rule: Adjustment, level: Band | None) -> Band | None:
    """Where a rule that holds puts a level."""
    if rule.set:
        return instrument.band(rule.set)
    if level is None:
        return None
    at = instrument.bands.index(level)
    cap = instrument.band(rule.cap)
    most = instrument.bands.index(cap) if cap is not None else len(instrument.bands) - 1
    return instrument.bands[max(at, min(at + rule.raise_by, most))]


def _entered(sheet: Sheet) -> Band | None:
    return sheet.instrument.band(str(sheet.values.get(sheet.instrument.level_of, "")))


def _band_words(sheet: Sheet, band: Band) -> Text:
    if sheet.total_value is None or band.least is None or band.most is None:
        return ENTERED.format(title=band.title)
    words = EXACT if band.least == band.most else BAND
    return words.format(
        total=sheet.total_value, title=band.title, least=shown(band.least), most=shown(band.most)
    )


def _words(rule: Adjustment, so: bool | None, was: Band | None, now: Band | None, raised: bool) -> Text:
    if so is None:
        return UNKNOWN.format(title=rule.title)
    if not so:
        return NOT_SO.format(title=rule.title)
    if rule.once and raised:
        return ONCE.format(title=rule.title)
    if was == now:
        return KEPT.format(title=rule.title)
    return MOVED.format(title=rule.title, was=was.title if was else "-", now=now.title if now else "-")
