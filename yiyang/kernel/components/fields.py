"""How fields of a form are drawn: types of inputs, hints and errors tied to their control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

SETS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True)
class DrawnField:
    bound: BoundField
    control: SafeString
    hint_id: str
    error_id: str
    is_set: bool
    is_checkbox: bool
    errors: list[str]


def drawn(bound: BoundField) -> DrawnField:
    widget = bound.field.widget
    prepare(bound.field)
    hint_id, error_id = f"{bound.id_for_label or bound.auto_id}-hint", f"{bound.auto_id}-error"
    errors = [str(error) for error in bound.errors]
    described = [i for i, wanted in ((error_id, errors), (hint_id, bound.help_text)) if wanted]
    attributes: dict[str, Any] = {}
    is_set = isinstance(widget, SETS)
    if described and not is_set:
        attributes["aria-describedby"] = " ".join(described)
    if errors and not is_set:
        attributes["aria-invalid"] = "true"
    return DrawnField(
        bound=bound,
        control=bound.as_widget(attrs=attributes),
        hint_id=hint_id,
        error_id=error_id,
        is_set=is_set,
        is_checkbox=isinstance(widget, forms.CheckboxInput),
        errors=errors,
    )


def prepare(field: forms.Field) -> None:
    """The browser's own pickers for days and hours, which speak ISO 8601; room for a few lines, not ten."""
    widget = field.widget
    if isinstance(widget, forms.DateTimeInput):
        widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
        widget.attrs["rows"] = "4"
    elif isinstance(widget, forms.TimeInput):
        widget.input_type, widget.format = "time", "%H:%M"
    elif isinstance(widget, forms.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"


def groups(form: BaseForm) -> list[tuple[Any, list[DrawnField]]]:
    """Fields under the legends of `form.fieldsets`; those it does not name come last, without a legend."""
    wanted = getattr(form, "fieldsets", ())
    named = {name for _legend, names in wanted for name in names}
    result = [
        (legend, [drawn(form[name]) for name in names if name in form.fields]) for legend, names in wanted
    ]
    rest = [drawn(bound) for bound in form.visible_fields() if bound.name not in named]
    return [*result, *([("", rest)] if rest else [])]


def problems(form: BaseForm) -> list[tuple[str, str]]:
    """Each error with the id of the control that it is about."""
    found = [("", str(error)) for error in form.non_field_errors()]
    for bound in form:
        found += [
            (
                _first_control(bound),
                _("{label}: {error}").format(label=_without_mark(bound.label), error=error),
            )
            for error in bound.errors
        ]
    return found


def _without_mark(label: Any) -> str:
    """A label that asks or ends with a colon needs no second mark behind it."""
    return str(label).rstrip("?？:： ")


def _first_control(bound: BoundField) -> str:
    return (
        f"{bound.auto_id}_0" if isinstance(bound.field.widget, SETS) else bound.id_for_label or bound.auto_id
    )
