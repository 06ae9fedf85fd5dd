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


class FamilyFilter(forms.Form):
    search = forms.CharField(
        label=_("Whole mobile number, or part of the name"), required=False, max_length=60
    )
