"""For each form that asks for a certain state: somebody who may fill it in, and its address in that state.

All people are prepared by commands, each in one state of what can happen to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse

from tests.district import District
from yiyang.beds import commands
from yiyang.beds.tests.factories import (
    accepted,
    agreed,
    allocated,
    bed,
    offered,
    person,
    room,
    stay,
    transfer,
)
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people.models import AccessRequest, Delegation
from yiyang.people.tests.factories import seen_by

Stages = dict[str, tuple[str, str]]
Prepare = Callable[[District], Iterator[tuple[str, str, str]]]


def prepared(district: District, context: str) -> Stages:
    """Name of the route → (who, address), for the forms of one context."""
    found = {}
    for prepare in {"beds": OF_BEDS, "people": (persons,)}.get(context, ()):
        for name, role, address in prepare(district):
            found[name] = (role, address)
    return found


def at(name: str, *args: Any, **query: Any) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(name, args=[getattr(one, "pk", one) for one in args]) + (f"?{asked}" if asked else "")


def resident(district: District, name: str = "王秀英", **told: Any) -> tuple[Any, Any]:
    """Somebody who lives in the care home, and the stay."""
    somebody = person(name, sex="FEMALE", **told)
    return somebody, stay(somebody, bed(district.cast.care_home))


def transfers(district: District) -> Iterator[tuple[str, str, str]]:
    who = district.cast
    nurse, home, hospital = who.care_home_nurse, who.care_home, who.hospital

    def asked(**fields: Any) -> Any:
        return transfer(nurse, resident(district)[0], **fields)

    requested = asked()
    for name in ("evaluate_transfer", "record_agreement", "change_urgency", "cancel_transfer"):
        yield f"beds:{name}", "care_home_nurse", at(f"beds:{name}", requested)
    yield "beds:request_transfer", "care_home_nurse", at("beds:request_transfer", resident(district)[0])
    yield "beds:offer_transfer", "care_home_nurse", at("beds:offer_transfer", agreed(nurse, asked()))

    bed(hospital, "HOSPITAL")
    [offer] = offered(nurse, asked(), hospital)
    for name in ("accept_offer", "decline_offer", "answer_offer_otherwise"):
        yield f"beds:{name}", "ward_doctor", at(f"beds:{name}", offer)
    [question] = offered(nurse, asked(), hospital)
    commands.answer_offer_otherwise(
        by=who.ward_doctor, at=now(), offer=question, answer="NEED_INFORMATION", text="blood pressure?"
    )
    yield "beds:give_information", "care_home_nurse", at("beds:give_information", question)

    taken = accepted(nurse, asked(), who.ward_doctor, hospital)
    yield "beds:allocate_bed", "admission_office", at("beds:allocate_bed", taken)
    yield "beds:look_elsewhere", "care_home_nurse", at("beds:look_elsewhere", taken)

    def given(**fields: Any) -> Any:
        in_bed = bed(hospital, "HOSPITAL")
        return allocated(nurse, asked(**fields), who.ward_doctor, who.admission_office, hospital, in_bed)

    yield "beds:hand_over", "care_home_nurse", at("beds:hand_over", given())
    told, gone = given(), given()
    for one in (told, gone):
        commands.hand_over(by=nurse, at=now(), transfer=one, condition="awake")
    yield "beds:depart", "care_home_nurse", at("beds:depart", told)
    commands.depart(by=nurse, at=now(), transfer=gone)
    yield "beds:arrive", "admission_office", at("beds:arrive", gone)

    away, _stay = resident(district)
    stay(away, bed(hospital, "HOSPITAL"))
    back = transfer(
        who.ward_doctor, away, trigger="HEALTH_IMPROVED", urgency="ROUTINE", target_kind="INSTITUTION"
    )
    yield "beds:take_back", "care_home_nurse", at("beds:take_back", agreed(who.ward_doctor, back))
    assert home.pk


def emergencies(district: District) -> Iterator[tuple[str, str, str]]:
    who = district.cast
    officer = who.night_duty_officer
    elder, _stay = resident(district)
    routine = transfer(who.care_home_nurse, elder, urgency="ROUTINE", reason="hip, planned")
    night = transfer(officer, elder, urgency="EMERGENCY", reason="chest pain")
    yield "beds:resume_transfer", "care_home_nurse", at("beds:resume_transfer", routine)
    commands.depart(by=officer, at=now(), transfer=night)
    for name in ("enter_emergency_room", "arrive_outside", "fail_transfer"):
        yield f"beds:{name}", "night_duty_officer", at(f"beds:{name}", night)

    other = transfer(officer, resident(district)[0], urgency="EMERGENCY", reason="fall")
    commands.depart(by=officer, at=now(), transfer=other)
    commands.enter_emergency_room(by=officer, at=now(), transfer=other, hospital="瑞金医院")
    for name in ("move_on", "send_back"):
        yield f"beds:{name}", "night_duty_officer", at(f"beds:{name}", other)

    yield "beds:declare_emergency", "coordinator", at("beds:declare_emergency")


def stays(district: District) -> Iterator[tuple[str, str, str]]:
    who = district.cast
    shared = room(who.care_home, "401")
    elder = person("李桂兰", sex="FEMALE")
    episode = stay(elder, bed(who.care_home, label="401A", room=shared))
    neighbour = person("赵月英", sex="FEMALE")
    stay(neighbour, bed(who.care_home, label="401B", room=shared))
    bed(who.care_home, label="402A")
    for name in ("change_bed", "swap_beds", "begin_leave", "report_missing", "discharge"):
        yield f"beds:{name}", "care_home_nurse", at(f"beds:{name}", episode)
    for name in ("set_expected_end", "take_room", "record_death"):
        yield f"beds:{name}", "care_home_nurse", at(f"beds:{name}", episode)
    yield "beds:void_episode", "care_home_manager", at("beds:void_episode", episode)
    row = episode.occupancies.get()
    yield "beds:correct_occupancy", "care_home_manager", at("beds:correct_occupancy", row)

    _away, held = resident(district)
    commands.begin_leave(
        by=who.care_home_nurse, at=now(), episode=held, companion="son", due_back_at=now() + timedelta(days=1)
    )
    for name in ("extend_hold", "release_hold"):
        yield f"beds:{name}", "care_home_nurse", at(f"beds:{name}", held)

    newcomer = person("周建国", sex="MALE", organisation_id=who.care_home.pk)
    free = bed(who.care_home, label="403A")
    yield "beds:admit", "care_home_nurse", at("beds:admit", newcomer)
    yield "beds:find_for_bed", "care_home_nurse", at("beds:find_for_bed", free)


def waiting(district: District) -> Iterator[tuple[str, str, str]]:
    who = district.cast

    def waits(name: str) -> Any:
        elder = person(name, sex="FEMALE")
        seen_by(elder, who.centre.pk, basis="AREA")
        return commands.join_waiting_list(
            by=who.coordinator, at=now(), person=elder, kind="INSTITUTION", list_owner=who.centre.pk
        )

    first, second = waits("何秀珍"), waits("孙美英")
    in_bed = bed(who.care_home, label="501A")
    commands.offer_place(by=who.coordinator, at=now(), entry=first, bed=in_bed)
    yield "beds:answer_place", "coordinator", at("beds:answer_place", first)
    for name in ("offer_place", "change_channel", "give_up_waiting"):
        yield f"beds:{name}", "coordinator", at(f"beds:{name}", second)
    somebody = person("郑玉兰", sex="FEMALE")
    seen_by(somebody, who.centre.pk, basis="AREA")
    yield "beds:join_waiting_list", "coordinator", at("beds:join_waiting_list", somebody)


def home_beds(district: District) -> Iterator[tuple[str, str, str]]:
    who = district.cast
    doctor = who.home_bed_doctor

    def at_home() -> Any:
        elder = person("冯淑珍", sex="FEMALE")
        seen_by(elder, who.chc.pk)
        return elder

    def applied(*steps: Callable[[Any], Any]) -> Any:
        setup = commands.apply_for_home_bed(
            by=doctor, at=now(), person=at_home(), unit_id=who.chc.pk, reason="stroke", place="3 楼"
        )
        for step in steps:
            setup = step(setup)
        return setup

    def visit(setup: Any) -> Any:
        return commands.record_home_visit(by=doctor, at=now(), setup=setup, findings="weak", fit=True)

    def sign(setup: Any) -> Any:
        return commands.sign_home_bed_agreement(by=doctor, at=now(), setup=setup, signer="herself")

    def file(setup: Any) -> Any:
        return commands.file_with_insurance(by=doctor, at=now(), setup=setup, filing_number="F-1")

    used = stay(at_home(), bed(who.chc, "HOME_MEDICAL"))
    bed(who.chc, "HOME_MEDICAL")
    for name, setup in (
        ("record_home_visit", applied()),
        ("cancel_home_bed", applied()),
        ("sign_home_bed_agreement", applied(visit)),
        ("file_with_insurance", applied(visit, sign)),
        ("set_up_home_bed", applied(visit, sign, file)),
    ):
        yield f"beds:{name}", "home_bed_doctor", at(f"beds:{name}", setup)
    yield "beds:apply_for_home_bed", "home_bed_doctor", at("beds:apply_for_home_bed", at_home())
    yield "beds:review_home_bed", "home_bed_doctor", at("beds:review_home_bed", used)


def units(district: District) -> Iterator[tuple[str, str, str]]:
    home = district.cast.care_home
    free, ward = bed(home, label="601A"), home.wards.first()
    for name, of in (
        ("add_ward", home),
        ("open_bed", home),
        ("add_room", ward),
        ("close_ward_to_offers", ward),
        ("close_bed", free),
        ("change_bed_kind", free),
        ("block_bed", free),
    ):
        yield f"beds:{name}", "care_home_manager", at(f"beds:{name}", of)


def persons(district: District) -> Iterator[tuple[str, str, str]]:
    who, elder = district.cast, district.person
    twin, joined = person("甄不见"), person("甄不见")
    for one in (elder, twin, joined):
        seen_by(one, who.centre.pk)
    people.merge_persons(by=SYSTEM, at=now(), person=elder, duplicate=joined, reason="one and the same")
    yield "people:merge_persons", "coordinator", at("people:merge_persons", elder, **{"with": twin.pk})
    yield "people:unmerge_persons", "coordinator", at("people:unmerge_persons", elder, joined)
    yield "people:break_glass", "ward_doctor", at("people:break_glass")
    yield "people:ask_for_access", "ward_doctor", at("people:ask_for_access")
    person("甄小弟", organisation_id=who.care_home.pk)
    yield "people:link_family", "care_home_nurse", at("people:link_family", elder, q="甄小弟")
    yield (
        "people:revoke_delegation",
        "care_home_nurse",
        at("people:revoke_delegation", Delegation.objects.get()),
    )
    yield (
        "people:answer_access_request",
        "care_home_nurse",
        at("people:answer_access_request", AccessRequest.objects.get()),
    )


OF_BEDS: tuple[Prepare, ...] = (transfers, emergencies, stays, waiting, home_beds, units)
