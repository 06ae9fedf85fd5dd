"""Who sees an entry and why, and why somebody does not: for who sees it; to others the kind of reason alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import Cast, cast
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.commands import give_consent
from yiyang.people.models import Basis, Person, Scope
from yiyang.people.tests.factories import person, seen_by
from yiyang.records import commands
from yiyang.records.r4.body import written
from yiyang.records.rules.labels import ACT_CODE
from yiyang.records.rules.sight import Opening, Thing, Why, nearest, why

PSY = 1
SCENES = """
scope | kinds             | labels  | else        | entry           || why
FULL  | -                 | -       | -           | Condition       || OPEN
FULL  | -                 | -       | -           | Condition PSY   || SENSITIVE
FULL  | -                 | PSY HIV | -           | Condition PSY   || OPEN
FULL  | -                 | HIV     | -           | Condition PSY   || SENSITIVE
FULL  | -                 | -       | wrote       | Condition PSY   || OPEN
FULL  | -                 | -       | guardian    | Condition PSY   || OPEN
FULL  | -                 | -       | BREAK_GLASS | Condition PSY   || OPEN
BASIC | -                 | PSY     | -           | Condition PSY   || BASICS
MOVE  | -                 | -       | wrote       | Condition       || BASICS
BASIC | RESULTS           | PSY     | -           | Condition       || OTHER_KINDS
BASIC | RESULTS PROBLEMS  | -       | -           | Condition       || OPEN
BASIC | RESULTS           | -       | -           | Provenance      || OTHER_KINDS
BASIC | PROBLEMS          | PSY     | -           | Condition PSY   || OPEN
"""


def scenes() -> list[tuple[Opening, Thing, Why]]:
    found = []
    for line in SCENES.strip().splitlines()[1:]:
        told, _bars, reason = line.partition("||")
        scope, kinds, labels, beside, entry = (one.strip() for one in told.split("|"))
        opening = Opening(
            basis="BREAK_GLASS" if beside == "BREAK_GLASS" else "CONSENT",
            scope=scope,
            kinds=None if kinds == "-" else kinds.split(),
            labels=[] if labels == "-" else labels.split(),
            guardian=beside == "guardian",
            wrote=beside == "wrote",
        )
        type, _space, label = entry.partition(" ")
        found.append((opening, Thing(type, PSY if label else 0), Why(reason.strip())))
    return found


def test_one_relationship_must_open_the_kind_of_data_and_all_labels() -> None:
    assert [why(opening, thing) for opening, thing, _why in scenes()] == [one[2] for one in scenes()]


def test_of_several_relationships_the_widest_counts() -> None:
    narrow, wide = Opening("CONSENT", "BASIC", ["RESULTS"]), Opening("EPISODE", "FULL")

    def found(*openings: Opening, labels: int = 0, purpose: str = "CARE") -> tuple[Why, Opening | None]:
        return nearest(list(openings), Thing("Condition", labels), purpose)

    assert found(narrow, wide) == (Why.OPEN, wide)
    assert found(narrow, labels=PSY) == (Why.OTHER_KINDS, narrow)
    assert found() == (Why.NO_RELATIONSHIP, None)
    study = Opening("CONSENT", "FULL", purposes=["RESEARCH"])
    assert found(study, wide, purpose="RESEARCH") == (Why.OPEN, study)
    assert found(study) == (Why.OTHER_PURPOSE, study) == (found(wide, study, purpose="PAYMENT")[0], study)


@pytest.fixture
def who(db: None) -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    return person("王秀英", organisation_id=who.care_home.pk)


def condition(who: Cast, elder: Person, **fields: Any) -> str:
    body = {
        "resourceType": "Condition",
        "subject": {"reference": f"Patient/{elder.pk}"},
        "code": {"text": "抑郁"},
    }
    return commands.create_resource(by=who.care_home_nurse, at=now(), body=written(body | fields)).id


def test_who_sees_an_entry_is_told_who_else_does_and_why_others_do_not(who: Cast, elder: Person) -> None:
    id = condition(who, elder, meta={"security": [{"system": ACT_CODE, "code": "PSY"}]})
    nurse = caller(who.care_home_nurse)
    path = f"/people/{elder.pk}/record/Condition/{id}/explain"

    def asked(of: Any, beside: str = "") -> tuple[bool, str]:
        told = nurse.get(f"{path}?organisation={of.pk}{beside}").body["asked"]
        return told["open"], told["why"]

    seen_by(elder, who.hospital.pk, ends_at=now() + timedelta(days=1))
    told = nurse.get(path).body

    assert (told["title"], told["labels"], told["unit"]) == ("抑郁", ["PSY"], who.care_home.name_zh)
    assert {one["who"] for one in told["open_to"]} == {who.care_home.name_zh}
    assert [(one["who"], one["why"]) for one in told["closed_to"]] == [(who.hospital.name_zh, "SENSITIVE")]
    assert asked(who.care_home) == (True, "OPEN")
    assert asked(who.hospital) == (False, "SENSITIVE")
    assert asked(who.other_home) == (False, "NO_RELATIONSHIP")
    give_consent(
        by=SYSTEM, at=now(), person=elder, organisation_id=who.other_home.pk, purpose="跌倒研究",
        purposes=["RESEARCH"], labels=["PSY"], given_by="本人签字",
    )  # fmt: skip
    assert asked(who.other_home) == (False, "OTHER_PURPOSE")
    assert asked(who.other_home, "&purpose=RESEARCH") == (True, "OPEN")
    assert asked(who.care_home, "&purpose=RESEARCH") == (False, "OTHER_PURPOSE")
    doctor = nurse.get(f"{path}?account={who.ward_doctor.account_id}").body["asked"]
    assert (doctor["open"], doctor["why"]) == (False, "SENSITIVE") and doctor["remedy"]
    assert nurse.get(f"{path}?account={elder.pk}").status == 422


def test_who_may_not_see_it_is_told_the_kind_of_reason_alone(who: Cast, elder: Person) -> None:
    hidden = condition(who, elder, meta={"security": [{"system": ACT_CODE, "code": "PSY"}]})
    plain = condition(who, elder)
    doctor = caller(who.ward_doctor)

    def told(id: str, type: str = "Condition") -> tuple[int, str]:
        response = doctor.get(f"/people/{elder.pk}/record/{type}/{id}/explain")
        body = response.body
        assert "抑郁" not in str(body)
        return response.status, body.get("details", {}).get("reason", "")

    assert told(hidden) == (404, "")
    opened = seen_by(elder, who.hospital.pk, basis=Basis.CONSENT, scope=Scope.BASIC)
    assert told(hidden) == told(plain) == told("no-such-entry") == (403, "BASICS")
    opened.kinds = ["RESULTS"]
    opened.save(update_fields=["kinds"])
    assert told(hidden) == told("no-such-entry") == (403, "OTHER_KINDS")
    opened.kinds = ["PROBLEMS"]
    opened.save(update_fields=["kinds"])
    assert told(hidden) == (403, "SENSITIVE") and told("no-such-entry") == (404, "")


def test_the_pages_say_it_in_words(who: Cast, elder: Person, client: Client) -> None:
    id = condition(who, elder, meta={"security": [{"system": ACT_CODE, "code": "PSY"}]})
    seen_by(elder, who.hospital.pk)
    client.force_login(who.care_home_nurse.account)
    page = reverse("records:explain", args=[elder.pk, "Condition", id])

    entry = client.get(reverse("records:entry", args=[elder.pk, "Condition", id])).content.decode()
    record = client.get(reverse("records:record", args=[elder.pk])).content.decode()
    sight = client.get(reverse("people:sight", args=[elder.pk])).content.decode()
    said = client.get(f"{page}?unit={who.hospital.pk}").content.decode()

    assert page in entry and page in sight and "敏感" in record
    assert "精神心理健康" in said and "看不到" in said and who.hospital.name_zh in said
