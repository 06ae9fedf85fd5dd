"""Lists of codes from files: what is loaded, a file that is tried first, and taking a list out of use."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.gateways import uploads
from yiyang.kernel.acting import act, asked
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now
from yiyang.records.commands import terms as commands
from yiyang.records.queries import terms as queries
from yiyang.records.terms.files import LARGEST
from yiyang.records.terms.refusals import TermsTooLarge
from yiyang.records.terms.uses import USES

# The terms of the lists that come along, in words.
LICENCES = {
    "Apache-2.0; own words and codes, no classification": gettext_lazy(
        "Apache-2.0; own words and codes, no classification"
    ),
    "Apache-2.0; own codes and generic names, no formulary": gettext_lazy(
        "Apache-2.0; own codes and generic names, no formulary"
    ),
}


class LoadTerms(Form):
    """What the file does not say itself may be said here."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV with a header (UTF-8 or GB18030), or a CodeSystem or ValueSet of FHIR R4 (JSON). At most 64 MB."
        ),
    )
    url = forms.CharField(
        label=gettext_lazy("Its address"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "By this address other systems know the list, such as http://hl7.org/fhir/sid/icd-10. Leave empty what the file says itself."
        ),
    )
    title_zh = forms.CharField(label=gettext_lazy("What it is called"), required=False, max_length=300)
    version = forms.CharField(label=gettext_lazy("Its version"), required=False, max_length=100)
    licence = forms.CharField(
        label=gettext_lazy("Under which terms you may use it"), required=False, max_length=2000
    )
    source = forms.CharField(label=gettext_lazy("Who publishes it"), required=False, max_length=500)
    uses = forms.MultipleChoiceField(
        label=gettext_lazy("Offered when staff enter"),
        choices=list(USES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def told(self) -> dict[str, Any]:
        said = {name: self.cleaned_data[name] for name in ("url", "title_zh", "version", "licence", "source")}
        return {**said, "uses": tuple(self.cleaned_data["uses"])}


@require_GET
@needs(Permission.MANAGE_TERMS)
def terms(request: Any) -> HttpResponse:
    """What is loaded, and what is there without loading."""
    loaded = [{"row": one, "uses": [USES[each] for each in one.uses]} for one in queries.loaded_lists()]
    shipped = [
        {
            "about": one.about,
            "title": one.about.shown(get_language() or ""),
            "licence": LICENCES.get(one.about.licence, one.about.licence),
            "number": one.number,
            "uses": [USES[each] for each in one.about.uses],
        }
        for one in queries.shipped_lists()
    ]
    systems, sets = queries.hl7_lists()
    return render(
        request,
        "gateways/terms.html",
        {"loaded": loaded, "shipped": shipped, "systems": systems, "sets": sets},
    )


@needs(Permission.MANAGE_TERMS)
def load_terms(request: Any) -> HttpResponse:
    """Choose a file; it is tried at once, and nothing is written yet."""
    form = LoadTerms(asked(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            file = form.cleaned_data["file"]
            if file.size > LARGEST:
                raise TermsTooLarge(most=LARGEST // 2**20)
            content = file.read()
            report = commands.compared(commands.read_terms(content, file.name, form.told()))
            name = json.dumps([file.name, form.told()])
            ticket = uploads.keep(request.actor.account_id, content, name)
            return render(
                request, "gateways/terms_report.html", {"report": report, "ticket": ticket, "name": file.name}
            )
    return _load_page(request, form)


@needs(Permission.MANAGE_TERMS)
def write_terms(request: Any, ticket: str) -> HttpResponse:
    """Put a file into use that was tried."""
    if request.method != "POST":
        return redirect("gateways:load_terms")
    content, kept = uploads.take(request.actor.account_id, ticket)
    form = LoadTerms({})
    form.errors.clear()
    with form.refusals():
        name, told = json.loads(kept)
        commands.load_terms(by=request.actor, at=now(), content=content, name=name, told=told)
        messages.success(request, _("The list is in use."))
        return redirect("gateways:terms")
    return _load_page(request, form)


@needs(Permission.MANAGE_TERMS)
def unload_terms(request: Any, terms_id: UUID) -> HttpResponse:
    found = queries.loaded_list(terms_id)
    form = Form(asked(request))
    return act(
        request,
        form,
        lambda: commands.unload_terms(by=request.actor, at=now(), terms_id=found.pk),
        heading=_("Take out of use: {what}").format(what=found.title_zh or found.title or found.url),
        submit=_("Take out of use"),
        back=reverse("gateways:terms"),
        lead=_(
            "It is no longer offered or looked up. What was written with its codes stays as it was written."
        ),
        danger=True,
        trail=[(_("Lists of codes"), reverse("gateways:terms"))],
    )


def _load_page(request: Any, form: Form) -> HttpResponse:
    refusal = getattr(form, "refusal", None)
    faults = [str(one) for one in refusal.details.get("found", ())] if refusal else []
    more = refusal.details.get("number", 0) - len(faults) if faults else 0
    if faults:
        form.errors.clear()
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    context = {"form": form, "faults": faults, "more": more}
    return render(request, "gateways/load_terms.html", context, status=status)
