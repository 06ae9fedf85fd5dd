"""Forms of this context. They know how values are typed; what is possible, the commands say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.kernel.forms import Form
from yiyang.kernel.papers import PaperField
from yiyang.kernel.time import midnight

from .bed_kinds import BedKind
from .commands import ContractTerms
from .models.contracts import ContractState, Direction
from .models.licences import FilingKind
from .organisation_kinds import OperatorKind, OrganisationKind
from .passwords import new_password
from .purposes import Purpose
from .roles import ROLES
from .rules import roles_of


def area_line(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def purpose_choice() -> forms.ChoiceField:
    """What a program reads for."""
    return forms.ChoiceField(
        label=pgettext_lazy("of a program", "Reads records for"),
        choices=Purpose.choices,
        initial=Purpose.CARE,
        required=False,
        help_text=_(
            "A stay, a transfer or a contract opens a record for care alone; for anything else the person has to agree."
        ),
    )


class Nothing(Form):
    """A question that needs no more than yes."""


class Reason(Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=area_line(),
        help_text=_("It is kept and shown in the history."),
    )


class OrganisationForm(Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=120)
    name_en = forms.CharField(label=_("Name (English)"), max_length=160, required=False)
    short_name = forms.CharField(label=_("Short name"), max_length=40, required=False)
    code = forms.CharField(label=_("Institution code"), max_length=40, required=False)
    area = forms.ModelChoiceField(queryset=None, label=_("Area"))
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    latitude = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    operator_kind = forms.ChoiceField(label=_("Who runs it"), choices=OperatorKind.choices)
    operator_name = forms.CharField(label=_("Name of the operator"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    night_contact = forms.CharField(label=_("Contact at night"), max_length=120, required=False)
    member_unit = forms.BooleanField(label=_("Member unit of the five-bed network"), required=False)

    fieldsets = (
        (_("What it is"), ["kind", "name_zh", "name_en", "short_name", "code", "member_unit"]),
        (_("Where it is"), ["area", "address", "latitude", "longitude"]),
        (_("Who runs it"), ["operator_kind", "operator_name", "phone", "night_contact"]),
    )

    def __init__(self, *args: Any, areas: Any, fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        for name in fixed:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("latitude") is None) != (given.get("longitude") is None):
            self.add_error("longitude", _("Give both latitude and longitude, or neither."))
        return given


class MoveForm(Form):
    parent = forms.ModelChoiceField(
        queryset=None, label=_("Belongs under"), required=False, empty_label=_("nothing: stands for itself")
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = places  # type: ignore[attr-defined]


def role_field(kind: str) -> forms.ChoiceField:
    choices = [(code, f"{ROLES[code].name}：{ROLES[code].sentence}") for code in roles_of(kind)]
    return forms.ChoiceField(label=_("Role"), choices=choices, widget=forms.RadioSelect)


class AccountForm(Form):
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80)
    login = forms.CharField(
        label=_("Login name"), max_length=40, help_text=_("Small letters, digits, dots or hyphens.")
    )
    password = forms.CharField(
        label=_("First password"),
        max_length=128,
        help_text=_("Tell it to the person; the first sign-in asks for a new one."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    post_title = forms.CharField(label=_("Post"), max_length=60, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(kind)
        self.fields["password"].initial = new_password()


class MembershipForm(Form):
    account = forms.ModelChoiceField(queryset=None, label=_("Account"))
    post_title = forms.CharField(label=_("Post"), max_length=60, required=False)
    area = forms.ModelChoiceField(
        queryset=None,
        label=_("Only for the area"),
        required=False,
        empty_label=_("the organisation's own area"),
    )
    until = forms.DateField(label=_("Until (exclusive)"), required=False, widget=forms.DateInput())

    def __init__(self, *args: Any, kind: str, accounts: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        self.fields["role"] = role_field(kind)

    def clean_until(self) -> datetime | None:
        day = self.cleaned_data["until"]
        return midnight(day) if day else None


class PasswordForm(Form):
    password = forms.CharField(
        label=_("New password"), max_length=128, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Tell it to the person; the next sign-in asks for a new one."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].initial = new_password()


class TokenForm(Form):
    label = forms.CharField(label=_("What is it for?"), max_length=80)
    hours = forms.TypedChoiceField(
        label=_("Lasts"),
        coerce=int,
        choices=[(8, _("8 hours")), (24 * 7, _("7 days")), (24 * 90, _("90 days"))],
    )
    purpose = purpose_choice()


class LicenceForm(Form):
    number = forms.CharField(label=_("Licence number"), max_length=60)
    filing_kind = forms.ChoiceField(label=_("Kind of licence"), choices=FilingKind.choices)
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput())
    valid_to = forms.DateField(
        label=_("Valid until (exclusive)"), required=False, widget=forms.DateInput(),
        help_text=_("Leave empty when it has no end."),
    )  # fmt: skip
    clinic_operator = forms.ModelChoiceField(
        queryset=None,
        label=_("Its clinic is run by"),
        required=False,
        empty_label=_("the unit itself, or no clinic"),
    )
    medical_insurance = forms.BooleanField(label=_("Designated for medical insurance"), required=False)
    care_insurance = forms.BooleanField(label=_("Designated for long-term care insurance"), required=False)

    def __init__(self, *args: Any, operators: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinic_operator"].queryset = operators  # type: ignore[attr-defined]
        for kind in BedKind:
            self.fields[f"beds_{kind}"] = forms.IntegerField(
                label=kind.label, min_value=0, max_value=100_000, required=False
            )
        self.fieldsets = [
            (_("The licence"), ["number", "filing_kind", "valid_from", "valid_to"]),
            (_("Approved beds"), [f"beds_{kind}" for kind in BedKind]),
            (_("Clinic and insurance"), ["clinic_operator", "medical_insurance", "care_insurance"]),
        ]

    @property
    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given["approved_beds"] = {kind: given.pop(f"beds_{kind}") or 0 for kind in BedKind}
        return given


class ContractForm(Form):
    number = forms.CharField(label=_("Contract number"), max_length=60, required=False)
    bed_kinds = forms.MultipleChoiceField(
        label=_("Kinds of beds"), choices=BedKind.choices, widget=forms.CheckboxSelectMultiple
    )
    directions = forms.MultipleChoiceField(
        label=_("Directions"), choices=Direction.choices, widget=forms.CheckboxSelectMultiple
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput())
    valid_to = forms.DateField(
        label=_("Valid until (exclusive)"), required=False, widget=forms.DateInput(),
        help_text=_("Leave empty when it has no end."),
    )  # fmt: skip
    service_items = forms.CharField(
        label=_("Services"), required=False, widget=area_line(), max_length=2000, help_text=_("One a line.")
    )
    daily_quota = forms.IntegerField(
        label=_("Persons a day at most"), required=False, min_value=1, max_value=1000
    )
    cost_sharing = forms.CharField(
        label=_("Who bears which cost"), required=False, widget=area_line(), max_length=2000
    )
    responsibility = forms.CharField(
        label=_("Who is responsible for what"), required=False, widget=area_line(), max_length=2000
    )
    night_contact = forms.CharField(label=_("Contact at night"), required=False, max_length=120)
    designated_order = forms.IntegerField(
        label=_("Designated order"), required=False, min_value=1, max_value=100,
        help_text=_("1 is asked first; leave empty when the partner is one of many."),
    )  # fmt: skip
    routine_minutes = forms.IntegerField(
        label=_("Routine"), min_value=1, max_value=10080, initial=1440,
        help_text=_("Minutes of duty hours: nights, weekends and holidays do not count."),
    )  # fmt: skip
    urgent_minutes = forms.IntegerField(label=_("Urgent"), min_value=1, max_value=1440, initial=30)
    emergency_minutes = forms.IntegerField(label=_("Emergency"), min_value=1, max_value=240, initial=10)

    fieldsets = (
        (
            _("What is agreed"),
            ["bed_kinds", "directions", "service_items", "daily_quota", "designated_order"],
        ),
        (_("Answers within (minutes)"), ["routine_minutes", "urgent_minutes", "emergency_minutes"]),
        (_("Responsibility"), ["cost_sharing", "responsibility", "night_contact"]),
        (_("Validity"), ["number", "valid_from", "valid_to"]),
    )

    @property
    def terms(self) -> ContractTerms:
        given = {name: self.cleaned_data[name] for name in ContractTerms.__dataclass_fields__}
        lines = given["service_items"].splitlines()
        given["service_items"] = [line.strip() for line in lines if line.strip()]
        return ContractTerms(**given)


class PaperForm(Form):
    paper = PaperField(label=_("Photo or scan of the signed paper"))
    note = forms.CharField(
        label=_("What it shows"),
        max_length=200,
        required=False,
        help_text=_("For example: pages 1 to 4, both seals."),
    )

    @property
    def told(self) -> dict[str, Any]:
        paper = self.cleaned_data["paper"]
        return {"content": paper.read(), "name": paper.name, "note": self.cleaned_data["note"]}


class DraftForm(ContractForm):
    first = forms.ModelChoiceField(queryset=None, label=_("First unit"))
    second = forms.ModelChoiceField(queryset=None, label=_("Second unit"))
    fieldsets = ((_("Between"), ["first", "second"]), *ContractForm.fieldsets)

    def __init__(self, *args: Any, mine: Any, all_units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].queryset = mine  # type: ignore[attr-defined]
        self.fields["second"].queryset = all_units  # type: ignore[attr-defined]


class OrganisationFilter(forms.Form):
    search = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all kinds")), *OrganisationKind.choices]
    )


class ContractFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all states")), *ContractState.choices]
    )


class AccountFilter(forms.Form):
    search = forms.CharField(label=_("Name or login name"), required=False, max_length=60)


class InboxFilter(forms.Form):
    all = forms.BooleanField(label=_("Also those already acknowledged"), required=False)


class FactFilter(forms.Form):
    name = forms.CharField(label=_("Fact begins with"), required=False, max_length=80)
    by = forms.CharField(label=_("Who"), required=False, max_length=80)
    subject = forms.UUIDField(label=_("Id of the subject or person"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput())
    until = forms.DateField(label=_("Up to and including"), required=False, widget=forms.DateInput())
