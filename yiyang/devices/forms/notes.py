"""A note on a person's readings, as it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.devices.rules.quantities import QUANTITIES, Shape
from yiyang.kernel.forms import Form


def _number(text: Any) -> int | None:
    return int(text) if text else None


class WriteReadingNote(Form):
    text = forms.CharField(
        label=_("Note"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What whoever looks at the readings should know: after dinner, sensor loose, a new medicine."),
    )  # fmt: skip
    since = forms.DateTimeField(label=_("Of when"))
    until = forms.DateTimeField(
        label=pgettext_lazy("note", "Until when"),
        required=False,
        help_text=_("Only where it lasted a while."),
    )
    code = forms.TypedChoiceField(
        label=_("About"), required=False, coerce=_number, empty_value=None,
        choices=[("", _("all readings")), *((one.no, one.label) for one in QUANTITIES if one.shape is Shape.VALUE)],
    )  # fmt: skip


class WithdrawReadingNote(Form):
    reason = forms.CharField(
        label=_("What was wrong with it"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
