from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.forms import Form


class ReportForm(Form):
    note = forms.CharField(
        label=_("Note to the report"),
        help_text=_("What a reader should know: beds that were closed, data that came late."),
        required=False,
        max_length=200,
    )
