"""Forms about waiting: joining, channel, offering a place, answering, giving up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.models.waiting import Channel
from yiyang.kernel.forms import Form


def _lines(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class JoinWaitingList(Form):
    kind = forms.ChoiceField(label=_("Kind of bed"), choices=BedKind.choices, initial=BedKind.INSTITUTION)
    wanted_unit = forms.ChoiceField(label=_("Wants to go to"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices, initial=Channel.ORDINARY)
    channel_reason = forms.CharField(
        label=_("Reason for the channel"),
        max_length=200,
        required=False,
        help_text=_("Needed for the special and the priority channel."),
    )
    channel_approved_by = forms.CharField(label=_("Approved by"), max_length=120, required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted_unit"].choices = [("", _("any unit")), *units]


class ChangeChannel(Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    reason = forms.CharField(
        label=_("Reason for the channel"), max_length=200, required=False, widget=_lines()
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class OfferPlace(Form):
    bed = forms.ChoiceField(label=_("Which bed"))
    out_of_order_reason = forms.CharField(
        label=_("Why not to the first in the order"),
        max_length=200,
        required=False,
        widget=_lines(),
        help_text=_("Needed only when somebody who wants such a bed is before this person."),
    )

    def __init__(self, *args: Any, beds: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(bed.pk): bed for bed in beds}
        self.fields["bed"].choices = [
            (
                pk,
                " · ".join(
                    part
                    for part in (bed.unit.name, bed.room.ward.name if bed.room else "", bed.label)
                    if part
                ),
            )
            for pk, bed in self.by_id.items()
        ]

    @property
    def chosen(self) -> Any:
        return self.by_id[self.cleaned_data["bed"]]


class AnswerPlace(Form):
    takes = forms.ChoiceField(
        label=_("What the person or the family says"),
        choices=[("yes", _("takes the place")), ("no", _("does not take it and goes on waiting"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False, widget=_lines())


class GiveUp(Form):
    reason = forms.CharField(label=_("Why"), max_length=200, widget=_lines())
