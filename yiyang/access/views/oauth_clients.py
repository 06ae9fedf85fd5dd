"""Programs and apps of others, for administrators: register one, give it other keys, stop it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.kernel.time import now

from .. import commands, queries
from ..forms import Nothing
from ..guards import needs
from ..models.oauth import ClientKind
from ..oauth.words import in_words
from ..oauth_forms import AppForm, KeysForm, ProgramForm
from ..permissions import Permission
from .forms_shown import form_page, posted

in_charge = needs(Permission.MANAGE_APPS)
SHOWN_ONCE = "client_secret"


@in_charge
def oauth_clients(request: Any) -> HttpResponse:
    return render(request, "access/clients.html", {"clients": queries.clients(request.actor)})


@in_charge
def oauth_client(request: Any, oauth_client_id: UUID) -> HttpResponse:
    client = queries.client(request.actor, oauth_client_id)
    shown_once = request.session.pop(SHOWN_ONCE, {})
    return render(
        request,
        "access/client.html",
        {
            "client": client,
            "words": in_words(client.scope),
            "secret": shown_once.get(str(client.pk), ""),
            "token_url": request.build_absolute_uri(reverse("access:oauth_token")),
            "authorize_url": request.build_absolute_uri(reverse("access:oauth_authorize")),
            "fhir_url": request.build_absolute_uri("/fhir"),
        },
    )


@in_charge
def register_program(request: Any) -> HttpResponse:
    form = ProgramForm(posted(request), memberships=queries.clinical_memberships(request.actor, now()))
    return _registered(
        request, form, ClientKind.SERVICE,
        _("Register a program"),
        _("A system of a hospital or a company that works by itself. It signs with its own key and gets a token for a few minutes."),
    )  # fmt: skip


@in_charge
def register_app(request: Any) -> HttpResponse:
    form = AppForm(posted(request))
    return _registered(
        request, form, ClientKind.APP,
        _("Register an app"),
        _("An app in which elders, relatives or staff sign in. Each of them is asked what it may read."),
    )  # fmt: skip


def _registered(request: Any, form: Any, kind: str, heading: str, lead: str) -> HttpResponse:
    made: list[Any] = []

    def run(at: Any) -> None:
        client, secret = commands.register_client(
            by=request.actor, at=at, organisation=request.actor.organisation, kind=kind, **form.cleaned_data
        )
        if secret:
            request.session[SHOWN_ONCE] = {str(client.pk): secret}
        made.append(client)

    back = reverse("access:oauth_clients")
    page = form_page(request, form, run, heading=heading, lead=lead, submit=_("Register"), back=back)
    return redirect("access:oauth_client", made[0].pk) if made else page


@in_charge
def change_client_keys(request: Any, oauth_client_id: UUID) -> HttpResponse:
    client = queries.client(request.actor, oauth_client_id)
    form = KeysForm(posted(request))
    return form_page(
        request,
        form,
        lambda at: commands.change_client_keys(by=request.actor, at=at, client=client, **form.cleaned_data),
        heading=_("Other keys for {name}").format(name=client.name),
        lead=_("They take the place of those it has now, at once."),
        submit=_("Save the keys"),
        back=reverse("access:oauth_client", args=[client.pk]),
    )


@in_charge
def stop_client(request: Any, oauth_client_id: UUID) -> HttpResponse:
    client = queries.client(request.actor, oauth_client_id)
    return form_page(
        request,
        Nothing(posted(request)),
        lambda at: commands.stop_client(by=request.actor, at=at, client=client),
        heading=_("Stop {name}?").format(name=client.name),
        lead=_("It gets nothing more, and all that it holds stops at once. This cannot be undone."),
        submit=_("Stop it"),
        back=reverse("access:oauth_client", args=[client.pk]),
        danger=True,
    )
