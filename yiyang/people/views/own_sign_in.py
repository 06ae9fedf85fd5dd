"""The counter opens an elder's own sign-in: a telephone that receives a code, or a card."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.access import commands as access
from yiyang.access import queries as accounts
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.access.sign_in_rules import IdentityCheck
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now
from yiyang.people import queries


class OwnSignInForm(Form):
    phone = forms.CharField(
        label=gettext_lazy("Mobile number of the elder"), max_length=24, required=False,
        help_text=gettext_lazy("Codes go there. Leave empty when a card alone is wanted."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    identity_check = forms.ChoiceField(
        label=gettext_lazy("How I checked who it is"), widget=forms.RadioSelect, choices=IdentityCheck.choices
    )


@needs(Permission.MANAGE_FAMILY_SIGN_IN)
def open_own_sign_in(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    if found.died_at:
        raise Http404
    existing = accounts.own_account(found.pk)
    if existing:
        return redirect("access:family_account", existing.pk)
    form = OwnSignInForm(request.POST if request.method == "POST" else None)
    with form.refusals():
        if form.is_valid():
            account = access.open_family_account(
                by=request.actor, at=now(), kind="ELDER", name=found.full_name, person_id=found.pk,
                organisation=request.actor.organisation, **form.cleaned_data,
            )  # fmt: skip
            return redirect("access:family_account", account.pk)
    seen(request.actor, [found], "people.open_own_sign_in")
    return render(
        request, "people/form_page.html",
        {
            "person": found, "form": form, "heading": _("The elder's own sign-in"), "submit": _("Open it"),
            "lead": _("The elder sees where they are, what comes next and who looked, and decides who else may see it."),
        },
    )  # fmt: skip
