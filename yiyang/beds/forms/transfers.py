"""Forms of a transfer: how its acts are typed. What is possible, the commands say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.models.inventory import Feature, Lane
from yiyang.beds.models.transfers import (
    Agreement,
    DeclineCode,
    Evaluation,
    OfferState,
    Trigger,
    Urgency,
)
from yiyang.beds.rules import criteria
from yiyang.kernel import papers
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import Refusal, Stale
from yiyang.kernel.time import now


def in_a_row() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "inline"})


def lines(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Act(Form):
    """Every act on a transfer: it knows which version of the page was looked at, and when it happened."""

    happened_at = forms.DateTimeField(
        label=_("When it happened"),
        required=False,
        widget=forms.DateTimeInput(),
        help_text=_("Leave empty if it is happening now."),
    )

    def __init__(self, *args: Any, about: Any = None, timed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not timed:
            del self.fields["happened_at"]
        if about is not None:
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput(), required=False, initial=about.version
            )

    @property
    def at(self) -> datetime:
        return self.cleaned_data.get("happened_at") or now()

    def told(self) -> dict[str, Any]:
        """What the command is given besides who, when and what."""
        return {name: value for name, value in self.cleaned_data.items() if name != "happened_at"}

    def look_again(self, about: Any) -> None:
        """After a refusal because somebody was faster, the next try is about the state now shown."""
        refusal: Refusal | None = getattr(self, "refusal", None)
        if isinstance(refusal, Stale):
            self.data = self.data.copy()
            self.data["version"] = str(about.version)


class Question(Act):
    """A question that needs no more than yes."""


class Reason(Act):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=lines(2), help_text=_("It is kept in the history.")
    )


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


class Depart(Act):
    earliest = forms.DateTimeField(
        label=_("Not earlier than"),
        required=False,
        widget=forms.DateTimeInput(),
        help_text=_("Only if the exact hour is not known."),
    )


class Arrive(Act):
    responsible = forms.CharField(label=_("Responsible clinician or manager"), max_length=120, required=False)
    bed = forms.ChoiceField(label=_("Bed"), required=False)

    def __init__(self, *args: Any, beds: list[Any], given: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beds = {str(bed.pk): bed for bed in beds}
        choices = _by_ward(beds)[1:]
        self.fields["bed"].choices = [("", given), *choices]  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        told = super().told()
        return {**told, "bed": self.beds.get(told["bed"])}


class ArriveOutside(Act):
    place_name = forms.CharField(label=_("Which hospital or home?"), max_length=120)
    care = forms.BooleanField(label=_("It is a care home, not a hospital"), required=False)


class Hospital(Act):
    hospital = forms.CharField(label=_("Which hospital?"), max_length=120)


class EnterEmergencyRoom(Act):
    unit_id = forms.ChoiceField(
        label=_("Hospital of the network"),
        required=False,
        help_text=_("If it is one of these, its doctors can read what they need."),
    )
    hospital = forms.CharField(label=_("Or another hospital"), max_length=120, required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = dict(units)
        self.fields["unit_id"].choices = [("", _("another hospital")), *units]  # type: ignore[attr-defined]
        self.order_fields(["unit_id", "hospital", "happened_at"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("hospital"):
            given["hospital"] = self.units.get(given.get("unit_id", ""), "")
            if not given["hospital"]:
                self.add_error("hospital", _("Choose a hospital, or write its name."))
        return given

    def told(self) -> dict[str, Any]:
        given = super().told()
        return {**given, "unit_id": UUID(given["unit_id"]) if given["unit_id"] else None}


class SendBack(Act):
    note = forms.CharField(
        label=_("What the hospital said"), max_length=1000, required=False, widget=lines(2)
    )


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
