"""Forms around the sign-in of elders and families."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.kernel.forms import Form

from .models.accounts import AccountKind
from .sign_in_rules import IdentityCheck


def phone_field(**given: Any) -> forms.CharField:
    attrs = {"autocomplete": "tel", "inputmode": "tel", "type": "tel", **given.pop("attrs", {})}
    return forms.CharField(
        label=_("Mobile number"), max_length=24, widget=forms.TextInput(attrs=attrs), **given
    )


def identity_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How I checked who it is"), choices=IdentityCheck.choices, widget=forms.RadioSelect
    )


class PhoneForm(Form):
    phone = phone_field(attrs={"autofocus": True})


class CodeForm(Form):
    code = forms.CharField(
        label=_("Code from the message"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
        help_text=_("Six digits, good for five minutes."),
    )


class FamilyAccountForm(Form):
    kind = forms.ChoiceField(
        label=_("Who signs in"),
        choices=[(AccountKind.RELATIVE, _("a relative")), (AccountKind.GUARDIAN, _("a guardian or agent"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80)
    phone = phone_field(
        required=False, help_text=_("Codes go there. Leave empty when they will use a card alone.")
    )
    identity_check = identity_field()


class OwnPhoneForm(Form):
    phone = phone_field()
    identity_check = identity_field()


class IdentityForm(Form):
    identity_check = identity_field()


def pin_field(label: Any, **given: Any) -> forms.CharField:
    attrs = {"inputmode": "numeric", "autocomplete": "off"}
    return forms.CharField(label=label, max_length=12, widget=forms.PasswordInput(attrs=attrs), **given)


class CardForm(Form):
    number = forms.CharField(
        label=_("Number on the card"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-card-number": ""}),
        help_text=_("Twelve digits. The camera of a telephone reads them from the square."),
    )
    pin = pin_field(_("PIN"), help_text=_("The six digits that you chose at the counter."))


class IssueCardForm(Form):
    handed_to = forms.CharField(label=_("Handed to"), max_length=80)
    identity_check = identity_field()
    pin = pin_field(
        _("PIN, chosen and typed by the person"),
        help_text=_(
            "Six digits, not a row and not a repetition. Look away while it is typed; it is not printed."
        ),
    )


class FamilyFilter(forms.Form):
    search = forms.CharField(
        label=_("Whole mobile number, or part of the name"), required=False, max_length=60
    )
