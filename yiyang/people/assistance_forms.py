"""What is asked before somebody acts for an elder or a relative."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.forms import Form
from yiyang.kernel.papers import PaperField
from yiyang.people.forms import NOT_CHOSEN
from yiyang.people.rules.assistance import Channel, Checked


class StartAssistanceForm(Form):
    for_whom = forms.ChoiceField(
        label=_("For whom do you act?"),
        help_text=_("Relatives and guardians stand here while they are entrusted with the record."),
        required=False,
        widget=forms.RadioSelect,
    )
    channel = forms.ChoiceField(
        label=_("How do they ask?"), choices=Channel.choices, widget=forms.RadioSelect, initial="COUNTER"
    )
    identity_check = forms.ChoiceField(
        label=_("How did you check who it is?"), choices=[NOT_CHOSEN, *Checked.choices]
    )
    note = forms.CharField(
        label=_("What they ask for, or where the paper is kept"), required=False, max_length=200
    )
    paper = PaperField(label=_("Photo of the paper"), required=False)

    def __init__(self, *args: Any, elder: str, served: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["for_whom"].choices = [("", elder), *served]  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        delegation, paper = given.pop("for_whom"), given.pop("paper")
        return {
            **given,
            "delegation_id": UUID(delegation) if delegation else None,
            "paper": paper.read() if paper else None,
        }
