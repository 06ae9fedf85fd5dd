"""What staff enter into the clinical record. Forms check shapes; what may be is decided by the commands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yiyang.access.purposes import Purpose
from yiyang.kernel.forms import Form
from yiyang.kernel.words import listed
from yiyang.people.rules.kinds_of_data import Sensitive
from yiyang.records.rules.items import CATEGORIES, CRITICALITY
from yiyang.records.rules.recognition import EXCLUSIONS
from yiyang.records.rules.vital_signs import CONSCIOUSNESS, SIGNS, Sign, unit_words
from yiyang.records.rules.words import STATUS
from yiyang.records.terms.uses import ALLERGY, DIAGNOSIS, ITEM, MEDICINE

CODED_BY = (
    ("http://hl7.org/fhir/sid/icd-10", "ICD-10"),
    ("http://snomed.info/sct", "SNOMED CT"),
    ("http://hl7.org/fhir/sid/icpc-2", "ICPC-2"),
)
STATES = ("active", "recurrence", "remission", "inactive", "resolved")
SURE = ("confirmed", "provisional", "differential", "unconfirmed")


def _words(label: Any, most: int = 200, **told: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **told)


def _date(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=10,
        help_text=_("As exactly as it is known: 2019, 2019-03 or 2019-03-08."),
    )


def _longer(label: Any, most: int = 2000, **told: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 4}), **told)


def _sensitive() -> forms.ChoiceField:
    """Nothing is chosen for anybody: what is marked is closed to most of those who see the rest."""
    kinds = [(one.value, one.label) for one in Sensitive if one not in (Sensitive.R, Sensitive.V)]
    return forms.ChoiceField(
        label=_("Sensitive?"),
        required=False,
        choices=[
            ("", pgettext_lazy("sensitive entry", "No")),
            *kinds,
            (Sensitive.R.value, pgettext_lazy("sensitive entry", "Something else that should stay closed")),
        ],
        help_text=_(
            "If so, only your unit sees it, those to whom the person opened just that, who looks in an emergency, the "
            "person and a guardian."
        ),
    )


class TimelineFilter(Form):
    """Which time of a record is shown."""

    kind = forms.CharField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(
        label=pgettext_lazy("record", "From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=pgettext_lazy("record", "To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class CodedForm(Form):
    """Words, and the code of a list where there is one. `lists` are offered while typing; without a script, list and
    code are typed as they are."""

    use: str
    others: tuple[tuple[str, str], ...] = ()
    system = forms.ChoiceField(label=_("Coded by"), required=False)
    code = _words(
        pgettext_lazy("diagnosis", "Code"),
        200,
        required=False,
        help_text=_("Leave empty if it is not known."),
    )

    def __init__(
        self, *args: Any, lists: Sequence[tuple[str, str]] = (), loaded: bool = False, **given: Any
    ) -> None:
        super().__init__(*args, **given)
        known = dict([*lists, *self.others])
        self.fields["system"].choices = list(known.items())
        text = self.fields["text"]
        text.help_text = " ".join(
            [*([str(text.help_text)] if text.help_text else []), *self._hints(lists, loaded)]
        )
        text.widget.attrs |= {
            "data-picker": f"{reverse('records:codes')}?use={self.use}",
            "data-picker-system": "id_system",
            "data-picker-code": "id_code",
        }
        own = list(self.fields)
        self.order_fields(["text", *(["none_known"] if "none_known" in own else []), "system", "code"])

    def _hints(self, lists: Sequence[tuple[str, str]], loaded: bool) -> list[str]:
        names = listed(title for _url, title in lists)
        hints = (
            [gettext("A few letters, pinyin or a code find it in: {lists}.").format(lists=names)]
            if names
            else []
        )
        if not loaded:
            hints.append(
                gettext(
                    "The district's own list is not loaded; the system administrator does it under “Lists of codes”."
                )
            )
        return hints


class DiagnosisForm(CodedForm):
    use = DIAGNOSIS
    others = CODED_BY
    text = _words(_("Diagnosis"), help_text=_("In words, as it should be read."))
    onset = _date(pgettext_lazy("diagnosis", "Since"))
    state = forms.ChoiceField(label=_("State"), choices=[(one, STATUS[one]) for one in STATES])
    sure = forms.ChoiceField(
        label=_("How sure"),
        choices=[
            ("confirmed", pgettext_lazy("diagnosis", "confirmed")),
            *((one, STATUS[one]) for one in SURE[1:]),
        ],
    )
    note = _longer(_("Note"), required=False)
    sensitive = _sensitive()


class AllergyForm(CodedForm):
    """With words of what it is, or the statement that none is known."""

    use = ALLERGY
    others = (("http://snomed.info/sct", "SNOMED CT"),)
    text = _words(_("Allergic to"), required=False)
    none_known = forms.BooleanField(label=_("Was asked: no allergy is known"), required=False)
    category = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", pgettext_lazy("allergy", "not known")), *CATEGORIES.items()],
        required=False,
    )
    criticality = forms.ChoiceField(
        label=_("Danger"),
        choices=[("", pgettext_lazy("allergy", "not known")), *CRITICALITY.items()],
        required=False,
    )
    reaction = _words(
        pgettext_lazy("allergy", "What happened"),
        required=False,
        help_text=_("For example: rash, breathlessness."),
    )
    onset = _date(pgettext_lazy("allergy", "Since"))
    note = _longer(_("Note"), required=False)
    sensitive = _sensitive()


class MedicineForm(CodedForm):
    use = MEDICINE
    others = (("http://www.whocc.no/atc", "ATC"),)
    text = _words(_("Medicine"), help_text=_("Name and strength, as on the package."))
    dose = _words(_("Dose"), required=False, help_text=_("For example: one tablet each morning."))
    since = _date(pgettext_lazy("medicine", "Since"))
    note = _longer(_("Note"), required=False)
    sensitive = _sensitive()


class OrderForm(CodedForm):
    """A test that is wanted, why, and what may speak against results of others."""

    use = ITEM
    others = (("http://loinc.org", "LOINC"),)
    text = _words(_("Test or examination"), required=False)
    reason = _words(
        pgettext_lazy("test", "Why it is needed"),
        500,
        help_text=_("Other units read it; the person may too."),
    )
    circumstances = forms.MultipleChoiceField(
        label=_("What speaks against results of other units"),
        choices=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, exclusions: Sequence[str] = (), **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["circumstances"].choices = [
            (one, EXCLUSIONS[one]) for one in exclusions if one in EXCLUSIONS
        ]
        self.fields["system"].required = self.fields["code"].required = True
        self.fields["code"].help_text = gettext("It comes with the choice above, or is typed.")
        self.order_fields(["text", "system", "code", "reason", "circumstances"])


class NoteForm(Form):
    title = _words(_("Title"), 80)
    text = _longer(_("Text"), 20_000)
    sensitive = _sensitive()


class InErrorForm(Form):
    reason = _longer(_("Why it should not be there"), 500)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _measured(sign: Sign) -> forms.DecimalField:
    return forms.DecimalField(
        label=f"{sign.label} {unit_words(sign.shown_unit)}",
        required=False,
        max_digits=6,
        decimal_places=sign.decimals,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class VitalSignsForm(Form):
    """All may stay empty but one. What was not measured is not entered as 0."""

    measured_at = forms.DateTimeField(
        label=_("Measured at"), required=False, help_text=_("Leave empty if it is measured now.")
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for sign in SIGNS:
            self.fields[sign.name] = _measured(sign)
        self.fields["consciousness"] = forms.ChoiceField(
            label=pgettext_lazy("vital sign", "Consciousness"),
            choices=[("", _("Not looked at")), *CONSCIOUSNESS.items()],
            required=False,
        )
        self.order_fields([*(sign.name for sign in SIGNS), "consciousness", "measured_at"])

    def values(self) -> dict[str, Decimal]:
        told = {sign.name: self.cleaned_data.get(sign.name) for sign in SIGNS}
        return {name: value for name, value in told.items() if value is not None}


class WhoSeesForm(Form):
    """Of whom it is asked why they see an entry or not: a unit, or somebody by name."""

    unit = forms.ChoiceField(label=_("Unit"), required=False)
    login = forms.CharField(
        label=_("Or the whole sign-in name or mobile number of somebody"), required=False, max_length=40
    )
    purpose = forms.ChoiceField(
        label=_("What for"), choices=Purpose.choices, initial=Purpose.CARE, required=False
    )

    def __init__(self, *args: Any, units: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "–"), *units]  # type: ignore[attr-defined]
