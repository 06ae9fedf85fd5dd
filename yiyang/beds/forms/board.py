"""Filters of the boards; what was chosen stays in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.access.bed_kinds import BedKind
from yiyang.kernel.forms import Form

ALL = ("", pgettext_lazy("kinds of beds", "All"))


class BoardFilters(Form):
    kind = forms.ChoiceField(label=_("Kind of bed"), required=False)
    street = forms.ChoiceField(label=_("Sub-district"), required=False)
    by = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, streets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [ALL, *BedKind.choices]
        self.fields["street"].choices = [("", pgettext_lazy("sub-districts", "All")), *streets]
        self.fields["by"].choices = [("", ""), ("unit", ""), ("street", "")]

    def chosen(self, name: str) -> str:
        """What was chosen, or nothing when it is not one of the choices."""
        value = str(self.data.get(name, ""))
        return value if value in dict(self.fields[name].choices) else ""
