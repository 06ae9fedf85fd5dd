"""The form about how long whoever is told of an alarm has."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.devices.commands.waiting import MOST
from yiyang.devices.rules.alarms import Severity
from yiyang.kernel.forms import Form


class WaitingTimesForm(Form):
    emergency = forms.IntegerField(
        label=_("Danger to life: minutes until the next one is told"), min_value=1, max_value=MOST
    )
    urgent = forms.IntegerField(
        label=_("Urgent: minutes until the next one is told"), min_value=1, max_value=MOST
    )
    routine = forms.IntegerField(
        label=_("To be looked at: minutes of duty hours until the next one is told"),
        min_value=1,
        max_value=MOST,
    )
    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def minutes(self) -> dict[str, int]:
        return {one.value: self.cleaned_data[one.value.lower()] for one in Severity}
