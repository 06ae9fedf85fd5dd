"""Forms about alarms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.devices.rules.alarms import Outcome
from yiyang.devices.rules.calls import CAME_OF_IT
from yiyang.kernel.forms import Form
from yiyang.people.rules.falls import Injury, Place


class Nothing(Form):
    """A question that needs no more than yes."""


class Comment(Form):
    text = forms.CharField(
        label=_("What others should know"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class CloseAlarm(Form):
    outcome = forms.ChoiceField(label=_("What was it?"), choices=Outcome.choices, widget=forms.RadioSelect)
    done = forms.CharField(
        label=pgettext_lazy("alarm", "What was done"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence: what you found and what you did."),
    )  # fmt: skip
    seen = forms.BooleanField(label=_("I have seen the person"), required=False)

    def __init__(self, *args: Any, unseen: bool, **given: Any) -> None:
        super().__init__(*args, **given)
        if not unseen:
            del self.fields["seen"]


class CloseFall(CloseAlarm):
    """A fall that was real is recorded of the person: what is known of it is asked here, once."""

    place = forms.ChoiceField(
        label=_("Where it was"), choices=Place.choices, widget=forms.RadioSelect, required=False,
        help_text=_("If it was real, the fall is recorded of the person and an assessment is asked for."),
    )  # fmt: skip
    injury = forms.ChoiceField(
        label=_("Hurt?"), choices=Injury.choices, widget=forms.RadioSelect, required=False
    )
    field_order = ("seen", "outcome", "place", "injury", "done")

    def clean_place(self) -> str:
        return self.cleaned_data["place"] or Place.OTHER

    def clean_injury(self) -> str:
        return self.cleaned_data["injury"] or Injury.UNKNOWN


class CorrectOutcome(Form):
    outcome = forms.ChoiceField(label=_("What was it?"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, but_not: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["outcome"].choices = [one for one in Outcome.choices if one[0] != but_not]  # type: ignore[attr-defined]


class AssignAlarm(Form):
    account_id = forms.ChoiceField(label=_("Who takes it over"))

    def __init__(self, *args: Any, staff: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        # Nobody stands there beforehand: who presses too fast would hand the alarm to the first of the list.
        self.fields["account_id"].choices = [("", "—"), *((str(one.pk), one.name) for one in staff)]  # type: ignore[attr-defined]


class CallAboutAlarm(Form):
    result = forms.ChoiceField(
        label=_("What came of it"), choices=list(CAME_OF_IT.items()), widget=forms.RadioSelect
    )
    to_name = forms.CharField(label=_("Whom I phoned"), max_length=120)
    telephone = forms.CharField(
        label=_("Telephone number dialled"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    note = forms.CharField(
        label=_("What was said"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
