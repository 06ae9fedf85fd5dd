"""Forms of devices. They know how values are typed; what is possible, the commands say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.devices.rules.kinds import Datum, DeviceKind
from yiyang.kernel.forms import Form

STATES = (
    ("", _("all in use")),
    ("SILENT", pgettext_lazy("device", "silent")),
    ("LOW_BATTERY", _("low battery")),
    ("LENT", _("lent")),
    ("OVERDUE", _("due back")),
    ("IN_STOCK", _("in stock")),
    ("MAINTENANCE", _("in maintenance")),
    ("RETIRED", _("given up")),
)


class Nothing(Form):
    """A question that needs no more than yes."""


class Reason(Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class DeviceFilter(forms.Form):
    search = forms.CharField(label=_("Number, model or who has it"), required=False, max_length=80)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all kinds")), *DeviceKind.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(self, *args: Any, units: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = list(units)
        self.fields["unit"].choices = [("", _("all units")), *listed]  # type: ignore[attr-defined]
        if len(listed) < 2:
            del self.fields["unit"]


class DeviceForm(Form):
    unit = forms.ChoiceField(label=_("Unit"))
    kind = forms.ChoiceField(label=_("Kind"), choices=DeviceKind.choices)
    serial = forms.CharField(
        label=_("Serial number"),
        max_length=80,
        help_text=_("As it stands on the device, or its MAC address."),
    )
    model = forms.CharField(label=_("Maker and model"), max_length=80, required=False)
    urn = forms.CharField(
        label=_("Name in messages"), max_length=120, required=False,
        help_text=_("How the device names itself when it sends. Leave empty if you do not know."),
    )  # fmt: skip
    firmware = forms.CharField(label=_("Firmware"), max_length=40, required=False)
    udi = forms.CharField(
        label=_("UDI"), max_length=120, required=False,
        help_text=_("The unique device identification on the label, as in (01)06901234567892(21)S0417."),
    )  # fmt: skip
    datum = forms.ChoiceField(
        label=_("Places are told in"), choices=Datum.choices, initial=Datum.WGS84,
        help_text=_("Only for what tells places, and where its messages do not say so. The wrong one is off by some hundred metres."),
    )  # fmt: skip
    expected_seconds = forms.IntegerField(
        label=_("Heard from every … seconds"), required=False, min_value=1,
        help_text=_("Leave empty for what is usual for the kind."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, units: Iterable[tuple[str, str]] = (), known: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        listed = list(units)
        self.fields["unit"].choices = listed  # type: ignore[attr-defined]
        for name in ("unit", "kind") if known else ("version",):
            del self.fields[name]
        if known:
            self.fields["urn"].required = True
            self.fields["urn"].help_text = _("How the device names itself when it sends.")
        self.fields["datum"].required = False

    def clean_datum(self) -> str:
        return self.cleaned_data["datum"] or Datum.WGS84


class MaintenanceForm(Form):
    until = forms.DateTimeField(label=_("Maintenance ends"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class KeyForm(Form):
    overlap_hours = forms.TypedChoiceField(
        label=_("The former key"), coerce=int, initial=0,
        choices=((0, _("ends at once")), (1, _("is valid for 1 more hour")), (24, _("is valid for 1 more day")),
                 (168, _("is valid for 7 more days"))),
        help_text=_("Give time when somebody must first bring the new key to the device."),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=_("The new key is valid"), coerce=int, empty_value=None, required=False,
        choices=(("", _("until it is exchanged")), (365, _("for 1 year")), (730, _("for 2 years"))),
    )  # fmt: skip

    def __init__(self, *args: Any, former: bool = True, **kwargs: Any) -> None:
        """Without a former key nothing is asked of it."""
        super().__init__(*args, **kwargs)
        if not former:
            del self.fields["overlap_hours"]


class FindForm(Form):
    serial = forms.CharField(
        label=_("Serial number"), max_length=120, help_text=_("As it stands on the device or its label.")
    )


class WhoForm(forms.Form):
    q = forms.CharField(label=_("Name of the person"), required=False, max_length=60)


class HandOutForm(Form):
    person = forms.ChoiceField(label=_("To whom"), widget=forms.RadioSelect)
    place = forms.CharField(
        label=_("Where it stands"),
        max_length=120,
        required=False,
        help_text=_("Room or bed, if it is fixed."),
    )
    until = forms.DateTimeField(
        label=_("Lent until"), required=False,
        help_text=_("Leave empty as a rule: after this moment nothing is taken from the device any more."),
    )  # fmt: skip

    def __init__(self, *args: Any, persons: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = list(persons)  # type: ignore[attr-defined]


class ReturnForm(Form):
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Such as: strap torn, charger missing.")
    )


class GatewayForm(Form):
    unit = forms.ChoiceField(label=_("Unit"))
    name = forms.CharField(label=_("Name of the gateway"), max_length=80)
    urn = forms.CharField(label=_("Name in messages"), max_length=120)
    expected_seconds = forms.IntegerField(label=_("Heard from every … seconds"), initial=120, min_value=1)

    def __init__(self, *args: Any, units: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = list(units)  # type: ignore[attr-defined]


class AskReturnForm(Form):
    reason = forms.CharField(label=_("Why, if you like to say"), max_length=200, required=False)
