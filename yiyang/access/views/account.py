"""The own account: capacities, tokens, language."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.kernel.time import now

from .. import commands, queries
from ..forms import Nothing, TokenForm
from ..middleware import MEMBERSHIP
from .forms_shown import form_page, posted


def my_account(request: Any) -> HttpResponse:
    actor = request.actor
    return render(
        request,
        "access/my_account.html",
        {
            "account": actor.account,
            "memberships": actor.memberships,
            "current": actor.membership_id,
            "has_photo": bool(queries.have_photo([actor.account_id])),
            "tokens": queries.tokens_of(actor),
            "second_factor": _second_factor(request),
            "new_token": request.session.pop("new_token", ""),
        },
    )


def _second_factor(request: Any) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(request.user))


@require_POST
def switch_membership(request: Any) -> HttpResponse:
    wanted = request.POST.get("membership", "")
    membership = next((one for one in request.actor.memberships if str(one.pk) == wanted), None)
    if membership is None:
        raise Http404
    commands.switch_membership(by=request.actor, at=now(), membership=membership)
    request.session[MEMBERSHIP] = str(membership.pk)
    target = request.POST.get("next", "/")
    return redirect(target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/")


def stay_signed_in(request: Any) -> HttpResponse:
    """How long this session still lasts, asked by a page that stands open. POST lets it begin anew."""
    if request.method == "POST":
        request.session.save()
    return JsonResponse(
        {
            "seconds": request.session.seconds_left,
            "account": str(request.actor.account_id),
            "csrf": get_token(request),
        }
    )


def issue_token(request: Any) -> HttpResponse:
    form = TokenForm(posted(request))

    def run(at: Any) -> None:
        _token, raw = commands.issue_token(
            by=request.actor,
            at=at,
            account=request.actor.account,
            membership=request.actor.membership,
            **form.cleaned_data,
        )
        request.session["new_token"] = raw

    return form_page(
        request,
        form,
        run,
        heading=_("New token for programs"),
        lead=_("A program that holds it acts as you do now, as “{capacity}”. It is shown once.").format(
            capacity=request.actor.membership or request.actor.account.name
        ),
        submit=_("Issue the token"),
        back=reverse("access:my_account"),
    )


def revoke_token(request: Any, token_id: UUID) -> HttpResponse:
    token = queries.token(request.actor, token_id)
    return form_page(
        request,
        Nothing(posted(request)),
        lambda at: commands.revoke_token(by=request.actor, at=at, token=token),
        heading=_("Revoke the token “{label}”?").format(label=token.label or token.hint),
        lead=_("The program that uses it can do nothing more. This cannot be undone."),
        submit=_("Revoke the token"),
        back=reverse("access:my_account"),
        danger=True,
    )
