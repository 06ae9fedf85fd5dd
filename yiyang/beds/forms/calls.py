"""What came of a telephone call."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.duty.rules.results import CallResult
from yiyang.kernel.forms import Form


class PhoneAboutTransfer(Form):
    result = forms.ChoiceField(
        label=_("What came of it"),
        choices=CallResult.choices,
        widget=forms.RadioSelect,
        initial=CallResult.REACHED,
    )
    to_name = forms.CharField(label=_("Whom I phoned"), max_length=120, required=False)
    telephone = forms.CharField(
        label=_("Number"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    text = forms.CharField(
        label=_("What was said"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
