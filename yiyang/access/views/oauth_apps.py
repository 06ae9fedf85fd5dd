"""An app asks whether it may: the page on which people are asked, and the page on which they see and withdraw."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.kernel.forms import Form
from yiyang.kernel.middleware import POLICY
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

from .. import commands, queries
from ..forms import Nothing
from ..oauth import persons, scopes
from ..oauth.server import server
from ..oauth.words import read_in_words, writes
from .forms_shown import form_page, posted
from .oauth import refuse_odd

ONCE, LATER = "once", "later"


class AppAskedWrongly(Refusal):
    message = gettext_lazy(
        "The app asked in a way that cannot be answered, and nothing was allowed. Tell those who make it: {problem}"
    )
    status = 400


class AppNeedsPerson(Refusal):
    message = gettext_lazy(
        "This app reads the record of one person, for elders and their families. Your account is not entrusted with "
        "any. Sign in as the elder or relative whose app this is."
    )
    status = 403


class Consent(Form):
    """Of whom, and for how long; the button says whether."""

    def __init__(self, *args: Any, of_whom: dict[UUID, str], offline: bool, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(of_whom) > 1:
            self.fields["person"] = forms.TypedChoiceField(
                label=_("Whose record?"), coerce=UUID, choices=list(of_whom.items()), widget=forms.RadioSelect
            )
        if offline:
            hours, days = _hours(at), _days(at)
            self.fields["lasts"] = forms.ChoiceField(
                label=_("How long?"),
                choices=[
                    (ONCE, _("This once, for {hours} hour(s) at most").format(hours=hours)),
                    (LATER, _("Also later, without asking again, for {days} days").format(days=days)),
                ],
                initial=ONCE,
                widget=forms.RadioSelect,
            )


def _hours(at: Any) -> int:
    return int(policy("access.oauth.visit_hours", on=at.date()).value)


def _days(at: Any) -> int:
    return int(policy("access.oauth.grant_days", on=at.date()).value)


def oauth_authorize(request: Any) -> HttpResponse:
    """The app sends people here; they come back to it with a code, or with their no."""
    try:
        refuse_odd(request.GET)
        grant = server.get_consent_grant(request, end_user=request.actor)
        _refuse_other(grant.request)
    except OAuth2Error as error:
        return _back_or_told(error)
    return _asked(request, grant)


def _asked(request: Any, grant: Any) -> HttpResponse:
    at, client, scope = now(), grant.request.client, grant.request.scope
    of_one = any(one.context == scopes.OF_PERSON for one in scopes.read(scope).scopes)
    of_whom = persons.own_persons(request.actor) if of_one else {}
    if of_one and not of_whom:
        raise AppNeedsPerson
    form = Consent(posted(request), of_whom=of_whom, offline=scopes.OFFLINE in scope.split(), at=at)
    if request.method == "POST" and "refuse" in request.POST:
        return server.create_authorization_response(grant.request, grant_user=None, grant=grant)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        grant.request.person_id = chosen.get("person") or next(iter(of_whom), None)
        grant.request.once = chosen.get("lasts") == ONCE
        return server.create_authorization_response(grant.request, grant_user=request.actor, grant=grant)
    response = render(
        request,
        "access/allow_app.html",
        {
            "client": client,
            "form": form,
            "reads": read_in_words(scope),
            "writes": writes(scope),
            "of_whom": list(of_whom.values()),
            "own": request.actor.person_id is not None,
            "hours": _hours(at),
        },
    )
    response["Content-Security-Policy"] = _policy(grant.redirect_uri)
    return response


def _refuse_other(asked: Any) -> None:
    """What SMART asks of an app beside OAuth: a state, and that it means this server."""
    data = asked.payload.data
    fhir = asked.given.build_absolute_uri("/fhir")
    problem = ""
    if not data.get("state"):
        problem = "Send a state."
    elif data.get("aud", fhir).rstrip("/") != fhir:
        problem = "aud must be the address of this FHIR server."
    if problem:
        raise InvalidRequestError(
            description=problem, state=data.get("state"), redirect_uri=data.get("redirect_uri")
        )


def _back_or_told(error: OAuth2Error) -> HttpResponse:
    """To the app, where it is surely that app; otherwise to the reader."""
    if not error.redirect_uri:
        raise AppAskedWrongly(problem=str(error.description or error.error)[:200])
    status, _body, headers = error()
    response = HttpResponse(status=status)
    for name, value in headers:
        response[name] = value
    return response


def _policy(redirect_uri: str) -> str:
    """The answer to the form leads to the app, which the strict policy of all pages would forbid."""
    parts = urlsplit(redirect_uri)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("https", "http") else f"{parts.scheme}:"
    return POLICY.format(connect="'self'").replace("form-action 'self'", f"form-action 'self' {origin}")


def my_apps(request: Any) -> HttpResponse:
    found = list(queries.grants(request.actor))
    names = persons.names(request.actor, [one.person_id for one in found if one.person_id])
    rows = [
        {"grant": one, "reads": read_in_words(one.scope), "of": names.get(one.person_id, "")} for one in found
    ]
    return render(
        request, "access/my_apps.html", {"rows": rows, "programs": queries.programs_of(request.actor)}
    )


def withdraw_app(request: Any, oauth_grant_id: UUID) -> HttpResponse:
    grant = queries.grant(request.actor, oauth_grant_id)
    return form_page(
        request,
        Nothing(posted(request)),
        lambda at: commands.withdraw_app(by=request.actor, at=at, grant=grant),
        heading=_("Stop “{app}” from reading?").format(app=grant.client.name),
        lead=_("It stops at once. What the app has read before, it may have kept."),
        submit=_("Stop it now"),
        back=reverse("access:my_apps"),
        danger=True,
    )
