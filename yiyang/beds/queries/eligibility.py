"""One person, or many, against the criteria of all five kinds of beds: what is known of them, and what follows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.roles import ROLES
from yiyang.assessments.queries.evidence import evidence_of_many
from yiyang.assessments.queries.names import contents
from yiyang.assessments.rules import eligibility as rules
from yiyang.assessments.rules.eligibility import Answer, Criteria, Evidence, Reason, Result
from yiyang.beds.models import Agreement, EligibilityOverride, EligibilityRules, Occupancy, Transfer
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.transfers import ENDED, Urgency
from yiyang.kernel.actors import Actor
from yiyang.kernel.ids import among
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound
from yiyang.ops.config import config
from yiyang.people import queries as people

KEY = "beds.eligibility.{}"
THERE = (State.PRESENT, State.HELD)


# The criteria


def criteria_on(day: date) -> dict[str, Criteria]:
    """What the district has signed for this day, over what the policy pack says."""
    found = dict(of_pack(config.policy_pack, day))
    signed = (
        EligibilityRules.objects.exclude(signed_at=None)
        .filter(valid_from__lte=day)
        .order_by("-valid_from", "-signed_at")
        .values_list("content", flat=True)
        .first()
    )
    return {**found, **criteria_from(signed)} if signed else found


@lru_cache(maxsize=64)
def of_pack(pack: str, day: date) -> Mapping[str, Criteria]:
    """As the policy pack says; CriteriaFault names every fault of every kind."""
    found, faults = {}, []
    for kind in BedKind.values:
        try:
            found[kind] = rules.read(kind, policy(KEY.format(kind), on=day).value, ROLES)
        except rules.CriteriaFault as fault:
            faults.extend(fault.faults)
    if faults:
        raise rules.CriteriaFault(faults)
    return found


@lru_cache(maxsize=8)
def criteria_from(content: str) -> Mapping[str, Criteria]:
    """The kinds that a file of criteria names; CriteriaFault says in words what is wrong with it."""
    try:
        rows = tomllib.loads(content).get("row", [])
    except tomllib.TOMLDecodeError as fault:
        raise rules.CriteriaFault([_("the file is not TOML: {fault}").format(fault=fault)]) from fault
    known = {KEY.format(kind): kind for kind in BedKind.values}
    named = [one.get("key") for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
    faults = [
        _("“{key}” is no row of criteria; known are {known}").format(key=key, known=", ".join(known))
        for key in named
        if key not in known
    ]
    faults += [
        _("{key} stands twice").format(key=key)
        for key in sorted({one for one in named if one and named.count(one) > 1})
    ]
    found = {}
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or row.get("key") not in known:
            continue
        kind = known[row["key"]]
        try:
            found[kind] = rules.read(kind, row.get("value"), ROLES)
        except rules.CriteriaFault as fault:
            faults.extend(fault.faults)
    if not found and not faults:
        faults.append(_("the file has no row of criteria ([[row]] with key and value)"))
    if faults:
        raise rules.CriteriaFault(faults)
    return found


def unfit(content: str) -> list[str]:
    """What criteria ask that no instrument in use could answer, in words."""
    criteria = criteria_from(content).values()
    known = contents({code for one in criteria for code in one.instruments})
    return [fault for one in criteria for fault in rules.unfit(one, known)]


# What is known


def evidence_of(
    person_ids: Iterable[UUID], at: datetime, criteria: Mapping[str, Criteria], also: Iterable[str] = ()
) -> dict[UUID, Evidence]:
    """Of persons whom the caller may see or counts: what these criteria ask, and these instruments beside."""
    ids, day = list(dict.fromkeys(person_ids)), localdate(at)
    instruments = {code for one in criteria.values() for code in one.instruments} | set(also)
    assessed = evidence_of_many(ids, instruments, at)
    beds, consents = beds_of(ids), consents_of(ids)
    return {
        one: Evidence(
            on=day,
            assessed=assessed.get(one, {}),
            age=known.age,
            insurance=known.insurance,
            groups=known.groups,
            beds=frozenset(beds.get(one, ())),
            consents=consents.get(one, {}),
        )
        for one, known in people.circumstances(ids, day).items()
    }


def beds_of(ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    rows = Occupancy.objects.filter(person__in=among(ids), state__in=THERE, period__endswith=None).exclude(
        bed=None
    )
    found: dict[UUID, set[str]] = {}
    for person_id, kind in rows.values_list("person_id", "bed__kind"):
        found.setdefault(person_id, set()).add(kind)
    return found


def consents_of(ids: Sequence[UUID]) -> dict[UUID, dict[str, bool]]:
    """What was last said to a transfer that is under way: agreed or refused."""
    said = Q(outcome=Agreement.Outcome.AGREED) | Q(outcome=Agreement.Outcome.REFUSED)
    rows = Agreement.objects.filter(said, transfer__person__in=among(ids)).exclude(transfer__state__in=ENDED)
    found: dict[UUID, dict[str, bool]] = {}
    for person_id, kind, outcome in rows.order_by("at").values_list(
        "transfer__person_id", "transfer__target_kind", "outcome"
    ):
        found.setdefault(person_id, {})[kind] = outcome == Agreement.Outcome.AGREED
    return found


# What follows


def evidence(person_id: UUID, at: datetime, criteria: Mapping[str, Criteria]) -> Evidence:
    return evidence_of([person_id], at, criteria)[person_id]


def result_for(person_id: UUID, kind: str, at: datetime, judged: Mapping[str, str] | None = None) -> Result:
    """One kind of bed, with what a clinician has answered to the criteria reserved to clinicians."""
    criteria = criteria_on(localdate(at))[kind]
    known = evidence(person_id, at, {kind: criteria})
    if judged:
        known = known.supposing(judged=dict(judged))
    return rules.decide(criteria, known)


@dataclass(frozen=True)
class Standing:
    """What counts for one person and kind: a clinician's word that still holds, else what the criteria give."""

    result: Result
    override: EligibilityOverride | None

    @property
    def answer(self) -> str:
        return self.override.given if self.override else str(self.result.answer)

    @property
    def refused(self) -> bool:
        return self.answer == Answer.NOT_ELIGIBLE

    @property
    def priority(self) -> tuple[Reason, ...]:
        """Why the person comes first; whoever does not qualify does not."""
        return () if self.refused else self.result.priority


def standing(person_id: UUID, kind: str, at: datetime) -> Standing:
    return standings([person_id], kind, at)[person_id]


def standings(person_ids: Iterable[UUID], kind: str, at: datetime) -> dict[UUID, Standing]:
    """The same for many, in a fixed number of statements."""
    criteria = criteria_on(localdate(at))[kind]
    known = evidence_of(person_ids, at, {kind: criteria})
    said = overrides_of_many(known, kind, at)
    return {one: Standing(rules.decide(criteria, each), said.get(one)) for one, each in known.items()}


def may_judge(actor: Actor, criteria: Criteria) -> bool:
    """Whether the criteria of the kind name the actor's role."""
    return actor.role == "SYSTEM" or actor.role in criteria.who


def roles_of(criteria: Criteria) -> str:
    """Who may judge, by name."""
    return _(", ").join(ROLES[code].name for code in criteria.who)


# What clinicians said otherwise


def holds_until(at: datetime) -> date:
    """How long a clinician's word against the criteria counts."""
    day = localdate(at)
    return day + timedelta(days=policy("beds.eligibility_override_days", on=day).value)


def days_to_assess(at: datetime) -> int:
    """How long after an emergency what was missing is to be assessed."""
    return int(policy("beds.emergency_assessment_days", on=localdate(at)).value)


def emergency_transfer(transfer_id: UUID | None) -> Transfer | None:
    """The transfer, if it is an emergency."""
    return Transfer.objects.filter(pk=transfer_id, urgency=Urgency.EMERGENCY).first()


def overrides_of_many(person_ids: Iterable[UUID], kind: str, at: datetime) -> dict[UUID, EligibilityOverride]:
    """By person, the newest word about one kind that still holds; a merged record's counts too."""
    ids = list(person_ids)
    merged = people.aliases_of(ids)
    rows = EligibilityOverride.objects.filter(
        person__in=[*ids, *merged], kind=kind, withdrawn_at=None, at__lte=at, holds_until__gt=localdate(at)
    )
    return {merged.get(one.person_id, one.person_id): one for one in rows.order_by("at")}


def overrides_of(person_id: UUID, at: datetime) -> dict[str, EligibilityOverride]:
    """By kind, the newest word that still holds."""
    rows = EligibilityOverride.objects.filter(
        people.of_person(person_id), withdrawn_at=None, at__lte=at, holds_until__gt=localdate(at)
    )
    return {one.kind: one for one in rows.order_by("at")}


def override_about(transfer: Transfer, at: datetime) -> EligibilityOverride | None:
    """The word that counts for the kind of bed that this transfer asks for."""
    return overrides_of(transfer.person_id, at).get(transfer.target_kind)


def override(actor: Actor, override_id: UUID) -> EligibilityOverride:
    found = EligibilityOverride.objects.select_related("person").filter(pk=override_id).first()
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    return found


def judged_of(given: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What an evaluation answered: pages say YES, NO or UNKNOWN, the API says whether it is met."""
    said = {True: "YES", False: "NO"}
    return {
        str(one["code"]): one.get("answer") or said.get(one.get("met"), "UNKNOWN")
        for one in given
        if "code" in one
    }
