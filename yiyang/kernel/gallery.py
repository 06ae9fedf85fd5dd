"""Samples for the gallery of components. They are made up, and the page says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import pgettext, pgettext_lazy

from yiyang.kernel.components import (
    KINDS,
    Block,
    Chart,
    Column,
    Entry,
    Figures,
    Mark,
    Notch,
    Ribbon,
    Series,
    Step,
    Table,
)
from yiyang.kernel.forms import Form
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now

KIND_CHOICES = [(k.code, k.label) for k in KINDS.values()]
URGENCY_CHOICES = [
    ("ROUTINE", pgettext_lazy("gallery", "Routine")),
    ("URGENT", pgettext_lazy("gallery", "Urgent")),
]


class SampleForm(Form):
    """One field of each sort, in two groups."""

    name = forms.CharField(
        label=pgettext_lazy("gallery", "Name"),
        help_text=pgettext_lazy("gallery", "As on the identity document."),
    )
    born_on = forms.DateField(label=pgettext_lazy("gallery", "Date of birth"))
    note = forms.CharField(label=pgettext_lazy("gallery", "Note"), widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("gallery", "Kind of bed"), choices=KIND_CHOICES)
    urgency = forms.ChoiceField(
        label=pgettext_lazy("gallery", "Urgency"), choices=URGENCY_CHOICES, widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label=pgettext_lazy("gallery", "The family has agreed"))

    fieldsets = (
        (pgettext_lazy("gallery", "Person"), ("name", "born_on")),
        (pgettext_lazy("gallery", "Request"), ("kind", "urgency", "note", "agreed")),
    )


class SampleFilters(Form):
    kind = forms.ChoiceField(
        label=pgettext_lazy("gallery", "Kind of bed"),
        choices=[("", pgettext_lazy("gallery", "All")), *KIND_CHOICES],
        required=False,
    )
    unit = forms.CharField(label=pgettext_lazy("gallery", "Unit"), required=False)


def samples(request: HttpRequest) -> dict[str, Any]:
    at = now()
    return {
        "navigation": navigation(),
        "kinds": list(KINDS.values()),
        "form": SampleForm({"name": "", "urgency": "URGENT"}, prefix="wrong"),
        "plain_form": SampleForm(prefix="plain"),
        "filters": SampleFilters(request.GET or None),
        "ribbon": ribbon(at),
        "short_ribbon": short_ribbon(at),
        "figures": Figures(
            present=880, held=31, reserved=12, cleaning=6, maintenance=4, free=52, closed=15, extra=8
        ),
        "unit_rows": unit_rows(at),
        "units": units_table(request),
        **words(at),
        "deadlines": [(at + timedelta(minutes=m), m) for m in (134, 12, -9)],
        "minutes_ago": at - timedelta(minutes=16),
        "in_minutes": at + timedelta(minutes=16),
        "last_year": at - timedelta(days=420),
        "pressures": (131, 128, 136, 142, 139, 147, 151, 148, 156),
        "pulses": (71, 74, 70, 69, 73, 75, 72),
        "entries": entries(at),
        "steps": steps(),
        "tabs": tabs(),
        "pairs": [
            (pgettext("gallery", "Form of address"), "王奶奶"),
            (pgettext("gallery", "Residence"), "彭浦新村街道 · 平顺路 120 弄 3 号 501 室"),
            (pgettext("gallery", "Floor and lift"), pgettext("gallery", "5th floor, no lift")),
            (pgettext("gallery", "Key-holder"), ""),
        ],
        "chart": chart(at),
        "lines": lines(at),
        "now": at,
    }


def elder_samples(request: HttpRequest) -> dict[str, Any]:
    at = now()
    return {
        "place_before": pgettext("gallery", "Today you live in"),
        "place_name": "阳光养老院 3-205",
        "place_after": pgettext("gallery", "Nurse Li looks after you until 20:00."),
        "doors": [
            (pgettext("gallery", "My medicines"), pgettext("gallery", "Next at 12:00")),
            (pgettext("gallery", "My doctor"), pgettext("gallery", "Dr Chen, comes on Wednesday")),
            (pgettext("gallery", "My family"), ""),
            (pgettext("gallery", "Who can see my record"), ""),
        ],
        "entries": [
            Entry(
                pgettext("gallery", "The assessor visits you"),
                at + timedelta(days=2),
                pgettext("gallery", "Ms Zhao"),
                pgettext("gallery", "Please keep your medicines and papers at hand."),
            )
        ],
        "ribbon": ribbon(at),
    }


def navigation() -> list[NavigationItem]:
    return [
        NavigationItem(pgettext("gallery", "Bed board"), "/gallery/", current=True, key="b"),
        NavigationItem(pgettext("gallery", "Transfers"), "/gallery/#transfers", key="t", count=7),
        NavigationItem(pgettext("gallery", "Waiting list"), "/gallery/#waiting", key="w"),
        NavigationItem(pgettext("gallery", "Persons"), "/gallery/#persons", key="p"),
        NavigationItem(pgettext("gallery", "Contracts"), "/gallery/#contracts", key="c"),
    ]


def ribbon(at: datetime) -> Ribbon:
    def ago(days: float) -> datetime:
        return at - timedelta(days=days)

    return Ribbon(
        start=ago(1500),
        end=at + timedelta(days=60),
        now=at,
        label=pgettext("gallery", "Beds of a sample person"),
        name="years",
        blocks=(
            Block("RESIDENCE", "HOME_CARE", "PRESENT", "彭浦家庭照护", ago(1460), ago(810), "#years"),
            Block(
                "OVERLAY", "HOME_MEDICAL", "PRESENT", "彭浦社区卫生服务中心", ago(1100), ago(830), "#years"
            ),
            Block("RESIDENCE", "HOSPITAL", "PRESENT", "区中心医院 内科 12-3", ago(810), ago(770), "#years"),
            Block("RESIDENCE", "INSTITUTION", "PRESENT", "阳光养老院 3-205", ago(770), ago(196), "#years"),
            Block("RESIDENCE", "INSTITUTION", "HELD", "阳光养老院 3-205", ago(196), ago(120), "#years"),
            Block("RESIDENCE", "HOSPITAL", "PRESENT", "区中心医院 骨科 5-1", ago(196), ago(120), "#years"),
            Block("RESIDENCE", "INSTITUTION", "PRESENT", "阳光养老院 3-205", ago(120), None, "#years"),
            Block("OVERLAY", "HOME_MEDICAL", "PRESENT", "彭浦社区卫生服务中心", ago(90), None, "#years"),
            Block(
                "RESIDENCE",
                "HOSPITAL",
                "RESERVED",
                "区中心医院 心内科",
                at + timedelta(days=2),
                ago(-40),
                "#years",
            ),
        ),
        notches=(
            Notch(ago(810), pgettext("gallery", "Transfer to hospital, health worsened"), "#years"),
            Notch(ago(770), pgettext("gallery", "Transfer to care institution"), "#years", what="accepted"),
            Notch(ago(196), pgettext("gallery", "Emergency, left by 120"), "#years", what="left"),
            Notch(ago(120), pgettext("gallery", "Return to the held bed"), "#years", what="arrived"),
            Notch(
                at + timedelta(days=2),
                pgettext("gallery", "Transfer to hospital, bed reserved"),
                "#years",
                open=True,
            ),
        ),
        marks=(
            *(
                Mark(ago(d), "assessment", pgettext("gallery", "Unified needs assessment"), "#years")
                for d in (1470, 780, 400, 110)
            ),
            *(
                Mark(ago(d), "visit", pgettext("gallery", "Doctor's visit"), "#years")
                for d in range(830, 1100, 14)
            ),
            *(
                Mark(ago(d), "visit", pgettext("gallery", "Doctor's visit"), "#years")
                for d in range(3, 90, 14)
            ),
            Mark(ago(197), "alarm", pgettext("gallery", "Fall alarm"), "#years"),
        ),
    )


def short_ribbon(at: datetime) -> Ribbon:
    start = at - timedelta(days=20)
    return Ribbon(
        start=start,
        end=at + timedelta(days=12),
        now=at,
        label=pgettext("gallery", "The last weeks of a sample person"),
        name="weeks",
        blocks=(
            Block(
                "RESIDENCE",
                "PALLIATIVE",
                "PRESENT",
                "安宁疗护病房 2-4",
                at - timedelta(days=6),
                None,
                "#weeks",
            ),
            Block(
                "RESIDENCE",
                "ELSEWHERE",
                "PRESENT",
                "急诊留观",
                at - timedelta(days=7),
                at - timedelta(days=6),
            ),
            Block("RESIDENCE", "HOME_CARE", "PRESENT", "居家", start, at - timedelta(days=7), "#weeks"),
        ),
    )


def unit_rows(at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "name": "区中心医院",
            "kind": "HOSPITAL",
            "free": 14,
            "figures": Figures(
                present=412, held=0, reserved=9, cleaning=5, maintenance=2, free=14, closed=8, extra=6
            ),
        },
        {
            "name": "阳光养老院",
            "kind": "INSTITUTION",
            "free": 21,
            "figures": Figures(present=168, held=7, reserved=3, free=21, closed=1),
        },
        {
            "name": "彭浦社区卫生服务中心",
            "kind": "HOME_MEDICAL",
            "free": 17,
            "figures": {"present": 83, "reserved": 2, "free": 17},
        },
        {
            "name": "安宁疗护中心",
            "kind": "PALLIATIVE",
            "free": 0,
            "figures": Figures(not_reported_since=at - timedelta(hours=5)),
        },
    ]


def units_table(request: HttpRequest) -> Table:
    columns = (
        Column(pgettext("gallery", "Unit"), "unit"),
        Column(pgettext("gallery", "Kind of bed"), "kind"),
        Column(pgettext("gallery", "Free"), "free", number=True),
        Column(pgettext("gallery", "Occupancy")),
    )
    return Table(
        columns,
        request,
        caption=pgettext("gallery", "Units of a sample district"),
        default_sort="unit",
        exports=("csv", "xlsx"),
    )


def entries(at: datetime) -> list[Entry]:
    return [
        Entry(
            pgettext("gallery", "Bed allocated"),
            at - timedelta(minutes=16),
            pgettext("gallery", "Admission office, sample hospital"),
            "",
        ),
        Entry(
            pgettext("gallery", "Accepted by the ward"),
            at - timedelta(minutes=44),
            pgettext("gallery", "Ward doctor, sample hospital"),
            pgettext("gallery", "A bed is free today, and the person was in this ward in March."),
            "#history",
        ),
        Entry(
            pgettext("gallery", "Offered to 2 units"),
            at - timedelta(hours=2),
            pgettext("gallery", "Care-home nurse, sample care home"),
        ),
        Entry(
            pgettext("gallery", "Requested"),
            at - timedelta(hours=3),
            pgettext("gallery", "Care-home nurse, sample care home"),
            pgettext("gallery", "Fever for two days."),
        ),
    ]


def steps() -> list[Step]:
    return [
        Step(pgettext("gallery", "Request"), "done", "09:41"),
        Step(pgettext("gallery", "Evaluation"), "done", "09:52"),
        Step(pgettext("gallery", "Agreement"), "done", pgettext("gallery", "daughter, by telephone")),
        Step(pgettext("gallery", "Offers"), "current", pgettext("gallery", "2 units asked")),
        Step(pgettext("gallery", "Bed")),
        Step(pgettext("gallery", "Handover")),
        Step(pgettext("gallery", "Departure")),
        Step(pgettext("gallery", "Arrival")),
    ]


def tabs() -> list[NavigationItem]:
    return [
        NavigationItem(pgettext("gallery", "Open"), "#tabs", current=True, count=7),
        NavigationItem(pgettext("gallery", "Today"), "#tabs", count=12),
        NavigationItem(pgettext("gallery", "Archive"), "#tabs", count=1840),
    ]


def chart(at: datetime) -> Chart:
    days = [at - timedelta(days=d) for d in range(13, -1, -1)]
    care = (6050, 6061, 6072, 6070, 6084, 6091, 6088, 6102, 6097, 6110, 6108, 6115, 6121, 6120)
    ward = (861, 868, 872, 859, 866, 874, 880, 883, 879, 871, 868, 877, 884, 880)
    return Chart(
        title=pgettext("gallery", "Present in the last two weeks"),
        categories=tuple(f"{d:%m-%d}" for d in days),
        series=(
            Series(pgettext("gallery", "Care institution"), tuple(float(v) for v in care), "INSTITUTION"),
            Series(pgettext("gallery", "Hospital"), tuple(float(v) for v in ward), "HOSPITAL"),
        ),
        unit=pgettext("gallery", "persons"),
        summary=pgettext("gallery", "Care institutions rise slowly; hospitals stay about level."),
    )


def lines(at: datetime) -> Chart:
    months = ("06", "07", "08", "09", "10", "11")
    asked = {
        "HOSPITAL": (61, 70, 66, 58, 73, 69),
        "INSTITUTION": (38, 31, 44, 40, 37, 42),
        "PALLIATIVE": (6, 9, 7, 8, 5, 9),
    }
    return Chart(
        title=pgettext("gallery", "Transfers asked for, by target"),
        categories=months,
        series=tuple(
            Series(KINDS[k].label, tuple(float(v) for v in values), k) for k, values in asked.items()
        ),
        shape="stacked",
        summary=pgettext("gallery", "About two thirds ask for a hospital bed."),
    )


def words(at: datetime) -> dict[str, Any]:
    """The words that the template hands to components."""
    return {
        "stats": [
            ("HOME_CARE", "1,204", "1,310", pgettext("gallery", "98 free")),
            ("INSTITUTION", "6,120", "6,400", pgettext("gallery", "193 free")),
            ("HOME_MEDICAL", "412", "450", pgettext("gallery", "38 free")),
            ("HOSPITAL", "880", "1,000", pgettext("gallery", "52 free")),
            ("PALLIATIVE", "31", "36", pgettext("gallery", "3 free")),
        ],
        "tags": [
            (pgettext("gallery", "Offered"), ""),
            (pgettext("gallery", "Accepted"), "good"),
            (pgettext("gallery", "Ends soon"), "warning"),
            (pgettext("gallery", "Overdue"), "danger"),
        ],
        "sample": pgettext("gallery", "sample"),
        "steps_label": pgettext("gallery", "Steps of the transfer"),
        "hospital": pgettext("gallery", "Sample hospital"),
        "answer": pgettext("gallery", "answer the offer"),
        "why": pgettext("gallery", "First in order: a bed is free today, 1.2 km away, contract in force."),
        "pressure": pgettext("gallery", "Systolic blood pressure"),
        "pulse": pgettext("gallery", "Pulse"),
        "licence": pgettext("gallery", "The licence of this unit ends in 12 days."),
        "renew": pgettext("gallery", "Renew it"),
        "expected": pgettext("gallery", "Two persons are expected today."),
        "tabs_label": pgettext("gallery", "Transfers"),
        "nobody": pgettext("gallery", "Nobody is waiting"),
        "nobody_hint": pgettext("gallery", "Persons appear here once a unit has put them on its list."),
        "nobody_action": pgettext("gallery", "Put a person on the list"),
        "ask": pgettext("gallery", "Ask for the transfer"),
    }
