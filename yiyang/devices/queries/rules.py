"""Which rule holds for whom: the versions that were signed go before the policy pack, the narrower before the wider."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.queries import instruments
from yiyang.assessments.rules.instruments import Instrument
from yiyang.devices.models import AlarmRule, Device, Limit, Suppression
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.judging.rules import Rule, read, with_own_limits
from yiyang.devices.rules.judging.warning_score import ITEMS
from yiyang.devices.rules.judging.watches import MOVING, OUT_OF_BED, WATCHED, Watch, read_watch
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel.policy import policy
from yiyang.people import queries as people

NARROWER = (AlarmRule.Scope.PERSON, AlarmRule.Scope.GROUP, AlarmRule.Scope.KIND, AlarmRule.Scope.ALL)
Key = tuple[str, str, str]  # cause, scope, whom
Held = TypeVar("Held", Rule, Watch)
OXYGEN = BY_NAME["OXYGEN"].no


@dataclass
class Rules:
    """What is in force at an instant. `of` gives the rules for one person, as that person's own limits change them.

    None: switched off for those, whatever holds for others.
    """

    by_scope: dict[Key, Rule | None]
    watches: dict[Key, Watch | None] = field(default_factory=dict)
    limits: dict[tuple[UUID, int], Limit] = field(default_factory=dict)
    groups: dict[UUID, frozenset[str]] = field(default_factory=dict)
    paused: set[tuple[UUID, str]] = field(default_factory=set)
    former: dict[UUID, list[str]] = field(default_factory=dict)  # records that were joined with a person's

    def of(self, person_id: UUID, kind: str) -> list[Rule]:
        found = (self.one(cause.value, person_id, (kind,)) for cause in Cause)
        return [one for one in found if one is not None]

    def one(self, cause: str, person_id: UUID, kinds: Iterable[str]) -> Rule | None:
        """The rule about one cause, as the person's own limits change it."""
        rule = self._narrowest(self.by_scope, cause, person_id, sorted(kinds))
        if rule is None or (person_id, cause) in self.paused:
            return None
        own = self.limits.get((person_id, rule.quantity))
        return with_own_limits(rule, own.low, own.high) if own else rule

    def scale(self, person_id: UUID) -> str:
        """Which scale of oxygen counts: the second where a clinician says that 88–92 % is aimed at."""
        own = self.limits.get((person_id, OXYGEN))
        return "2" if own is not None and own.target_88_92 else "1"

    def watch(self, cause: str, person_id: UUID, kinds: Iterable[str]) -> Watch | None:
        """What is waited for from one person, who has devices of these kinds."""
        if (person_id, cause) in self.paused:
            return None
        return self._narrowest(self.watches, cause, person_id, sorted(kinds))

    def _narrowest(
        self, held: Mapping[Key, Held | None], cause: str, person_id: UUID, kinds: Iterable[str]
    ) -> Held | None:
        for scope in NARROWER:
            for whom in self._whom(scope, person_id, kinds):
                if (cause, scope.value, whom) in held:
                    return held[cause, scope.value, whom]
        return None

    def _whom(self, scope: str, person_id: UUID, kinds: Iterable[str]) -> Iterable[str]:
        if scope == AlarmRule.Scope.PERSON:
            return (str(person_id), *self.former.get(person_id, ()))
        if scope == AlarmRule.Scope.GROUP:
            return sorted(self.groups.get(person_id, ()))
        return kinds if scope == AlarmRule.Scope.KIND else ("",)


def in_force(at: datetime, person_ids: Collection[UUID] = ()) -> Rules:
    """The rules for these persons, with their limits and pauses; without persons, the rules alone."""
    merged = people.aliases_of(person_ids) if person_ids else {}
    every = [*person_ids, *merged]
    rules = Rules(*_by_scope(at, every))
    if not person_ids:
        return rules
    for alias, whose in merged.items():
        rules.former.setdefault(whose, []).append(str(alias))
    own = Limit.objects.filter(person_id__in=every, period__contains=at).order_by("set_at", "pk")
    rules.limits = {(merged.get(one.person_id, one.person_id), one.code): one for one in own}
    still = Suppression.objects.filter(person_id__in=every, period__contains=at)
    rules.paused = {
        (merged.get(whom, whom), cause) for whom, cause in still.values_list("person_id", "cause")
    }
    if any(scope == AlarmRule.Scope.GROUP for _code, scope, _whom in (*rules.by_scope, *rules.watches)):
        told = people.circumstances(person_ids, localdate(at))
        rules.groups = {one: known.groups for one, known in told.items()}
    return rules


def _by_scope(
    at: datetime, person_ids: Collection[UUID]
) -> tuple[dict[Key, Rule | None], dict[Key, Watch | None]]:
    """The policy, then what was signed; what was set for single persons only of those who are asked about."""
    wide = Q(whom__in=[str(one) for one in person_ids]) | ~Q(scope=AlarmRule.Scope.PERSON)
    return by_scope(at, AlarmRule.objects.filter(wide, period__contains=at).order_by("number"))


def by_scope(
    at: datetime, signed: Iterable[AlarmRule]
) -> tuple[dict[Key, Rule | None], dict[Key, Watch | None]]:
    """The policy of a day with these versions over it."""
    rules: dict[Key, Rule | None] = {}
    watches: dict[Key, Watch | None] = {}
    for key, into in (("devices.rules", rules), ("devices.watches", watches)):
        row = policy(key, on=localdate(at))
        for params in row.value:
            code: str = params["code"]
            _put(into, (code, AlarmRule.Scope.ALL.value, ""), params, f"{code} {row.valid_from}")
    for one in signed:
        into = watches if one.code in WATCHED else rules
        _put(into, (one.code, one.scope, one.whom), one.params, f"{one.code} v{one.number}")
    return rules, watches


def _put(into: dict[Key, Any], key: Key, params: dict[str, Any], version: str) -> None:
    if params.get("off"):
        into[key] = None
    else:
        into[key] = (read_watch if key[0] in WATCHED else read)(key[0], params, version)


def narrower_for(
    mine: Rules, person_id: UUID, kinds: Collection[str]
) -> list[tuple[str, str, str, Rule | Watch | None]]:
    """What does not hold for this person as for everybody: by a kind of device that they have, or switched off."""
    found: list[tuple[str, str, str, Rule | Watch | None]] = []
    groups = mine.groups.get(person_id, frozenset())
    held: dict[Key, Rule | Watch | None] = {**mine.by_scope, **mine.watches}
    for (code, scope, whom), one in held.items():
        if (scope == AlarmRule.Scope.KIND and whom in kinds) or (
            one is None
            and (scope == AlarmRule.Scope.ALL or (scope == AlarmRule.Scope.GROUP and whom in groups))
        ):
            found.append((code, scope, whom, one))
    return found


def versions(code: str) -> list[AlarmRule]:
    return list(AlarmRule.objects.filter(code=code).order_by("-number"))


def as_read(version: AlarmRule) -> Rule | Watch | None:
    """What a version says; None: switched off."""
    if version.params.get("off"):
        return None
    return (read_watch if version.code in WATCHED else read)(version.code, version.params, "")


def params_in_force(
    code: str, at: datetime, scope: str = AlarmRule.Scope.ALL, whom: str = ""
) -> dict[str, Any]:
    """The rule as it is written, to be changed; where these have none of their own, the one for everybody, and
    where it is switched off, that of the policy."""
    signed = AlarmRule.objects.filter(code=code, period__contains=at).order_by("-number")
    own = signed.filter(scope=scope, whom=whom).first() or signed.filter(scope=AlarmRule.Scope.ALL).first()
    if own is not None and not own.params.get("off"):
        return dict(own.params)
    key = "devices.watches" if code in WATCHED else "devices.rules"
    rows = policy(key, on=localdate(at)).value
    return next((dict(one) for one in rows if one["code"] == code), {})


def looked_at(code: str, at: datetime, params: Mapping[str, Any] | None = None) -> set[int]:
    """The quantities from which a rule is judged."""
    if code == Cause.NEWS2:
        return set(ITEMS)
    if code == Cause.LEFT_BED:
        return {OUT_OF_BED}
    if code == Cause.NO_MOTION:
        return set(MOVING)
    held = params if params and "quantity" in params else params_in_force(code, at)
    return {BY_NAME[held["quantity"]].no}


def warning_instrument() -> Instrument:
    """The early warning score in use."""
    return content_of(instruments.newest("NEWS2"))


def valid_seconds(at: datetime) -> dict[int, int]:
    """For how long a reading counts in the score, by quantity."""
    minutes = policy("devices.score_valid_minutes", on=localdate(at)).value
    return {BY_NAME[name].no: int(one) * 60 for name, one in minutes.items()}


def kinds_of(device_nos: Collection[int]) -> dict[int, Device]:
    return {one.no: one for one in Device.objects.filter(no__in=device_nos)}
