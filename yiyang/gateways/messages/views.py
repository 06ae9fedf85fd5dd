"""How I am told outside the pages; and, for those who keep the system running, what went out."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.gateways import wechat
from yiyang.gateways.messages import commands, queries
from yiyang.gateways.messages.channels import ready_channels
from yiyang.gateways.messages.models import Channel, Threshold
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now
from yiyang.ops.config import config

STATE = "wechat_state"


class ChannelForm(Form):
    """One question for each channel that this installation has."""

    def __init__(
        self, *args: Any, channels: list[Channel], chosen: dict[str, Any], family: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for channel in channels:
            choice = chosen.get(channel)
            usual = Threshold.ALL if family and channel == Channel.SMS else Threshold.NOTHING
            self.fields[channel] = forms.ChoiceField(
                label=Channel(channel).label, choices=Threshold.choices, widget=forms.RadioSelect,
                initial=choice.threshold if choice else usual,
            )  # fmt: skip
            if channel == Channel.ENTERPRISE_CHAT:
                self.fields[f"{channel}_address"] = forms.CharField(
                    label=gettext_lazy("My account name in enterprise WeChat"), max_length=64, required=False,
                    initial=choice.address_of if choice else "",
                )  # fmt: skip


def choose_channel(request: Any) -> HttpResponse:
    """An elder, relative or member of staff says how they want to be told."""
    family, chosen = queries.is_family(request.actor), queries.choices_of(request.actor)
    ready = queries.offered_to(request.actor)
    may_link = family and Channel.WECHAT not in chosen and wechat.from_configuration() is not None
    form = ChannelForm(
        request.POST if request.method == "POST" else None, channels=list(ready), family=family,
        chosen=chosen,
    )  # fmt: skip
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                for channel in ready:
                    commands.choose_channel(
                        by=request.actor, at=now(), channel=str(channel), threshold=form.cleaned_data[channel],
                        address=form.cleaned_data.get(f"{channel}_address", ""),
                    )  # fmt: skip
                return redirect("access:my_account")
    context = {
        "form": form,
        "base": "kernel/elder_page.html" if family else "kernel/page.html",
        "ready": ready,
        "may_link_wechat": may_link,
    }
    return render(request, "gateways/choose_channel.html", context)


def link_wechat(request: Any) -> HttpResponse:
    """WeChat itself says whose it is; asked from inside WeChat by an elder or relative who is signed in."""
    account = wechat.from_configuration()
    if account is None or request.actor.account.kind == "STAFF":
        raise Http404
    request.session[STATE] = secrets.token_urlsafe(24)
    back = request.build_absolute_uri(reverse("gateways:wechat_linked"))
    return redirect(account.authorization_address(back, request.session[STATE]))


def wechat_linked(request: Any) -> HttpResponse:
    """Back from WeChat: only with the state that this session was given, and once."""
    account, state = wechat.from_configuration(), request.session.pop(STATE, "")
    if account is None or not state or not secrets.compare_digest(state, request.GET.get("state", "")):
        raise Http404
    open_id = account.open_id(request.GET.get("code", ""))
    if not open_id:
        raise Http404
    commands.choose_channel(
        by=request.actor, at=now(), channel=str(Channel.WECHAT), threshold=str(Threshold.ALL), address=open_id
    )
    return redirect("gateways:choose_channel")


@needs(Permission.READ_AUDIT)
def deliveries(request: Any) -> HttpResponse:
    """What went out, how often it was tried and what the service said: no names, no addresses."""
    context = {"deliveries": queries.newest(), "ready": ready_channels(), "demo": config.mode == "demo"}
    return render(request, "gateways/deliveries.html", {**context, "heading": _("Messages to telephones")})
