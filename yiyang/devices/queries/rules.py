"""Which rule holds for whom: the versions that were signed go before the policy pack, the narrower before the wider."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.queries import instruments
from yiyang.assessments.rules.instruments import Instrument
from yiyang.devices.models import AlarmRule, Device, Limit, Suppression
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.judging.rules import Rule, read, with_own_limits
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel.policy import policy
from yiyang.people import queries as people

NARROWER = (AlarmRule.Scope.PERSON, AlarmRule.Scope.GROUP, AlarmRule.Scope.KIND, AlarmRule.Scope.ALL)
OXYGEN = BY_NAME["OXYGEN"].no


@dataclass
class Rules:
    """What is in force at an instant. `of` gives the rules for one person, as that person's own limits change them."""

    by_scope: dict[tuple[str, str, str], Rule]
    limits: dict[tuple[UUID, int], Limit] = field(default_factory=dict)
    groups: dict[UUID, frozenset[str]] = field(default_factory=dict)
    paused: set[tuple[UUID, str]] = field(default_factory=set)

    def of(self, person_id: UUID, kind: str) -> list[Rule]:
        found = []
        for cause in Cause:
            rule = self._narrowest(cause.value, person_id, kind)
            if rule is not None and (person_id, cause.value) not in self.paused:
                own = self.limits.get((person_id, rule.quantity))
                found.append(with_own_limits(rule, own.low, own.high) if own else rule)
        return found

    def scale(self, person_id: UUID) -> str:
        """Which scale of oxygen counts: the second where a clinician says that 88–92 % is aimed at."""
        own = self.limits.get((person_id, OXYGEN))
        return "2" if own is not None and own.target_88_92 else "1"

    def _narrowest(self, cause: str, person_id: UUID, kind: str) -> Rule | None:
        for scope in NARROWER:
            for whom in self._whom(scope, person_id, kind):
                rule = self.by_scope.get((cause, scope.value, whom))
                if rule is not None:
                    return rule
        return None

    def _whom(self, scope: str, person_id: UUID, kind: str) -> Iterable[str]:
        if scope == AlarmRule.Scope.PERSON:
            return (str(person_id),)
        if scope == AlarmRule.Scope.GROUP:
            return sorted(self.groups.get(person_id, ()))
        return (kind,) if scope == AlarmRule.Scope.KIND else ("",)


def in_force(at: datetime, person_ids: Collection[UUID] = ()) -> Rules:
    """The rules for these persons, with their limits and pauses; without persons, the rules alone."""
    rules = Rules(_by_scope(at))
    if not person_ids:
        return rules
    own = Limit.objects.filter(person_id__in=person_ids, period__contains=at)
    rules.limits = {(one.person_id, one.code): one for one in own}
    still = Suppression.objects.filter(person_id__in=person_ids, period__contains=at)
    rules.paused = set(still.values_list("person_id", "cause"))
    if any(scope == AlarmRule.Scope.GROUP for _code, scope, _whom in rules.by_scope):
        told = people.circumstances(person_ids, localdate(at))
        rules.groups = {one: known.groups for one, known in told.items()}
    return rules


def _by_scope(at: datetime) -> dict[tuple[str, str, str], Rule]:
    row = policy("devices.rules", on=localdate(at))
    found = {
        (one["code"], AlarmRule.Scope.ALL.value, ""): read(
            one["code"], one, f"{one['code']} {row.valid_from}"
        )
        for one in row.value
    }
    for signed in AlarmRule.objects.filter(period__contains=at).order_by("number"):
        key = (signed.code, signed.scope, signed.whom)
        if signed.params.get("off"):
            found.pop(key, None)
        else:
            found[key] = read(signed.code, signed.params, f"{signed.code} v{signed.number}")
    return found


def versions(code: str) -> list[AlarmRule]:
    return list(AlarmRule.objects.filter(code=code).order_by("-number"))


def params_in_force(code: str, at: datetime) -> dict[str, Any]:
    """The rule for everybody as it is written, to be changed."""
    signed = AlarmRule.objects.filter(code=code, scope=AlarmRule.Scope.ALL, period__contains=at)
    newest = signed.order_by("-number").first()
    if newest is not None:
        return dict(newest.params)
    rows = policy("devices.rules", on=localdate(at)).value
    return next((dict(one) for one in rows if one["code"] == code), {})


def warning_instrument() -> Instrument:
    """The early warning score in use."""
    return content_of(instruments.newest("NEWS2"))


def valid_seconds(at: datetime) -> dict[int, int]:
    """For how long a reading counts in the score, by quantity."""
    minutes = policy("devices.score_valid_minutes", on=localdate(at)).value
    return {BY_NAME[name].no: int(one) * 60 for name, one in minutes.items()}


def kinds_of(device_nos: Collection[int]) -> dict[int, Device]:
    return {one.no: one for one in Device.objects.filter(no__in=device_nos)}
