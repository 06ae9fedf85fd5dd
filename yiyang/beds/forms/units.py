"""Forms about the inventory: wards, rooms, beds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.forms.happening import Happening, WithReason
from yiyang.beds.models.inventory import Feature
from yiyang.beds.models.occupancy import Block
from yiyang.kernel.forms import Form


class AddWard(Form):
    name = forms.CharField(label=_("Ward"), max_length=80)
    floor = forms.CharField(label=_("Floor"), max_length=20, required=False)


class AddRoom(Form):
    label = forms.CharField(label=_("Room"), max_length=40)
    couple = forms.BooleanField(label=_("Room for a couple"), required=False)


class OpenBed(Happening):
    kind = forms.ChoiceField(label=_("Kind of bed"), choices=BedKind.choices)
    room = forms.ChoiceField(
        label=_("Room"), required=False, help_text=_("A bed at somebody's home stands in no room.")
    )
    label = forms.CharField(label=_("Name of the bed"), max_length=40)
    features = forms.MultipleChoiceField(
        label=_("What it has"),
        choices=Feature.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    extra = forms.BooleanField(
        label=_("Extra bed"), required=False, help_text=_("Beyond the number that the licence approves.")
    )

    def __init__(self, *args: Any, rooms: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(room.pk): room for room in rooms}
        self.fields["room"].choices = [
            ("", _("no room: at the person's home")),
            *[(pk, f"{room.ward.name} {room.label}") for pk, room in self.by_id.items()],
        ]

    @property
    def chosen_room(self) -> Any:
        return self.by_id.get(self.cleaned_data["room"])


class ChangeBedKind(WithReason):
    kind = forms.ChoiceField(label=_("New kind"), choices=BedKind.choices)


class BlockBed(Happening):
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[(one.value, one.label) for one in (Block.CLEANING, Block.MAINTENANCE, Block.CLOSED)],
    )
    until = forms.DateTimeField(label=_("Expected until"), required=False)


class CloseWard(Form):
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
