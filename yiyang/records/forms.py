"""What staff enter into the clinical record. Forms check shapes; what may be is decided by the commands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.kernel.forms import Form
from yiyang.records.rules.vital_signs import CONSCIOUSNESS, SIGNS, Sign


def _measured(sign: Sign) -> forms.DecimalField:
    return forms.DecimalField(
        label=f"{sign.label} {sign.shown_unit}",
        required=False,
        max_digits=6,
        decimal_places=sign.decimals,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class VitalSignsForm(Form):
    """All may stay empty but one. What was not measured is not entered as 0."""

    measured_at = forms.DateTimeField(
        label=_("Measured at"), required=False, help_text=_("Leave empty if it is measured now.")
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for sign in SIGNS:
            self.fields[sign.name] = _measured(sign)
        self.fields["consciousness"] = forms.ChoiceField(
            label=pgettext_lazy("vital sign", "Consciousness"),
            choices=[("", _("Not looked at")), *CONSCIOUSNESS.items()],
            required=False,
        )
        self.order_fields([*(sign.name for sign in SIGNS), "consciousness", "measured_at"])

    def values(self) -> dict[str, Decimal]:
        told = {sign.name: self.cleaned_data.get(sign.name) for sign in SIGNS}
        return {name: value for name, value in told.items() if value is not None}
