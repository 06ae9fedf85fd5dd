"""What the person and those who decide for them said to a transfer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import move, open_verbs, touch
from yiyang.beds.models import Agreement, Transfer
from yiyang.beds.models.transfers import Urgency
from yiyang.beds.rules import agreement as agreement_rules
from yiyang.beds.rules import transfers as rules
from yiyang.kernel.actors import Actor, assisted
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal
from yiyang.people.queries import has_guardian, may_decide_for
from yiyang.people.rules.assistance import Channel


class WitnessesMissing(Refusal):
    message = _("An agreement by telephone needs the names of two witnesses.")
    status = 422


class PaperMissing(Refusal):
    message = _("Attach the photo of the signed paper.")
    status = 422


class NotYourWord(Refusal):
    message = _("You can record only your own word here. Ask the unit to record what somebody else said.")
    status = 422


class SaidOtherwise(Refusal):
    message = _("They asked you {channel}, so their word is kept as said in that way, not in person.")
    status = 422


# What was said to somebody who acts for them was not said in person, when they did not come in person.
SAID = {"TELEPHONE": Agreement.How.TELEPHONE, "PAPER": Agreement.How.PAPER}


@command(Permission.RECORD_AGREEMENT, within="by.organisation_id", about="transfer.person_id")
def record_agreement(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    outcome: str,
    by_whom: str,
    name: str,
    how: str,
    relation: str = "",
    witness: str = "",
    second_witness: str = "",
    paper: bytes | None = None,
    paper_type: str = "",
    statement: str = "",
    version: int | None = None,
) -> Transfer:
    """What the person, the guardian or a relative said. All statements stay; the rules say who decides.

    A refusal (拒绝转诊) stops a routine transfer; an emergency goes on and the refusal stands beside it.
    """
    if by_whom not in voices(by, transfer.person_id):
        raise NotYourWord(field="by_whom")
    channel = assisted(by).get("channel", "")
    if channel in SAID and how == Agreement.How.IN_PERSON:
        raise SaidOtherwise(channel=Channel(channel).label, field="how")
    if (
        how == Agreement.How.TELEPHONE
        and outcome == Agreement.Outcome.AGREED
        and not (witness.strip() and second_witness.strip())
    ):
        raise WitnessesMissing(field="witness")
    if how == Agreement.How.PAPER and not paper:
        raise PaperMissing(field="paper")
    transfer = locks.transfer(transfer, version)
    if not transfer.live:
        raise rules.WrongStep(
            state=transfer.get_state_display(), verb=rules.VERBS["agree"], next=_("nothing more")
        )
    Agreement.objects.create(
        transfer=transfer,
        outcome=outcome,
        by_whom=by_whom,
        name=name.strip(),
        relation=relation.strip(),
        how=how,
        at=at,
        witness=witness.strip(),
        second_witness=second_witness.strip(),
        paper=paper,
        paper_type=paper_type,
        statement=statement.strip(),
        recorded_by=by.label,
    )
    record_of(
        transfer, "transfer.agreement_recorded", by=by, at=at, outcome=outcome, by_whom=by_whom, how=how
    )
    decided = agreement_rules.decision(statements(transfer), guarded=has_guardian(transfer.person_id, at))
    if decided == agreement_rules.Decision.AGREED and "agree" in open_verbs(transfer):
        move(transfer, "agree", at=at, by=by, reason=statement)
    elif (
        decided == agreement_rules.Decision.REFUSED
        and transfer.urgency == Urgency.ROUTINE
        and "refuse" in open_verbs(transfer)
    ):
        move(transfer, "refuse", at=at, by=by, reason=statement)
        record_of(transfer, "transfer.refused", by=by, at=at)
    else:
        touch(transfer)
    return transfer


def voices(by: Actor, person_id: UUID) -> list[str]:
    """Whose word this account may record: staff anybody's, a family account its own alone."""
    if by.organisation_id is not None or by.role == "SYSTEM":
        return list(Agreement.ByWhom.values)
    if getattr(by, "person_id", None) == person_id:
        return [Agreement.ByWhom.PERSON]
    if may_decide_for(by, person_id):
        return [Agreement.ByWhom.GUARDIAN, Agreement.ByWhom.RELATIVE]
    return [Agreement.ByWhom.RELATIVE]


def statements(transfer: Transfer) -> list[agreement_rules.Statement]:
    return [
        agreement_rules.Statement(s.by_whom, s.name, s.outcome)
        for s in transfer.agreements.order_by("at", "pk")
    ]
