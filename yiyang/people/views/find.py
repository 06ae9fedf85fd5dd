from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

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
    duplicates: list[queries.Likeness] = []
    with form.refusals():
        if form.is_valid():
            duplicates = _duplicates(request.actor, form)
            if not duplicates or request.POST.get("not_a_duplicate"):
                made = commands.register_person(
                    by=request.actor,
                    at=now(),
                    details=form.details(unknown=form.cleaned_data["unknown"]),
                    documents=form.documents(),
                    phones=form.phones(),
                )
                return redirect("people:person", made.pk)
    seen(request.actor, [one.person for one in duplicates], "people.duplicates")
    refusal = getattr(form, "refusal", None)
    return render(
        request,
        "people/register_person.html",
        {
            "form": form,
            "duplicates": [(one, queries.age_of(one.person)) for one in duplicates],
            "existing": refusal.details.get("person_id") if refusal else None,
            "elsewhere": bool(refusal) and refusal.code == "PERSON_REGISTERED_ELSEWHERE",
        },
    )


def _duplicates(actor: Any, form: RegisterPersonForm) -> list[queries.Likeness]:
    told = form.cleaned_data
    today = queries.today()
    read = []
    for one in form.documents():
        try:
            read.append(documents.read(one.kind, one.number, today))
        except Refusal:
            continue  # the command says what is wrong with it
    born_on = told["born_on"] or next((one.born_on for one in read if one.born_on), None)
    return queries.possible_duplicates(actor, told["full_name"], born_on, read)


def _is_number(typed: str) -> bool:
    return len(re.findall(r"\d", typed)) >= 5


def _must(request: Any, permission: Permission) -> None:
    if not request.actor.may(permission):
        raise NotAllowed
