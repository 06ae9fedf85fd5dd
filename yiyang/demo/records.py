"""What hospitals, health centres and homes have written down of some residents in three years."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from yiyang.access.bed_kinds import BedKind as K
from yiyang.beds.models import Episode
from yiyang.demo.history import History
from yiyang.kernel.actors import Actor
from yiyang.kernel.reactions import of_the_past
from yiyang.kernel.time import clock_at
from yiyang.people.models import Delegation, Person
from yiyang.records import commands
from yiyang.records.r4 import body as bodies

AT_MOST = 30
TERMS = "http://terminology.hl7.org/CodeSystem"
UCUM = "http://unitsofmeasure.org"
LOCAL = "https://example.org/items"
PROBLEMS = [
    ("高血压2级", [("氨氯地平片 5 mg", "每日一次，每次一片，早饭后")]),
    ("2型糖尿病", [("二甲双胍片 0.5 g", "每日两次，每次一片，饭中")]),
    ("冠状动脉粥样硬化性心脏病", [("阿司匹林肠溶片 100 mg", "每日一次，每次一片"), ("阿托伐他汀钙片 20 mg", "每晚一片")]),
    ("骨质疏松", [("碳酸钙D3片", "每日一次，每次一片")]),
    ("慢性阻塞性肺疾病", [("噻托溴铵吸入剂", "每日一次，吸入一次")]),
    ("脑梗死后遗症", []),
    ("双眼白内障", []),
]  # fmt: skip
ALLERGIES = [
    ("青霉素", "medication", "皮疹"),
    ("磺胺类药", "medication", "皮疹、发热"),
    ("海鲜", "food", "荨麻疹"),
]
# Name, unit, reference range, what is usual, how far it moves.
RESULTS = [
    ("FPG", "空腹血糖", "mmol/L", 3.9, 6.1, 6.4, 1.2),
    ("HbA1c", "糖化血红蛋白", "%", 4.0, 6.0, 6.5, 0.7),
    ("LDL", "低密度脂蛋白胆固醇", "mmol/L", 0.0, 3.4, 2.7, 0.6),
    ("K", "血钾", "mmol/L", 3.5, 5.3, 4.2, 0.4),
    ("Cr", "肌酐", "umol/L", 41.0, 81.0, 76.0, 12.0),
    ("Hb", "血红蛋白", "g/L", 115.0, 150.0, 124.0, 9.0),
]


def build_records(history: History, at: datetime) -> None:
    """By the same commands as always; those first whom an elder's or a family's account shows."""
    homes = [home.pk for home in history.district.homes]
    stays = Episode.objects.filter(closed_at=None, kind=K.INSTITUTION, unit__in=homes, person__died_at=None)
    shown = set(Delegation.objects.values_list("person_id", flat=True))
    found = list(stays.select_related("person", "unit").order_by("pk"))
    found.sort(key=lambda stay: (stay.person_id not in shown, stay.unit_id != homes[0]))
    with of_the_past(), transaction.atomic():
        for number, stay in enumerate(found[:AT_MOST]):
            nurse = history.actor(stay.unit, "CARE_HOME_NURSE")
            _of_one(Writing(history.chance, nurse, stay.person, at, stay.opened_at), number)


class Writing:
    """One resident, and who writes at home; nothing before the nurse could know them."""

    def __init__(self, chance: Random, nurse: Actor, person: Person, at: datetime, since: datetime) -> None:
        self.chance, self.nurse, self.person, self.at = chance, nurse, person, at
        self.since = since + timedelta(hours=2)

    def ago(self, days: float) -> datetime:
        """So many days ago, but not before the stay."""
        return max(self.at - timedelta(days=days), self.since)

    def by(self, when: datetime) -> dict[str, Any]:
        return {"by": self.nurse, "at": when, "person": self.person}

    def create(self, resource: dict[str, Any], when: datetime) -> None:
        with clock_at(when):
            commands.create_resource(by=self.nurse, at=when, body=bodies.written(resource))


def _of_one(writing: Writing, number: int) -> None:
    _problems(writing)
    _allergies(writing)
    for days in (700.0, 520.0, 340.0, 180.0, 60.0, 9.0):
        _results(writing, days + writing.chance.random() * 9)
    for days in (90, 45, 21, 7, 2, 0.3):
        _measured(writing, days)
    _vaccinated(writing)
    if number % 10 == 0:
        _sensitive(writing)
    if number < 10:
        when = writing.ago(30)
        with clock_at(when):
            commands.write_note(
                **writing.by(when),
                title="入住后小结",
                text="夜间睡眠尚可，进食自理，扶行可走三十米。家属每周日探望。",
            )


def _problems(writing: Writing) -> None:
    for text, medicines in writing.chance.sample(PROBLEMS, writing.chance.randint(2, 4)):
        when = writing.ago(writing.chance.randint(20, 800))
        since = f"{when.year - writing.chance.randint(1, 15)}"
        with clock_at(when):
            commands.record_diagnosis(**writing.by(when), text=text, onset=since)
            for name, dose in medicines:
                commands.record_medicine(**writing.by(when), text=name, dose=dose, since=since)


def _allergies(writing: Writing) -> None:
    when = writing.ago(600)
    with clock_at(when):
        if writing.chance.random() < 0.6:
            commands.record_allergy(**writing.by(when), text="无已知过敏", none_known=True)
            return
        text, category, reaction = writing.chance.choice(ALLERGIES)
        commands.record_allergy(
            **writing.by(when), text=text, category=category, criticality="high", reaction=reaction
        )


def _results(writing: Writing, days: float) -> None:
    when = writing.ago(days)
    for code, name, unit, low, high, usual, moves in RESULTS:
        value = Decimal(str(round(usual + writing.chance.uniform(-moves, moves), 1)))
        writing.create(
            {
                "resourceType": "Observation",
                "status": "final",
                "category": [{"coding": [{"system": f"{TERMS}/observation-category", "code": "laboratory"}]}],
                "code": {"coding": [{"system": LOCAL, "code": code, "display": name}], "text": name},
                "subject": {"reference": f"Patient/{writing.person.pk}"},
                "effectiveDateTime": when.isoformat(timespec="seconds"),
                "performer": [{"display": "区中心医院 检验科"}],
                "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
                "referenceRange": [{"low": _of(low, unit), "high": _of(high, unit)}],
            },
            when,
        )


def _of(value: float, unit: str) -> dict[str, Any]:
    return {"value": Decimal(str(value)), "unit": unit, "system": UCUM, "code": unit}


def _measured(writing: Writing, days: float) -> None:
    when, chance = writing.ago(days), writing.chance
    with clock_at(when):
        commands.record_vital_signs(
            **writing.by(when),
            values={
                "temperature": Decimal(str(round(36.2 + chance.random() * 0.8, 1))),
                "pulse": Decimal(chance.randint(62, 92)),
                "systolic": Decimal(chance.randint(118, 162)),
                "diastolic": Decimal(chance.randint(64, 92)),
                "oxygen": Decimal(chance.randint(94, 99)),
            },
            consciousness="A",
        )


def _vaccinated(writing: Writing) -> None:
    when = writing.ago(40)
    writing.create(
        {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": {"text": "流感疫苗"},
            "patient": {"reference": f"Patient/{writing.person.pk}"},
            "occurrenceDateTime": str(date(when.year, when.month, when.day)),
            "primarySource": True,
        },
        when,
    )


def _sensitive(writing: Writing) -> None:
    """What only the unit that wrote it sees, and whoever is allowed this kind."""
    when = writing.ago(15)
    writing.create(
        {
            "resourceType": "Condition",
            "meta": {"security": [{"system": f"{TERMS}/v3-ActCode", "code": "PSY"}]},
            "clinicalStatus": {"coding": [{"system": f"{TERMS}/condition-clinical", "code": "active"}]},
            "code": {"text": "抑郁状态"},
            "subject": {"reference": f"Patient/{writing.person.pk}"},
            "recordedDate": when.isoformat(timespec="seconds"),
        },
        when,
    )
