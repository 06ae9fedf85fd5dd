"""What follows from facts: dues raised by what happens to a person, units told of alerts and disputes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localdate

from yiyang.access.commands import notify, withdraw_notice
from yiyang.access.queries import naming
from yiyang.assessments import notices
from yiyang.assessments.commands import close_dues_of, raise_due_for, rescore_chunk, take_back_fall
from yiyang.assessments.commands.self_reports import unit_caring_for
from yiyang.assessments.matters import ALERT
from yiyang.assessments.models import Assessment, Dispute
from yiyang.assessments.queries import alerts, rescorings
from yiyang.duty.commands import open_matter
from yiyang.duty.rules.posts import Act
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.kernel.policy import policy
from yiyang.kernel.reactions import on
from yiyang.kernel.time import now
from yiyang.people import queries as people


@on("episode.opened")
def assess_who_moves_in(fact: Fact) -> None:
    _raise(fact, "opened", fact.data.get("kind", ""), fact.data.get("unit"))


@on("episode.closed")
def assess_who_is_discharged(fact: Fact) -> None:
    unit = None
    if fact.person_id is not None:
        rows = people.live_relationships(fact.person_id).filter(basis__in=("EPISODE", "FAMILY_DOCTOR"))
        unit = next((row.organisation_id for row in rows.order_by("basis") if row.organisation_id), None)
    _raise(fact, "closed", fact.data.get("kind", ""), unit)


@on("transfer.completed")
def assess_who_was_moved(fact: Fact) -> None:
    _raise(fact, "transferred", fact.data.get("kind", ""), fact.data.get("unit"))


@on("person.fell")
def assess_who_fell(fact: Fact) -> None:
    _raise(fact, "fell", "", fact.data.get("unit") or fact.by_organisation)


@on("person.fall_withdrawn")
def nothing_follows_from_a_mistake(fact: Fact) -> None:
    if fact.person_id is not None:
        take_back_fall(by=SYSTEM, at=fact.recorded_at, person_id=fact.person_id)


@on("person.died")
def nothing_is_due_any_more(fact: Fact) -> None:
    if fact.person_id is not None:
        close_dues_of(by=SYSTEM, at=fact.recorded_at, person_id=fact.person_id, why="died")


@on("assessment.signed")
@on("assessment.first_signed")
@on("assessment.handed_in")
def call_for_help(fact: Fact) -> None:
    """An answer demands a step at once: the unit reads it, and whoever is on duty is told, then the next, until
    somebody says what was done. It waits for no signature."""
    found = Assessment.objects.select_related("instrument", "person").get(pk=fact.subject_id)
    urgency = alerts.urgency(found)
    if not urgency or not alerts.open_codes(found):
        return
    unit = found.organisation_id or unit_caring_for(found.person)
    if unit is None:
        return
    due_at = fact.at + timedelta(
        minutes=policy(f"assessments.alert_minutes.{urgency}", on=localdate(fact.at)).value
    )
    link = reverse("assessments:answer_alert", args=[found.pk])
    notify(
        by=SYSTEM, at=fact.recorded_at, subject=notices.ALERT, organisation=unit, person=found.person_id,
        params={"title": found.instrument.title, "urgency": urgency}, link=link, priority=urgency, due_at=due_at,
        key=_alert_key(found.pk),
    )  # fmt: skip
    open_matter(
        by=SYSTEM, at=fact.recorded_at, unit_id=unit, act=Act.ACT_ON_ALERT, urgency=urgency, subject_kind=ALERT,
        subject_id=found.pk, person=found.person_id, link=link, due_at=due_at,
        coordinator_id=naming.coordination_centre(naming.area_of(unit)),
    )  # fmt: skip


@on("assessment.alert_answered")
@on("assessment.voided")
@on("assessment.superseded")
def help_is_there(fact: Fact) -> None:
    if fact.subject_id is not None:
        withdraw_notice(by=SYSTEM, at=fact.recorded_at, key=_alert_key(fact.subject_id))


def _alert_key(assessment_id: UUID) -> str:
    return f"assessment-alert:{assessment_id}"


@on("assessment.first_signed")
def tell_of_second_signature(fact: Fact) -> None:
    _tell(fact, notices.SECOND, "ROUTINE")


@on("assessment.handed_in")
def tell_of_answers_sent_in(fact: Fact) -> None:
    _tell(fact, notices.HANDED_IN, "ROUTINE")


@on("dispute.raised")
def tell_of_dispute(fact: Fact) -> None:
    found = Dispute.objects.select_related("assessment__instrument").get(pk=fact.subject_id)
    _notice(fact, notices.DISPUTED, found.assessment, "ROUTINE", decide_by=found.decide_by)


@on("dispute.decided")
def tell_of_decision(fact: Fact) -> None:
    """Whoever may act for the person hears that it was looked at again."""
    found = Dispute.objects.select_related("outcome__instrument").get(pk=fact.subject_id)
    if found.outcome is None:
        return
    for account in people.accounts_deciding(found.person_id):
        notify(
            by=SYSTEM, at=fact.recorded_at, subject=notices.DECIDED, account=account, person=found.person_id,
            params={"title": found.outcome.instrument.title}, link=_link(found.outcome),
            key=f"{fact.id}:{account}",
        )  # fmt: skip


def _raise(fact: Fact, what: str, kind: str, unit: Any) -> None:
    """By the rows of the policy pack: after what, of which bed, which instrument, within how many days."""
    day = localdate(fact.at)
    for row in policy("assessments.asked_after", on=day).value:
        if row["after"] == what and row.get("kind", "") in ("", kind) and fact.person_id is not None:
            raise_due_for(
                by=SYSTEM, at=fact.recorded_at, person_id=fact.person_id, code=row["instrument"],
                organisation_id=UUID(str(unit)) if unit else None, reason=row["reason"],
                due_on=day + timedelta(days=row["days"]),
            )  # fmt: skip


def _tell(fact: Fact, subject: str, urgency: str) -> None:
    found = Assessment.objects.select_related("instrument").get(pk=fact.subject_id)
    _notice(fact, subject, found, urgency)


def _notice(fact: Fact, subject: str, found: Assessment, urgency: str, **params: Any) -> None:
    if found.organisation_id is None:
        return
    notify(
        by=SYSTEM, at=fact.recorded_at, subject=subject, organisation=found.organisation_id,
        person=found.person_id, params={"title": found.instrument.title, "urgency": urgency, **params},
        link=_link(found), priority=urgency, key=f"{fact.id}:{subject}",
    )  # fmt: skip


def _link(found: Assessment) -> str:
    return f"/assessments/{found.pk}/"


@on("rescoring.started")
def score_the_first_chunk(fact: Fact) -> None:
    _score_on(fact)


@on("rescoring.resumed")
def score_on(fact: Fact) -> None:
    _score_on(fact)


@on("rescoring.advanced")
def score_the_next_chunk(fact: Fact) -> None:
    _score_on(fact)


def _score_on(fact: Fact) -> None:
    """Chunk after chunk, each in a transaction of its own; `here`: whoever asked does it, or nothing is left."""
    if fact.subject_id is not None and not fact.data.get("here"):
        rescore_chunk(by=SYSTEM, at=now(), run=rescorings.run_of(fact.subject_id))
