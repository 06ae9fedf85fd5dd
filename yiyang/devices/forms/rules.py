"""Forms of own limits, pauses and versions of rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.devices.commands.limits import NEVER_PAUSED
from yiyang.devices.rules.alarms import EVENTS, TECHNICAL, Cause, Severity
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel.forms import Form

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


RULED = [one for one in Cause if one not in EVENTS | TECHNICAL | {Cause.LEFT_BED, Cause.NO_MOTION}]


class ChangeRule(Form):
    """The numbers of one rule. What cannot be, the command says."""

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
    off = forms.BooleanField(label=_("Switch this rule off"), required=False)
    reason = forms.CharField(
        label=pgettext_lazy("alarm rule", "Why it is changed"), max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

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


def initial(params: dict[str, Any]) -> dict[str, Any]:
    levels = [*params.get("levels", []), {}, {}]
    return {
        "limit_1": levels[0].get("limit"), "severity_1": levels[0].get("severity"),
        "limit_2": levels[1].get("limit"), "severity_2": levels[1].get("severity"),
        "count": params.get("count", 1), "of": params.get("of", 1), "margin": params.get("margin", 0),
        "apart": params.get("apart", 900),
    }  # fmt: skip
