"""The signed paper of a contract: attached by a party, seen by both."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.kernel import papers, versions
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal

from ..models import Contract, ContractPaper
from ..permissions import Permission
from ..texts import line, reason_of
from .contracts import my_party

AT_MOST = 20


class TooManyPapers(Refusal):
    message = _(
        "This contract has {number} papers already. Put the pages into one PDF, or take out an old one."
    )


class PaperTakenOut(Refusal):
    message = _("This paper was already taken out. Look at the list of papers.")


def _of_paper(by: Actor, paper: ContractPaper, **_given: Any) -> UUID:
    return my_party(by, paper.contract.first_id, paper.contract.second_id)


@command(
    Permission.MANAGE_CONTRACTS,
    within=lambda by, contract, **_given: my_party(by, contract.first_id, contract.second_id),
)
def attach_contract_paper(
    *, by: Actor, at: datetime, contract: Contract, content: bytes, name: str = "", note: str = ""
) -> ContractPaper:
    """Keep the signed paper with the contract, as a photo or a PDF, whatever the contract's state."""
    media_type = papers.checked(content)
    current = Contract.objects.select_for_update(no_key=True, of=("self",)).get(pk=contract.pk)
    versions.compare(current)
    number = current.papers.filter(taken_out_at=None).count()
    if number >= AT_MOST:
        raise TooManyPapers(number=number)
    paper = ContractPaper.objects.create(
        contract=current, content=content, media_type=media_type, size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), name=line(name[-120:], "paper", 120) or str(number + 1),
        note=line(note, "note"), added_at=at, added_by=by.label[:120],
    )  # fmt: skip
    record(
        "contract.paper_attached", by=by, at=at, subject=current, paper=paper.pk, sha256=paper.sha256,
        size=paper.size,
    )  # fmt: skip
    return paper


@command(Permission.MANAGE_CONTRACTS, within=_of_paper)
def take_out_contract_paper(*, by: Actor, at: datetime, paper: ContractPaper, reason: str) -> ContractPaper:
    """The paper does not belong here. It is no longer shown; that it was there stays."""
    reason = reason_of(reason)
    current = ContractPaper.objects.select_for_update(no_key=True).defer("content").get(pk=paper.pk)
    if current.taken_out_at:
        raise PaperTakenOut
    current.taken_out_at, current.taken_out_by, current.taken_out_reason = at, by.label[:120], reason
    current.save(update_fields=["taken_out_at", "taken_out_by", "taken_out_reason"])
    record(
        "contract.paper_taken_out", by=by, at=at, subject=current.contract, paper=current.pk, reason=reason
    )
    return current
