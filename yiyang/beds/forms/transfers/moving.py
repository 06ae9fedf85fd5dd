"""On the way: departure, emergency room, arrival."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.beds.forms.transfers.acts import Act, lines
from yiyang.beds.forms.transfers.offering import _by_ward


class Depart(Act):
    earliest = forms.DateTimeField(
        label=_("Not earlier than"),
        required=False,
        widget=forms.DateTimeInput(),
        help_text=_("Only if the exact hour is not known."),
    )


class Arrive(Act):
    responsible = forms.CharField(label=_("Responsible clinician or manager"), max_length=120, required=False)
    bed = forms.ChoiceField(label=_("Bed"), required=False)

    def __init__(self, *args: Any, beds: list[Any], given: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beds = {str(bed.pk): bed for bed in beds}
        choices = _by_ward(beds)[1:]
        self.fields["bed"].choices = [("", given), *choices]  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        told = super().told()
        return {**told, "bed": self.beds.get(told["bed"])}


class ArriveOutside(Act):
    place_name = forms.CharField(label=_("Which hospital or home?"), max_length=120)
    care = forms.BooleanField(label=_("It is a care home, not a hospital"), required=False)


class Hospital(Act):
    hospital = forms.CharField(label=_("Which hospital?"), max_length=120)


class EnterEmergencyRoom(Act):
    unit_id = forms.ChoiceField(
        label=_("Hospital of the network"),
        required=False,
        help_text=_("If it is one of these, its doctors can read what they need."),
    )
    hospital = forms.CharField(label=_("Or another hospital"), max_length=120, required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = dict(units)
        self.fields["unit_id"].choices = [("", _("another hospital")), *units]  # type: ignore[attr-defined]
        self.order_fields(["unit_id", "hospital", "happened_at"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("hospital"):
            given["hospital"] = self.units.get(given.get("unit_id", ""), "")
            if not given["hospital"]:
                self.add_error("hospital", _("Choose a hospital, or write its name."))
        return given

    def told(self) -> dict[str, Any]:
        given = super().told()
        return {**given, "unit_id": UUID(given["unit_id"]) if given["unit_id"] else None}


class SendBack(Act):
    note = forms.CharField(
        label=_("What the hospital said"), max_length=1000, required=False, widget=lines(2)
    )
