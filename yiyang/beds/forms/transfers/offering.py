"""Asking units, their answers, and the bed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.beds.forms.transfers.acts import Act, lines
from yiyang.beds.models.inventory import Feature
from yiyang.beds.models.transfers import (
    DeclineCode,
    OfferState,
)


class OfferTransfer(Act):
    units = forms.MultipleChoiceField(
        label=_("Which units are asked?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one unit to ask.")},
    )
    reason = forms.CharField(
        label=_("Note to the units"),
        max_length=200,
        required=False,
        help_text=_("Without the name. Needed when a unit without a contract is asked."),
    )

    def __init__(self, *args: Any, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        self.fields["units"].choices = [  # type: ignore[attr-defined]
            (str(one.unit_id), one.ranked.candidate.name) for one in choices
        ]

    def chosen(self) -> set[str]:
        return {str(value) for value in self["units"].value() or ()}

    def told(self) -> dict[str, Any]:
        given = super().told()
        return {**given, "units": [UUID(one) for one in given["units"]]}


class AcceptOffer(Act):
    doctor = forms.CharField(label=_("Responsible doctor"), max_length=120)
    ward = forms.ModelChoiceField(
        queryset=None, label=_("Ward"), required=False, empty_label=_("the admission office decides")
    )
    conditions = forms.CharField(
        label=_("Conditions"),
        max_length=2000,
        required=False,
        widget=lines(2),
        help_text=_("What must be done or brought along; empty if there is nothing."),
    )

    def __init__(self, *args: Any, wards: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ward: Any = self.fields["ward"]
        ward.queryset = wards
        ward.label_from_instance = lambda one: (
            _("%(ward)s (%(number)d free)")
            % {
                "ward": one.name,
                "number": one.number,
            }
        )


class DeclineOffer(Act):
    code = forms.ChoiceField(label=_("Why not?"), choices=DeclineCode.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("In words"), max_length=1000, required=False, widget=lines(2))


class AnswerOtherwise(Act):
    answer = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In words"),
        max_length=1000,
        widget=lines(2),
        help_text=_("What you need to know, or what you propose."),
    )
    later_from = forms.DateTimeField(
        label=_("Possible from"),
        required=False,
        widget=forms.DateTimeInput(),
        help_text=_("Only for “possible later”."),
    )
    alternative = forms.ChoiceField(
        label=_("What you propose instead"),
        required=False,
        choices=[
            ("", _("nothing in particular")),
            ("OTHER_WARD", _("another ward of ours")),
            ("OUTPATIENT", _("treatment as an outpatient is enough")),
            ("HOME_BED", _("a home medical bed is enough")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            (OfferState.NEED_INFORMATION, _("We need more information")),
            (OfferState.LATER, _("Possible later")),
            (OfferState.ALTERNATIVE, _("We propose something else")),
        ]


class GiveInformation(Act):
    text = forms.CharField(
        label=_("Your answer to the unit"), max_length=2000, widget=lines(3), help_text=_("Without the name.")
    )


class AllocateBed(Act):
    bed = forms.ChoiceField(label=_("Bed"), required=False)

    def __init__(self, *args: Any, beds: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beds = {str(bed.pk): bed for bed in beds}
        self.fields["bed"].choices = _by_ward(beds)  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        given = super().told()
        return {**given, "bed": self.beds.get(given["bed"])}


def _by_ward(beds: list[Any]) -> list[Any]:
    """Choices of a bed in groups by ward: room, bed, what it has."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for bed in beds:
        ward = bed.room.ward.name if bed.room else ""
        words = [bed.room.label if bed.room else "", bed.label, *[Feature(f).label for f in bed.features]]
        label = " · ".join(str(word) for word in words if word)
        if bed.extra:
            label += f" · {_('extra bed')}"
        if getattr(bed, "busy", False):
            label += f" · {_('free by then')}"
        groups.setdefault(ward, []).append((str(bed.pk), label))
    grouped = [(ward, found) for ward, found in groups.items() if ward]
    return [("", _("any free bed that fits")), *groups.get("", []), *grouped]


class TakeBack(Act):
    lacking = forms.CharField(
        label=_("What the unit lacks for the person as they are now"),
        max_length=1000,
        required=False,
        widget=lines(2),
    )
