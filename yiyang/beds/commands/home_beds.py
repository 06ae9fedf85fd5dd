"""Home medical beds: application, doctor's visit, agreement, insurance filing, set-up; visits, reviews, renewal.

Source of the steps: Shanghai, community health centres set up home medical beds; Hefei (cycle of at most 90
days, renewed by registering again); Yangzhou (application, physician's opinion, filing, registration).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries import naming
from yiyang.beds.commands import bed_choice, locks
from yiyang.beds.commands.admissions import check_licence, open_episode
from yiyang.beds.commands.bed_choice import SomeoneElse
from yiyang.beds.commands.episodes import EpisodeClosed, touch
from yiyang.beds.commands.steps import SayWhy
from yiyang.beds.models import Bed, Episode, HomeBedReview, HomeBedSetup, Transfer
from yiyang.beds.models.inventory import Lane
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record, record_of
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.kernel.versions import compare

if TYPE_CHECKING:
    from yiyang.people.models import Person

S = HomeBedSetup.State
NEXT = {
    S.APPLIED: _("the doctor's visit"),
    S.VISITED: _("the signed agreement"),
    S.AGREED: _("the filing with the insurance"),
    S.FILED: _("the set-up of the bed"),
}


class SetupOutOfOrder(Refusal):
    message = _("The set-up of this home medical bed is “{state}”. Next comes {next}.")


class SetupUnderWay(Refusal):
    message = _("A home medical bed is being set up for {name} already. Open that one.")


class TransferWaits(Refusal):
    message = _(
        "A transfer of {name} to a home medical bed is under way ({state}). Confirm the arrival there, which sets"
        " the bed up, or cancel that transfer first."
    )


class NotAHomeMedicalBed(Refusal):
    message = _("This is possible only for a home medical bed.")
    status = 422


@refuses("home_bed_setup_one_at_a_time")
def _under_way(given: dict[str, Any]) -> Refusal:
    person = given.get("person")
    return SetupUnderWay(name=person.full_name if person else _("This person"))


@command(Permission.SET_UP_HOME_BED, within="unit_id", about="person.pk")
def apply_for_home_bed(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    unit_id: UUID,
    reason: str,
    place: str,
    transfer: Transfer | None = None,
) -> HomeBedSetup:
    """The person, the family or the care home applies for a home medical bed at a community health centre."""
    if not reason.strip():
        raise SayWhy(field="reason")
    check_licence(unit_id, BedKind.HOME_MEDICAL, at)
    person = locks.person(person.pk)
    setup = HomeBedSetup.objects.create(
        person=person,
        unit_id=unit_id,
        transfer=transfer,
        reason=reason.strip(),
        place=place.strip(),
        applied_at=at,
    )
    record("home_bed.applied", by=by, at=at, subject=setup, person=person, unit=unit_id)
    return setup


@command(Permission.SET_UP_HOME_BED, within="setup.unit_id", about="setup.person_id")
def record_home_visit(
    *, by: Actor, at: datetime, setup: HomeBedSetup, findings: str, fit: bool, version: int | None = None
) -> HomeBedSetup:
    """The doctor has visited and says whether a home medical bed is right; if not, the set-up ends here."""
    if not findings.strip():
        raise SayWhy(field="findings")
    setup = _at(setup, S.APPLIED, version)
    setup.visited_at, setup.visited_by, setup.findings = at, by.label, findings.strip()
    if not fit:
        setup.ended_at, setup.end_reason = at, findings.strip()[:200]
    return _enter(setup, S.VISITED if fit else S.REFUSED, "home_bed.visited", by=by, at=at)


@command(Permission.SET_UP_HOME_BED, within="setup.unit_id", about="setup.person_id")
def sign_home_bed_agreement(
    *, by: Actor, at: datetime, setup: HomeBedSetup, signer: str, version: int | None = None
) -> HomeBedSetup:
    """The person, or who decides for the person, has signed the agreement."""
    if not signer.strip():
        raise SayWhy(field="signer")
    setup = _at(setup, S.VISITED, version)
    setup.agreed_at, setup.signer = at, signer.strip()
    return _enter(setup, S.AGREED, "home_bed.agreed", by=by, at=at)


@command(Permission.SET_UP_HOME_BED, within="setup.unit_id", about="setup.person_id")
def file_with_insurance(
    *, by: Actor, at: datetime, setup: HomeBedSetup, filing_number: str, version: int | None = None
) -> HomeBedSetup:
    """The home medical bed is filed with the insurance; without insurance the filing says so."""
    setup = _at(setup, S.AGREED, version)
    setup.filed_at, setup.filing_number = at, filing_number.strip()
    return _enter(setup, S.FILED, "home_bed.filed", by=by, at=at)


@command(Permission.SET_UP_HOME_BED, within="setup.unit_id", about="setup.person_id")
def set_up_home_bed(
    *, by: Actor, at: datetime, setup: HomeBedSetup, bed: Bed | None = None, version: int | None = None
) -> HomeBedSetup:
    """The home medical bed is set up (建床): from now on it is in use. Without a bed named, any free one."""
    person = locks.person(setup.person_id)
    setup = _at(setup, S.FILED, version)
    refuse_while_a_transfer_waits(person)
    bed = (
        locks.bed(bed.pk)
        if bed
        else bed_choice.any_free_bed(
            person, unit_id=setup.unit_id, kind=BedKind.HOME_MEDICAL, lane=Lane.OVERLAY
        )
    )
    if bed.unit_id != setup.unit_id or bed.kind != BedKind.HOME_MEDICAL:
        raise SomeoneElse(unit=naming.unit_name(setup.unit_id))
    setup.episode = open_episode(person, bed, at=at, by=by, reason=setup.reason, responsible=setup.visited_by)
    return _enter(setup, S.OPENED, "home_bed.opened", by=by, at=at)


@command(Permission.SET_UP_HOME_BED, within="setup.unit_id", about="setup.person_id")
def cancel_home_bed(*, by: Actor, at: datetime, setup: HomeBedSetup, reason: str) -> HomeBedSetup:
    """The set-up is given up."""
    if not reason.strip():
        raise SayWhy(field="reason")
    locks.person(setup.person_id, alive=False)
    setup = HomeBedSetup.objects.select_for_update(no_key=True).get(pk=setup.pk)
    compare(setup)
    if setup.state not in NEXT:
        raise SetupOutOfOrder(state=setup.get_state_display(), next=_("nothing more"))
    setup.ended_at, setup.end_reason = at, reason.strip()[:200]
    return _enter(setup, S.CANCELLED, "home_bed.cancelled", by=by, at=at)


@command(Permission.SET_UP_HOME_BED, within="episode.unit_id", about="episode.person_id")
def review_home_bed(
    *, by: Actor, at: datetime, episode: Episode, what: str, note: str = "", next_on: date | None = None
) -> HomeBedReview:
    """A visit, a periodic review, or the renewal for another cycle."""
    episode = locks.episode(episode)
    if episode.closed_at is not None:
        raise EpisodeClosed(closed_at=episode.closed_at)
    if episode.kind != BedKind.HOME_MEDICAL:
        raise NotAHomeMedicalBed
    review = HomeBedReview.objects.create(
        episode=episode, what=what, at=at, by_label=by.label, note=note.strip(), next_on=next_on
    )
    if what == HomeBedReview.What.RENEWAL:
        days = policy("beds.cycle_days.HOME_MEDICAL", on=at.date()).value
        episode.cycle_ends_on = max(at.date(), episode.cycle_ends_on or at.date()) + timedelta(days=days)
        touch(episode)
    record_of(
        episode,
        f"home_bed.{what.lower()}",
        by=by,
        at=at,
        unit=episode.unit_id,
        cycle_ends_on=episode.cycle_ends_on,
    )
    return review


def refuse_while_a_transfer_waits(person: Person) -> None:
    """One way into one bed: a transfer to it that is under way is carried on, not passed by."""
    live = Transfer.objects.live().filter(person=person, target_kind=BedKind.HOME_MEDICAL).first()
    if live is not None:
        raise TransferWaits(name=person.full_name, state=live.get_state_display(), transfer=str(live.pk))


def finish_set_up(transfer: Transfer, episode: Episode) -> None:
    """A transfer has brought the home medical bed into use; refused before visit, agreement and filing."""
    setup = HomeBedSetup.objects.filter(person_id=transfer.person_id).order_by("-applied_at").first()
    if setup is None or setup.state != S.FILED:
        under_way = setup is not None and setup.state in NEXT
        raise SetupOutOfOrder(
            state=setup.get_state_display() if setup and under_way else _("not applied for"),
            next=NEXT[setup.state] if setup and under_way else _("the application"),  # type: ignore[index]
        )
    HomeBedSetup.objects.filter(pk=setup.pk).update(
        state=S.OPENED, episode=episode, version=setup.version + 1
    )


def _at(setup: HomeBedSetup, state: str, version: int | None) -> HomeBedSetup:
    locks.person(setup.person_id)
    setup = HomeBedSetup.objects.select_for_update(no_key=True).get(pk=setup.pk)
    compare(setup, version)
    if setup.state != state:
        raise SetupOutOfOrder(
            state=setup.get_state_display(),
            next=NEXT.get(setup.state, _("nothing more")),  # type: ignore[call-overload]
        )
    return setup


def _enter(setup: HomeBedSetup, state: str, fact: str, *, by: Actor, at: datetime) -> HomeBedSetup:
    setup.state = state
    setup.version += 1
    setup.save()
    record(fact, by=by, at=at, subject=setup, person=setup.person_id, unit=setup.unit_id, state=state)
    return setup
