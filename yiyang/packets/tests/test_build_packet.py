"""When a transfer is accepted the packet is at the receiver before the person is."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from yiyang.access.models import Notice
from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import Cast, family
from yiyang.beds import commands as beds_commands
from yiyang.beds.models import Handover, Transfer
from yiyang.beds.tests.screens import page, signed_in, statements
from yiyang.devices.commands.alarms import raise_alarm
from yiyang.devices.commands.intake import take_in
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.packets import commands, jobs
from yiyang.packets.models import Packet
from yiyang.packets.rules import reading
from yiyang.packets.tests.conftest import accept, written
from yiyang.people.models import Person
from yiyang.records import commands as records
from yiyang.records.r4 import body as bodies
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
    monitor, at = device(DeviceKind.MONITOR), now().replace(minute=0, second=0, microsecond=0)
    lend(monitor, elder.pk)
    told = [("SYSTOLIC", at, 96.0), ("DIASTOLIC", at, 60.0), ("HEART_RATE", at, 72.0)]
    take_in([(own_key(monitor), pack(monitor, *told))], now=now())
    raise_alarm(by=SYSTEM, at=now(), person=elder, cause="FALL", severity="EMERGENCY")


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
    assert {"青霉素", "血钾", "血压", "设备报警未处理完：跌倒（危急）"} <= set(told["watch"])
    assert told["vitals"] == ["脉搏", "血压"]
    assert told["procedures"] == []


def test_the_receiver_reads_it_with_allergies_and_what_to_watch_first(
    who: Cast, asked: Transfer, elder: Person
) -> None:
    _record(elder)
    accepted = accept(who, asked)

    shown = page(who.ward_doctor, reverse("packets:packet", args=[accepted.pk]))

    assert shown.index("青霉素") < shown.index("呋塞米") and "慢性心力衰竭" in shown
    Packet.objects.update(checked_at=now() + timedelta(seconds=30))
    assert statements(who.ward_doctor, reverse("packets:packet", args=[accepted.pk])) <= 15


def test_a_unit_that_cannot_keep_its_word_reads_the_packet_no_more(who: Cast, asked: Transfer) -> None:
    packet = commands.build_packet(by=SYSTEM, at=now(), transfer=accept(who, asked))

    beds_commands.look_elsewhere(by=who.care_home_nurse, at=now(), transfer=asked, reason="no bed")

    assert page(who.ward_doctor, reverse("packets:packet_version", args=[packet.pk]), status=404)


def test_what_is_labelled_stays_out_and_is_counted_without_a_word_of_it(
    who: Cast, asked: Transfer, elder: Person
) -> None:
    labelled = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}]}
    written(elder, "Condition", code={"text": "隐秘诊断"}, meta=labelled)

    packet = commands.build_packet(by=SYSTEM, at=now(), transfer=accept(who, asked))

    assert "隐秘诊断" not in packet.body
    assert reading.shown(reading.read(packet.body))[-1].kept_back == 1


def test_a_body_that_was_changed_is_refused(who: Cast, asked: Transfer) -> None:
    accepted = accept(who, asked)
    packet = commands.build_packet(by=SYSTEM, at=now(), transfer=accepted)
    altered = packet.body.replace("王秀英", "王秀兰")
    Packet.objects.filter(pk=packet.pk).update(
        body=altered, digest=hashlib.sha256(altered.encode()).hexdigest()
    )

    shown = page(who.ward_doctor, reverse("packets:packet_version", args=[packet.pk]), status=409)

    assert "not as it was sealed" in shown and "王秀兰" not in shown


def test_what_is_labelled_after_the_building_shuts_the_version_that_holds_it(
    who: Cast, asked: Transfer, elder: Person
) -> None:
    id = written(elder, "Condition", code={"text": "慢性心力衰竭"})
    packet = commands.build_packet(by=SYSTEM, at=now(), transfer=accept(who, asked))
    labelled = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}
    changed = {"resourceType": "Condition", "id": id, "meta": labelled, "code": {"text": "慢性心力衰竭"},
               "subject": {"reference": f"Patient/{elder.pk}"}}  # fmt: skip
    records.update_resource(by=SYSTEM, at=now(), type="Condition", id=id, body=bodies.written(changed))

    assert page(who.ward_doctor, reverse("packets:packet_version", args=[packet.pk]), status=403)
    assert "慢性心力衰竭" not in page(who.ward_doctor, reverse("packets:packet", args=[packet.transfer_id]))


def test_who_sends_and_the_elder_do_not_read_the_receivers_packet(
    who: Cast, asked: Transfer, elder: Person
) -> None:
    accepted = accept(who, asked)
    own = family("ELDER", person_id=elder.pk)

    assert page(who.care_home_nurse, reverse("packets:packet", args=[accepted.pk]), status=403)
    assert signed_in(own).get(reverse("packets:packet", args=[accepted.pk])).status_code in (403, 404)


def test_the_receiver_confirms_and_sees_what_changed_since(who: Cast, asked: Transfer, elder: Person) -> None:
    accepted = accept(who, asked)
    run_pending()
    first = Packet.objects.get(transfer=accepted.pk)
    doctor = signed_in(who.ward_doctor)
    doctor.post(reverse("packets:confirm_reading", args=[first.pk]))
    beds_commands.allocate_bed(by=who.admission_office, at=now(), transfer=accepted)
    told = {"condition": "awake, 38.5", "fall_risk": "HIGH", "allergies": "海鲜"}
    beds_commands.hand_over(by=who.care_home_nurse, at=now(), transfer=accepted, sheet=told)
    run_pending()

    shown = doctor.get(reverse("packets:packet", args=[accepted.pk])).content.decode()

    newest = Packet.objects.get(transfer=accepted.pk, version=2)
    changed = shown[shown.index('id="changes"') : shown.index("packet-who")]
    assert changed.count("海鲜") == 1 and "Risk of falling" in changed
    assert newest.content != first.content
    assert Notice.objects.filter(account=who.ward_doctor.account, subject="packets.changed").count() == 1
    doctor.post(reverse("packets:confirm_reading", args=[newest.pk]))
    assert Handover.objects.get(transfer=accepted.pk).read_by == who.ward_doctor.label
    assert jobs.build_due() in (0, 1) and Packet.objects.filter(transfer=accepted.pk).count() == 2


def test_it_is_given_as_a_file_and_over_the_api_as_it_was_sealed(who: Cast, asked: Transfer) -> None:
    packet = commands.build_packet(by=SYSTEM, at=now(), transfer=accept(who, asked))

    paper = signed_in(who.ward_doctor, "zh-hans").get(reverse("packets:packet_pdf", args=[packet.pk])).content
    token = {"authorization": f"Bearer {caller(who.ward_doctor).token}"}
    path = f"/api/transfers/{packet.transfer_id}/packet"
    told = Client().get(path, headers=token).json()
    exact = Client().get(path, headers={**token, "accept": "application/fhir+json"})

    assert paper.startswith(b"%PDF")
    assert hashlib.sha256(told["document"].encode()).hexdigest() == told["sha256"]
    assert (exact["Content-Type"], exact.content.decode()) == ("application/fhir+json", packet.body)
