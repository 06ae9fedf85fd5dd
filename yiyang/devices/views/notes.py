"""Notes on a person's readings: written from the chart, withdrawn when they were entered in error."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms import notes as forms
from yiyang.devices.queries import notes as queries
from yiyang.devices.queries import vitals
from yiyang.devices.rules.quantities import BY_NAME, BY_NO
from yiyang.devices.views.shared import instant
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now


@needs(Permission.RECORD_VITAL_SIGNS)
def write_reading_note(request: Any, person_id: UUID) -> HttpResponse:
    """Of the instant that was chosen on the chart, or of now."""
    person = vitals.wearer(request.actor, person_id)
    seen(request.actor, [person], "devices.write_reading_note")
    about = BY_NAME.get(request.GET.get("of", ""))
    since, until = (instant(request.GET.get(name, "")) for name in ("since", "until"))
    initial = {"since": since or now(), "until": until, "code": about.no if about else ""}
    form = forms.WriteReadingNote(asked(request), initial=initial)
    return act(
        request, form,
        lambda: commands.write_reading_note(by=request.actor, at=now(), person=person, **form.cleaned_data),
        heading=pgettext("chart", "Write a note"), submit=_("Write it down"),
        back=_back(person.pk, about.no if about else None), done=_("The note is written."),
        onward=lambda made: _back(person.pk, made.code, made.since),
        trail=[
            (person.full_name, reverse("people:person", args=[person.pk])),
            (_("Readings"), reverse("devices:readings", args=[person.pk])),
        ],
    )  # fmt: skip


@needs(Permission.RECORD_VITAL_SIGNS)
def withdraw_reading_note(request: Any, reading_note_id: UUID) -> HttpResponse:
    """It leaves the chart; in the table it stays, with who withdrew it and why."""
    note = queries.note(request.actor, reading_note_id)
    seen(request.actor, [note.person_id], "devices.withdraw_reading_note")
    form = forms.WithdrawReadingNote(asked(request))
    return act(
        request, form,
        lambda: commands.withdraw_reading_note(by=request.actor, at=now(), note=note, **form.cleaned_data),
        heading=_("Withdraw the note?"), submit=_("Withdraw it"), danger=True, lead=note.text,
        consequences=[_("It leaves the chart. The table keeps it, with your name and the reason.")],
        back=_back(note.person_id, note.code), done=_("The note is withdrawn."),
    )  # fmt: skip


def _back(person_id: UUID, code: int | None, at: Any = None) -> str:
    if code is None:
        return reverse("devices:readings", args=[person_id])
    return reverse("devices:measured", args=[person_id, BY_NO[code].name])
