"""What everybody begins with: staff with their duties and figures, elders and families with their day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yiyang.access import queries as access
from yiyang.access.actors import AccountActor
from yiyang.access.permissions import Permission
from yiyang.access.roles import Scope
from yiyang.beds.queries import duties, family, figures, role_lists, unit_messages
from yiyang.beds.queries.role_rows import Listing, Row
from yiyang.duty import queries as duty
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.portals.comers import Comer, who_comes
from yiyang.portals.needs import Needs, needs
from yiyang.portals.sentences import Said, three_sentences
from yiyang.supervision import queries as supervision
from yiyang.supervision.indicators import INDICATORS

NOTICES, CALLS, FIGURES = 8, 5, 10
AT_NIGHT = {"NIGHT_DUTY_OFFICER"}


@dataclass(frozen=True)
class Day:
    """The beginning of a working day."""

    duties: duties.Duties
    notices: list[Any]
    kinds: list[tuple[str, figures.Sums]]
    whole_district: bool
    lists: list[Listing]
    answers: Any = None
    at_night: bool = False

    @property
    def named(self) -> list[Any]:
        return [*self.duties.named, *role_lists.named(self.lists)]

    @property
    def own(self) -> list[Any]:
        """One's own turn, without the emergencies that stand above it."""
        return [one for one in self.duties.own if one.urgency != "EMERGENCY"]

    @property
    def others(self) -> list[Any]:
        return [one for one in self.duties.others if one.urgency != "EMERGENCY"]

    @property
    def emergencies(self) -> list[Any]:
        """Emergencies under way, whoever acts: first on the page of whoever is there at night."""
        return [one for one in (*self.duties.own, *self.duties.others) if one.urgency == "EMERGENCY"]


@dataclass(frozen=True)
class Elder:
    """One person as the family's page shows them."""

    person: Any
    situation: family.Situation
    doctor: Any
    own: bool
    decides: bool = False
    opens_health: bool = False
    untold: bool = False
    needs: Needs = field(default_factory=Needs)
    comers: list[Comer] = field(default_factory=list)
    answers: dict[Any, int] = field(default_factory=dict)

    @property
    def team(self) -> list[tuple[Any, str, int]]:
        """(unit, responsible person, answers not read) of every open stay."""
        return [(unit, who, self.answers.get(unit.pk, 0)) for unit, who in self.situation.carers]

    @property
    def sentences(self) -> list[Said]:
        return three_sentences(self.situation, self.doctor) if self.own else []

    @property
    def phone(self) -> str:
        """The one telephone to call: of the team, else of the family doctor."""
        team = [unit.phone for unit, _who in self.situation.carers if unit.phone]
        of_doctor = [self.doctor.organisation.phone] if self.doctor and self.doctor.organisation.phone else []
        return next(iter(team + of_doctor), "")


def day(actor: AccountActor) -> Day:
    """What waits for the actor, what was told, and the beds of the own unit or of the district in one's charge."""
    whole = actor.role_of is not None and actor.role_of.scope in (Scope.AREA, Scope.FIGURES)
    lists = role_lists.listings(actor)
    here = [actor.organisation_id] if actor.role in AT_NIGHT and actor.organisation_id else []
    own = duties.duties(actor, role_lists.persons_of(lists), here)
    role_lists.name(actor, lists, own.known)
    return Day(
        own,
        access.newest_notices(actor, NOTICES),
        _kinds(actor, whole) if actor.may(Permission.SEE_BOARD) else [],
        whole,
        lists,
        own.at_units.get(actor.organisation_id),
        actor.role in AT_NIGHT,
    )


def month_now(actor: AccountActor) -> dict[str, Any] | None:
    """The figures of the running month for those who see figures and no people, each to its rows."""
    if actor.reads_records or not actor.may(Permission.SEE_FIGURES):
        return None
    month = timezone.localdate(now()).replace(day=1)
    found = supervision.figures(actor, month)
    lines = [
        {"indicator": one, "value": found[code].value, "number": found[code].number}
        for code, one in INDICATORS.items()
        if found[code].number
    ]
    return {"month": month.strftime("%Y-%m"), "lines": lines[:FIGURES]}


def last_calls(actor: AccountActor) -> Listing:
    """The newest entries of the telephone log: who was phoned, and what came of it."""
    rows = [
        Row(
            what=" · ".join(
                str(part) for part in (
                    one.to_unit.name if one.to_unit else "", one.to_name, one.get_result_display(), one.from_unit.name
                ) if part
            ),
            url=one.link or reverse("duty:calls"), at=one.at, phone=one.telephone,
            phone_of=one.to_unit.name if one.to_unit else one.to_name,
        )
        for one in duty.calls(actor)[:CALLS]
    ]  # fmt: skip
    return Listing("calls", _("Telephone log"), _("No calls recorded yet."), rows, reverse("duty:calls"))


def elders(actor: AccountActor) -> list[Elder]:
    """The account's own person, and those who entrusted it with their record."""
    entrusted = people.entrusted_to(actor)
    deciding = {delegation.person.pk for delegation in entrusted if delegation.may_decide}
    in_full = {one.person.pk for one in entrusted if one.scope == "FULL"}
    found = {person.pk: person for person in _own(actor, entrusted)}
    words = {pk: people.words_for(actor, pk) for pk in found}
    situations = family.situations(list(found), words)
    palliative = [pk for pk, one in situations.items() if one.palliative]
    untold = people.untold_of(palliative) if palliative and actor.role != "ELDER" else {}
    doctors = people.family_doctors(list(found), timezone.localdate(now()))
    sides = {pk: "PERSON" if words[pk].to_the_person else "FAMILY" for pk in found}
    needed = needs(situations)
    comers = who_comes(situations, now())
    answers = unit_messages.answers_unread(list(found), sides)
    return [
        Elder(
            person,
            situations[pk],
            doctors.get(pk),
            pk == actor.person_id,
            decides=pk == actor.person_id or pk in deciding,
            opens_health=pk == actor.person_id or pk in in_full,
            untold=situations[pk].palliative and "PALLIATIVE" in untold.get(pk, ()),
            needs=needed[pk],
            comers=comers.get(pk, []),
            answers={unit: number for (whose, unit), number in answers.items() if whose == pk},
        )
        for pk, person in found.items()
    ]


def _own(actor: AccountActor, entrusted: list[Any] | None = None) -> list[Any]:
    """The account's own person first, then those who entrusted it."""
    found = [one.person for one in (people.entrusted_to(actor) if entrusted is None else entrusted)]
    own = people.persons(actor).filter(pk=actor.person_id).first() if actor.person_id else None
    return [own, *found] if own else found


def shows_photo(actor: AccountActor, person_id: UUID, account_id: UUID) -> bool:
    """Whether this member of staff comes today to this person, whose own page or family's page it is."""
    if actor.membership_id is not None or person_id not in {person.pk for person in _own(actor)}:
        return False
    come = who_comes(family.situations([person_id]), now())
    return any(one.photo_of == account_id for one in come[person_id])


def _kinds(actor: AccountActor, whole: bool) -> list[tuple[str, figures.Sums]]:
    lines = figures.counts(actor)
    if not whole:
        lines = [line for line in lines if line.unit_id in actor.organisation_ids]
    return [(kind, sums) for kind, sums in figures.by_kind(lines).items() if sums.open or sums.extra]
