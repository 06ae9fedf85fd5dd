"""How an agreed area is typed: a circle around a place, or its corners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.devices.rules.areas import corners_typed
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import Refusal


class FenceForm(Form):
    name = forms.CharField(label=_("Name of the area"), max_length=60, initial=_("Home and around"))
    lat = forms.FloatField(
        label=_("Latitude of the middle"), required=False,
        help_text=_("The last place that the device told stands here, if it told one today."),
    )  # fmt: skip
    lon = forms.FloatField(label=_("Longitude of the middle"), required=False)
    radius = forms.FloatField(
        label=_("Radius in metres"), required=False, initial=500, help_text=_("From 1 m to 50 km.")
    )
    corners = forms.CharField(
        label=_("Or its corners"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line: latitude, longitude (WGS-84), in the order in which one would walk round it."),
    )  # fmt: skip
    dwell_seconds = forms.IntegerField(
        label=_("Seconds outside before somebody is called"), initial=120, min_value=0, max_value=7200
    )
    since = forms.TimeField(
        label=_("From what hour it counts"),
        required=False,
        help_text=_("Leave both out when it counts day and night."),
    )
    until = forms.TimeField(label=_("To what hour it counts"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, middle: tuple[float, float] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if middle:
            self.fields["lat"].initial, self.fields["lon"].initial = (round(one, 6) for one in middle)

    def _field_of(self, refusal: Refusal) -> str | None:
        """What is wrong with an area is wrong with the corners where they were typed, else with the circle."""
        if refusal.details.get("field") != "area":
            return super()._field_of(refusal)
        if self.cleaned_data.get("corners", "").strip():
            return "corners"
        return "lat" if None in (self.cleaned_data.get("lat"), self.cleaned_data.get("lon")) else "radius"

    def area(self) -> dict[str, Any]:
        """Corners where they were typed, else the circle. Raises NoFence."""
        told = self.cleaned_data
        if told["corners"].strip():
            return {"corners": corners_typed(told["corners"])}
        return {"circle": [told["lat"], told["lon"], told["radius"]]}
