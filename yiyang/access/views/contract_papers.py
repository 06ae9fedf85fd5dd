"""The signed paper of a contract: attached, downloaded, taken out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import commands, queries
from ..forms import PaperForm, Reason
from ..guards import needs
from ..permissions import Permission
from .forms_shown import form_page, posted


@needs(Permission.MANAGE_CONTRACTS)
def attach_contract_paper(request: Any, contract_id: UUID) -> HttpResponse:
    contract = queries.contract(request.actor, contract_id)
    if not any(
        request.actor.may(Permission.MANAGE_CONTRACTS, one) for one in (contract.first_id, contract.second_id)
    ):
        raise Http404
    form = PaperForm(posted(request), request.FILES or None)
    return form_page(
        request,
        form,
        lambda at: commands.attach_contract_paper(by=request.actor, at=at, contract=contract, **form.told),
        heading=_("Attach the signed paper"),
        lead=str(contract),
        submit=_("Attach it"),
        back=_back(contract.pk),
    )


@needs(Permission.MANAGE_CONTRACTS)
def contract_paper(request: Any, contract_paper_id: UUID) -> HttpResponse:
    """The paper itself, to those who manage contracts for one of the parties."""
    paper = queries.contract_paper(request.actor, contract_paper_id)
    return HttpResponse(
        bytes(paper.content),
        content_type=paper.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(paper.name)}"},
    )


@needs(Permission.MANAGE_CONTRACTS)
def take_out_contract_paper(request: Any, contract_paper_id: UUID) -> HttpResponse:
    paper = queries.contract_paper(request.actor, contract_paper_id)
    form = Reason(posted(request))
    return form_page(
        request,
        form,
        lambda at: commands.take_out_contract_paper(
            by=request.actor, at=at, paper=paper, **form.cleaned_data
        ),
        heading=_("Take out {name}?").format(name=paper.name),
        lead=_("Nobody can open it any more. That it was here, and why it was taken out, stays."),
        submit=_("Take it out"),
        back=_back(paper.contract_id),
        danger=True,
    )


def _back(contract_id: UUID) -> str:
    return reverse("access:contract", args=[contract_id])
