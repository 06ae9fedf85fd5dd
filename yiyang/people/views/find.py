from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.access.permissions import Permission
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.forms import RegisterPersonForm, SearchForm
from yiyang.people.rules import documents


def search(request: Any) -> HttpResponse:
    """Names are looked for by address, so that a list can be kept; numbers by POST, so that none gets into a log."""
    _must(request, Permission.SEARCH_PERSONS)
    if request.method == "POST":
        typed = request.POST.get("q", "").strip()[:80]
        if not _is_number(typed):
            return redirect(f"{reverse('people:search')}?{urlencode({'q': typed})}")
    else:
        typed = request.GET.get("q", "").strip()[:80]
        if _is_number(typed):
            typed = ""
    found = queries.search_persons(request.actor, typed, request.GET.get("after", ""))
    seen(request.actor, found.persons, "people.search")
    return render(
        request,
        "people/search.html",
        {
            "form": SearchForm({"q": typed}),
            "typed": typed,
            "is_number": _is_number(typed),
            "found": found,
            "rows": [(one, queries.age_of(one)) for one in found.persons],
            "may_register": request.actor.may(Permission.REGISTER_PERSON),
            "may_break_glass": request.actor.may(Permission.BREAK_GLASS),
        },
    )


def register_person(request: Any) -> HttpResponse:
    _must(request, Permission.REGISTER_PERSON)
    form = RegisterPersonForm(request.POST or None, district=request.actor.district)
    duplicates = queries.Duplicates()
    with form.refusals():
        if form.is_valid():
            duplicates = _duplicates(request.actor, form)
            if not duplicates.likely or _compared(request, duplicates):
                made = commands.register_person(
                    by=request.actor,
                    at=now(),
                    details=form.details(unknown=form.cleaned_data["unknown"]),
                    documents=form.documents(),
                    phones=form.phones(),
                )
                return redirect("people:person", made.pk)
            form.add_error(
                None, _("Somebody like this is registered already. Compare below before you go on.")
            )
    seen(request.actor, [one.person for one in duplicates.likely], "people.duplicates")
    refusal = getattr(form, "refusal", None)
    return render(
        request,
        "people/register_person.html",
        {
            "form": form,
            **_shown(request, queries.Duplicates(duplicates.likely)),
            "existing": refusal.details.get("person_id") if refusal else None,
            "elsewhere": bool(refusal) and refusal.code == "PERSON_REGISTERED_ELSEWHERE",
        },
    )


@require_POST
def possible_duplicates(request: Any) -> HttpResponse:
    """While the form is being filled in: who it may be, once a name with a birth date, or a number, is there."""
    _must(request, Permission.REGISTER_PERSON)
    form = RegisterPersonForm(request.POST, district=request.actor.district)
    form.is_valid()  # what is complete so far is enough
    duplicates = _duplicates(request.actor, form, unfinished=True)
    seen(request.actor, [one.person for one in duplicates.likely], "people.duplicates")
    return render(request, "people/parts/duplicates.html", _shown(request, duplicates))


def _duplicates(actor: Any, form: RegisterPersonForm, unfinished: bool = False) -> queries.Duplicates:
    told = form.cleaned_data
    today = queries.today()
    read = []
    for one in form.documents():
        try:
            read.append(documents.read(one.kind, one.number, today))
        except Refusal:
            continue  # the command says what is wrong with it
    born_on = told.get("born_on") or next((one.born_on for one in read if one.born_on), None)
    name = told.get("full_name", "") if born_on or not unfinished else ""
    return queries.possible_duplicates(actor, name, born_on, read, form.phones())


def _shown(request: Any, duplicates: queries.Duplicates) -> dict[str, Any]:
    return {
        "duplicates": [(one, queries.age_of(one.person)) for one in duplicates.likely],
        "elsewhere_already": duplicates.elsewhere,
        "compared": " ".join(str(one.person.pk) for one in duplicates.likely),
        "is_compared": _compared(request, duplicates),
    }


def _compared(request: Any, duplicates: queries.Duplicates) -> bool:
    """The clerk has said "none of these" of all of them, not of fewer that were shown before."""
    before = request.POST.get("compared")
    is_new = before is not None and any(str(one.person.pk) not in before for one in duplicates.likely)
    return bool(request.POST.get("not_a_duplicate")) and not is_new


def _is_number(typed: str) -> bool:
    return len(re.findall(r"\d", typed)) >= 5


def _must(request: Any, permission: Permission) -> None:
    if not request.actor.may(permission):
        raise NotAllowed
