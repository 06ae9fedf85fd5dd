"""Searches in the database find what the resources themselves say, and nothing of persons who are not open."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from yiyang.access.tests.factories import Cast, cast
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import reach
from yiyang.people.models import CareRelationship, Person
from yiyang.people.tests.factories import person, seen_by
from yiyang.records.commands import rows
from yiyang.records.queries.search import (
    Page,
    counting,
    including,
    leading,
    matches,
    plans,
    running,
    search,
    sorting,
)
from yiyang.records.queries.search import order as orders
from yiyang.records.queries.search.conditions import Where
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import kind_of
from yiyang.records.r4.extracting import extract, parameters, values
from yiyang.records.r4.extracting.values import Uri
from yiyang.records.r4.search import met, parse
from yiyang.records.stored import NOBODY, Stored
from yiyang.records.tests.outside import examples
from yiyang.records.tests.test_searching import written

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2026-11-01T08:00:00+08:00")


def keep(person_id: UUID, *resources: dict[str, Any] | bytes) -> None:
    """Stored as they are, without asking who may."""
    new = []
    for place, one in enumerate(resources):
        raw = one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()
        resource = bodies.decode(raw)
        stored = Stored(
            person_id,
            resource["resourceType"],
            resource["id"],
            1,
            AT + timedelta(seconds=place),
            raw.decode(),
        )
        new.append((stored, extract(resource)))
    rows.insert_many(new)


def ask(actor: Any, asked: str, of: str | None = "Observation", **given: Any) -> Page:
    pairs = [(name, value) for name, _sign, value in (one.partition("=") for one in asked.split("&") if one)]
    return search(actor, parse(of, pairs, "strict"), **given)


def ids(page: Page) -> list[str]:
    return [one.id for one in page.hits]


def every(actor: Any, asked: str, of: str = "Observation") -> list[str]:
    """The ids of all pages."""
    found, cursor = [], ""
    while True:
        page = ask(actor, f"{asked}&_cursor={cursor}" if cursor else asked, of)
        found += ids(page)
        cursor = page.next
        if not cursor:
            return found


def observation(id: str, of: Any = None, **fields: Any) -> dict[str, Any]:
    told = {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "心率"},
        **fields,
    }
    return told | ({"subject": {"reference": f"Patient/{of}"}} if of else {})


@pytest.fixture
def made() -> Cast:
    reach.forget()
    return cast()


@pytest.fixture
def elder(made: Cast) -> Person:
    found = person("王秀英")
    seen_by(found, made.care_home.pk)
    return found


@pytest.fixture
def hidden(made: Cast) -> Person:
    """Somebody whom only the ward looks after."""
    found = person("李建国")
    seen_by(found, made.ward_doctor.organisation_id)
    return found


def test_the_database_finds_what_the_examples_themselves_say():
    texts = list(examples().values())
    keep(NOBODY, *texts)
    resources = [bodies.decode(one) for one in texts]
    by_type: dict[str, list[dict[str, Any]]] = {}
    for one in resources:
        by_type.setdefault(one["resourceType"], []).append(one)
    differing, tried = [], 0

    for of, ones in by_type.items():
        for code, parameter in parameters(of).items():
            said = (written(parameter, value) for one in ones for value in values(parameter, one))
            asked = next((text for text in said if text and len(text) < 1000), "")
            if not asked or code == "_lastUpdated":
                continue
            tried += 1
            query = parse(of, [(code, asked), ("_count", "500")], "strict")
            expected = {one["id"] for one in ones if met(one, query.conditions, now())}
            found = set(ids(search(SYSTEM, query))) & {
                one["id"] for one in ones
            }  # not what the platform runs
            if not expected or found != expected:
                differing.append((of, code, asked, expected))

    assert differing == []
    assert tried > 500
    assert [one for of, ones in by_type.items() for one in sorted_otherwise(of, ones)] == []


def sorted_otherwise(of: str, ones: list[dict[str, Any]]) -> list[Any]:
    """By which texts the database sorts them, where that is not the least (and greatest) value that they have."""
    known = [one for one in parameters(of).values() if one.type in ("token", "uri") and one.code != "_id"]
    where = Where()
    texts = ", ".join(sorting.text_of(of, one.code, down, where) for one in known for down in (False, True))
    statement = f"SELECT i.id, {texts} FROM records_index i WHERE i.kind = {where.name(kind_of(of))}"
    found = {id: rest for id, *rest in running.rows(statement, where.values)}
    differing = []
    for one in ones:
        for place, parameter in enumerate(known):
            said = [text for value in values(parameter, one) for text in texts_of(value) if text]
            expected = [min(said, default=None), max(said, default=None)]
            if found[one["id"]][2 * place : 2 * place + 2] != expected:
                differing.append((of, parameter.code, found[one["id"]][2 * place : 2 * place + 2], expected))
    return differing


def texts_of(value: Any) -> list[str]:
    return [value.text] if isinstance(value, Uri) else [code for _system, code in value.codes]


@pytest.fixture
def pulses(elder: Person) -> list[str]:
    """Forty pulses of the elder, one a day; every fourth is without a date."""
    keep(
        elder.pk,
        *(
            observation(
                f"p{day:02d}",
                elder.pk,
                valueQuantity={"value": 60 + day, "unit": "beats/minute", "code": "/min"},
                identifier=[{"value": f"n{day % 3}"}] if day % 5 else [],
                **({} if day % 4 == 0 else {"effectiveDateTime": f"2024-05-{day % 28 + 1:02d}"}),
            )
            for day in range(40)
        ),
    )
    return [f"p{day:02d}" for day in range(40)]


@pytest.mark.parametrize(
    "order",
    [
        "",
        "_sort=date",
        "_sort=-date,_id",
        "_sort=-value-quantity",
        "_sort=-identifier,subject",
        "_sort=-_lastUpdated",
    ],
)
def test_pages_give_each_result_once_in_whatever_order(made, pulses, order):
    found = every(made.care_home_nurse, f"code=8867-4&_count=7&{order}")

    assert sorted(found) == pulses
    whole = ids(ask(made.care_home_nurse, f"code=8867-4&_count=500&{order}"))
    assert found == whole


def test_the_newest_comes_first_and_what_has_no_date_last(made, pulses):
    found = every(made.care_home_nurse, "")

    assert found[0] == "p27"
    assert sorted(found[-10:]) == [f"p{day:02d}" for day in range(0, 40, 4)]


def test_the_newest_of_many_persons_come_in_order_though_most_of_each_is_not_read(made, monkeypatch):
    dates: dict[str, str] = {}
    for number in range(24):
        one = person(f"王{number}")
        seen_by(one, made.care_home.pk)
        days = range(1, 2 + number % 5)  # some have five results, the newest all of a few
        dates |= {f"n{number:02d}-{day}": f"2024-{1 + number // 3:02d}-{day:02d}" for day in days}
        keep(
            one.pk,
            *(observation(f"n{number:02d}-{day}", one.pk, effectiveDateTime=dates[f"n{number:02d}-{day}"]) for day in days),
            observation(f"u{number:02d}", one.pk),
        )  # fmt: skip
    edges: list[str] = []
    edge = plans.Plan.edge
    monkeypatch.setattr(plans.Plan, "edge", lambda *given: edges.append(edge(*given)) or edges[-1])

    found = every(made.care_home_nurse, "_count=7")

    newest = sorted(sorted(dates), key=dates.__getitem__, reverse=True)
    assert found == [*newest, *(f"u{number:02d}" for number in range(24))]
    assert all(edges)


def test_a_result_written_meanwhile_moves_no_other_to_another_page(made, elder, pulses):
    first = ask(made.care_home_nurse, "_count=10")
    keep(elder.pk, observation("new", elder.pk, effectiveDateTime="2026-01-01"))

    second = ask(made.care_home_nurse, f"_count=10&_cursor={first.next}")

    assert not set(ids(first)) & set(ids(second))
    assert "new" not in ids(second)


def test_a_page_marker_of_another_search_or_none_at_all_is_refused(made, pulses):
    marker = ask(made.care_home_nurse, "_count=10").next

    for asked in (f"status=final&_cursor={marker}", "_cursor=x", "_cursor=W10", "_cursor=%00"):
        with pytest.raises(orders.SearchPageUnknown):
            ask(made.care_home_nurse, asked)


@pytest.mark.parametrize("plan", ["persons", "keys", "order"])
def test_a_person_who_is_not_open_changes_no_hit_total_include_or_page(
    made, elder, hidden, pulses, plan, monkeypatch
):
    monkeypatch.setattr(plans, "FEW", 10**9 if plan == "keys" else 0)
    monkeypatch.setattr("yiyang.records.queries.visible.FEW", 300 if plan == "persons" else 0)
    monkeypatch.setattr(reach, "SMALL", 0 if plan == "order" else 5000)
    keep(hidden.pk, *(observation(f"h{one}", hidden.pk, effectiveDateTime="2025-01-01") for one in range(9)))
    keep(hidden.pk, {"resourceType": "Provenance", "id": "h", "target": [{"reference": "Observation/p01"}]})
    keep(elder.pk, observation("linked", elder.pk, hasMember=[{"reference": "Observation/h1"}]))
    asked = (
        "code=8867-4&_total=accurate&_include=Observation:has-member&_revinclude=Provenance:target&_count=9"
    )
    nurse = made.care_home_nurse

    page = ask(nurse, asked)

    assert page.total == 41
    assert page.included == []
    assert set(every(nurse, "code=8867-4&_count=9")) == {*pulses, "linked"}
    assert ids(ask(nurse, f"patient={hidden.pk}&_total=accurate")) == []
    assert ask(nurse, f"patient={hidden.pk}&_summary=count").total == 0
    assert ids(ask(nurse, "has-member:Observation.status=final")) == []
    assert ids(ask(nurse, "_has:Provenance:target:recorded:missing=true")) == []
    assert matches(nurse, "Observation", [("_id", "h1")]) == []
    assert len(every(made.ward_doctor, "code=8867-4")) == 9


def test_whoever_reads_no_records_is_refused(made, elder, pulses):
    for who in (made.system_administrator, made.care_worker):
        with pytest.raises(NotAllowed):
            ask(who, "")


def test_a_withdrawn_relationship_ends_the_search_between_two_pages(made, elder, pulses):
    first = ask(made.care_home_nurse, "_count=10")
    CareRelationship.objects.filter(person_id=elder.pk).update(ends_at=now())

    assert ids(ask(made.care_home_nurse, f"_count=10&_cursor={first.next}")) == []


def test_chains_has_and_includes_lead_along_the_record(made, elder):
    keep(NOBODY, {"resourceType": "Organization", "id": "lab", "name": "静安区中心医院检验科"})
    keep(
        elder.pk,
        observation("one", elder.pk, performer=[{"reference": "Organization/lab"}]),
        observation("two", elder.pk),
        {
            "resourceType": "DiagnosticReport",
            "id": "report",
            "status": "final",
            "code": {"text": "血常规"},
            "subject": {"reference": f"Patient/{elder.pk}"},
            "result": [{"reference": "Observation/one"}],
        },
    )
    nurse = made.care_home_nurse

    assert ids(ask(nurse, "performer:Organization.name=中心医院")) == ["one"]
    assert ids(ask(nurse, "performer:Organization.name=jaq")) == ["one"]
    assert ids(ask(nurse, "result.performer:Organization.name=中心", "DiagnosticReport")) == ["report"]
    assert sorted(ids(ask(nurse, "subject:Patient.name=王秀"))) == ["one", "two"]
    assert ids(ask(nurse, "subject:Patient.name=李")) == []
    assert ids(ask(nurse, "_has:DiagnosticReport:result:status=final")) == ["one"]
    assert ids(ask(nurse, "code:text=xuechang", "DiagnosticReport")) == ["report"]

    page = ask(
        nurse, "_include=DiagnosticReport:result&_include:iterate=Observation:performer", "DiagnosticReport"
    )
    assert [(one.type, one.id) for one in page.included] == [("Observation", "one"), ("Organization", "lab")]
    page = ask(nurse, "_id=one&_revinclude=DiagnosticReport:result")
    assert [(one.type, one.id) for one in page.included] == [("DiagnosticReport", "report")]


def test_a_person_is_one_under_every_id_that_refers_to_them(made, elder):
    keep(
        elder.pk,
        {"resourceType": "Patient", "id": "hospital-7", "name": [{"text": "王秀英"}], "birthDate": "1941"},
    )
    keep(elder.pk, observation("by-number", "hospital-7"), observation("by-record", elder.pk))
    nurse = made.care_home_nurse

    for asked in (
        f"patient={elder.pk}",
        "patient=Patient/hospital-7",
        "patient.birthdate=1941",
        "patient.name=wxy",
    ):
        assert sorted(ids(ask(nurse, asked))) == ["by-number", "by-record"]
    page = ask(nurse, "patient=hospital-7&_include=Observation:subject")
    assert [(one.type, one.id) for one in page.included] == [("Patient", "hospital-7")]
    assert ids(ask(nurse, "name=秀英", "Patient")) == ["hospital-7"]


def test_an_absolute_reference_to_this_server_is_the_same_as_a_relative_one(made, elder):
    keep(
        elder.pk,
        observation("here", performer=[{"reference": "https://here.example/fhir/Practitioner/3"}]),
        observation("there", performer=[{"reference": "https://there.example/fhir/Practitioner/3"}]),
        observation("relative", performer=[{"reference": "Practitioner/3"}]),
    )
    base = "https://here.example/fhir"

    assert sorted(ids(ask(made.care_home_nurse, "performer=Practitioner/3", base=base))) == [
        "here",
        "relative",
    ]


def test_all_types_are_searched_by_what_they_share(made, elder):
    keep(
        elder.pk,
        observation("one", elder.pk, meta={"tag": [{"code": "import"}]}),
        {"resourceType": "Condition", "id": "two", "meta": {"tag": [{"code": "import"}]}},
    )

    page = ask(made.care_home_nurse, "_type=Observation,Condition&_tag=import&_count=1", None)
    rest = ask(
        made.care_home_nurse, f"_type=Observation,Condition&_tag=import&_count=1&_cursor={page.next}", None
    )

    assert ids(page) + ids(rest) == ["two", "one"]
    assert rest.next == ""


def test_a_composite_is_judged_by_the_resource_and_counted_so(made, elder):
    def pressure(id: str, systolic: int, diastolic: int) -> dict[str, Any]:
        parts = (("8480-6", systolic), ("8462-4", diastolic))
        return observation(
            id,
            elder.pk,
            component=[
                {"code": {"coding": [{"code": code}]}, "valueQuantity": {"value": n}} for code, n in parts
            ],
        )

    keep(elder.pk, pressure("high", 170, 90), pressure("wrong-way", 90, 170), pressure("low", 110, 70))

    page = ask(made.care_home_nurse, "component-code-value-quantity=8480-6$gt140&_total=accurate")

    assert (ids(page), page.total, page.estimated) == (["high"], 1, False)


def test_a_search_that_takes_too_long_is_refused_and_spoils_nothing(made, pulses, monkeypatch):
    monkeypatch.setattr(running, "MILLISECONDS", 20)
    slow = "SELECT pg_sleep(5)"

    with pytest.raises(running.SearchTooCostly) as refused, running.in_time():
        running.rows(slow, {})

    assert refused.value.status == 400
    assert len(ids(ask(made.care_home_nurse, "_count=500"))) == 40


def test_what_leads_too_far_or_is_too_much_is_bounded(made, elder, pulses, monkeypatch):
    monkeypatch.setattr(leading, "MOST", 10)
    monkeypatch.setattr(including, "MOST", 10)
    monkeypatch.setattr(counting, "EXACT_TO", 10)
    keep(
        elder.pk,
        observation("all", elder.pk, hasMember=[{"reference": f"Observation/{one}"} for one in pulses]),
    )
    nurse = made.care_home_nurse

    with pytest.raises(leading.SearchChainTooWide):
        ask(nurse, "has-member:Observation.status=final")
    page = ask(nurse, "_id=all&_include=Observation:has-member")
    assert (len(page.included), page.cut) == (10, True)
    counted = ask(nurse, "code=8867-4&_summary=count")
    assert counted.estimated and counted.total >= 11
