"""Which subscriptions there are, what they told and what was given up; telling it again, stopping one, a new key."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.gateways.fhir.subscriptions import commands, queries
from yiyang.kernel.acting import act, asked
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now


@require_GET
@needs(P.READ_RECORD, *queries.IN_CHARGE)
def subscriptions(request: Any) -> HttpResponse:
    """My own; whoever is in charge sees those of the units."""
    return render(request, "gateways/subscriptions.html", {"hooks": queries.newest(request.actor)})


@require_GET
@needs(P.READ_RECORD, *queries.IN_CHARGE)
def subscription(request: Any, hook_id: UUID) -> HttpResponse:
    return _show(request, hook_id)


def _show(request: Any, hook_id: UUID, key: str = "") -> HttpResponse:
    hook = queries.hook(request.actor, hook_id)
    events = queries.latest_events(hook)
    context = {
        "hook": hook, "events": events, "key": key, "mine": hook.account_id == request.actor.account_id,
        "host": urlsplit(hook.endpoint).netloc, "again": hook.state == "ERROR" or any(e.state == "DEAD" for e in events),
    }  # fmt: skip
    return render(request, "gateways/subscription.html", context)


@needs(P.READ_RECORD, *queries.IN_CHARGE)
def send_again(request: Any, hook_id: UUID) -> HttpResponse:
    hook = queries.hook(request.actor, hook_id)
    return act(
        request,
        Form(asked(request)),
        lambda: commands.send_again(by=request.actor, at=now(), hook=hook),
        heading=_("Send again what was given up"),
        submit=_("Send again"),
        back=reverse("gateways:subscription", args=[hook.pk]),
        consequences=[
            _("It goes to the same address in its order, as far as it is still open to whoever asked.")
        ],
        done=_("It will be sent again within some seconds."),
    )


@needs(P.READ_RECORD, *queries.IN_CHARGE)
def stop_subscription(request: Any, hook_id: UUID) -> HttpResponse:
    hook = queries.hook(request.actor, hook_id)
    return act(
        request,
        Form(asked(request)),
        lambda: commands.stop_subscription(by=request.actor, at=now(), hook=hook),
        heading=_("Stop this subscription"),
        submit=_("Stop it"),
        back=reverse("gateways:subscriptions"),
        consequences=[_("Nothing more is told to this address. Whoever asked for it sees the status “off”.")],
        danger=True,
        done=_("The subscription is stopped."),
    )


@needs(P.READ_RECORD)
def new_key(request: Any, hook_id: UUID) -> HttpResponse:
    """The new key stands on the page that answers, and nowhere afterwards."""
    hook = queries.hook(request.actor, hook_id)
    if request.method != "POST":
        return redirect("gateways:subscription", hook.pk)
    return _show(request, hook_id, commands.new_key(by=request.actor, at=now(), hook=hook))
