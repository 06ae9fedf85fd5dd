"""Small forms on the person page: each fetches, runs one command, goes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.forms import (
    ContactForm,
    EndsForm,
    FamilyDoctorForm,
    FamilyLinkForm,
    GroupForm,
    IdentifierForm,
    InsuranceForm,
    PhoneForm,
    ReasonForm,
)
from yiyang.people.models import Person


def page(
    request: Any,
    found: Person,
    form: Form,
    run: Callable[[dict[str, Any]], Any],
    heading: str,
    *,
    submit: str = "",
    lead: str = "",
    danger: bool = False,
    permission: Permission = Permission.EDIT_PERSON,
    back: str = "people:person",
) -> HttpResponse:
    """A page with one form about one person."""
    if not request.actor.may(permission):
        raise NotAllowed
    with form.refusals():
        if form.is_valid():
            run(form.cleaned_data)
            return redirect(back, found.pk)
    seen(request.actor, [found], f"people.{request.resolver_match.url_name}")
    return render(
        request,
        "people/form_page.html",
        {"person": found, "form": form, "heading": heading, "submit": submit, "lead": lead, "danger": danger},
    )


def add_identifier(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)

    def run(told: dict[str, Any]) -> None:
        told["expires_on"] = None if told["long_term"] else told["expires_on"]
        commands.add_identifier(by=request.actor, at=now(), person=found, **told)

    return page(request, found, IdentifierForm(request.POST or None), run, _("Add a document"))


def add_phone(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)

    def run(told: dict[str, Any]) -> None:
        commands.add_phone(by=request.actor, at=now(), person=found, **told)

    return page(request, found, PhoneForm(request.POST or None), run, _("Add a telephone number"))


def add_insurance(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)

    def run(told: dict[str, Any]) -> None:
        commands.add_insurance(by=request.actor, at=now(), person=found, **told)

    return page(request, found, InsuranceForm(request.POST or None), run, _("Add an insurance"))


def add_group(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)

    def run(told: dict[str, Any]) -> None:
        commands.add_group(by=request.actor, at=now(), person=found, **told)

    return page(request, found, GroupForm(request.POST or None), run, _("Add to a group"))


def add_contact(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)

    def run(told: dict[str, Any]) -> None:
        commands.add_contact(by=request.actor, at=now(), person=found, **told)

    return page(request, found, ContactForm(request.POST or None), run, _("Add a contact"))


def link_family(request: Any, pk: UUID) -> HttpResponse:
    """Look for the relative first, then say who they are to each other."""
    found = queries.person_in_full(request.actor, pk)
    if not request.actor.may(Permission.EDIT_PERSON):
        raise NotAllowed
    typed = request.GET.get("q", "").strip()[:80]
    candidates = [
        one for one in queries.search_persons(request.actor, typed).persons if typed and one.pk != pk
    ]
    form = FamilyLinkForm(
        request.POST or None,
        candidates=[(str(one.pk), f"{one.full_name} · {queries.age_of(one) or '—'}") for one in candidates],
    )
    with form.refusals():
        if form.is_valid():
            relative = next(one for one in candidates if str(one.pk) == form.cleaned_data["relative"])
            commands.link_family(
                by=request.actor,
                at=now(),
                person=found,
                relative=relative,
                kinship=form.cleaned_data["kinship"],
                lives_together=form.cleaned_data["lives_together"] or None,
            )
            return redirect("people:person", found.pk)
    seen(request.actor, [found, *candidates], "people.link_family")
    return render(
        request,
        "people/link_family.html",
        {"person": found, "form": form, "typed": typed, "candidates": candidates},
    )


def sign_family_doctor_contract(request: Any, pk: UUID) -> HttpResponse:
    asked = queries.asked_to_cover(pk, request.actor.organisation_id)
    found = (queries.person if asked else queries.person_in_full)(request.actor, pk)

    def run(told: dict[str, Any]) -> None:
        commands.sign_family_doctor_contract(
            by=request.actor, at=now(), person=found, organisation_id=request.actor.organisation_id, **told
        )

    return page(
        request, found, FamilyDoctorForm(request.POST or None), run, _("Sign a family-doctor contract"),
        submit=_("Sign"),
        lead=_("From then on the whole team of your organisation sees this record, until the contract ends."),
    )  # fmt: skip


def end_family_doctor_contract(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    contract = queries.live_contract(found)

    def run(told: dict[str, Any]) -> None:
        commands.end_family_doctor_contract(
            by=request.actor, at=now(), contract=contract, reason=told["reason"]
        )

    return page(
        request, found, ReasonForm(request.POST or None), run, _("End the family-doctor contract"),
        submit=_("End the contract"), danger=True, lead=_("The team will no longer see this record."),
    )  # fmt: skip


def end_identifier(request: Any, pk: UUID, row: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    identifier = queries.row_of(found, "identifiers", row)

    def run(told: dict[str, Any]) -> None:
        commands.end_identifier(by=request.actor, at=now(), identifier=identifier, reason=told["reason"])

    return page(
        request, found, ReasonForm(request.POST or None), run, _("Take out this document"),
        submit=_("Take out"), danger=True,
        lead=_("The number no longer finds this person. It stays in the history."),
    )  # fmt: skip


def end_phone(request: Any, pk: UUID, row: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    phone = queries.row_of(found, "phones", row)

    def run(_told: dict[str, Any]) -> None:
        commands.end_phone(by=request.actor, at=now(), phone=phone)

    return page(
        request, found, Form(request.POST if request.method == "POST" else None), run,
        _("Take out this telephone number"), submit=_("Take out"), danger=True,
    )  # fmt: skip


def end_insurance(request: Any, pk: UUID, row: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    insurance = queries.row_of(found, "insurances", row)

    def run(told: dict[str, Any]) -> None:
        commands.end_insurance(by=request.actor, at=now(), insurance=insurance, to_on=told["to_on"])

    return page(request, found, EndsForm(request.POST or None), run, _("End this insurance"))


def end_group(request: Any, pk: UUID, row: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    membership = queries.row_of(found, "groups", row)

    def run(told: dict[str, Any]) -> None:
        commands.end_group(by=request.actor, at=now(), membership=membership, to_on=told["to_on"])

    return page(request, found, EndsForm(request.POST or None), run, _("End this group"))


def end_contact(request: Any, pk: UUID, row: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    contact = queries.row_of(found, "contacts", row)

    def run(_told: dict[str, Any]) -> None:
        commands.end_contact(by=request.actor, at=now(), contact=contact)

    return page(
        request, found, Form(request.POST if request.method == "POST" else None), run,
        _("Take out this contact"), submit=_("Take out"), danger=True,
    )  # fmt: skip


def unlink_family(request: Any, pk: UUID, row: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    link = queries.row_of(found, "family_links", row)

    def run(told: dict[str, Any]) -> None:
        commands.unlink_family(by=request.actor, at=now(), link=link, reason=told["reason"])

    return page(
        request, found, ReasonForm(request.POST or None), run, _("Take out this family link"),
        submit=_("Take out"), danger=True,
    )  # fmt: skip
