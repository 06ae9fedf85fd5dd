"""Forms of the roster. They know how values are typed; what is possible, the commands say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.duty.rules.posts import Cover, PostKind
from yiyang.duty.rules.results import CallResult
from yiyang.kernel.forms import Form
from yiyang.kernel.words import shown


def _telephone(label: Any, **given: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"}), **given
    )


class PostForm(Form):
    kind = forms.ChoiceField(label=pgettext_lazy("roster", "Post"), choices=PostKind.choices)
    name = forms.CharField(
        label=_("Own name of the post"), max_length=60, required=False,
        help_text=_("Only when a unit has two of a kind, as for two floors."),
    )  # fmt: skip
    telephone = _telephone(
        _("Telephone of the post"), help_text=_("Others dial it when this post should answer.")
    )
    cover = forms.ChoiceField(
        label=_("Somebody must be there"), choices=Cover.choices, widget=forms.RadioSelect,
        help_text=_("What is missing then is reported as a gap."), initial=Cover.ALWAYS,
    )  # fmt: skip

    def __init__(self, *args: Any, fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in fixed:
            del self.fields[name]


class ShiftForm(Form):
    account_id = forms.ChoiceField(label=_("Who"))
    since = forms.DateTimeField(label=pgettext_lazy("beginning of a shift", "From"))
    until = forms.DateTimeField(label=pgettext_lazy("end of a shift", "Until"))
    telephone = _telephone(
        _("Own telephone"), required=False, help_text=_("Leave empty for the telephone of the post.")
    )
    deputy_id = forms.ChoiceField(
        label=_("Deputy"), required=False, help_text=_("Is told when the first does not act.")
    )
    deputy_telephone = _telephone(_("Deputy's telephone"), required=False)
    also_elsewhere = forms.CharField(
        label=_("Why on two posts at once"), max_length=200, required=False,
        help_text=_("Only when the person is on another post at this time."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    fieldsets = (
        (_("On duty"), ["account_id", "since", "until", "telephone"]),
        (_("Deputy"), ["deputy_id", "deputy_telephone"]),
    )

    def __init__(self, *args: Any, staff: Any, versioned: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.pk), one.name) for one in staff]
        self.fields["account_id"].choices = named  # type: ignore[attr-defined]
        self.fields["deputy_id"].choices = [("", _("nobody")), *named]  # type: ignore[attr-defined]
        if not versioned:
            del self.fields["version"]

    @property
    def told(self) -> dict[str, Any]:
        from uuid import UUID

        given = dict(self.cleaned_data)
        given["account_id"] = UUID(given["account_id"])
        given["deputy_id"] = UUID(given["deputy_id"]) if given["deputy_id"] else None
        return given


class SwapForm(Form):
    other = forms.ChoiceField(label=_("With which shift"))
    reason = forms.CharField(
        label=_("Why on two posts at once"), max_length=200, required=False,
        help_text=_("Only when the person is on another post at this time."),
    )  # fmt: skip

    def __init__(self, *args: Any, shifts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(one.pk): one for one in shifts}
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            (
                pk,
                f"{one.account.name} · {one.post.label} · {shown(one.period.lower)} – {shown(one.period.upper)}",
            )
            for pk, one in self.by_id.items()
        ]

    @property
    def chosen(self) -> Any:
        return self.by_id[self.cleaned_data["other"]]


class NoteForm(Form):
    text = forms.CharField(
        label=_("What the next shift must know"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )


class CallForm(Form):
    result = forms.ChoiceField(
        label=_("What came of it"),
        choices=CallResult.choices,
        widget=forms.RadioSelect,
        initial=CallResult.REACHED,
    )
    to_name = forms.CharField(label=_("Whom I phoned"), max_length=120, required=False)
    telephone = _telephone(_("Number"), required=False)
    note = forms.CharField(
        label=_("What was said"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class CallFilter(forms.Form):
    on = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput())
    result = forms.ChoiceField(
        label=_("Result"), required=False, choices=[("", _("all")), *CallResult.choices]
    )


class Nothing(Form):
    """A question that needs no more than yes."""


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
