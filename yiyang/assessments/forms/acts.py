"""The small forms: begin, sign, say why, question a result, add a photo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.assessments.models import Dispute, Reason
from yiyang.kernel.forms import Form
from yiyang.kernel.pictures import PictureField
from yiyang.kernel.time import now

ASKED = [one for one in Reason.choices if one[0] != Reason.DISPUTE]


class Begin(Form):
    """Which instrument, and why."""

    code = forms.ChoiceField(label=pgettext_lazy("assessments", "Instrument"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Why it is done"), choices=ASKED)
    note = forms.CharField(
        label=_("A note, such as from whom you heard of it"), max_length=400, required=False
    )

    def __init__(self, *args: Any, instruments: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["code"].choices = instruments  # type: ignore[attr-defined]


class Sign(Form):
    """When it took place; the revision that was read goes along."""

    assessed_at = forms.DateTimeField(
        label=_("When the assessment took place"), widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    beside = forms.BooleanField(
        label=_("I have compared both, and sign mine beside the other"), required=False
    )

    def __init__(self, *args: Any, conflict: bool = False, void: bool = False, **given: Any) -> None:
        super().__init__(*args, **given)
        if void:
            self.fields["beside"].label = _("I know that the former version is void, and sign mine by itself")
        elif not conflict:
            del self.fields["beside"]


class SaySo(Form):
    """One sentence that says why."""

    reason = forms.CharField(
        label=pgettext_lazy("assessments", "Why"), max_length=400, widget=forms.Textarea(attrs={"rows": "3"})
    )


class Done(Form):
    """What was done about an alert."""

    done = forms.CharField(
        label=_("What was done, and whom you told"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


class RaiseDispute(Form):
    grounds = forms.CharField(
        label=_("What does not seem right"), max_length=1000, widget=forms.Textarea(attrs={"rows": "4"})
    )

    def __init__(self, *args: Any, staff: bool, **given: Any) -> None:
        super().__init__(*args, **given)
        if staff:
            self.fields["by_whom"] = forms.ChoiceField(
                label=pgettext_lazy("dispute", "Who asks"),
                choices=Dispute.ByWhom.choices,
                widget=forms.RadioSelect,
            )


class AddPhoto(Form):
    photo = PictureField(label=_("Photo"), camera="environment")
    note = forms.CharField(label=_("What it shows, in a few words"), max_length=200, required=False)


class AskFor(Form):
    """By when somebody is to be assessed, and why."""

    code = forms.ChoiceField(label=pgettext_lazy("assessments", "Instrument"))
    reason = forms.ChoiceField(label=_("Why it is done"), choices=ASKED)
    due_on = forms.DateField(label=pgettext_lazy("assessments", "By when"))

    def __init__(self, *args: Any, instruments: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["code"].choices = instruments  # type: ignore[attr-defined]
        self.fields["due_on"].initial = timezone.localdate(now()) + timedelta(days=7)


class AddInstrument(Form):
    file = forms.FileField(
        label=_("The file of the instrument"),
        help_text=_("A TOML file, or a FHIR R4 Questionnaire in JSON, at most 2 MB."),
        required=False,
    )
    text = forms.CharField(
        label=_("Or its text"),
        widget=forms.Textarea(attrs={"rows": "12", "spellcheck": "false"}),
        required=False,
    )
