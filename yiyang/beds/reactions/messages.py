"""What families and units write to each other."""

from __future__ import annotations

from yiyang.access.commands import notify, withdraw_notice
from yiyang.beds.queries import unit_messages
from yiyang.duty.queries.answering import who_answers
from yiyang.duty.rules.posts import Act
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.kernel.reactions import on


@on("message.written")
def tell_one_on_duty_of_message(fact: Fact) -> None:
    """Whoever is on duty; the whole unit where nobody is."""
    found = unit_messages.message(fact.subject_id) if fact.subject_id else None
    first = unit_messages.waiting_since(found) if found else None
    if found is None or first is None or found.person.died_at:
        return
    shift = who_answers(found.unit_id, Act.ANSWER, fact.at).shift
    notify(
        by=SYSTEM, at=fact.at, subject="beds.family_wrote", person=fact.person_id,
        account=shift.account_id if shift else None, organisation=None if shift else found.unit_id,
        link=f"/people/{found.person_id}/units/{found.unit_id}/messages/?side={found.side}",
        key=f"family_wrote:{first}",
    )  # fmt: skip


@on("message.read")
def take_back_notice_of_read(fact: Fact) -> None:
    _withdraw_family_wrote(fact)


@on("message.answered")
def take_back_notice_of_answered(fact: Fact) -> None:
    _withdraw_family_wrote(fact)


def _withdraw_family_wrote(fact: Fact) -> None:
    if fact.data.get("first"):
        withdraw_notice(by=SYSTEM, at=fact.at, key=f"family_wrote:{fact.data['first']}")


@on("message.answered")
def tell_family_of_answer(fact: Fact) -> None:
    """Those who are entrusted now, or the person; never after a death."""
    found = unit_messages.message(fact.subject_id) if fact.subject_id else None
    if found is None or found.person.died_at:
        return
    for account_id in unit_messages.who_wrote(found):
        notify(
            by=SYSTEM, at=fact.at, subject="beds.unit_answered", account=account_id, person=fact.person_id,
            link=f"/people/{found.person_id}/units/{found.unit_id}/messages/",
            key=f"{fact.id}:unit_answered:{account_id}",
        )  # fmt: skip
