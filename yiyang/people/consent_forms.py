"""What is asked when the record is opened to units: whom, what, how long, what for; and, of staff, how it was said."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from yiyang.access.purposes import Purpose
from yiyang.kernel.forms import Form
from yiyang.kernel.papers import PaperField
from yiyang.kernel.time import midnight, now
from yiyang.people.commands.consent import AGREED
from yiyang.people.commands.consenting import Said
from yiyang.people.forms import date_field, end_of_day
from yiyang.people.models import Capacity, Consent, Scope
from yiyang.people.rules.consents import DAYS, WITNESSES, Lasting, Way, Width, Witness
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive

PURPOSES = [
    ("CONSULT", pgettext_lazy("purpose of a consent", "a consultation or a second opinion")),
    ("MOVE", pgettext_lazy("purpose of a consent", "planning a move or an admission")),
    ("CARE", pgettext_lazy("purpose of a consent", "daily care and follow-up")),
    ("MEDICINES", pgettext_lazy("purpose of a consent", "checking medicines together")),
    ("OTHER", pgettext_lazy("purpose of a consent", "something else in care or treatment")),
    *[(one.value, one.label) for one in Purpose if one != Purpose.CARE],
]
SHORTER = [
    ("", pgettext_lazy("consent", "as it is now")),
    ("30", pgettext_lazy("consent", "30 days from now")),
    ("92", pgettext_lazy("consent", "three months from now")),
    ("DAY", pgettext_lazy("consent", "until a day that I choose")),
]
CHOOSE: Any = {"required": _("Choose one of these.")}


class UnitChoices(forms.CheckboxSelectMultiple):
    """Units under their kinds, folded but for the first group, which are those that the person knows."""

    template_name = "people/parts/units_to_choose.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """What was ticked stays in sight."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["groups"] = [
            (group, options, number == 0 or any(one["selected"] for one in options))
            for number, (group, options, _index) in enumerate(groups)
        ]
        return context


class ConsentForm(Form):
    """All that is asked. `only`: the fields of one step, where they are asked one after the other."""

    organisation = forms.MultipleChoiceField(
        label=pgettext_lazy("consent", "Who may see it"), widget=UnitChoices,
        error_messages={"required": _("Tick at least one unit.")},
    )  # fmt: skip
    width = forms.ChoiceField(
        label=_("How much may be seen"),
        choices=Width.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of data"), choices=KindOfData.choices, error_messages={"required": _("Tick at least one kind.")}, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Name, age and address can be seen with them."),
    )  # fmt: skip
    labels = forms.MultipleChoiceField(
        label=_("Sensitive data that may be seen as well"), choices=Sensitive.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("What is not ticked stays closed."),
    )  # fmt: skip
    lasting = forms.ChoiceField(
        label=_("For how long"), choices=Lasting.choices, widget=forms.RadioSelect, initial=Lasting.ONE_YEAR,
        error_messages=CHOOSE,
    )  # fmt: skip
    from_on = date_field(
        pgettext_lazy("consent", "From which day"),
        help_text=_("Empty: from now on."),
    )
    until_on = date_field(
        pgettext_lazy("consent", "Last day"),
        help_text=_("Only with a last day of your own. At most three years ahead."),
    )
    purpose = forms.ChoiceField(
        label=_("What for"), choices=PURPOSES, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    purpose_other = forms.CharField(
        label=pgettext_lazy("purpose of a consent", "In your own words, if something else"),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, units: Any = (), only: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = units  # type: ignore[attr-defined]
        for name in [name for name in self.fields if only and name not in only]:
            del self.fields[name]
        if only:
            self._asked_alone()

    def _asked_alone(self) -> None:
        """A question is asked because it wants an answer, and says nothing of others."""
        for name in ("kinds", "until_on", "purpose_other"):
            if name in self.fields:
                self.fields[name].required = True
        if "until_on" in self.fields:
            self.fields["until_on"].help_text = _("At most three years ahead.")
        if "purpose_other" in self.fields:
            self.fields["purpose_other"].label = pgettext_lazy("purpose of a consent", "A few words")

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("width") == Width.SOME and "kinds" in self.fields and not told.get("kinds"):
            self.add_error("kinds", _("Tick at least one kind."))
        ends = told.get("until_on") or "until_on" in self.errors
        if told.get("lasting") == Lasting.CHOSEN and "until_on" in self.fields and not ends:
            self.add_error("until_on", _("Choose the last day."))
        last, first = told.get("until_on"), told.get("from_on") or localdate(now())
        if last and told.get("lasting", Lasting.CHOSEN) == Lasting.CHOSEN and last < first:
            self.add_error("until_on", _("This day lies before the first one. Choose a later day."))
        other = told.get("purpose") == "OTHER" and "purpose_other" in self.fields
        if other and not told.get("purpose_other", "").strip():
            self.add_error("purpose_other", _("Say in a few words what for."))
        return told

    def _field_of(self, refusal: Any) -> str | None:
        """The question to which a refused answer belongs."""
        ends = "until_on" if self.data.get("lasting") == Lasting.CHOSEN else "lasting"
        named = {"expires_at": ends, "starts_at": "from_on", "reason": "purpose_other"}
        found = named.get(str(refusal.details.get("field", "")))
        return found if found in self.fields else super()._field_of(refusal)

    def told(self) -> dict[str, Any]:
        """What the command is given."""
        told = self.cleaned_data
        first, *others = [UUID(one) for one in told["organisation"]]
        some = told["width"] == Width.SOME
        starts_at, expires_at = self.period()
        return {
            "organisation_id": first,
            "others": others,
            "scope": Scope.BASIC if some else told["width"],
            "kinds": told["kinds"] if some else None,
            "labels": told["labels"] if told["width"] in (Width.SOME, Width.FULL) else [],
            "starts_at": starts_at,
            "expires_at": expires_at,
            "purpose": self.purpose_in_words(),
            "purposes": [told["purpose"] if told["purpose"] in Purpose.values else Purpose.CARE],
        }

    def period(self) -> tuple[datetime | None, datetime | None]:
        told, today = self.cleaned_data, localdate(now())
        first = max(told.get("from_on") or today, today)
        starts_at = midnight(first) if first > today else None
        if told["lasting"] == Lasting.CHOSEN:
            return starts_at, end_of_day(told["until_on"])
        days = DAYS.get(told["lasting"])
        return starts_at, end_of_day(first + timedelta(days=days)) if days else None

    def purpose_read(self) -> str:
        """As whoever chooses it reads it."""
        return purpose_read(self.purpose_in_words())

    def purpose_in_words(self) -> str:
        """Kept in the language of the papers, like everything that was signed."""
        if self.cleaned_data["purpose"] == "OTHER":
            return str(self.cleaned_data["purpose_other"]).strip()
        with override("zh-hans"):
            return str(dict(PURPOSES)[self.cleaned_data["purpose"]])


class SaidForm(Form):
    """How somebody agreed, as staff tell it who were there."""

    capacity = forms.ChoiceField(
        label=_("Who agreed"), widget=forms.RadioSelect, initial=Capacity.PERSON,
        choices=[
            (Capacity.PERSON.value, pgettext_lazy("consent", "the person")),
            (Capacity.GUARDIAN.value, pgettext_lazy("consent", "the guardian, after a finding that the person cannot decide")),
        ],
    )  # fmt: skip
    way = forms.ChoiceField(
        label=pgettext_lazy("consent", "How"), widget=forms.RadioSelect, initial=Way.SIGNED,
        choices=[(one.value, one.label) for one in Way if one != Way.OWN],
    )  # fmt: skip
    given_by = forms.CharField(
        label=_("Who agreed, and how"),
        help_text=_("Signed on paper and where it is kept, or said before whom."),
        max_length=120,
    )
    read_by = forms.CharField(
        label=_("Who read it aloud"), required=False, max_length=60,
        help_text=_("When the person cannot read or sign. Two witnesses are then needed."),
    )  # fmt: skip
    witness_1 = forms.CharField(label=_("First witness"), required=False, max_length=60)
    relation_1 = forms.CharField(
        label=_("Who the first witness is to the person"), required=False, max_length=60
    )
    witness_2 = forms.CharField(label=_("Second witness"), required=False, max_length=60)
    relation_2 = forms.CharField(
        label=_("Who the second witness is to the person"), required=False, max_length=60
    )
    paper = PaperField(label=_("The signed paper"), required=False)

    fieldsets: Any = (
        (_("How it was agreed"), ("capacity", "way", "given_by")),
        (
            _("When somebody cannot sign"),
            ("read_by", "witness_1", "relation_1", "witness_2", "relation_2", "paper"),
        ),
    )

    def _field_of(self, refusal: Any) -> str | None:
        at_field = refusal.details.get("field")
        return "witness_1" if at_field == "witnesses" else super()._field_of(refusal)

    def said(self) -> Said:
        told = self.cleaned_data
        file = told.get("paper")
        paper: bytes = file.read() if file else b""
        return Said(
            given_by=told["given_by"], capacity=told["capacity"], way=told["way"], read_by=told["read_by"],
            witnesses=[Witness(told[f"witness_{n}"], told[f"relation_{n}"]) for n in range(1, WITNESSES + 1)],
            paper=paper,
        )  # fmt: skip


class StaffConsentForm(SaidForm, ConsentForm):
    fieldsets = (
        (_("What is opened, to whom"), ("organisation", "width", "kinds", "labels")),
        (_("For how long, and what for"), ("lasting", "from_on", "until_on", "purpose", "purpose_other")),
        *SaidForm.fieldsets,
    )

    def told(self) -> dict[str, Any]:
        return {**super().told(), "said": self.said()}


class NarrowForm(Form):
    """What is closed of an open consent. `only`: one question, where they are asked one after the other."""

    kinds = forms.MultipleChoiceField(
        label=_("May still be seen"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Take the tick away from what shall be closed. Name, age and address stay."),
    )  # fmt: skip
    labels = forms.MultipleChoiceField(
        label=_("Sensitive data that may still be seen"), required=False, widget=forms.CheckboxSelectMultiple
    )
    basics = forms.BooleanField(label=_("From now on only name, age and address"), required=False)
    shorter = forms.ChoiceField(
        label=_("Until when"), choices=SHORTER, required=False, widget=forms.RadioSelect, initial=""
    )
    until_on = date_field(pgettext_lazy("consent", "Last day"), help_text=_("Only if you choose a day."))

    ASKED = {"kinds": ("kinds", "labels", "basics"), "until": ("shorter", "until_on")}

    def __init__(self, *args: Any, consent: Consent, only: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"kinds": open_kinds(consent), "labels": consent.labels})
        super().__init__(*args, **kwargs)
        self.consent = consent
        self._offer("kinds", KindOfData.choices, open_kinds(consent))
        self._offer("labels", Sensitive.choices, consent.labels)
        asked = self.ASKED.get(only, tuple(self.fields)) + tuple(SaidForm.base_fields)
        gone = {name for name in self.fields if name not in asked}
        if consent.scope != Scope.MOVE:
            gone.add("basics")
        for name in gone & set(self.fields):
            del self.fields[name]

    def _offer(self, name: str, choices: Any, open_now: list[str]) -> None:
        kept = [one for one in choices if one[0] in open_now]
        if kept:
            self.fields[name].choices = kept  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("shorter") == "DAY" and not self.cleaned_data.get("until_on"):
            self.add_error("until_on", _("Choose the last day."))
        return self.cleaned_data

    def told(self) -> dict[str, Any]:
        """What the command is given: only what is less than before."""
        told, given = self.cleaned_data, {}
        if "kinds" in self.fields and set(told["kinds"]) != set(open_kinds(self.consent)):
            given["kinds"] = told["kinds"]
        if "labels" in self.fields:
            given["labels"] = told["labels"]
        if told.get("basics"):
            given["scope"] = Scope.BASIC
        if told.get("shorter"):
            chosen = told["shorter"] == "DAY"
            last = told["until_on"] if chosen else localdate(now()) + timedelta(days=int(told["shorter"]))
            given["expires_at"] = end_of_day(last)
        return given


class StaffNarrowForm(SaidForm, NarrowForm):
    fieldsets = (
        (_("What stays open"), ("kinds", "labels", "basics", "shorter", "until_on")),
        *SaidForm.fieldsets,
    )

    def told(self) -> dict[str, Any]:
        return {**super().told(), "said": self.said()}


class StaffWithdrawForm(Form):
    said_by = forms.CharField(
        label=_("Who withdraws it, and how"),
        help_text=_("The person on the telephone, in writing and where it is kept, or before whom."),
        max_length=120,
    )


@cache
def _kept() -> dict[str, Any]:
    with override("zh-hans"):
        return {str(said): said for _code, said in PURPOSES}


def purpose_read(kept: str) -> str:
    """A purpose that was chosen, in the reader's language; one in somebody's own words as it was said."""
    before, _unit, after = AGREED.partition("{unit}")
    if kept.startswith(before) and kept.endswith(after):
        unit = kept.removeprefix(before).removesuffix(after)
        return str(_("agreed in the service agreement: the record goes along ({unit})")).format(unit=unit)
    return str(_kept().get(kept, kept))


def open_kinds(consent: Consent) -> list[str]:
    """The kinds of data that a consent opens; none where it opens the basics or what a move needs."""
    if consent.kinds:
        return list(consent.kinds)
    return list(KindOfData.values) if consent.scope == Scope.FULL else []
