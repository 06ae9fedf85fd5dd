"""A result as it is read: level, sub-scores, what moved it, what changed, the years, what it demands, who signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yiyang.assessments.commands.locks import content_of, outcome_of
from yiyang.assessments.models import Assessment, Dispute, State
from yiyang.assessments.queries import assessments
from yiyang.assessments.rules.disclosure import shows_answers
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.assessments.rules.outcomes import Outcome, StepKind
from yiyang.assessments.rules.texts import shown
from yiyang.assessments.rules.wording import differences
from yiyang.kernel.actors import Actor
from yiyang.kernel.components import Chart, Series
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now
from yiyang.people import queries as people

MOVES = (StepKind.BAND, StepKind.ADJUSTMENT, StepKind.LEVEL)


@dataclass(frozen=True)
class Scored:
    """One sub-score: its value, the most that it can be."""

    title: str
    value: str
    most: str
    before: str = ""


@dataclass(frozen=True)
class Result:
    """Everything that the page of a result shows; `answers` is empty where the reader is not told them."""

    assessment: Assessment
    content: Content
    outcome: Outcome
    level: str
    total: str
    most: str
    subscores: list[Scored]
    before: Assessment | None
    before_level: str
    direction: str
    changed: list[Any]
    chart: Chart | None
    demand: str
    alerts: list[dict[str, Any]]
    moves: list[Any]
    steps: list[Any]
    versions: list[Assessment]
    disputes: list[Dispute]
    valid: bool
    may_dispute_until: Any = None
    in_full: bool = True
    newer: Assessment | None = None
    others: list[Assessment] = field(default_factory=list)


def result(actor: Actor, found: Assessment) -> Result:
    content, outcome = content_of(found.instrument), outcome_of(found)
    words = people.words_for(actor, found.person_id)
    in_full = not words.to_the_person or shows_answers(words.withholds)
    before = assessments.before(found)
    band = content.band(found.level) if found.level else None
    action = str(band.action) if band and band.action else ""
    years = assessments.history_of(found)
    return Result(
        assessment=found,
        content=content,
        outcome=outcome,
        level=str(band.title) if band else "",
        total=_number(found.total),
        most=_number(content.total.maximum) if content.total else "",
        subscores=_subscores(content, found, before),
        before=before,
        before_level=_level_of(before),
        direction=_direction(found, before),
        changed=_changed(content, found, before) if in_full else [],
        chart=_chart(years, content) if len(years) > 1 else None,
        demand=action if in_full else "",
        alerts=_alerts(found) if in_full else [],
        moves=[one for one in outcome.steps if one.kind in MOVES] if in_full else [],
        steps=list(outcome.steps) if in_full else [],
        versions=_versions(found),
        disputes=list(found.disputes.select_related("outcome").all()),
        valid=found.valid_until is None or localdate(now()) < found.valid_until,
        may_dispute_until=_dispute_until(found),
        in_full=in_full,
        newer=found.amendments.exclude(state=State.VOID).order_by("-begun_at").first(),
        others=_beside(found),
    )


def signed_meanwhile(actor: Actor, found: Assessment) -> Assessment | None:
    """What somebody else signed of the same instrument since this one was begun."""
    if found.dispute_id and not found.amends_id:
        return None
    rows = Assessment.objects.visible_to(actor).filter(people.of_person(found.person_id)).signed_since(found)
    return rows.select_related("instrument").first()


def void_meanwhile(found: Assessment) -> Assessment | None:
    """The version that this one corrects, when it no longer counts for anybody."""
    return found.amends if found.amends is not None and found.amends.state == State.VOID else None


def side_by_side(mine: Assessment, other: Assessment) -> list[Any]:
    """Where two assessments of one instrument differ: the question, theirs, mine."""
    return differences(
        (content_of(other.instrument), other.answers), (content_of(mine.instrument), mine.answers)
    )


def level_of(found: Assessment | None) -> str:
    return _level_of(found)


def _subscores(content: Content, found: Assessment, before: Assessment | None) -> list[Scored]:
    was = before.subscores if before else {}
    return [
        Scored(
            str(one.title),
            _number(found.subscores.get(one.code)),
            _number(one.maximum),
            _number(was.get(one.code)),
        )
        for one in content.subscores
        if found.subscores.get(one.code) is not None
    ]


def _direction(found: Assessment, before: Assessment | None) -> str:
    """Better, worse or the same; by the rank of the level, which says what better is."""
    if before is None or found.rank is None or before.rank is None:
        return ""
    if found.rank == before.rank:
        return "same"
    return "better" if found.rank < before.rank else "worse"


def _changed(content: Content, found: Assessment, before: Assessment | None) -> list[Any]:
    if before is None:
        return []
    return differences((content_of(before.instrument), before.answers), (content, found.answers))


def _chart(years: list[Assessment], content: Content) -> Chart:
    """The total over the years where there is one, else the rank of the level."""
    by_total = content.total is not None
    values = tuple(one.total if by_total else float(one.rank or 0) for one in years)
    title = str(content.total.title) if content.total else _("Level")
    days = tuple(f"{localdate(one.assessed_at):%Y-%m-%d}" for one in years)
    first, last = values[0], values[-1]
    summary = _("From {first} on {first_day} to {last} on {last_day}.").format(
        first=_number(first), first_day=days[0], last=_number(last), last_day=days[-1]
    )
    return Chart(title=title, categories=days, series=(Series(title, values),), summary=summary)


def _alerts(found: Assessment) -> list[dict[str, Any]]:
    from yiyang.assessments.models import said

    return [{"urgency": one["urgency"], "demand": said(one["demand"])} for one in found.alerts]


def _versions(found: Assessment) -> list[Assessment]:
    """The chain of amendments, the first one first; empty where there was none."""
    chain = [found]
    while chain[0].amends is not None:
        chain.insert(0, chain[0].amends)
    while (later := chain[-1].amendments.exclude(state=State.VOID).order_by("-begun_at").first()) is not None:
        chain.append(later)
    return chain if len(chain) > 1 else []


def _beside(found: Assessment) -> list[Assessment]:
    """The questioned result beside the new one, and the other way round."""
    if found.dispute is not None:
        return [found.dispute.assessment]
    return [one.outcome for one in found.disputes.all() if one.outcome is not None]


def _dispute_until(found: Assessment) -> Any:
    """The last day on which the result may be questioned; None when it is over, or was questioned."""
    if found.state != State.SIGNED or found.signed_at is None:
        return None
    days = int(policy("assessments.dispute_days", on=localdate(now())).value)
    until = localdate(found.second_signed_at or found.signed_at) + timedelta(days=days)
    asked = [one for one in found.disputes.all() if one.state != Dispute.State.WITHDRAWN]
    return until if localdate(now()) <= until and not asked else None


def _level_of(found: Assessment | None) -> str:
    if found is None or not found.level:
        return ""
    band = content_of(found.instrument).band(found.level)
    return str(band.title) if band else found.level


def _number(value: float | None) -> str:
    return "" if value is None else shown(float(value))


def expired(found: Assessment) -> bool:
    return found.valid_until is not None and found.valid_until <= localdate(now())
