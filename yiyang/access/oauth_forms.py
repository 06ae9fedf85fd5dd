"""Forms for programs and apps of others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.kernel.forms import Form

from .forms import area_line, purpose_choice
from .models.oauth import Proof


class KeysForm(Form):
    keys = forms.CharField(
        label=_("Its public keys"),
        required=False,
        max_length=64_000,
        widget=area_line(6),
        help_text=_(
            "A JWKS, or one key that begins with “-----BEGIN PUBLIC KEY-----”. Never the private half."
        ),
    )
    keys_url = forms.CharField(
        label=_("Or the address where they lie"),
        required=False,
        max_length=300,
        help_text=_("Begins with https:// and can be reached from the internet."),
    )


class ProgramForm(KeysForm):
    name = forms.CharField(label=pgettext_lazy("of a program", "Name"), max_length=80)
    membership = forms.ModelChoiceField(
        queryset=None,  # type: ignore[var-annotated]
        label=_("Acts as"),
        help_text=_("It sees and does at most what this account may in this role."),
    )
    scope = forms.CharField(
        label=_("What it may ask for (scopes)"),
        max_length=4000,
        widget=area_line(),
        help_text=_("With a blank between them, as: system/Patient.rs system/Observation.rs"),
    )

    purpose = purpose_choice()

    field_order = ("name", "membership", "purpose", "scope", "keys", "keys_url")

    def __init__(self, *args: Any, memberships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = memberships  # type: ignore[attr-defined]
        self.fields["membership"].label_from_instance = _capacity  # type: ignore[attr-defined]


def _capacity(membership: Any) -> str:
    return f"{membership.organisation.name}：{membership.account.name}，{membership.role_of.name}"


class AppForm(KeysForm):
    name = forms.CharField(
        label=pgettext_lazy("of an app", "Name"),
        max_length=80,
        help_text=_("People read it where they are asked whether the app may."),
    )
    redirect_uris = forms.CharField(
        label=_("Addresses to which it returns"),
        max_length=4000,
        widget=area_line(),
        help_text=_("One on each line, exactly as the app sends them."),
    )
    scope = forms.CharField(
        label=_("What it may ask for (scopes)"),
        max_length=4000,
        widget=area_line(),
        help_text=_("With a blank between them, as: launch/patient patient/*.rs offline_access"),
    )
    proof = forms.ChoiceField(
        label=_("How it shows that it is this app"),
        choices=Proof.choices,
        widget=forms.RadioSelect,
        initial=Proof.NONE,
    )

    purpose = purpose_choice()

    field_order = ("name", "purpose", "redirect_uris", "scope", "proof", "keys", "keys_url")

    def clean_redirect_uris(self) -> list[str]:
        return str(self.cleaned_data["redirect_uris"]).split()
