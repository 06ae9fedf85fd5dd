"""The look at the skin before departure and at arrival, on a drawing of the body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.beds import commands
from yiyang.beds.forms.skin import CheckSkin
from yiyang.beds.models import SkinCheck
from yiyang.beds.queries import skin as queries
from yiyang.beds.queries import transfer_pages
from yiyang.beds.views.acts import act_page, done, posted, to_transfer
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.time import now


def check_skin_at_departure(request: Any, transfer_id: UUID) -> HttpResponse:
    """The sending side, before the person leaves."""
    return _check(
        request, transfer_id, SkinCheck.Moment.DEPARTURE, commands.check_skin_at_departure,
        heading=_("Skin check at departure"), explains=_("The receiving unit reads it and signs it."),
    )  # fmt: skip


def check_skin_at_arrival(request: Any, transfer_id: UUID) -> HttpResponse:
    """The receiving side, as the person arrives."""
    return _check(
        request, transfer_id, SkinCheck.Moment.ARRIVAL, commands.check_skin_at_arrival,
        heading=_("Skin check at arrival"), explains=_("The sending unit reads it and signs it."),
    )  # fmt: skip


@require_POST
def confirm_skin_at_departure(request: Any, transfer_id: UUID) -> HttpResponse:
    return _confirm(request, transfer_id, commands.confirm_skin_at_departure)


@require_POST
def confirm_skin_at_arrival(request: Any, transfer_id: UUID) -> HttpResponse:
    return _confirm(request, transfer_id, commands.confirm_skin_at_arrival)


def _check(
    request: Any, transfer_id: UUID, moment: str, command: Callable[..., Any], *, heading: str, explains: str
) -> HttpResponse:
    found = transfer_pages.transfer(request.actor, transfer_id)
    if not queries.may_check(request.actor, found, moment):
        raise NotAllowed
    known = queries.check_of(found, moment) or queries.check_of(found, SkinCheck.Moment.DEPARTURE)
    form = CheckSkin(posted(request), findings=known.findings if known else [], known=known is not None)
    if done(form, command, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, _("The skin check was recorded."))
    return act_page(
        request,
        found,
        form,
        command.__name__,
        explains=explains,
        template="beds/check_skin.html",
        heading=heading,
    )


def _confirm(request: Any, transfer_id: UUID, command: Callable[..., Any]) -> HttpResponse:
    found = transfer_pages.transfer(request.actor, transfer_id)
    try:
        command(by=request.actor, at=now(), transfer=found)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("beds:transfer", transfer_id)
    return to_transfer(request, transfer_id, _("You have signed the skin check."))
