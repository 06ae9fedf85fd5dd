"""What the platform itself knows and a receiving team needs, as resources: the move, levels, skin, contacts, wishes.

Everything is read with the receiver's sight, and written in one language, so that it is the same whoever builds it.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from yiyang.assessments.queries import open_records as assessments
from yiyang.beds.queries import handling
from yiyang.beds.queries.transfers import agreements_of
from yiyang.beds.rules.skin import STAGES
from yiyang.devices.queries.open_records import waiting_alarms
from yiyang.gateways.fhir.rest.shown import assessed, sharing
from yiyang.gateways.fhir.rest.shown.listing import (
    concept,
    moment,
    period,
    reference,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.transfers import service_request
from yiyang.packets.queries.handover_form import as_response
from yiyang.packets.queries.receivers import Receiver
from yiyang.packets.rules import systems
from yiyang.packets.rules.documents import Piece, made
from yiyang.packets.rules.documents import own_id as id_for
from yiyang.packets.rules.handover_lines import OF_SECTION, parts_of
from yiyang.people import queries as people

SAFETY = "http://terminology.hl7.org/CodeSystem/flag-category"
INSTRUMENTS_AT_MOST = 8


def sections_of(receiver: Receiver, transfer: Any) -> dict[str, list[Piece]]:
    person = transfer.person
    record = people.record(receiver, person.pk)
    handover = getattr(transfer, "handover", None)
    form = [made(as_response(transfer))] if handover is not None else []
    levels, alerts = _levels(receiver, record.ids)
    precautions = [_precaution(one) for one in handling.precautions(receiver, person.pk)]
    return {
        "move": [made(service_request(transfer))],
        "level": levels,
        "watch": [*_alarms(receiver, record.ids), *precautions, *_from_handover(transfer, handover), *alerts],
        "allergies": form if told_in(form, "allergies") else [],
        "medicines": form if told_in(form, "medicines") else [],
        "nursing": [*(form if told_in(form, "nursing") else []), *_skin(transfer), *precautions],
        "devices": _tubes(transfer, handover),
        "contacts": [*_contacts(record), *_doctor(record), *_companions(receiver, person.pk)],
        "wishes": _wishes(transfer),
        "handover": form,
        "sight": [] if receiver.outside else [_sight(receiver, person)],
    }


def told_in(form: list[Piece], section: str) -> bool:
    """Whether the sending team wrote something that belongs into this section too."""
    return any(parts_of(one.resource, OF_SECTION[section]) for one in form)


def _levels(receiver: Receiver, ids: list[Any]) -> tuple[list[Piece], list[Piece]]:
    """The newest signed one of each instrument, its answers after its results; and what its alerts demand."""
    newest: dict[str, Any] = {}
    rows = assessments.open_signed(receiver).filter(person_id__in=ids, state="SIGNED")
    for one in rows.order_by("-assessed_at", "-pk"):
        newest.setdefault(one.instrument.code, one)
    kept = list(newest.values())[:INSTRUMENTS_AT_MOST]
    told = [made(each) for one in kept for each in assessed.results(one)]
    told += [made(assessed.answers(one)) for one in kept]
    return told, [_alert(one, alert) for one in kept for alert in one.alerts]


def _alert(one: Any, alert: dict[str, Any]) -> Piece:
    demand = alert.get("demand") or {}
    words = demand.get("zh", "") if isinstance(demand, dict) else str(demand)
    code = {
        "coding": [{"system": systems.ALERT, "code": f"{one.instrument.code}.{alert['code']}"}],
        "text": f"{one.instrument.name}：{words}",
    }
    return _flag(
        id_for("alert", one.pk, alert["code"]), one.person_id, code, {"start": moment(one.assessed_at)}
    )


def _flag(id: str, person_id: Any, code: dict[str, Any], since: dict[str, str]) -> Piece:
    return made(
        without_empty(
            {
                "resourceType": "Flag",
                "id": id,
                "status": "active",
                "category": [concept(SAFETY, "safety", "Safety")],
                "code": code,
                "subject": reference("Patient", person_id),
                "period": since,
            }
        )
    )


def _coded(system: str, code: str) -> dict[str, Any]:
    words = systems.WORDS[system](code)
    return concept(system, code, words) | ({"text": words} if words else {})


def _precaution(one: Any) -> Piece:
    code = _coded(systems.PRECAUTION, f"{one.way}.{one.cause}")
    if one.note.strip():
        code["text"] = f"{code['text']} {one.note}"
    return _flag(str(one.pk), one.person_id, code, {"start": moment(one.begun_at)})


def _alarms(receiver: Receiver, ids: list[Any]) -> list[Piece]:
    """What devices alarm of and nobody has closed; of silent devices the receiver needs not know."""
    return [
        _flag(
            str(one.pk), one.person_id, _coded(systems.ALARM, f"{one.cause}.{one.severity}"),
            {"start": moment(one.event_at)},
        )
        for one in waiting_alarms(receiver, ids)
    ]  # fmt: skip


def _from_handover(transfer: Any, handover: Any) -> list[Piece]:
    sheet = handover.sheet if handover is not None else {}
    return [
        _flag(
            id_for(transfer.pk, "handover", name),
            transfer.person_id,
            _coded(systems.HANDOVER, f"{name}.{sheet[name]}"),
            {"start": moment(handover.given_at)},
        )
        for name, watched in systems.WATCHED.items()
        if sheet.get(name) in watched
    ]


def _skin(transfer: Any) -> list[Piece]:
    """The look at the skin at departure, place by place."""
    check = next((one for one in transfer.skin_checks.all() if one.moment == "DEPARTURE"), None)
    if check is None:
        return []
    return [
        made(
            without_empty(
                {
                    "resourceType": "Observation",
                    "id": id_for("skin", check.pk, one.get("region", "")),
                    "status": "final",
                    "category": [
                        concept("http://terminology.hl7.org/CodeSystem/observation-category", "exam", "Exam")
                    ],
                    "code": _coded(systems.SKIN, one.get("finding", systems.UNHURT)),
                    "subject": reference("Patient", transfer.person_id),
                    "effectiveDateTime": moment(check.checked_at),
                    "performer": [{"display": check.checked_by}],
                    "bodySite": _coded(systems.REGION, one["region"]) if one.get("region") else {},
                    "valueString": " · ".join(
                        part for part in (_stage(one), one.get("size", ""), one.get("note", "")) if part
                    ),
                }
            )
        )
        for one in check.findings or [{}]
    ]


def _stage(finding: dict[str, Any]) -> str:
    return str(STAGES.get(finding.get("stage", ""), ""))


def _tubes(transfer: Any, handover: Any) -> list[Piece]:
    rows = handover.sheet.get("tubes", []) if handover is not None else []
    return [
        made(
            without_empty(
                {
                    "resourceType": "DeviceUseStatement",
                    "id": id_for(transfer.pk, "tube", number),
                    "status": "active",
                    "subject": reference("Patient", transfer.person_id),
                    "timingPeriod": {"start": row["since"]} if row.get("since") else {},
                    "device": {
                        "identifier": {"system": systems.TUBE, "value": row.get("kind", "OTHER")},
                        "display": systems.WORDS[systems.TUBE](row.get("kind", "OTHER")),
                    },
                    "note": [
                        {"text": text}
                        for text in (
                            row.get("note", ""),
                            _change_due(row),
                        )
                        if text
                    ],
                }
            )
        )
        for number, row in enumerate(rows)
    ]


def _change_due(row: dict[str, Any]) -> str:
    due = row.get("change_due")
    return _("to be changed on {day}").format(day=due) if due else ""


def _contacts(record: Any) -> list[Piece]:
    return [
        made(
            without_empty(
                {
                    "resourceType": "RelatedPerson",
                    "id": str(one.pk),
                    "active": True,
                    "patient": reference("Patient", record.person.pk),
                    "relationship": [_coded(systems.KINSHIP, one.kinship)],
                    "name": [{"text": one.full_name}],
                    "telecom": [_phone(one.number, "home")] if one.number else [],
                }
            )
        )
        for one in record.contacts
    ]


def _companions(receiver: Receiver, person_id: Any) -> list[Piece]:
    return [
        made(
            without_empty(
                {
                    "resourceType": "RelatedPerson",
                    "id": str(one.pk),
                    "active": True,
                    "patient": reference("Patient", person_id),
                    "relationship": [_coded(systems.KINSHIP, systems.COMPANION)],
                    "name": [{"text": one.name}],
                    "telecom": [_phone(one.phone, "mobile")] if one.phone else [],
                }
            )
        )
        for one in handling.companions(receiver, person_id)
    ]


def _doctor(record: Any) -> list[Piece]:
    doctor = record.family_doctor
    if doctor is None:
        return []
    return [
        made(
            {
                "resourceType": "PractitionerRole",
                "id": str(doctor.pk),
                "active": True,
                "practitioner": {"display": doctor.doctor_name},
                "organization": reference("Organization", doctor.organisation_id, doctor.unit_name),
                "code": [_coded(systems.KINSHIP, systems.FAMILY_DOCTOR)],
            }
        )
    ]


def _phone(number: str, use: str) -> dict[str, str]:
    return {"system": "phone", "value": number, "use": use}


def _wishes(transfer: Any) -> list[Piece]:
    """What the person wants to know and has been told, and what was said to this move. Nothing when nobody asked."""
    known = people.known(transfer.person_id)
    items: list[dict[str, Any]] = []
    if known.disclosure is not None:
        items.append(_answer("wish", {"valueCoding": _coding(str(known.wish))}))
        if known.disclosure.own_words:
            items.append(_answer("own_words", {"valueString": known.disclosure.own_words}))
        if told := sorted(known.topics):
            items.append(_answer("told", *({"valueCoding": _coding(one)} for one in told)))
        if known.untold:
            items.append(_answer("untold", *({"valueCoding": _coding(str(one))} for one in known.untold)))
        if known.disclosure.avoid:
            items.append(_answer("avoid", *({"valueString": one} for one in known.disclosure.avoid)))
    agreement = agreements_of(transfer).last()
    if agreement is not None:
        coded = [_coding(one, systems.AGREEMENT) for one in (agreement.outcome, agreement.by_whom)]
        said = [one for one in (agreement.name, agreement.statement) if one]
        items.append(
            _answer(
                "agreement", *({"valueCoding": one} for one in coded), *({"valueString": one} for one in said)
            )
        )
    if not items:
        return []
    return [
        made(
            {
                "resourceType": "QuestionnaireResponse",
                "id": id_for(transfer.pk, "wishes"),
                "questionnaire": "urn:yiyang:questionnaire:DISCLOSURE",
                "status": "completed",
                "subject": reference("Patient", transfer.person_id),
                "item": items,
            }
        )
    ]


def _answer(link: str, *answers: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": link, "text": str(systems.WISHES[link]), "answer": list(answers)}


def _coding(code: str, system: str = systems.DISCLOSURE) -> dict[str, str]:
    return {"system": system, "code": code, "display": systems.WORDS[system](code)}


def relationships(receiver: Receiver, person_id: Any) -> list[Any]:
    """The live reasons for which the unit sees the record."""
    return [one for one in people.live_relationships(person_id) if one.organisation_id == receiver.unit_id]


def _sight(receiver: Receiver, person: Any) -> Piece:
    """Why the receiver may see the record, how much and since when: its live relationships alone."""
    live = relationships(receiver, person.pk)
    return made(
        without_empty(
            {
                "resourceType": "CareTeam",
                "id": id_for(person.pk, receiver.unit_id, "sight"),
                "status": "active",
                "subject": reference("Patient", person.pk),
                "participant": [
                    {
                        "role": [
                            concept(sharing.BASES, one.basis, one.get_basis_display()),
                            concept(sharing.SCOPES, one.scope, one.get_scope_display()),
                        ],
                        "member": reference("Organization", receiver.unit_id),
                        "period": period(one.starts_at, one.ends_at),
                    }
                    for one in sorted(live, key=lambda one: (one.starts_at, str(one.id)))
                ],
            }
        )
    )
