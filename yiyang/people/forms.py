"""What people type about persons. Forms check shapes; what may be is decided by the commands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access import queries as access
from yiyang.kernel.forms import Form
from yiyang.kernel.time import midnight, now
from yiyang.people.details import Details, DocumentGiven
from yiyang.people.models import DelegationBasis, Group, InsuranceKind, Kinship, Person, Scope
from yiyang.people.rules.disclosure import Wish
from yiyang.people.rules.documents import DocumentKind, Sex
from yiyang.people.rules.falls import Injury, Place

NOT_CHOSEN = ("", _("Please choose"))


def date_field(label: Any, **told: Any) -> forms.DateField:
    told.setdefault("required", False)
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **told
    )


def areas_of(district: str) -> list[Any]:
    """The communities of a district under their sub-districts, for a choice."""
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for one in access.areas_below(district) if district else []:
        if one.level == "STREET":
            groups[one.code] = (one.name, [(one.code, one.name)])
        elif one.level == "COMMUNITY" and one.parent_id in groups:
            groups[one.parent_id][1].append((one.code, one.name))
    return [("", _("Not in this district, or not known")), *groups.values()]


class SearchForm(Form):
    q = forms.CharField(
        label=_("Name, pinyin, initials, ID number, telephone or record code"),
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "data-search": ""}),
    )


class DetailsForm(Form):
    full_name = forms.CharField(label=_("Full name"), required=False, max_length=80)
    sex = forms.ChoiceField(
        label=_("Sex"), choices=[("", _("As the document says, or not known")), *Sex.choices], required=False
    )
    born_on = date_field(_("Date of birth"))
    difference_reason = forms.CharField(
        label=_("Why birth or sex differ from the document"),
        help_text=_("Only when they differ from what the number says."),
        required=False,
        max_length=200,
    )
    form_of_address = forms.CharField(
        label=_("Form of address"),
        help_text=_("How the person likes to be called."),
        required=False,
        max_length=40,
    )
    languages = forms.CharField(label=_("Language and dialect"), required=False, max_length=120)
    residence_area = forms.ChoiceField(label=_("Lives in"), required=False)
    residence_address = forms.CharField(label=_("Lane, house and room"), required=False, max_length=200)
    residence_floor = forms.CharField(label=_("Floor"), required=False, max_length=20)
    residence_has_lift = forms.NullBooleanField(
        label=_("Lift"),
        required=False,
        widget=forms.Select(choices=[("", _("not known")), ("true", _("yes")), ("false", _("no"))]),
    )
    key_holder = forms.CharField(label=_("Who holds a key"), required=False, max_length=120)
    registered_area = forms.ChoiceField(label=_("Registered in (household register)"), required=False)
    registered_address = forms.CharField(label=_("Registered address"), required=False, max_length=200)

    fieldsets: Any = (
        (
            _("Personal details"),
            ("full_name", "sex", "born_on", "difference_reason", "form_of_address", "languages"),
        ),
        (
            _("Residence"),
            ("residence_area", "residence_address", "residence_floor", "residence_has_lift", "key_holder"),
        ),
        (_("Household register"), ("registered_area", "registered_address")),
    )

    def __init__(self, *args: Any, district: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = areas_of(district)
        for name in ("residence_area", "registered_area"):
            kept = self.initial.get(name)
            known = {code for _label, group in choices[1:] for code, _name in group}
            extra = [(kept, kept)] if kept and kept not in known else []
            self.fields[name].choices = [*choices, *extra]  # type: ignore[attr-defined]

    def details(self, unknown: bool = False) -> Details:
        told = {name: self.cleaned_data[name] for name in DetailsForm.base_fields}
        return Details(**{**told, "sex": told["sex"] or Sex.UNKNOWN, "unknown": unknown})

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        return {name: getattr(person, name) for name in DetailsForm.base_fields}


class RegisterPersonForm(DetailsForm):
    document_kind = forms.ChoiceField(label=_("Document"), required=False, choices=DocumentKind.choices)
    document_number = forms.CharField(
        label=_("Number of the document"),
        help_text=_("Leave it empty when no document is at hand."),
        required=False,
        max_length=40,
    )
    expires_on = date_field(_("Valid until"))
    long_term = forms.BooleanField(label=_("Valid for the long term"), required=False)
    unknown = forms.BooleanField(label=_("Nobody knows who this person is"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)

    field_order = ("document_kind", "document_number", "expires_on", "long_term", "unknown")
    fieldsets = (
        (_("Document"), ("document_kind", "document_number", "expires_on", "long_term", "unknown")),
        (
            DetailsForm.fieldsets[0][0],
            (*DetailsForm.fieldsets[0][1][:4], "phone"),
        ),
        (_("How to speak with the person"), DetailsForm.fieldsets[0][1][4:]),
        *DetailsForm.fieldsets[1:],
    )

    def documents(self) -> list[DocumentGiven]:
        told = self.cleaned_data
        number, long_term = told.get("document_number"), bool(told.get("long_term"))
        if not number:
            return []
        kind = told.get("document_kind") or DocumentKind.RESIDENT_ID
        return [DocumentGiven(kind, number, None if long_term else told.get("expires_on"), long_term)]

    def phones(self) -> list[str]:
        phone = self.cleaned_data.get("phone")
        return [phone] if phone else []


class EditPersonForm(DetailsForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class IdentifierForm(Form):
    kind = forms.ChoiceField(label=_("Document"), choices=DocumentKind.choices)
    number = forms.CharField(label=_("Number of the document"), max_length=40)
    expires_on = date_field(_("Valid until"))
    long_term = forms.BooleanField(label=_("Valid for the long term"), required=False)
    difference_reason = forms.CharField(
        label=_("Why birth or sex differ from the document"),
        help_text=_("Only when they differ from what the number says."),
        required=False,
        max_length=200,
    )


class PhoneForm(Form):
    number = forms.CharField(label=_("Telephone"), max_length=40)
    label = forms.CharField(label=_("Whose, or where"), required=False, max_length=40)


class InsuranceForm(Form):
    kind = forms.ChoiceField(label=_("Insurance"), choices=InsuranceKind.choices)
    detail = forms.CharField(label=_("Number, region or company"), required=False, max_length=120)
    from_on = date_field(_("From"))
    to_on = date_field(_("Until (not including)"))


class GroupForm(Form):
    group = forms.ChoiceField(label=_("Group"), choices=Group.choices)
    level = forms.CharField(label=_("Level"), required=False, max_length=40)
    evidence = forms.CharField(
        label=_("Evidence"), help_text=_("The certificate and its number, or who saw what."), max_length=200
    )
    from_on = date_field(_("From"))
    to_on = date_field(_("Until (not including)"))


class ContactForm(Form):
    full_name = forms.CharField(label=_("Full name"), max_length=80)
    kinship = forms.ChoiceField(label=_("Who this is to the person"), choices=Kinship.choices)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    position = forms.IntegerField(
        label=_("Call as number"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("1 is called first."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class FamilyLinkForm(Form):
    relative = forms.ChoiceField(label=_("Relative"), widget=forms.RadioSelect)
    kinship = forms.ChoiceField(label=_("Who this is to the person"), choices=Kinship.choices)
    lives_together = forms.BooleanField(label=_("They live together"), required=False)

    def __init__(self, *args: Any, candidates: Iterable[tuple[Any, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relative"].choices = list(candidates)  # type: ignore[attr-defined]


class FamilyDoctorForm(Form):
    doctor_name = forms.CharField(label=_("Family doctor or team"), max_length=60)
    starts_on = date_field(_("From"), required=True)
    ends_on = date_field(_("Until (not including)"))


class FallForm(Form):
    """Three questions for somebody who is on their feet; the rest only if there is something to say."""

    place = forms.ChoiceField(label=_("Where it was"), choices=Place.choices, widget=forms.RadioSelect)
    injury = forms.ChoiceField(label=_("Hurt?"), choices=Injury.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("How it came about, what was done"), max_length=400, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    at = forms.DateTimeField(
        label=_("When it happened"), required=False, help_text=_("Leave empty if it happens now.")
    )
    again = forms.BooleanField(label=_("The person fell again"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["again"].widget = forms.HiddenInput()

    def ask_whether_again(self) -> None:
        """Somebody has recorded a fall at about this time: shown only then."""
        self.fields["again"].widget = forms.CheckboxInput()


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class DisclosureForm(Form):
    """What the person said when they were asked."""

    wish = forms.ChoiceField(
        label=_("The person"), choices=[one for one in Wish.choices if one[0] != Wish.NOT_ASKED],
        widget=forms.RadioSelect,
    )  # fmt: skip
    own_words = forms.CharField(label=_("In their own words"), required=False, max_length=200)
    avoid = forms.CharField(
        label=_("Words that must not stand on their pages"),
        help_text=_("Names of an illness, for instance. Part them by commas; at most 20."),
        required=False,
        max_length=400,
    )

    def clean_avoid(self) -> list[str]:
        return [word.strip() for word in re.split(r"[,，、;；]", self.cleaned_data["avoid"]) if word.strip()]

    @staticmethod
    def initial_of(disclosure: Any) -> dict[str, Any]:
        if disclosure is None:
            return {}
        return {
            "wish": disclosure.wish,
            "own_words": disclosure.own_words,
            "avoid": ", ".join(disclosure.avoid),
        }


class ToldForm(Form):
    topic = forms.ChoiceField(label=_("What they were told"), widget=forms.RadioSelect)
    present = forms.CharField(label=_("Who was there"), required=False, max_length=120)

    def __init__(self, *args: Any, untold: Iterable[Any], **told: Any) -> None:
        super().__init__(*args, **told)
        self.fields["topic"].choices = [(one.value, one.label) for one in untold]


class EndsForm(Form):
    to_on = date_field(_("Ends on (first day without it)"), required=True)


class DelegateForm(Form):
    login = forms.CharField(
        label=_("Mobile number or login name of the relative's account"),
        help_text=_("The whole number with which the relative signs in. Compare the name on the next page."),
        max_length=40,
    )
    kinship = forms.ChoiceField(label=_("Who this is to the person"), choices=Kinship.choices)
    scope = forms.ChoiceField(label=_("What may be seen"), choices=Scope.choices, initial=Scope.FULL)
    may_decide = forms.BooleanField(label=_("May also agree or refuse in the person's place"), required=False)
    expires_on = date_field(_("Until"), required=True)


class StaffDelegateForm(DelegateForm):
    basis = forms.ChoiceField(label=_("On what basis"), choices=DelegationBasis.choices)
    evidence = forms.CharField(
        label=_("How the person entrusted it"),
        help_text=_("Signed on paper and where it is kept, or said before whom."),
        required=False,
        max_length=200,
    )
    finding_by = forms.CharField(
        label=_("Clinician who found that the person cannot decide"), required=False, max_length=120
    )
    finding_on = date_field(_("Day of the finding"))


def end_of_day(day: Any) -> datetime:
    """The instant at which a day given as "until" is over."""
    return midnight(day + timedelta(days=1))


def in_a_year() -> Any:
    return localdate(now()) + timedelta(days=365)


class MergeForm(Form):
    reason = forms.CharField(label=_("Why these are one person"), max_length=200)
    sure = forms.BooleanField(label=_("I have compared both records"))


class BreakGlassForm(Form):
    number = forms.CharField(
        label=_("Full ID number of the person"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(label=_("Why you must see the record now"), max_length=200)


class AskForAccessForm(Form):
    number = forms.CharField(
        label=_("Full ID number of the person"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(label=_("What you need the record for"), max_length=200)


class AnswerAccessForm(Form):
    grant = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Open the record")), ("no", _("Do not open it"))],
        widget=forms.RadioSelect,
    )
    scope = forms.ChoiceField(label=_("What may be seen"), choices=Scope.choices, initial=Scope.MOVE)
