"""Forms about eligibility: what a what-if supposes, a word against the criteria, other criteria."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.access.bed_kinds import BedKind
from yiyang.assessments.rules.eligibility import Criteria, Evidence, Supposition, suppose
from yiyang.assessments.rules.eligibility.supposing import NO_ANSWER
from yiyang.assessments.rules.instruments import Instrument, ItemKind
from yiyang.beds.forms.transfers import in_a_row, lines
from yiyang.beds.models import EligibilityAnswer
from yiyang.beds.rules.criteria import ANSWERS
from yiyang.kernel.forms import Form
from yiyang.people import queries as people
from yiyang.people.rules.kinds import InsuranceKind

A = EligibilityAnswer
UNSAID = [("", pgettext_lazy("what-if", "as it is now"))]


class OverrideEligibility(Form):
    given = forms.ChoiceField(
        label=_("What holds instead"),
        choices=[(one.value, one.label) for one in (A.ELIGIBLE, A.NOT_ELIGIBLE)],
        widget=in_a_row(),
    )
    reason = forms.CharField(label=_("Reasons in words"), max_length=2000, widget=lines(3))


class ProposeCriteria(Form):
    file = forms.FileField(
        label=_("File of criteria (TOML)"),
        help_text=_("Rows beds.eligibility.… as in the policy pack; kinds that the file does not name stay."),
    )
    valid_from = forms.DateField(label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why is it changed?"), max_length=400)

    def content(self) -> str:
        return self.cleaned_data["file"].read(1_000_000).decode("utf-8", "replace")


class Suppose(Form):
    """What would follow if this were so. Every field starts as things are; nothing of it is kept."""

    def __init__(
        self,
        *args: Any,
        criteria: Mapping[str, Criteria],
        evidence: Evidence,
        instruments: Mapping[str, Instrument],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.evidence, self.instruments = evidence, instruments
        self.asks = [leaf for one in criteria.values() for leaf in one.asks]
        self.reserved = {
            each.code: each for one in criteria.values() for each in one.criteria if each.reserved
        }
        self._of_person()
        for code in dict.fromkeys(leaf.instrument for leaf in self.asks if leaf.instrument):
            if code in instruments:
                self._of_instrument(instruments[code])
        for code, criterion in self.reserved.items():
            self.fields[f"judged-{code}"] = forms.ChoiceField(
                label=str(criterion.text), choices=[*UNSAID, *ANSWERS.items()], required=False
            )

    @property
    def parts(self) -> list[tuple[str, list[Any]]]:
        """The fields under a title each: the person, every instrument, what clinicians say."""
        titles = {"person": _("The person"), "judged": _("What a clinician says")}
        found: dict[str, list[Any]] = {}
        for name in self.fields:
            found.setdefault(name.split("-")[0], []).append(self[name])
        return [
            (str(titles[part] if part in titles else self.instruments[part].title), fields)
            for part, fields in found.items()
        ]

    def supposed(self, evidence: Evidence, _known: Any = None) -> Evidence:
        """The evidence with what was chosen; what was left as it is stays."""
        return suppose(evidence, self.supposition(), self.instruments)

    def supposition(self) -> Supposition:
        given = {name: value for name, value in self.cleaned_data.items() if value not in NO_ANSWER}
        sets = {
            name: frozenset(self.cleaned_data.get(f"person-{name}") or ())
            for name in ("groups", "insurance", "beds")
            if f"person-{name}" in self.fields and self._sent(f"person-{name}")
        }
        return Supposition(
            age=given.get("person-age"),
            consents={kind: value == "YES" for kind, value in _under("person-consent-", given).items()},
            judged=_under("judged-", given),
            answers={code: self._answers(code) for code in self.instruments},
            levels=_by_instrument("-level", given, self.instruments),
            totals=_by_instrument("-total", given, self.instruments),
            **sets,
        )

    def _sent(self, name: str) -> bool:
        """Of a form that was sent whole, what was emptied counts too."""
        return name in self.data or "whole" in self.data

    def _of_person(self) -> None:
        asked = {leaf.about for leaf in self.asks}
        known = self.evidence
        if "age" in asked:
            self.fields["person-age"] = forms.IntegerField(
                label=_("Age"), min_value=0, max_value=130, required=False, initial=known.age
            )
        sets: tuple[tuple[str, str, Any, Any, Any], ...] = (
            ("group", "groups", _("Groups"), people.group_names().items(), known.groups),
            ("insurance", "insurance", _("Insurance"), InsuranceKind.choices, known.insurance),
            ("bed", "beds", _("Present beds"), BedKind.choices, known.beds),
        )
        for about, name, label, choices, now in sets:
            values = {value for leaf in self.asks if leaf.about == about for value in leaf.values}
            shown = [(code, words) for code, words in choices if code in values or code in (now or ())]
            if about in asked:
                self.fields[f"person-{name}"] = forms.MultipleChoiceField(
                    label=label,
                    choices=shown,
                    required=False,
                    initial=list(now or ()),
                    widget=forms.CheckboxSelectMultiple,
                )
        for kind in dict.fromkeys(leaf.values[0] for leaf in self.asks if leaf.about == "consent"):
            yes_no = [(code, words) for code, words in ANSWERS.items() if code != "UNKNOWN"]
            self.fields[f"person-consent-{kind}"] = forms.ChoiceField(
                label=_("Agrees to a %(kind)s") % {"kind": BedKind(kind).label},
                choices=[*UNSAID, *yes_no],
                required=False,
            )

    def _of_instrument(self, instrument: Instrument) -> None:
        """The level or total itself, and the answers that make it: a changed answer is scored anew."""
        mine = [leaf for leaf in self.asks if leaf.instrument == instrument.code]
        now = self.evidence.assessed.get(instrument.code)
        if any(leaf.about == "level" for leaf in mine):
            levels = [(one.level, str(one.title)) for one in instrument.bands]
            self.fields[f"{instrument.code}-level"] = forms.ChoiceField(
                label=pgettext_lazy("what-if", "Level"), choices=[*UNSAID, *levels], required=False
            )
        if any(leaf.about == "total" for leaf in mine):
            self.fields[f"{instrument.code}-total"] = forms.FloatField(
                label=pgettext_lazy("what-if", "Total"), required=False
            )
        answers = now.answers if now else {}
        for item in instrument.items:
            if (item.scored and not item.computed) or item.code in {leaf.item for leaf in mine}:
                field = _field(item, answers.get(item.code))
                if field is not None:
                    self.fields[f"{instrument.code}-item-{item.code}"] = field

    def _answers(self, code: str) -> dict[str, Any]:
        prefix = f"{code}-item-"
        return {
            name.removeprefix(prefix): _plain(self.cleaned_data.get(name))
            for name in self.fields
            if name.startswith(prefix) and self._sent(name)
        }


def _under(prefix: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}


def _by_instrument(ending: str, given: Mapping[str, Any], codes: Iterable[str]) -> dict[str, Any]:
    return {code: given[f"{code}{ending}"] for code in codes if f"{code}{ending}" in given}


def _field(item: Any, now: Any) -> forms.Field | None:
    if item.kind is ItemKind.SINGLE:
        choices = [(one.code, str(one.text)) for one in item.options]
        return forms.ChoiceField(
            label=str(item.text), choices=[("", "—"), *choices], required=False, initial=now or ""
        )
    if item.kind is ItemKind.MULTIPLE:
        return forms.MultipleChoiceField(
            label=str(item.text),
            choices=[(one.code, str(one.text)) for one in item.options],
            required=False,
            initial=now or [],
            widget=forms.CheckboxSelectMultiple,
        )
    if item.kind is ItemKind.NUMBER:
        value = now.get("value") if isinstance(now, Mapping) else now
        return forms.FloatField(label=f"{item.text} {item.unit}".strip(), required=False, initial=value)
    return None


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
