"""Forms of precautions, outbreaks and companions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.beds.forms.transfers import Act, lines
from yiyang.beds.models import Companion, Precaution
from yiyang.beds.rules.handover_sheet import TUBES


class BeginPrecaution(Act):
    way = forms.ChoiceField(label=_("Isolation"), choices=Precaution.Way.choices, widget=forms.RadioSelect)
    cause = forms.ChoiceField(label=_("Infection"), choices=Precaution.Cause.choices)
    note = forms.CharField(label=_("What was found, and when"), max_length=200, required=False)


class DeclineReturn(Act):
    tubes = forms.MultipleChoiceField(
        label=_("Lines and tubes that we cannot manage"),
        choices=list(TUBES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lacking = forms.CharField(
        label=_("What the unit lacks for the person as they are now"),
        max_length=1000,
        widget=lines(2),
        help_text=_("The ward reads it, mends it, or asks another unit."),
    )


class DeclareOutbreak(Act):
    ward = forms.ChoiceField(label=_("Ward"), required=False)
    reason = forms.CharField(label=_("What has broken out, and how many are ill?"), max_length=200)

    def __init__(self, *args: Any, wards: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wards = {str(one.pk): one for one in wards}
        self.fields["ward"].choices = [  # type: ignore[attr-defined]
            ("", _("the whole unit")),
            *[(pk, one.name) for pk, one in self.wards.items()],
        ]


class AddCompanion(Act):
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Who is it?"), choices=Companion.Kind.choices, widget=forms.RadioSelect)
    phone = forms.CharField(label=_("Telephone"), max_length=40)
    place = forms.CharField(label=_("Ward, room or bed"), max_length=80, required=False)
