"""Forms of own limits, pauses and versions of rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.devices.commands.limits import NEVER_PAUSED
from yiyang.devices.models import AlarmRule
from yiyang.devices.queries import rules as queries
from yiyang.devices.rules import wording
from yiyang.devices.rules.alarms import EVENTS, GRAVER, TECHNICAL, Cause, Severity
from yiyang.devices.rules.judging.rules import LOW, read
from yiyang.devices.rules.judging.watches import WATCHED
from yiyang.devices.rules.kinds import KINDS, DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now
from yiyang.people import queries as people

LIMITED = ("HEART_RATE", "OXYGEN", "BREATHING", "SYSTOLIC", "DIASTOLIC", "TEMPERATURE", "GLUCOSE", "WEIGHT")


class OwnLimits(Form):
    code = forms.TypedChoiceField(label=_("What is measured"), coerce=int)
    low = forms.FloatField(label=_("Alarm below"), required=False)
    high = forms.FloatField(label=_("Alarm from"), required=False)
    target_88_92 = forms.BooleanField(
        label=_("An oxygen saturation of 88–92 % is aimed at"), required=False,
        help_text=_("Only for confirmed hypercapnic respiratory failure: the early warning score counts by scale 2."),
    )  # fmt: skip
    until = forms.DateTimeField(label=_("Hold until"))
    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, ruled: Collection[int], **given: Any) -> None:
        super().__init__(*args, **given)
        shown = [BY_NAME[one] for one in LIMITED if BY_NAME[one].no in ruled]
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (one.no, " ".join(part for part in (str(one.label), str(one.shown_unit)) if part))
            for one in shown
        ]


class PauseAlarms(Form):
    cause = forms.ChoiceField(
        label=_("What is paused"),
        choices=[(one.value, one.label) for one in Cause if one not in (*NEVER_PAUSED, *TECHNICAL)],
    )
    until = forms.DateTimeField(label=_("Paused until"))
    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


RULED = [one for one in Cause if one not in EVENTS | TECHNICAL]


def for_whom_choices(cause: str) -> list[tuple[str, Any]]:
    """Everybody, one kind of device that tells what the rule looks at, or one group: as `scope:whom`."""
    scope, looked_at = AlarmRule.Scope, queries.looked_at(cause, now())
    kinds = [
        (f"{scope.KIND}:{one.kind}", one.kind.label)
        for one in KINDS
        if {quantity.no for quantity in one.quantities} & looked_at
    ]
    groups = [(f"{scope.GROUP}:{code}", label) for code, label in people.group_names().items()]
    return [
        (f"{scope.ALL}:", scope.ALL.label), (scope.KIND.label, kinds), (scope.GROUP.label, groups),
    ]  # fmt: skip


def asked_for(text: str) -> tuple[str, str]:
    """What an address asks for; everybody, where it makes no sense."""
    scope, _colon, whom = text.partition(":")
    known = {AlarmRule.Scope.KIND: DeviceKind.values, AlarmRule.Scope.GROUP: list(people.group_names())}
    return (scope, whom) if whom in known.get(scope, ()) else (AlarmRule.Scope.ALL.value, "")  # type: ignore[call-overload]


def whom_label(scope: str, whom: str) -> Any:
    """How those are called for whom a rule holds."""
    if scope == AlarmRule.Scope.KIND:
        return DeviceKind(whom).label
    if scope == AlarmRule.Scope.GROUP:
        return people.group_names().get(whom, whom)
    return AlarmRule.Scope(scope).label


class _ForWhom(Form):
    """For whom it holds, and why. What cannot be, the command says."""

    for_whom = forms.ChoiceField(label=_("For whom"))
    off = forms.BooleanField(label=_("Switch this rule off"), required=False)
    reason = forms.CharField(
        label=pgettext_lazy("alarm rule", "Why it is changed"), max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    numbers: tuple[str, ...] = ()  # not asked for where the rule is switched off

    def __init__(self, *args: Any, cause: str, before: dict[str, Any], **given: Any) -> None:
        super().__init__(*args, **given)
        self.cause, self.before = cause, before
        self.fields["for_whom"].choices = for_whom_choices(cause)  # type: ignore[attr-defined]
        if self.is_bound and self.data.get("off"):
            for name in self.numbers:
                self.fields[name].required = False

    def whom(self) -> dict[str, str]:
        scope, _colon, whom = self.cleaned_data["for_whom"].partition(":")
        return {"scope": scope, "whom": whom}


class ChangeRule(_ForWhom):
    """The numbers of one rule."""

    limit_1 = forms.FloatField(label=_("First limit"))
    severity_1 = forms.ChoiceField(label=_("First limit: how urgent"), choices=Severity.choices)
    limit_2 = forms.FloatField(label=_("Graver limit"), required=False)
    severity_2 = forms.ChoiceField(
        label=_("Graver limit: how urgent"), choices=[("", "—"), *Severity.choices], required=False
    )
    count = forms.IntegerField(label=_("So many readings beyond it"), min_value=1, max_value=60)
    of = forms.IntegerField(label=_("of the last"), min_value=1, max_value=60)
    margin = forms.FloatField(label=_("Ends when back by"), min_value=0)
    apart = forms.IntegerField(label=_("Readings add up within (seconds)"), min_value=1)
    field_order = (
        "for_whom", "limit_1", "severity_1", "limit_2", "severity_2", "count", "of", "margin", "apart", "off", "reason",
    )  # fmt: skip
    numbers = ("limit_1", "severity_1", "count", "of", "margin", "apart")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        rule = read(self.cause, self.before, "")
        for name, label in wording.asked_for(rule).items():
            self.fields[name].label = label

    def clean(self) -> dict[str, Any]:
        """What contradicts itself is said where it stands; what cannot be at all, the command says."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("off"):
            return given
        first, graver = given.get("limit_1"), given.get("limit_2")
        if graver is not None and not given.get("severity_2"):
            self.add_error("severity_2", _("Say how urgent the graver limit is, or leave both out."))
        if graver is None and given.get("severity_2"):
            self.add_error("limit_2", _("Give the graver limit, or leave both out."))
        if first is not None and graver is not None:
            low = self.before.get("side") == LOW
            if (graver >= first) if low else (graver <= first):
                self.add_error("limit_2", _("The graver limit must lie further out than the first one."))
            elif (
                given.get("severity_2") and GRAVER[given["severity_2"]] <= GRAVER[given.get("severity_1", "")]
            ):
                self.add_error("severity_2", _("The graver limit must be more urgent than the first one."))
        if given.get("count") and given.get("of") and given["count"] > given["of"]:
            self.add_error(
                "count", _("So many cannot be beyond it of so few: lower this, or look at more readings.")
            )
        return given

    def params(self, before: dict[str, Any]) -> dict[str, Any]:
        given = self.cleaned_data
        if given["off"]:
            return {"off": True}
        levels = [{"limit": given["limit_1"], "severity": given["severity_1"]}]
        if given["limit_2"] is not None and given["severity_2"]:
            levels.append({"limit": given["limit_2"], "severity": given["severity_2"]})
        kept = {
            name: before[name]
            for name in ("quantity", "side", "seconds", "change_seconds", "only")
            if name in before
        }
        return {
            **kept,
            "levels": levels,
            **{name: given[name] for name in ("count", "of", "margin", "apart")},
        }


class _Waiting(Form):
    """From when to when something is waited for, and how long."""

    since = forms.TimeField(label=_("Counts from (time of day)"))
    until_time = forms.TimeField(label=_("until (time of day)"))
    minutes = forms.IntegerField(label=_("Alarms after (minutes)"), min_value=1)
    severity = forms.ChoiceField(label=pgettext_lazy("alarm", "How urgent"), choices=Severity.choices)

    def waited(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "since": f"{given['since']:%H:%M}", "until": f"{given['until_time']:%H:%M}", "minutes": given["minutes"],
            "severity": given["severity"],
        }  # fmt: skip


class ChangeWatch(_ForWhom, _Waiting):
    """When leaving the bed or not moving alarms."""

    after_door = forms.IntegerField(
        label=_("Minutes where the door was opened last"), min_value=0, required=False,
        help_text=_("The person may have gone out. Empty: as always."),
    )  # fmt: skip
    field_order = ("for_whom", "since", "until_time", "minutes", "after_door", "severity", "off", "reason")
    numbers = ("since", "until_time", "minutes", "severity")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if self.cause != Cause.NO_MOTION:
            del self.fields["after_door"]  # a bed has no door

    def params(self, before: dict[str, Any]) -> dict[str, Any]:
        if self.cleaned_data["off"]:
            return {"off": True}
        return {**self.waited(), "after_door": self.cleaned_data.get("after_door") or 0}


def change_form(cause: str) -> type[ChangeRule] | type[ChangeWatch]:
    return ChangeWatch if cause in WATCHED else ChangeRule


def initial(params: dict[str, Any]) -> dict[str, Any]:
    if "minutes" in params:
        return {**params, "until_time": params["until"]}
    levels = [*params.get("levels", []), {}, {}]
    return {
        "limit_1": levels[0].get("limit"), "severity_1": levels[0].get("severity"),
        "limit_2": levels[1].get("limit"), "severity_2": levels[1].get("severity"),
        "count": params.get("count", 1), "of": params.get("of", 1), "margin": params.get("margin", 0),
        "apart": params.get("apart", 900), "off": params.get("off", False),
    }  # fmt: skip


class OwnWatch(_Waiting):
    """For one person: another time of waiting, or none, until a day."""

    cause = forms.ChoiceField(
        label=_("What is waited for"), choices=[(one.value, one.label) for one in WATCHED]
    )
    off = forms.BooleanField(label=_("Do not wait for this person at all"), required=False)
    until = forms.DateTimeField(label=_("Hold until"))
    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("cause", "since", "until_time", "minutes", "severity", "off", "until", "reason")

    def params(self) -> dict[str, Any]:
        return {"off": True} if self.cleaned_data["off"] else self.waited()
