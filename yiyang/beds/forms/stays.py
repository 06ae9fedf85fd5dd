"""Forms about one stay: another bed, leave, holds, the end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.beds.forms.happening import Happening, WithReason
from yiyang.beds.models.episodes import CloseReason
from yiyang.kernel.forms import Form


def _place(bed: Any) -> str:
    room = f"{bed.room.ward.name} {bed.room.label} · " if bed.room_id else ""
    return f"{room}{bed.label}"


class ChangeBed(WithReason):
    bed = forms.ChoiceField(label=_("To which bed"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, beds: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(bed.pk): bed for bed in beds}
        self.fields["bed"].choices = [(pk, _place(bed)) for pk, bed in self.by_id.items()]

    @property
    def chosen(self) -> Any:
        return self.by_id[self.cleaned_data["bed"]]


class SwapBeds(WithReason):
    other = forms.ChoiceField(label=_("With whom"))

    def __init__(self, *args: Any, rows: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(row.episode_id): row for row in rows}
        self.fields["other"].choices = [
            (pk, f"{row.bed.label} · {row.person.full_name}") for pk, row in self.by_id.items()
        ]

    @property
    def chosen(self) -> Any:
        return self.by_id[self.cleaned_data["other"]].episode


class BeginLeave(Happening):
    due_back_at = forms.DateTimeField(label=_("Due back"))
    companion = forms.CharField(label=_("Who goes along"), max_length=80)
    companion_phone = forms.CharField(label=_("Companion's telephone"), max_length=40, required=False)
    destination = forms.CharField(label=_("Where to"), max_length=120, required=False)


class ExtendHold(Form):
    until = forms.DateTimeField(label=_("Keep the bed until"))


class KeepOwnBed(Form):
    """Person and family choose a day, not an hour."""

    day = forms.DateField(label=_("Keep the bed until the end of"), widget=forms.DateInput())

    def _field_of(self, refusal: Any) -> str | None:
        return "day" if refusal.details.get("field") == "until" else super()._field_of(refusal)


class GiveUpOwnBed(Form):
    reason = forms.CharField(
        label=_("Why (you need not say)"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class ReportMissing(Happening):
    note = forms.CharField(
        label=_("Last seen where and when, wearing what"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Discharge(Happening):
    reason = forms.ChoiceField(
        label=_("Why the stay ends"),
        choices=[one for one in CloseReason.choices if one[0] not in ("DIED", "TRANSFERRED")],
    )
    note = forms.CharField(
        label=_("Note"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    earliest = forms.DateTimeField(label=_("If the hour is not known: not before"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ExpectedEnd(Form):
    until = forms.DateTimeField(label=_("Expected end of the stay"), required=False)
    ready = forms.BooleanField(
        label=_("Ready to leave now"),
        required=False,
        help_text=_("Who is ready and has nowhere to go appears in the list of the district."),
    )


class RecordDeath(Form):
    died_at = forms.DateTimeField(label=_("Died at"))
    earliest = forms.DateTimeField(label=_("If the hour is not known: not before"), required=False)


class CorrectOccupancy(Form):
    since = forms.DateTimeField(label=_("Really from"))
    until = forms.DateTimeField(
        label=_("Really until"), required=False, help_text=_("Leave empty if it still goes on.")
    )
    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class FindPerson(Form):
    q = forms.CharField(
        label=_("Name, pinyin or ID number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-search": ""}),
    )


class Admit(Happening):
    """Who is to be admitted is chosen before; here is the rest."""

    bed = forms.ChoiceField(label=_("To which bed"))
    why = forms.CharField(label=_("Why"), max_length=200)
    responsible = forms.CharField(label=_("Responsible doctor or manager"), max_length=120, required=False)
    expected_until = forms.DateTimeField(label=_("Expected end of the stay"), required=False)
    whole_room = forms.BooleanField(label=_("Takes the whole room"), required=False)

    def __init__(self, *args: Any, beds: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(bed.pk): bed for bed in beds}
        self.fields["bed"].choices = [
            (pk, f"{bed.get_kind_display()} · {_place(bed)}") for pk, bed in self.by_id.items()
        ]

    @property
    def chosen(self) -> Any:
        return self.by_id[self.cleaned_data["bed"]]
