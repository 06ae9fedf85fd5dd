"""The steps of a transfer before units are asked, and what may be done at any step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.alarms import filled_in
from yiyang.beds.forms import transfers as forms
from yiyang.beds.models.transfers import Trigger, Urgency
from yiyang.beds.queries import actions as may
from yiyang.beds.queries import eligibility_shown, requests, ribbon
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.queries.eligibility import days_to_assess
from yiyang.beds.queries.transfers import agreements_of
from yiyang.beds.views.acts import act_page, asked, done, posted, status_of, to_transfer
from yiyang.beds.views.transfer_page import standing
from yiyang.kernel.actors import assisted
from yiyang.kernel.facts import seen
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now


def request_transfer(request: Any, person_id: UUID) -> HttpResponse:
    """Ask for a transfer. What is already under way is shown first, so that nobody asks twice."""
    person = requests.person(request.actor, person_id)
    if not request.actor.may(Permission.REQUEST_TRANSFER, request.actor.organisation_id):
        raise NotAllowed
    at = now()
    rows = ribbon.rows_of(person.pk)
    paths = [forms.Path(*one) for one in requests.paths(at)]
    units = [(str(one.pk), one.name) for one in requests.units_to_wish_for(request.actor, person)]
    form = forms.RequestTransfer(
        posted(request),
        paths=paths,
        units=units,
        at_home=request.actor.membership_id is None,
        initial={
            **_usual(request, rows, paths),
            **filled_in(request.actor, person.pk, request.GET.get("alarm", "")),
        },
    )
    if form.is_valid():
        with form.refusals():
            made = commands.request_transfer(by=request.actor, at=at, person=person, **form.told())
            return to_transfer(request, made.pk, "request")
    seen(request.actor, [person.pk], "beds.request_transfer")
    context = {
        "person": person,
        "form": form,
        "live": queries.live_transfers_of(request.actor, person.pk),
        "where": [row for row in rows if row.period.upper is None],
        "emergency_number": policy("beds.emergency_number", on=at.date()).value,
    }
    return render(request, "beds/request_transfer.html", context, status=status_of(form))


def _usual(request: Any, rows: Any, paths: list[forms.Path]) -> dict[str, Any]:
    """What is asked for most often from where the person is."""
    asked_for = request.GET.get("path", "")
    usual = requests.usual_path(rows)
    wanted = asked_for if any(one.value == asked_for for one in paths) else ":".join(usual)
    urgency = request.GET.get("urgency", "")
    return {
        "path": wanted,
        "urgency": urgency
        if urgency in Urgency.values
        else Urgency.URGENT
        if wanted.startswith(Trigger.HEALTH_WORSENED)
        else Urgency.ROUTINE,
    }


def evaluate_transfer(request: Any, transfer_id: UUID) -> HttpResponse:
    """A named clinician answers the criteria of the target kind."""
    found = asked(request, transfer_id, "evaluate_transfer")
    codes = list(policy(f"beds.criteria.{found.target_kind}", on=now().date()).value)
    shown = eligibility_shown.shown(request.actor, found.person_id, now(), kinds=[found.target_kind])
    reserved = {one.code: one.text for one in shown.criteria[found.target_kind].criteria if one.reserved}
    form = forms.EvaluateTransfer(
        posted(request),
        about=found,
        codes=codes,
        reserved=reserved,
        initial={"outcome": _usual_outcome(shown, found)},
    )
    if done(form, commands.evaluate_transfer, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, "evaluate")
    explains = _("Is this the right bed: %(kind)s? Your name stands under the judgement: %(name)s.") % {
        "kind": BedKind(found.target_kind).label,
        "name": request.actor.label,
    }
    context = {"one": shown.kind(found.target_kind), "days": days_to_assess(now())}
    template = "beds/evaluate_transfer.html"
    return act_page(
        request, found, form, "evaluate_transfer", explains=explains, template=template, **context
    )


def _usual_outcome(shown: Any, found: Any) -> str:
    """A clinician's word that counts already is put in before; it may be said otherwise."""
    said = shown.kind(found.target_kind).override
    return "NOT_FIT" if said is not None and said.given == "NOT_ELIGIBLE" else "FIT"


def record_agreement(request: Any, transfer_id: UUID) -> HttpResponse:
    """What the person, the guardian or a relative said; a refusal stops a routine transfer."""
    found = asked(request, transfer_id, "record_agreement")
    voices = may.voices(request.actor, found.person_id)
    by_whom, own = voices[0], len(voices) < 3
    if own and not assisted(request.actor):
        return _say_own_word(request, found, by_whom)
    own_words = {"name": request.actor.account.name} if own and by_whom != "PERSON" else {}
    form = forms.RecordAgreement(
        posted(request),
        request.FILES or None,
        about=found,
        timed=True,
        person_name=found.person.full_name,
        voices=voices,
        initial={
            "by_whom": by_whom,
            "outcome": "AGREED",
            "how": may.said(request.actor),
            **own_words,
        },
    )
    if done(form, commands.record_agreement, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, _("The statement was recorded."))
    explains = _(
        "The person's own word decides; if they cannot decide, the guardian's, then the relatives' together."
        " A refusal stops a routine transfer. All statements stay."
    )
    return act_page(request, found, form, "record_agreement", explains=explains)


def _say_own_word(request: Any, found: Any, by_whom: str) -> HttpResponse:
    """The person, a guardian or a relative says it for themself: one question on the page."""
    name = found.person.full_name if by_whom == "PERSON" else request.actor.account.name
    form = forms.OwnWord(posted(request), about=found, by_whom=by_whom, name=name)
    if done(form, commands.record_agreement, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, _("Your word is kept. Thank you."))
    said = standing(found, list(agreements_of(found)))
    context = {"by_whom": by_whom, "standing": said, "heading": _("What do you decide?")}
    return act_page(request, found, form, "record_agreement", template="beds/say_own_word.html", **context)


def change_urgency(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "change_urgency")
    form = forms.ChangeUrgency(posted(request), initial={"urgency": found.urgency})
    if done(form, commands.change_urgency, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, "change_urgency")
    explains = _(
        "An emergency suspends what else is under way for this person; its place in the queue stays."
    )
    return act_page(request, found, form, "change_urgency", explains=explains)


def cancel_transfer(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "cancel_transfer")
    form = forms.Reason(posted(request), about=found)
    if done(form, commands.cancel_transfer, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, "cancel")
    explains = _(
        "The units that were asked are told, and a reserved bed is freed at once. The request and its history stay."
    )
    return act_page(request, found, form, "cancel_transfer", explains=explains)


def resume_transfer(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "resume_transfer")
    form = forms.Question(posted(request))
    if done(form, commands.resume_transfer, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, "resume")
    explains = _("It goes on where it was; its place in the waiting list was kept.")
    return act_page(request, found, form, "resume_transfer", explains=explains)


# On paper
