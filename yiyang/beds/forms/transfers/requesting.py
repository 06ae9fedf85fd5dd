"""Asking for a transfer, its urgency and its channel; finding it on the board."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.forms.transfers.acts import Act, in_a_row, lines
from yiyang.beds.models.inventory import Feature, Lane
from yiyang.beds.models.transfers import (
    Agreement,
    Trigger,
    Urgency,
)
from yiyang.kernel.forms import Form


class RequestTransfer(Form):
    """What has changed, where to, how urgent, and why. The rest has sensible defaults."""

    path = forms.ChoiceField(label=_("What has changed, and which bed is needed?"), widget=forms.RadioSelect)
    urgency = forms.ChoiceField(label=_("How urgent is it?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        widget=lines(3),
        help_text=_("In a sentence, without the name: what has happened, what is needed."),
    )
    needs = forms.MultipleChoiceField(
        label=_("The bed must have"),
        choices=Feature.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    evidence = forms.CharField(
        label=_("Findings that support it"), max_length=4000, required=False, widget=lines(3)
    )
    chosen_unit = forms.ChoiceField(
        label=_("The person wishes this unit"),
        required=False,
        help_text=_("Only if the person or the family named one. It may be asked even without a contract."),
    )
    wanted_from = forms.DateTimeField(
        label=_("Bed wanted from"),
        required=False,
        widget=forms.DateTimeInput(),
        help_text=_("Leave empty for as soon as possible."),
    )
    expected_until = forms.DateTimeField(
        label=_("Expected until"), required=False, widget=forms.DateTimeInput()
    )
    keep_bed = forms.BooleanField(
        label=_("Keep the present care bed for the return"), required=False, initial=True
    )
    destination_outside = forms.CharField(
        label=_("Place outside the network, if it goes there"), max_length=160, required=False
    )

    asker = forms.ChoiceField(
        label=_("Did the person or family ask for it?"),
        required=False,
        help_text=_(
            "Their explicit request, or an agreement, opens the green channel for a routine transfer."
        ),
    )
    asker_name = forms.CharField(
        label=_("Their name"), max_length=120, required=False, help_text=_("Empty for the person themself.")
    )

    more = (
        "needs",
        "evidence",
        "chosen_unit",
        "wanted_from",
        "expected_until",
        "keep_bed",
        "destination_outside",
    )

    def __init__(
        self,
        *args: Any,
        paths: list[Path],
        units: Iterable[tuple[str, str]] = (),
        at_home: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if at_home:  # whoever asks for themselves need not say so
            del self.fields["asker"], self.fields["asker_name"]
        else:
            self.fields["asker"].choices = [NOBODY_ASKED, *Agreement.ByWhom.choices]  # type: ignore[attr-defined]
        self.paths = paths
        self.fields["path"].choices = [(one.value, one.label) for one in paths]  # type: ignore[attr-defined]
        self.fields["urgency"].choices = [  # type: ignore[attr-defined]
            (Urgency.ROUTINE, _("Routine: within days")),
            (Urgency.URGENT, _("Urgent: today")),
            (Urgency.EMERGENCY, _("Emergency: call 120 at once, then note it here")),
        ]
        self.fields["chosen_unit"].choices = [("", _("no wish")), *units]  # type: ignore[attr-defined]

    def groups(self) -> list[tuple[Any, list[dict[str, Any]]]]:
        """The ways from each trigger to its targets, as the page draws them."""
        chosen = self["path"].value()
        found: dict[str, list[dict[str, Any]]] = {}
        for number, one in enumerate(self.paths):
            found.setdefault(one.trigger, []).append(
                {
                    "value": one.value,
                    "kind": one.kind,
                    "note": one.note,
                    "id": f"id_path_{number}",
                    "checked": chosen == one.value,
                }
            )
        return [(Trigger(trigger).label, ways) for trigger, ways in found.items()]

    @property
    def more_is_open(self) -> bool:
        return any(self.errors.get(name) for name in self.more) if self.is_bound else False

    def told(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        trigger, kind, lane = given.pop("path").split(":")
        given["chosen_unit"] = UUID(given["chosen_unit"]) if given["chosen_unit"] else None
        return {**given, "trigger": trigger, "target_kind": kind, "target_lane": lane or None}


class Path:
    """One way of the green channel: a trigger, a kind of bed, and the lane where it is not the usual one."""

    def __init__(self, trigger: str, kind: str, lane: str = "") -> None:
        self.trigger, self.kind, self.lane = trigger, kind, lane
        self.value = f"{trigger}:{kind}:{lane}"
        self.note = _("at home") if lane == Lane.OVERLAY else ""

    @property
    def label(self) -> str:
        return f"{Trigger(self.trigger).label} → {BedKind(self.kind).label} {self.note}".strip()


class ChangeUrgency(Act):
    urgency = forms.ChoiceField(label=_("New urgency"), choices=Urgency.choices, widget=in_a_row())
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=lines(2))


NOBODY_ASKED = ("", _("nobody: our unit proposes it"))


class AskForGreenChannel(Act):
    asker = forms.ChoiceField(
        label=_("Who asks for it?"), choices=Agreement.ByWhom.choices, widget=in_a_row()
    )
    asker_name = forms.CharField(
        label=_("Their name"), max_length=120, required=False, help_text=_("Empty for the person themself.")
    )


class TransferFilters(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind of bed wanted"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)

    def __init__(self, *args: Any, states: list[Any], units: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("all"))
        self.fields["state"].choices = [every, *states]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [every, *BedKind.choices]  # type: ignore[attr-defined]
        self.fields["urgency"].choices = [every, *Urgency.choices]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [every, *[(str(pk), name) for pk, name in units]]  # type: ignore[attr-defined]
