"""One notice to a unit or to those at home; one matter for whoever is on duty."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.access.commands import notify
from yiyang.access.queries import naming
from yiyang.access.serving import account_of_person
from yiyang.beds.queries.answering import waiting_for
from yiyang.duty.commands import open_matter
from yiyang.duty.rules.posts import Act
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.people import queries as people


def tell(
    fact: Fact,
    subject: str,
    to: Any,
    *,
    role: str = "",
    priority: str = "ROUTINE",
    due: bool = True,
    **params: Any,
) -> None:
    """One notice to a unit, or to one role of it, linked to what it is about; `due` when something is to be done."""
    if to is None:
        return
    kind = {"Transfer": "transfers", "Episode": "episodes", "Person": "people"}.get(fact.subject_kind, "")
    notify(
        by=SYSTEM,
        at=fact.at,
        subject=subject,
        organisation=to,
        role=role,
        params=params,
        person=fact.person_id,
        link=f"/{kind}/{fact.subject_id}/" if kind else "",
        priority=priority,
        due_at=instant_of(fact.data.get("answer_by") or fact.data.get("until")) if due else None,
        key=f"{fact.id}:{subject}:{to}:{role}",
    )


def wait_at_stay(fact: Fact, act: Act, kind: str, urgency: str, due: str) -> None:
    """The same for somebody whose bed is kept; the subject of the fact is the stay."""
    unit = UUID(str(fact.data["unit"]))
    open_matter(
        by=SYSTEM,
        at=fact.at,
        unit_id=unit,
        act=act,
        urgency=urgency,
        subject_kind=kind,
        subject_id=UUID(str(fact.subject_id)),
        person=fact.person_id,
        coordinator_id=naming.coordination_centre(naming.area_of(unit)),
        link=f"/episodes/{fact.subject_id}/",
        due_at=instant_of(due),
    )


def wait_for(fact: Fact, unit: Any, act: Act, kind: str, subject: Any, *, routine: bool = True) -> None:
    """The one on duty is told, and when nobody acts the deputy, the manager and the coordinator."""
    about = waiting_for(fact.subject_id, subject if kind == "Offer" else None)
    if about is None or (about.urgency == "ROUTINE" and not routine):
        return
    open_matter(
        by=SYSTEM,
        at=fact.at,
        unit_id=UUID(str(unit)),
        act=act,
        urgency=about.urgency,
        subject_kind=kind,
        subject_id=UUID(str(subject)),
        person=fact.person_id,
        coordinator_id=about.coordinator_id,
        link=f"/transfers/{fact.subject_id}/",
        due_at=about.due_at,
    )


TO_DECIDE = ("hold.ending", "hold.release_asked")


def tell_at_home(fact: Fact, to_family: str, to_person: str, instant: str | None) -> None:
    """Everybody entrusted, and the person's own account in words that say nothing of why; never after a death."""
    if fact.person_id is None or people.died_at(fact.person_id):
        return
    when = fact.data[instant] if instant else None
    link = f"/people/{fact.person_id}/units/{fact.data['unit']}/messages/" if instant else "/"
    own = account_of_person(fact.person_id)
    told = [(account_id, to_family) for account_id in people.accounts_entrusted(fact.person_id)]
    for account_id, subject in [*told, (own, to_person)]:
        if account_id is None or account_id == fact.by_account:
            continue
        notify(
            by=SYSTEM, at=fact.at, subject=subject, account=account_id, person=fact.person_id, link=link,
            params={instant: when} if instant else {}, due_at=instant_of(when) if fact.name in TO_DECIDE else None,
            key=f"{fact.id}:family:{account_id}",
        )  # fmt: skip


def instant_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text and "T" in text else None
