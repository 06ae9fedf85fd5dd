"""Assessments that an actor may read: one, those of a person, those that count now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from yiyang.assessments.commands.locks import content_of, outcome_of
from yiyang.assessments.models import SIGNED_STATES, Assessment, AssessmentPhoto, Dispute, State
from yiyang.assessments.rules.disclosure import hidden_codes
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.crypto import decrypt_bytes
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people

WITH = ("instrument", "person", "organisation", "amends", "dispute")


@dataclass(frozen=True)
class LatestAssessment:
    """What counts of one instrument for one person at a moment."""

    id: UUID
    code: str
    version: str
    title: str
    assessed_at: datetime
    valid_until: date | None
    valid: bool
    total: float | None
    level: str
    rank: int | None
    subscores: dict[str, float]
    alerts: list[dict[str, Any]]
    answers: dict[str, Any] = field(repr=False)
    signed_by: str = ""


def assessment(actor: Actor, assessment_id: UUID) -> Assessment:
    """One, 404 unless the person's record is open beyond the basics, and unless they may read it themselves."""
    found = Assessment.objects.visible_to(actor).filter(pk=assessment_id).select_related(*WITH).first()
    if found is None or found.code in _hidden(actor, found.person_id):
        raise NotFound
    return found


def readable(actor: Actor, assessment_id: UUID) -> Assessment:
    """As `assessment`; at home, what is not signed is read by those alone who answer it themselves."""
    found = assessment(actor, assessment_id)
    at_home = actor.organisation_id is None and not actor.sees_all
    if at_home and found.state not in SIGNED_STATES and not found.instrument.self_report:
        raise NotFound
    return found


def of_person(actor: Actor, person_id: UUID) -> list[Assessment]:
    """All of a person, the newest first; drafts and void ones too."""
    return list(rows_of_person(actor, person_id))


def rows_of_person(actor: Actor, person_id: UUID) -> QuerySet[Assessment]:
    """As `of_person`, to be paged; at home the signed ones alone."""
    found = Assessment.objects.visible_to(actor).filter(people.of_person(person_id))
    found = found.exclude(code__in=_hidden(actor, person_id)).select_related("instrument", "organisation")
    at_home = actor.organisation_id is None and not actor.sees_all
    return found.filter(state__in=SIGNED_STATES) if at_home else found


def history_of(found: Assessment) -> list[Assessment]:
    """Those of the same instrument that counted, the oldest first, for the chart over years."""
    rows = Assessment.objects.filter(people.of_person(found.person_id), code=found.code)
    return list(rows.filter(state=State.SIGNED).order_by("assessed_at", "id"))


def before(found: Assessment) -> Assessment | None:
    """The one that counted before this one was made, whatever version of the instrument."""
    rows = Assessment.objects.filter(people.of_person(found.person_id), code=found.code, state=State.SIGNED)
    rows = rows.filter(assessed_at__lte=found.assessed_at).exclude(pk__in=[found.pk, found.amends_id])
    return rows.select_related("instrument").order_by("-assessed_at", "-signed_at").first()


def latest(person_id: UUID, at: datetime) -> dict[str, LatestAssessment]:
    """The newest signed one of each instrument; `valid` says whether it still counts."""
    rows = Assessment.objects.filter(
        people.of_person(person_id), state=State.SIGNED, assessed_at__lte=at
    ).select_related("instrument")
    newest = rows.order_by("code", "-assessed_at", "-signed_at").distinct("code")
    return {one.code: _latest(one, at) for one in newest}


def latest_valid(actor: Actor | None, person: Any, at: datetime) -> dict[str, LatestAssessment]:
    """By instrument, for contexts above; nothing for an actor to whom the record is not open."""
    person_id = getattr(person, "pk", person)
    if actor is not None and actor is not SYSTEM:
        visible = Assessment.objects.visible_to(actor).filter(people.of_person(person_id))
        if not visible.exists():
            return {}
    return {code: one for code, one in latest(person_id, at).items() if one.valid}


def evidence_of(person: Any, at: datetime) -> dict[str, LatestAssessment]:
    """The newest of each instrument, expired ones too: for rules that say how old the evidence is."""
    return latest(getattr(person, "pk", person), at)


def open_drafts(actor: Actor, person_id: UUID, code: str) -> list[Assessment]:
    rows = Assessment.objects.visible_to(actor).filter(people.of_person(person_id), code=code)
    return list(rows.filter(state=State.DRAFT).select_related("instrument"))


def dispute(actor: Actor, dispute_id: UUID) -> Dispute:
    found = (
        Dispute.objects.visible_to(actor)
        .filter(pk=dispute_id)
        .select_related("assessment__instrument", "person", "outcome")
        .first()
    )
    if found is None or found.assessment.code in _hidden(actor, found.person_id):
        raise NotFound
    return found


def photo(actor: Actor, photo_id: UUID) -> AssessmentPhoto:
    """One that is still there; the person's own page shows none, because nobody has spoken about it."""
    found = (
        AssessmentPhoto.objects.filter(pk=photo_id, removed_at=None)
        .select_related("assessment__person")
        .first()
    )
    if found is None or (actor.organisation_id is None and actor is not SYSTEM):
        raise NotFound
    assessment(actor, found.assessment_id)
    return found


def photo_content(found: AssessmentPhoto) -> bytes:
    return decrypt_bytes(bytes(found.content or b""))


def photos_of(found: Assessment) -> list[AssessmentPhoto]:
    return list(found.photos.filter(removed_at=None).defer("content"))


def content(found: Assessment) -> Content:
    return content_of(found.instrument)


def outcome(found: Assessment) -> Any:
    return outcome_of(found)


def _latest(one: Assessment, at: datetime) -> LatestAssessment:
    valid = one.valid_until is None or localdate(at) < one.valid_until
    return LatestAssessment(
        one.pk, one.code, one.instrument.version, one.instrument.name, one.assessed_at, one.valid_until, valid,
        one.total, one.level, one.rank, one.subscores, one.alerts, one.answers, one.signed_by,
    )  # fmt: skip


def _hidden(actor: Actor, person_id: UUID) -> frozenset[str]:
    """Instruments whose very name tells the person what nobody has told them."""
    words = people.words_for(actor, person_id)
    return hidden_codes(words.withholds) if words.to_the_person else frozenset()


def signed_between(since: date, until: date) -> Q:
    return Q(state=State.SIGNED, assessed_at__date__gte=since, assessed_at__date__lt=until)
