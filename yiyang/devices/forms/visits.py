"""Forms of visits that an alarm asks for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.forms import Form


class OrderVisit(Form):
    due_at = forms.DateTimeField(label=_("Visit by"))
    what = forms.CharField(
        label=_("What to look at"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever goes: what happened, and what to look at."),
    )  # fmt: skip


class RecordVisit(Form):
    found = forms.CharField(
        label=_("What was found"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
