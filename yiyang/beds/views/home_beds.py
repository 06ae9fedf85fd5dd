"""Screens of home medical beds (家庭病床): applied for, visited, signed, filed, set up, visited again, renewed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET

from yiyang.access.bed_kinds import BedKind
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.commands.home_beds import (
    NEXT,
    NotAHomeMedicalBed,
    SetupOutOfOrder,
    refuse_while_a_transfer_waits,
)
from yiyang.beds.forms import happening
from yiyang.beds.forms import home_beds as forms
from yiyang.beds.models.episodes import HomeBedReview, HomeBedSetup
from yiyang.beds.queries import home_beds as queries
from yiyang.beds.queries import transfer_pages, units
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotFound

S = HomeBedSetup.State
NEXT_ACT = {
    S.APPLIED: ("record_home_visit", gettext_lazy("Record the doctor's visit")),
    S.VISITED: ("sign_home_bed_agreement", gettext_lazy("Record the signed agreement")),
    S.AGREED: ("file_with_insurance", gettext_lazy("File with the insurance")),
    S.FILED: ("set_up_home_bed", gettext_lazy("Set up the bed")),
}


@require_GET
@needs(P.SET_UP_HOME_BED)
def home_beds(request: Any) -> HttpResponse:
    """What the unit is setting up, with the next step of each; the beds in use, with cycle and next review."""
    start = min(int(after), 10**6) if (after := request.GET.get("after", "")).isdecimal() else 0
    under_way = queries.under_way(request.actor)
    in_use = queries.in_use(request.actor, start)
    lines = in_use[: queries.PAGE]
    named = [one.who.person_id for one in (*under_way, *lines) if one.who and one.who.name]
    seen(request.actor, named, what="beds.home_beds")
    context = {
        "under_way": [
            {"line": one, "next": NEXT[one.setup.state], "act": _next_act(one.setup)} for one in under_way
        ],
        "in_use": lines,
        "after": str(start + queries.PAGE) if len(in_use) > queries.PAGE else "",
    }
    return render(request, "beds/home_beds.html", context)


@needs(P.SET_UP_HOME_BED)
def apply_for_home_bed(request: Any, person_id: UUID) -> HttpResponse:
    """The person, the family or the care home applies; `?transfer=` is the transfer that waits for the bed."""
    person = units.person(request.actor, person_id)
    transfer = _transfer(request, person)
    known = queries.units_to_apply_at(request.actor, transfer)
    form = forms.Apply(
        asked(request),
        units=known,
        initial={"reason": transfer.reason, "unit": str(transfer.to_unit_id)} if transfer else None,
    )
    seen(request.actor, [person.pk], what="beds.apply_for_home_bed")
    return act(
        request,
        form,
        lambda: commands.apply_for_home_bed(
            by=request.actor,
            at=form.happened_at,
            person=person,
            unit_id=UUID(form.cleaned_data["unit"]),
            reason=form.cleaned_data["reason"],
            place=form.cleaned_data["place"],
            transfer=transfer,
        ),
        heading=_("Apply for a home medical bed for {name}").format(name=person.full_name),
        submit=_("Apply"),
        back=reverse("people:person", args=[person.pk]),
        lead=_("Next come the doctor's visit, the signed agreement and the filing with the insurance.")
        if known
        else _("Your unit has no licence for home medical beds. Ask for a transfer to one that has."),
        trail=_trail(),
        done=_("Applied for. Next comes the doctor's visit."),
        onward=_page,
    )


@require_GET
@needs(P.SET_UP_HOME_BED)
def home_bed(request: Any, home_bed_setup_id: UUID) -> HttpResponse:
    """One set-up: where it stands, the next act first, what was recorded at each step."""
    setup = queries.setup(request.actor, home_bed_setup_id)
    seen(request.actor, [setup.person_id], what="beds.home_bed")
    transfer = queries.transfer_that_waits(setup)
    context = {
        "setup": setup,
        "stations": queries.stations(setup),
        "next": NEXT.get(setup.state),  # type: ignore[call-overload]
        "act": _next_act(setup),
        "transfer": transfer,
        "by_transfer": transfer is not None and setup.state == S.FILED,
        "may": request.actor.may(P.SET_UP_HOME_BED, setup.unit_id),
    }
    return render(request, "beds/home_bed.html", context)


@needs(P.SET_UP_HOME_BED)
def record_home_visit(request: Any, home_bed_setup_id: UUID) -> HttpResponse:
    """The doctor has visited and says whether a home medical bed is right."""
    setup = _setup(request, home_bed_setup_id, S.APPLIED)
    form = forms.Visit(asked(request), initial={"version": setup.version})
    return act(
        request,
        form,
        lambda: commands.record_home_visit(
            by=request.actor,
            at=form.happened_at,
            setup=setup,
            findings=form.cleaned_data["findings"],
            fit=form.cleaned_data["fit"] == "yes",
            version=form.cleaned_data["version"],
        ),
        heading=_("Doctor's visit to {name}").format(name=setup.person.full_name),
        submit=_("Record the visit"),
        back=_page(setup),
        lead=_("{place}. Your name stands under the judgement: {name}.").format(
            place=setup.place, name=request.actor.label
        ),
        trail=_trail(setup),
        done=_("The visit is recorded."),
    )


@needs(P.SET_UP_HOME_BED)
def sign_home_bed_agreement(request: Any, home_bed_setup_id: UUID) -> HttpResponse:
    """The person, or who decides for the person, has signed."""
    setup = _setup(request, home_bed_setup_id, S.VISITED)
    form = forms.Sign(asked(request), initial={"version": setup.version})
    return act(
        request,
        form,
        lambda: commands.sign_home_bed_agreement(
            by=request.actor,
            at=form.happened_at,
            setup=setup,
            signer=form.cleaned_data["signer"],
            version=form.cleaned_data["version"],
        ),
        heading=_("Home-bed agreement of {name}").format(name=setup.person.full_name),
        submit=_("Record the signature"),
        back=_page(setup),
        trail=_trail(setup),
        done=_("The agreement is signed. Next comes the filing with the insurance."),
    )


@needs(P.SET_UP_HOME_BED)
def file_with_insurance(request: Any, home_bed_setup_id: UUID) -> HttpResponse:
    """The bed is filed with the insurance."""
    setup = _setup(request, home_bed_setup_id, S.AGREED)
    form = forms.File(asked(request), initial={"version": setup.version})
    return act(
        request,
        form,
        lambda: commands.file_with_insurance(
            by=request.actor,
            at=form.happened_at,
            setup=setup,
            filing_number=form.cleaned_data["filing_number"],
            version=form.cleaned_data["version"],
        ),
        heading=_("Insurance filing for {name}").format(name=setup.person.full_name),
        submit=_("Record the filing"),
        back=_page(setup),
        lead=_("Record here what was filed at the insurance; the platform does not file by itself."),
        trail=_trail(setup),
        done=_("The filing is recorded. Now the bed can be set up."),
    )


@needs(P.SET_UP_HOME_BED)
def set_up_home_bed(request: Any, home_bed_setup_id: UUID) -> HttpResponse:
    """The bed is set up (建床); when a transfer waits for it, the arrival there does it."""
    setup = _setup(request, home_bed_setup_id, S.FILED)
    if request.method == "GET":
        if waiting := queries.transfer_that_waits(setup):
            return redirect("beds:transfer", waiting.pk)
        refuse_while_a_transfer_waits(setup.person)
    beds = queries.beds_for(setup)
    form = forms.SetUp(asked(request), beds=beds, initial={"version": setup.version})
    return act(
        request,
        form,
        lambda: commands.set_up_home_bed(
            by=request.actor,
            at=form.happened_at,
            setup=setup,
            bed=form.chosen,
            version=form.cleaned_data["version"],
        ),
        heading=_("Set up the home medical bed of {name}").format(name=setup.person.full_name),
        submit=_("Set up the bed"),
        back=_page(setup),
        lead=_("From now on the bed is in use and its cycle runs. A bed at a care home stays the person's.")
        if beds
        else _("All home medical beds of {unit} are taken. End one that is no longer needed.").format(
            unit=setup.unit.name
        ),
        trail=_trail(setup),
        done=_("The home medical bed is set up."),
        onward=lambda made: reverse("beds:stay", args=[made.episode_id]),
    )


@needs(P.SET_UP_HOME_BED)
def cancel_home_bed(request: Any, home_bed_setup_id: UUID) -> HttpResponse:
    """The set-up is given up."""
    setup = _setup(request, home_bed_setup_id, *NEXT)
    form = happening.WithNeededReason(asked(request))
    return act(
        request,
        form,
        lambda: commands.cancel_home_bed(
            by=request.actor, at=form.happened_at, setup=setup, reason=form.cleaned_data["reason"]
        ),
        heading=_("Give up the home medical bed for {name}?").format(name=setup.person.full_name),
        submit=_("Give up the set-up"),
        back=_page(setup),
        consequences=[
            _("The set-up ends here; what was recorded stays readable."),
            _("A later home medical bed means a new application and a new visit."),
        ],
        danger=True,
        trail=_trail(setup),
        done=_("The set-up was given up."),
    )


@needs(P.SET_UP_HOME_BED)
def review_home_bed(request: Any, episode_id: UUID) -> HttpResponse:
    """A visit, a periodic review, or the renewal for another cycle."""
    episode = units.episode(request.actor, episode_id)
    if episode.kind != BedKind.HOME_MEDICAL:
        raise NotAHomeMedicalBed
    wanted = request.GET.get("what", "")
    what = wanted if wanted in HomeBedReview.What.values else HomeBedReview.What.VISIT
    form = forms.Review(asked(request), initial={"what": what})
    seen(request.actor, [episode.person_id], what="beds.review_home_bed")
    back = reverse("beds:stay", args=[episode.pk])
    return act(
        request,
        form,
        lambda: commands.review_home_bed(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            **{name: form.cleaned_data[name] for name in ("what", "note", "next_on")},
        ),
        heading=_("Visit or review of {name}").format(name=episode.person.full_name),
        submit=pgettext("verb", "Record"),
        back=back,
        lead=_("A renewal begins another cycle after the present one."),
        trail=[*_trail(), (episode.person.full_name, back)],
        done=_("It is recorded."),
    )


def next_for(request: Any, transfer: Any) -> dict[str, Any] | None:
    """What the reader's unit must do for a home medical bed before this transfer can arrive."""
    if not (transfer.named and queries.is_awaited(transfer)):
        return None
    if not request.actor.may(P.SET_UP_HOME_BED, transfer.to_unit_id):
        return None
    setup = queries.setup_under_way(request.actor, [transfer.person_id])
    if setup is None:
        url = reverse("beds:apply_for_home_bed", args=[transfer.person_id])
        return {"label": _("Apply for the home bed"), "url": f"{url}?transfer={transfer.pk}"}
    if setup.state == S.FILED:
        return None
    return {"label": _("Go on with the set-up"), "url": _page(setup), "next": NEXT[setup.state]}


def _setup(request: Any, setup_id: UUID, *states: str) -> HomeBedSetup:
    """A page that leads nowhere is refused before it is filled in; later the command says so."""
    setup = queries.setup(request.actor, setup_id)
    seen(request.actor, [setup.person_id], what="beds.home_bed")
    if request.method == "GET" and setup.state not in states:
        raise SetupOutOfOrder(
            state=setup.get_state_display(),
            next=NEXT.get(setup.state, _("nothing more")),  # type: ignore[call-overload]
        )
    return setup


def _transfer(request: Any, person: Any) -> Any:
    """The transfer of this person that was named in the address."""
    try:
        asked_for = UUID(request.GET.get("transfer", ""))
    except ValueError:
        return None
    found = transfer_pages.transfer(request.actor, asked_for)
    if found.person_id != person.pk or not queries.is_awaited(found):
        raise NotFound
    return found


def _next_act(setup: Any) -> dict[str, Any] | None:
    if setup.state not in NEXT_ACT:
        return None
    name, label = NEXT_ACT[setup.state]
    return {"label": label, "url": reverse(f"beds:{name}", args=[setup.pk])}


def _page(setup: Any) -> str:
    return reverse("beds:home_bed", args=[setup.pk])


def _trail(setup: Any = None) -> list[tuple[Any, str]]:
    first = (_("Home beds"), reverse("beds:home_beds"))
    return [first, (setup.person.full_name, _page(setup))] if setup else [first]
