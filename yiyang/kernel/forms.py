"""Forms of all contexts: a Refusal raised inside `refusals()` becomes an error of the form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms

from yiyang.kernel.refusals import Refusal


class Form(forms.Form):
    """A form whose errors come first, in words, and which keeps what was typed."""

    required_css_class = "required"
    error_css_class = "error"

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn a Refusal into an error: at the field that it names, or of the whole form."""
        try:
            yield
        except Refusal as refusal:
            field = refusal.details.get("field")
            self.add_error(field if field in self.fields else None, str(refusal))
            self.refusal = refusal
