"""When a transfer is accepted the packet is at the receiver before the person is."""

from __future__ import annotations

from django.urls import reverse

from yiyang.access.tests.factories import Cast
from yiyang.beds.models import Transfer
from yiyang.beds.tests.screens import page
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.packets.models import Packet
from yiyang.packets.rules import reading
from yiyang.packets.tests.conftest import accept, written
from yiyang.people.models import Person
from yiyang.records.r4.validating import validate

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def _record(elder: Person) -> None:
    active = {"coding": [{"system": CLINICAL, "code": "active"}]}
    over = {"coding": [{"system": CLINICAL, "code": "resolved"}]}
    written(elder, "Condition", code={"text": "慢性心力衰竭"}, clinicalStatus=active)
    written(elder, "Condition", code={"text": "肺炎已愈"}, clinicalStatus=over)
    written(
        elder, "AllergyIntolerance", code={"text": "青霉素"}, criticality="high",
        clinicalStatus={"coding": [{"system": ALLERGY, "code": "active"}]},
    )  # fmt: skip
    written(elder, "MedicationStatement", status="active", medicationCodeableConcept={"text": "呋塞米 20mg"})
    written(
        elder, "Observation", status="final", code={"text": "血钾"}, effectiveDateTime=now().isoformat(),
        valueQuantity={"value": 6, "unit": "mmol/L"}, referenceRange=[{"high": {"value": 5, "unit": "mmol/L"}}],
    )  # fmt: skip


def test_an_accepted_transfer_has_a_sealed_packet_that_is_a_valid_document(
    who: Cast, asked: Transfer, elder: Person
) -> None:
    _record(elder)

    accepted = accept(who, asked)
    run_pending()

    packet = Packet.objects.get(transfer=accepted.pk)
    document = reading.read(packet.body)
    assert (packet.unit_id, packet.version) == (who.hospital.pk, 1)
    assert [(one.expression, one.text) for one in validate(document.bundle, "full")] == []
    told = {one.section.name: [line.title for line in one.lines] for one in reading.shown(document)}
    assert told["problems"] == ["慢性心力衰竭"]
    assert told["allergies"] == ["青霉素"]
    assert told["medicines"] == ["呋塞米 20mg"]
    assert {"青霉素", "血钾"} <= set(told["watch"])
    assert told["procedures"] == []


def test_the_receiver_reads_it_with_allergies_and_what_to_watch_first(
    who: Cast, asked: Transfer, elder: Person
) -> None:
    _record(elder)
    accepted = accept(who, asked)

    shown = page(who.ward_doctor, reverse("packets:packet", args=[accepted.pk]))

    assert shown.index("青霉素") < shown.index("呋塞米") and "慢性心力衰竭" in shown
