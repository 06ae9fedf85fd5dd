"""Forms of all contexts: a Refusal raised inside `refusals()` becomes an error of the form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal


class Form(forms.Form):
    """A form whose errors come first, in words, and which keeps what was typed."""

    required_css_class = "required"
    error_css_class = "error"

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for field in self.fields.values():
            # Django says "This field is required", in words of those who make forms.
            if field.error_messages.get("required") is forms.Field.default_error_messages["required"]:
                chosen = isinstance(field, forms.ChoiceField)
                field.error_messages["required"] = _("Choose one.") if chosen else _("Fill this in.")

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn a Refusal into an error: at the field that it names, or of the whole form."""
        try:
            yield
        except Refusal as refusal:
            self.add_error(self._field_of(refusal), str(refusal))
            self.refusal = refusal

    def _field_of(self, refusal: Refusal) -> str | None:
        """A refusal names an argument of its command; what is an instant there is asked for as a day here."""
        name = str(refusal.details.get("field", ""))
        names = (name, name.removesuffix("_at") + "_on")
        return next((one for one in names if one in self.fields), None)
