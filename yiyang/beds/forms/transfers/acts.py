"""What every form of a transfer has: which version was looked at, when it happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import Refusal, Stale
from yiyang.kernel.time import now


def in_a_row() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "inline"})


def lines(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Act(Form):
    """Every act on a transfer: it knows which version of the page was looked at, and when it happened."""

    happened_at = forms.DateTimeField(
        label=_("When it happened"),
        required=False,
        widget=forms.DateTimeInput(),
        help_text=_("Leave empty if it is happening now."),
    )

    def __init__(self, *args: Any, about: Any = None, timed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not timed:
            del self.fields["happened_at"]
        if about is not None:
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput(), required=False, initial=about.version
            )

    @property
    def at(self) -> datetime:
        return self.cleaned_data.get("happened_at") or now()

    def told(self) -> dict[str, Any]:
        """What the command is given besides who, when and what."""
        return {name: value for name, value in self.cleaned_data.items() if name != "happened_at"}

    def look_again(self, about: Any) -> None:
        """After a refusal because somebody was faster, the next try is about the state now shown."""
        refusal: Refusal | None = getattr(self, "refusal", None)
        if isinstance(refusal, Stale):
            self.data = self.data.copy()
            self.data["version"] = str(about.version)


class Question(Act):
    """A question that needs no more than yes."""


class Reason(Act):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=lines(2), help_text=_("It is kept in the history.")
    )
