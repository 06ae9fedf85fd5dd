"""Evaluating, and what person and family say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.beds.forms.transfers.acts import Act, in_a_row, lines
from yiyang.beds.models.transfers import (
    Agreement,
    Evaluation,
)
from yiyang.beds.rules import criteria
from yiyang.kernel import papers


class EvaluateTransfer(Act):
    outcome = forms.ChoiceField(label=_("Judgement"), choices=Evaluation.Outcome.choices, widget=in_a_row())
    statement = forms.CharField(label=_("Reasons in words"), max_length=4000, widget=lines(3))

    def __init__(self, *args: Any, codes: list[str], reserved: Mapping[str, Any] = {}, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [code for code in codes if code in criteria.TEXTS]
        self.more = {code: text for code, text in reserved.items() if code not in self.codes}
        for code in self.codes:
            self.fields[f"criterion_{code}"] = forms.ChoiceField(
                label=criteria.TEXTS[code],
                choices=list(criteria.ANSWERS.items()),
                widget=in_a_row(),
            )
        for code, text in self.more.items():
            self.fields[f"criterion_{code}"] = forms.ChoiceField(
                label=str(text),
                choices=list(criteria.ANSWERS.items()),
                widget=in_a_row(),
                required=False,
                initial="UNKNOWN",
            )
        asked = [f"criterion_{code}" for code in (*self.codes, *self.more)]
        self.order_fields([*asked, "outcome", "statement"])

    def told(self) -> dict[str, Any]:
        given = super().told()
        answers = [{"code": code, "answer": given.pop(f"criterion_{code}")} for code in self.codes]
        more = [
            {"code": code, "answer": answer, **text.as_data()}
            for code, text in self.more.items()
            if (answer := given.pop(f"criterion_{code}")) in ("YES", "NO")
        ]
        return {**given, "criteria": answers + more}


class OwnWord(Act):
    """What the reader themself decides: one question, in large type."""

    outcome = forms.ChoiceField(
        label=_("Do you agree?"),
        choices=[
            (Agreement.Outcome.AGREED, pgettext_lazy("own word", "Yes, I agree")),
            (Agreement.Outcome.REFUSED, pgettext_lazy("own word", "No, I do not agree")),
        ],
        widget=forms.RadioSelect,
    )
    statement = forms.CharField(
        label=_("What you want to say about it"), max_length=2000, required=False, widget=lines(3)
    )

    def __init__(self, *args: Any, by_whom: str, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = {"by_whom": by_whom, "name": name, "how": Agreement.How.IN_PERSON}

    def told(self) -> dict[str, Any]:
        return {**super().told(), **self.own}


class RecordAgreement(Act):
    by_whom = forms.ChoiceField(label=_("Who decided?"), choices=Agreement.ByWhom.choices, widget=in_a_row())
    name = forms.CharField(
        label=pgettext_lazy("agreement", "Name"),
        max_length=120,
        required=False,
        help_text=_("Empty for the person themself."),
    )
    relation = forms.CharField(
        label=_("Relation to the person"), max_length=60, required=False, help_text=_("Daughter, son, …")
    )
    outcome = forms.ChoiceField(
        label=_("What was said?"), choices=Agreement.Outcome.choices, widget=in_a_row()
    )
    how = forms.ChoiceField(label=_("How?"), choices=Agreement.How.choices, widget=in_a_row())
    witness = forms.CharField(
        label=_("Witness"),
        max_length=120,
        required=False,
        help_text=_("An agreement by telephone needs two witnesses, each by name."),
    )
    second_witness = forms.CharField(label=_("Second witness"), max_length=120, required=False)
    paper = papers.PaperField(label=_("Photo of the signed paper"), required=False)
    statement = forms.CharField(
        label=_("In their own words"), max_length=2000, required=False, widget=lines(2)
    )

    fieldsets = (
        (pgettext_lazy("agreement", "Who"), ("by_whom", "name", "relation")),
        (_("What and how"), ("outcome", "how", "happened_at", "statement")),
        (_("Proof"), ("witness", "second_witness", "paper")),
    )

    def __init__(self, *args: Any, person_name: str, voices: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person_name = person_name
        self.fields["by_whom"].choices = [  # type: ignore[attr-defined]
            (code, label) for code, label in Agreement.ByWhom.choices if code in voices
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("name"):
            if given.get("by_whom") == Agreement.ByWhom.PERSON:
                given["name"] = self.person_name
            elif given.get("by_whom"):
                self.add_error("name", _("Write the name of whoever decided."))
        return given

    def told(self) -> dict[str, Any]:
        given = super().told()
        paper = given.pop("paper")
        content = paper.read() if paper else None
        return {**given, "paper": content, "paper_type": papers.kind_of(content) if content else ""}
