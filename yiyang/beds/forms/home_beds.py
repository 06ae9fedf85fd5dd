"""Forms of setting up and keeping a home medical bed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.beds.forms.happening import Happening
from yiyang.beds.models.episodes import HomeBedReview
from yiyang.kernel.time import now


def _lines(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Apply(Happening):
    unit = forms.ChoiceField(label=_("Which unit sets it up"))
    reason = forms.CharField(
        label=_("Why a home medical bed"),
        max_length=400,
        widget=_lines(),
        help_text=_("The illness, and why the person cannot come to the clinic."),
    )
    place = forms.CharField(
        label=_("Where the bed stands"),
        max_length=200,
        help_text=_("The home address, or the room in the care home."),
    )

    def __init__(self, *args: Any, units: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(str(one.pk), one.name) for one in units]


class SetupStep(Happening):
    """A step of a set-up: what somebody else did meanwhile is noticed by the version."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class Visit(SetupStep):
    fit = forms.ChoiceField(
        label=_("Is a home medical bed right?"),
        choices=[("yes", _("Yes, go on")), ("no", _("No, the set-up ends here"))],
        widget=forms.RadioSelect,
    )
    findings = forms.CharField(label=_("What the doctor found"), max_length=2000, widget=_lines(4))


class Sign(SetupStep):
    signer = forms.CharField(
        label=_("Who signed"),
        max_length=120,
        help_text=_("The person, or name and relation of who decides for the person."),
    )


class File(SetupStep):
    filing_number = forms.CharField(
        label=_("Filing number"),
        max_length=60,
        required=False,
        help_text=_("Leave empty for somebody without insurance."),
    )


class SetUp(SetupStep):
    bed = forms.ChoiceField(label=_("Which bed"), required=False)

    def __init__(self, *args: Any, beds: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(bed.pk): bed for bed in beds}
        self.fields["bed"].choices = [
            ("", _("any free one")),
            *[(pk, bed.label) for pk, bed in self.by_id.items()],
        ]

    @property
    def chosen(self) -> Any:
        return self.by_id.get(self.cleaned_data["bed"])


class Review(Happening):
    what = forms.ChoiceField(
        label=_("What was done"), choices=HomeBedReview.What.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What was found and done"), max_length=2000, widget=_lines(4), required=False
    )
    next_on = forms.DateField(
        label=_("Next visit or review"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_next_on(self) -> Any:
        day = self.cleaned_data["next_on"]
        if day is not None and day < localdate(now()):
            raise forms.ValidationError(_("This day is past. Enter the day of the next one."))
        return day
