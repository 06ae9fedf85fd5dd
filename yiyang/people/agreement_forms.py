"""What is typed from the paper of an agreement, of a guardian, and about a relative who is barred."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.access.serving import account_named
from yiyang.kernel.forms import Form
from yiyang.kernel.papers import PaperField
from yiyang.kernel.time import now
from yiyang.people.forms import NOT_CHOSEN, date_field
from yiyang.people.models import AgreementKind, Capacity, GuardianKind, Kinship, Matter


def today() -> Any:
    return localdate(now())


class AgreementForm(Form):
    kind = forms.ChoiceField(label=_("Kind of agreement"), choices=[NOT_CHOSEN, *AgreementKind.choices])
    number = forms.CharField(label=_("Number on the paper"), required=False, max_length=40)
    signed_on = date_field(pgettext_lazy("agreement", "Signed on"), required=True, initial=today)
    from_on = date_field(pgettext_lazy("agreement", "In force from"), required=True, initial=today)
    to_on = date_field(
        pgettext_lazy("agreement", "until (that day no longer)"), help_text=_("Empty when it has no end.")
    )
    signer = forms.CharField(label=_("Who signed"), max_length=60)
    capacity = forms.ChoiceField(label=_("Signed as"), choices=[NOT_CHOSEN, *Capacity.choices])
    payer = forms.CharField(label=_("Who pays"), required=False, max_length=60)
    guarantor = forms.CharField(label=_("Guarantor"), required=False, max_length=60)
    emergency_contact = forms.CharField(label=_("Emergency contact"), required=False, max_length=60)
    emergency_phone = forms.CharField(
        label=_("Telephone of the emergency contact"), required=False, max_length=40
    )
    hold_days = forms.IntegerField(
        label=_("Days for which the bed is kept"),
        help_text=_("When the resident is in hospital or on leave. Empty: as the district's policy says."),
        required=False,
        min_value=1,
        max_value=365,
    )
    hold_fee_rule = forms.CharField(label=_("Fee while the bed is kept"), required=False, max_length=60)
    designated_hospital = forms.ChoiceField(label=_("Designated hospital"), required=False)
    sends_record = forms.BooleanField(
        label=_("Agrees that the record is sent to the unit that takes over"),
        help_text=_(
            "The designated hospital then reads what a transfer needs from now on, as long as the agreement "
            "lasts. The person can withdraw that at any time."
        ),
        required=False,
    )
    paper = PaperField(label=_("The signed paper"), required=False)

    def __init__(self, *args: Any, hospitals: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["designated_hospital"].choices = [  # type: ignore[attr-defined]
            ("", _("None named")),
            *hospitals,
        ]

    def told(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        hospital, paper = given.pop("designated_hospital"), given.pop("paper")
        return {
            **given,
            "designated_hospital_id": UUID(hospital) if hospital else None,
            "paper": paper.read() if paper else None,
        }


class RenewForm(Form):
    signed_on = date_field(pgettext_lazy("agreement", "Signed on"), required=True, initial=today)
    to_on = date_field(
        pgettext_lazy("agreement", "until (that day no longer)"), help_text=_("Empty when it has no end.")
    )


class AgreementPaperForm(Form):
    paper = PaperField(label=_("The signed paper"))

    def told(self) -> dict[str, Any]:
        return {"content": self.cleaned_data["paper"].read()}


class GuardianForm(Form):
    kind = forms.ChoiceField(label=_("Kind of guardian"), choices=[NOT_CHOSEN, *GuardianKind.choices])
    guardian = forms.CharField(label=_("Name of the guardian"), required=False, max_length=60)
    organisation = forms.ChoiceField(label=_("Or the organisation that is guardian"), required=False)
    login = forms.CharField(
        label=_("Login name of the guardian"),
        help_text=_("If the guardian uses the platform. A telephone number alone opens nothing."),
        required=False,
        max_length=40,
    )
    kinship = forms.ChoiceField(label=_("Who this is to the person"), choices=[NOT_CHOSEN, *Kinship.choices])
    supervisor = forms.CharField(
        label=_("Supervising guardian"),
        help_text=_("Who watches over an agreed guardian."),
        required=False,
        max_length=60,
    )
    matters = forms.MultipleChoiceField(
        label=_("Decides about"), choices=Matter.choices, widget=forms.CheckboxSelectMultiple
    )
    document = forms.CharField(
        label=pgettext_lazy("guardian", "Document"),
        help_text=_("Judgement, appointment or notarised agreement: its number and who issued it."),
        max_length=120,
    )
    from_on = date_field(_("In force from"), required=True)
    to_on = date_field(_("Until"), help_text=_("Empty when it has no end."))
    finding_by = forms.CharField(
        label=_("Clinician who found that the person cannot decide"), required=False, max_length=120
    )
    finding_on = date_field(_("Day of the finding"))
    paper = PaperField(label=_("The document as a photo or PDF"), required=False)

    def __init__(self, *args: Any, organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            ("", _("No organisation")),
            *organisations,
        ]

    def clean_login(self) -> UUID | None:
        login = self.cleaned_data["login"]
        account = account_named(login) if login else None
        if login and account is None:
            raise forms.ValidationError(
                _("There is no account with this name. Ask the guardian to show it to you.")
            )
        return account.pk if account else None

    def told(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        organisation, paper = given.pop("organisation"), given.pop("paper")
        account_id = given.pop("login")
        return {
            **given,
            "account_id": account_id,
            "organisation_id": UUID(organisation) if organisation else None,
            "paper": paper.read() if paper else None,
        }


class BarForm(Form):
    name = forms.CharField(label=_("Name of the relative"), max_length=60)
    kinship = forms.ChoiceField(label=_("Who this is to the person"), choices=[NOT_CHOSEN, *Kinship.choices])
    account = forms.ChoiceField(label=_("Account that is entrusted now"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    evidence = forms.CharField(
        label=_("What this rests on"),
        help_text=_("The person's word and before whom, a protection order, a judgement."),
        max_length=200,
    )

    def __init__(self, *args: Any, accounts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [NOT_CHOSEN, *accounts]  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        account = given.pop("account")
        return {**given, "account_id": UUID(account) if account else None}


class OutcomeForm(Form):
    outcome = forms.CharField(
        label=_("How it was settled"),
        help_text=_("For example: declined, has a doctor in another district, moved away."),
        max_length=200,
    )
