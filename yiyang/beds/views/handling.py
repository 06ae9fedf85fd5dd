"""Precautions on a person, outbreaks of a unit, companions beside a bed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms import handling as forms
from yiyang.beds.forms.transfers import Question
from yiyang.beds.queries import handling as queries
from yiyang.beds.queries import requests
from yiyang.beds.queries import units as of_units
from yiyang.kernel.acting import act, asked
from yiyang.kernel.refusals import NotAllowed


@needs(P.EVALUATE_TRANSFER)
def begin_precaution(request: Any, person_id: UUID) -> HttpResponse:
    """How those who handle the person protect themselves and others."""
    person = requests.person(request.actor, person_id)
    if not queries.handles(request.actor, person.pk):
        raise NotAllowed
    form = forms.BeginPrecaution(asked(request), timed=True, initial={"way": "CONTACT"})
    return act(
        request,
        form,
        lambda: commands.begin_precaution(by=request.actor, at=form.at, person=person, **form.told()),
        heading=_("Precautions for {name}").format(name=person.full_name),
        submit=_("Begin the precaution"),
        back=_person(person.pk),
        lead=_("Shown to the sending and the receiving unit and the coordinator, and to nobody else."),
    )


@needs(P.EVALUATE_TRANSFER)
def end_precaution(request: Any, precaution_id: UUID) -> HttpResponse:
    found = queries.precaution(request.actor, precaution_id)
    form = _yes(request)
    return act(
        request,
        form,
        lambda: commands.end_precaution(by=request.actor, at=form.at, precaution=found),
        heading=_("End the precaution: {what}").format(
            what=f"{found.get_way_display()} · {found.get_cause_display()}"
        ),
        submit=_("End the precaution"),
        back=_person(found.person_id),
    )


@needs(P.MANAGE_BEDS)
def declare_outbreak(request: Any, unit_id: UUID) -> HttpResponse:
    """Nobody new is offered here until it is over."""
    of = of_units.unit(request.actor, unit_id)
    wards = {str(one.pk): one for one in of.wards.order_by("name")}
    form = forms.DeclareOutbreak(asked(request), wards=list(wards.values()))
    return act(
        request,
        form,
        lambda: commands.declare_outbreak(
            by=request.actor,
            at=form.at,
            unit_id=of.pk,
            ward=wards.get(form.cleaned_data["ward"]),
            reason=form.cleaned_data["reason"],
        ),
        heading=_("Declare an outbreak"),
        submit=_("Close to new arrivals"),
        back=_unit(of.pk),
        consequences=[
            _("No transfer can be offered here, and the ranking of units says why."),
            _("Those who live here stay, and come back when their doctor decides so."),
        ],
        danger=True,
        trail=[(of.name, _unit(of.pk))],
    )


@needs(P.MANAGE_BEDS)
def end_outbreak(request: Any, outbreak_id: UUID) -> HttpResponse:
    found = queries.outbreak(request.actor, outbreak_id)
    form = _yes(request)
    return act(
        request,
        form,
        lambda: commands.end_outbreak(by=request.actor, at=form.at, outbreak=found),
        heading=_("End the outbreak"),
        submit=_("Open to new arrivals"),
        back=_unit(found.unit_id),
        lead=found.reason,
        trail=[(found.unit.name, _unit(found.unit_id))],
    )


@needs(P.RECORD_LEAVE)
def add_companion(request: Any, person_id: UUID) -> HttpResponse:
    person = requests.person(request.actor, person_id)
    if not queries.handles(request.actor, person.pk):
        raise NotAllowed
    form = forms.AddCompanion(asked(request), timed=True, initial={"kind": "FAMILY"})
    return act(
        request,
        form,
        lambda: commands.add_companion(by=request.actor, at=form.at, person=person, **form.told()),
        heading=_("Who stays with {name}?").format(name=person.full_name),
        submit=_("Write it down"),
        back=_person(person.pk),
    )


@needs(P.RECORD_LEAVE)
def end_companion(request: Any, companion_id: UUID) -> HttpResponse:
    found = queries.companion(request.actor, companion_id)
    form = _yes(request)
    return act(
        request,
        form,
        lambda: commands.end_companion(by=request.actor, at=form.at, companion=found),
        heading=_("{name} has gone home").format(name=found.name),
        submit=_("Write it down"),
        back=_unit(found.unit_id),
    )


def _yes(request: Any) -> Question:
    return Question(asked(request), timed=True)


def _person(person_id: UUID) -> str:
    return reverse("people:person", args=[person_id])


def _unit(unit_id: UUID) -> str:
    return reverse("beds:unit", args=[unit_id])
