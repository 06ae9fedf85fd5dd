"""Messages between a family, or the person, and a unit: one page for both, in large type for families."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.commands.unit_messages import LONGEST
from yiyang.beds.queries import holds
from yiyang.beds.queries import unit_messages as queries
from yiyang.beds.queries import units as of_units
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now
from yiyang.people.panels import line_of as disclosure_line


class Message(Form):
    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For what can wait. In an emergency call 120, then the unit."),
    )


# What may be wished about a bed that is kept: the words on the button, and how the message begins.
WISHES = {
    "LONGER": (
        pgettext_lazy("wish", "Keep the bed longer"),
        gettext_lazy("Please keep the bed {bed} for longer. Until which day: "),
    ),
    "BACK": (
        pgettext_lazy("wish", "Come back"),
        gettext_lazy("We wish to come back to the bed {bed}. On which day: "),
    ),
    "GIVE_UP": (
        pgettext_lazy("wish", "Give the bed up"),
        gettext_lazy("The bed {bed} is no longer needed. Please call us about it."),
    ),
}


def _wishes(thread: queries.Thread, own: holds.OwnHold | None) -> list[tuple[str, Any]]:
    """What the person or the family does not decide here themselves, they say."""
    if own is None or own.row.release_at is not None:
        return []
    decided = {"LONGER": own.extends, "GIVE_UP": own.gives_up}
    return [(key, label) for key, (label, _begin) in WISHES.items() if not decided.get(key)]


def _begins(thread: queries.Thread, wish: str) -> str:
    """A wish is said in words that can be changed, and sent like any message: the unit decides and answers."""
    if thread.kept is None or thread.kept.bed is None or wish not in WISHES:
        return ""
    return str(WISHES[wish][1]).format(bed=thread.kept.bed.label)


@needs(P.SEE_OWN_RECORD, P.TAKE_DUTY)
def unit_messages(request: Any, person_id: UUID, unit_id: UUID) -> HttpResponse:
    """The thread, and a line to write in while the stay lasts."""
    thread = queries.thread(request.actor, person_id, unit_id, request.GET.get("side", ""))
    staff = bool(request.actor.membership_id)
    wish = "" if staff else _begins(thread, request.GET.get("wish", ""))
    form = Message(request.POST if request.method == "POST" else None, initial={"text": wish})
    here = reverse("beds:unit_messages", args=[thread.person.pk, unit_id])
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                told = {"by": request.actor, "at": now(), "person": thread.person, "unit_id": unit_id}
                text = form.cleaned_data["text"]
                if staff:
                    commands.answer_family(**told, text=text, side=thread.side)
                else:
                    commands.write_to_unit(**told, text=text)
                messages.success(request, _("Sent."))
                return redirect(f"{here}?side={thread.side}" if staff else here)
    elif any(one.read_at is None and one.from_unit != staff for one in thread.messages):
        commands.read_messages(
            by=request.actor, at=now(), person=thread.person, unit_id=unit_id, side=thread.side
        )
    seen(request.actor, [thread.person.pk], "beds.unit_messages")
    kept = thread.kept if thread.open and not staff else None
    own = holds.own_hold(request.actor, kept, now()) if kept else None
    context = {
        "thread": thread,
        "form": form,
        "staff": staff,
        "own": own,
        "wishes": _wishes(thread, own),
        "may_decide_hold": staff and request.actor.may(P.DECIDE_HOLD),
        "back": reverse("beds:messages_of_unit", args=[unit_id]) if staff else reverse("portals:home"),
        "disclosure": disclosure_line(request, thread.person.pk) if staff else "",
    }
    template = "beds/messages_staff.html" if staff else "beds/messages_family.html"
    return render(request, template, context)


@require_GET
@needs(P.TAKE_DUTY)
def messages_of_unit(request: Any, unit_id: UUID) -> HttpResponse:
    """Every family that has written to the unit, what waits for an answer first."""
    of = of_units.unit(request.actor, unit_id)
    threads = queries.of_unit(request.actor, of.pk)
    seen(request.actor, [one["person_id"] for one in threads], "beds.messages_of_unit")
    for one in threads:
        one["from"] = queries.Side(one["side"]).label
    return render(request, "beds/messages_of_unit.html", {"unit": of, "threads": threads})
