"""A routine transfer without an agreement gets the priority of the green channel when person or family ask."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yiyang.beds import commands
from yiyang.beds.forms import transfers as forms
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.views.acts import act_page, done, posted, to_transfer
from yiyang.kernel.refusals import NotAllowed
from yiyang.people import queries as people


def ask_for_green_channel(request: Any, transfer_id: UUID) -> HttpResponse:
    """Staff write down who asked; person and family ask by pressing the button."""
    found = queries.transfer(request.actor, transfer_id)
    if not found.named or not request.actor.may("REQUEST_TRANSFER", request.actor.organisation_id):
        raise NotAllowed
    staff = request.actor.membership_id is not None
    form = (forms.AskForGreenChannel if staff else forms.Question)(posted(request))
    if done(form, commands.ask_for_green_channel, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, _("The green channel is open: priority in the waiting list."))
    explains = _(
        "An explicit request of person or family gives a routine move priority in the waiting list."
        " So does a five-bed agreement. It costs nothing, and nobody is passed over who is urgent."
    )
    own = people.is_self(request.actor, found.person_id)
    heading = _("Ask for priority") if own else _("Open the green channel")
    return act_page(
        request, found, form, "ask_for_green_channel", explains=explains, heading=heading, submit=heading
    )
