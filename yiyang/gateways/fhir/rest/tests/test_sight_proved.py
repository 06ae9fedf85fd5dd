"""Every answer against an independent decision: actors × types × relationships; and what must hold whatever is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from yiyang.access import commands as access
from yiyang.access.tests.factories import Cast
from yiyang.access.tokens import authenticate_token
from yiyang.gateways.fhir.bulk import queries as exports
from yiyang.gateways.fhir.bulk.commands import Wish, request_export
from yiyang.gateways.fhir.bulk.models import Level
from yiyang.gateways.fhir.rest.tests.client import Fhir, observation
from yiyang.gateways.fhir.rest.tests.world_of_sight import TYPES, World, world
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people import queries as queries_of_people
from yiyang.people import reach
from yiyang.people.models import Person
from yiyang.people.tests.factories import seen_by
from yiyang.records import queries
from yiyang.records.queries import timeline, visible
from yiyang.records.queries.everything import everything
from yiyang.records.queries.resources import readable
from yiyang.records.queries.search import search
from yiyang.records.r4.search import parse
from yiyang.records.rules.labels import ACT_CODE, BITS
from yiyang.records.rules.sight import Opening, Thing, Why, nearest

pytestmark = pytest.mark.django_db
READERS = ("ward", "nurse", "stranger", "group", "branch", "elder", "relative", "guardian", "study")
Asked = list[tuple[str, str]]


@pytest.fixture
def made_world(db: None) -> Iterator[World]:
    reach.forget()
    yield world()
    reach.forget()


def test_no_answer_shows_more_or_less_than_the_decision(
    made_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # From the persons; from the rows of a small reach; of a large one.
    for few, small, readers in (
        (300, 5000, READERS),
        (0, 5000, ("ward", "guardian")),
        (0, 0, ("branch", "elder", "study")),
    ):
        monkeypatch.setattr(visible, "FEW", few)
        monkeypatch.setattr(reach, "SMALL", small)
        for name in readers:
            _searches(made_world, name)
            _versions(made_world, name)
    for name in READERS:
        _records_of_persons(made_world, name)
        _explained(made_world, name)
    shown = [len(made_world.seen(name)) for name in READERS]
    assert shown[2] == 0 and all(0 < one < len(made_world.things) for one in shown[:2] + shown[3:])
    with pytest.raises(NotAllowed):
        search(made_world.actors["care worker"], parse("Condition", [], "strict", ""))


def _searches(made: World, name: str) -> None:
    actor, seen = made.actors[name], made.seen(name)

    def found(type: str, asked: Asked, count: str = "1000") -> tuple[list[str], list[str], Any]:
        query = parse(type, [*asked, ("_count", count), ("_total", "accurate")], "strict", "")
        page = search(actor, query)
        return [one.id for one in page.hits], sorted(one.id for one in page.included), page.total

    for type in TYPES:
        mine = sorted(one.id for one in seen if one.type == type)
        hits, _beside, total = found(type, [])
        assert (sorted(hits), total) == (mine, len(mine)), (name, type)
        first, _beside, total = found(type, [], "3")
        assert (first, total) == (hits[:3], len(mine))
    keys = [(one.type, one.id) for one in made.things]
    assert readable(actor, keys) == {(one.type, one.id) for one in seen}
    conditions = {one.id for one in seen if one.type == "Condition"}
    focused = [one for one in seen if one.type == "Observation" and one.focus in conditions]
    meant = sorted({one.focus for one in focused})
    assert found("Observation", [("_include", "Observation:focus")])[1] == meant
    assert found("Condition", [("_revinclude", "Observation:focus")])[1] == sorted(one.id for one in focused)
    assert sorted(found("Observation", [("focus:Condition.code", "c")])[0]) == sorted(
        one.id for one in focused
    )
    assert sorted(found("Condition", [("_has:Observation:focus:code", "c")])[0]) == meant


def _versions(made: World, name: str) -> None:
    actor, told, cursor = made.actors[name], [], ""
    while True:
        page = queries.history_of_type(actor, count=40, cursor=cursor)
        told += [(one.id, one.version) for one in page.versions]
        if not (cursor := page.next):
            break
    assert len(told) == len(set(told)) and set(told) == made.seen_versions(name), name


def _records_of_persons(made: World, name: str) -> None:
    actor, versions = made.actors[name], made.seen_versions(name)
    for whose in made.persons[::8]:
        own = [one for one in made.things if made.living.get(one.person, one.person) == whose]
        mine = {(one.type, one.id) for one in made.seen(name, own)}
        of_person: Asked = [("subject", f"Patient/{whose}"), ("_total", "accurate")]
        hits = search(actor, parse("Observation", of_person, "strict", ""))
        assert {("Observation", one.id) for one in hits.hits} == {
            one for one in mine if one[0] == "Observation"
        }
        assert hits.total == len(hits.hits)
        whole = _or_none(lambda of=whose: everything(actor, str(of), of=TYPES).found)
        assert {(one.type, one.id) for one in whole or ()} == mine
        lines = _or_none(lambda of=whose: timeline.timeline(actor, of, types=TYPES).items)
        assert {(one.type, one.id) for one in lines or ()} == mine
        for one in own[:2]:
            of_one = [
                (one.id, number) for number in range(1, one.version + 1) if (one.id, number) in versions
            ]
            history = _or_none(lambda one=one: queries.history(actor, one.type, one.id))
            assert (history.total if history else 0) == len(of_one)
            past = [
                number
                for number in range(1, one.version + 1)
                if _or_none(lambda one=one, number=number: queries.version(actor, one.type, one.id, number))
            ]
            assert [(one.id, number) for number in past] == of_one


def _explained(made: World, name: str) -> None:
    """What is told as the reason agrees with the decision, for every entry."""
    actor = made.actors[name]
    if actor.person_id:
        return  # the own record needs no relationship
    held = {whose: queries_of_people.held_by(actor, whose) for whose in made.persons}
    for one in made.things:
        wrote = one.written_in in actor.organisation_ids
        openings = [
            Opening(care.basis, care.scope, care.kinds, care.labels, care.guardian, wrote, care.purposes)
            for care in held[made.living.get(one.person, one.person)]
        ]
        bits = sum(BITS[label] for label in one.labels)
        reason, _opening = nearest(openings, Thing(one.type, bits), actor.purpose)
        assert (reason is Why.OPEN) == made.sees(name, one), (name, one)


def _or_none(ask: Any) -> Any:
    try:
        return ask()
    except (NotFound, NotAllowed):
        return None


PSY = {"security": [{"system": ACT_CODE, "code": "PSY"}]}


def test_a_hidden_resource_changes_no_byte_of_any_answer(nurse: Fhir, elder: Person, made: Cast) -> None:
    ward, of = Fhir(made.ward_doctor), f"subject=Patient/{elder.pk}"
    seen_by(elder, made.hospital.pk)
    ids = [json.loads(nurse.post("Observation", observation(elder.pk)).content)["id"] for _each in range(3)]
    asked = [
        f"Observation?{of}&_count=2&_total=accurate", "Observation?code=8867-4&_count=2&_total=estimate",
        f"Observation?{of}&_summary=count", f"Observation?{of}&_include=*&_revinclude=Observation:focus",
        f"Observation?{of}&_sort=-_lastUpdated&_count=1", "Observation/_history?_count=2", "_history",
        f"Observation/{ids[0]}", f"Observation/{ids[0]}/_history", f"Patient/{elder.pk}/$everything?_count=2",
        f"Observation/$lastn?{of}&max=5", f"Patient/{elder.pk}/Observation?_total=accurate",
    ]  # fmt: skip

    def answers() -> list[tuple[int, str, str]]:
        found = []
        for path in asked:
            response = ward.get(path)
            told = json.loads(response.content)
            if told["resourceType"] == "Bundle":
                told.pop("meta", None)
                told.pop("id", None)
            found.append((response.status_code, response.headers.get("ETag", ""), json.dumps(told)))
        return found

    before = answers()
    hidden = [
        nurse.post(
            "Observation", observation(elder.pk, meta=PSY, focus=[{"reference": f"Observation/{one}"}])
        )
        for one in ids
    ]

    assert [one.status_code for one in hidden] == [201] * 3 and all(one[0] == 200 for one in before)
    assert answers() == before
    same = observation(elder.pk, identifier=[{"system": "urn:x", "value": "1"}])
    nurse.post("Observation", same | {"meta": PSY})
    matched = ward.post("Observation", same, If_None_Exist="identifier=urn:x|1")
    assert matched.status_code == 201  # not the hidden one, and no word of it


def test_a_consent_withdrawn_refuses_the_next_request_also_between_two_pages(
    nurse: Fhir, elder: Person, made: Cast
) -> None:
    for _each in range(3):
        nurse.post("Observation", observation(elder.pk))
    consent = people.give_consent(
        by=SYSTEM, at=now(), person=elder, organisation_id=made.hospital.pk, purpose="会诊需要",
        given_by="本人口述，护士王丽在场",
    )  # fmt: skip
    ward = Fhir(made.ward_doctor)

    first = json.loads(ward.get("Observation?code=8867-4&_count=1").content)
    following = next(one["url"] for one in first["link"] if one["relation"] == "next").partition("/fhir/")[2]
    read = f"Observation/{first['entry'][0]['resource']['id']}"
    etag = ward.get(read).headers["ETag"]
    people.withdraw_consent(by=SYSTEM, at=now(), consent=consent)
    after = json.loads(ward.get(following).content)

    assert len(first["entry"]) == 1
    assert "entry" not in after and not [one for one in after["link"] if one["relation"] == "next"]
    assert [ward.get(read).status_code, ward.get(read, If_None_Match=etag).status_code] == [404, 404]
    assert ward.get(f"Patient/{elder.pk}/$everything").status_code == 404


def test_what_a_program_reads_for_was_registered_and_goes_with_what_it_asked_for(
    nurse: Fhir, elder: Person, made: Cast
) -> None:
    nurse.post("Observation", observation(elder.pk))
    seen_by(elder, made.hospital.pk)
    held = {"account": made.ward_doctor.account, "membership": made.ward_doctor.membership, "hours": 1}
    _token, raw = access.issue_token(by=made.ward_doctor, at=now(), purpose="RESEARCH", **held | {"hours": 2})
    program = authenticate_token(raw, now())
    study = Fhir()
    study.headers = {"Authorization": f"Bearer {raw}"}

    assert study.get(f"Patient/{elder.pk}/$everything").status_code == 404
    assert "entry" not in json.loads(study.get("Observation?code=8867-4").content)
    export = request_export(by=program, at=now(), wish=Wish(Level.PATIENT, ["Observation"]))
    assert exports.asker(export, now()).purpose == "RESEARCH"
    with pytest.raises(NotFound):  # nor is what was asked for one purpose fetched for another
        exports.own(made.ward_doctor, export.pk)
    with pytest.raises(NotAllowed):
        access.issue_token(by=program, at=now(), **held)
    people.give_consent(
        by=SYSTEM, at=now(), person=elder, organisation_id=made.hospital.pk, purpose="跌倒研究",
        purposes=["RESEARCH"], given_by="本人签字",
    )  # fmt: skip
    assert len(json.loads(study.get("Observation?code=8867-4").content)["entry"]) == 1
