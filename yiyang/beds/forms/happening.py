"""What forms about something that happened have in common: when it did."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.forms import Form
from yiyang.kernel.time import now


class Happening(Form):
    """`at` is asked last: most things are entered as they happen."""

    at = forms.DateTimeField(
        label=_("When it happened"), required=False, help_text=_("Leave empty if it happens now.")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if "at" in self.fields:
            self.order_fields([name for name in self.fields if name != "at"] + ["at"])

    @property
    def happened_at(self) -> datetime:
        return self.cleaned_data.get("at") or now()


class Confirm(Happening):
    """Only a yes, and when."""


class WithReason(Happening):
    reason = forms.CharField(
        label=_("Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class WithNeededReason(Happening):
    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
