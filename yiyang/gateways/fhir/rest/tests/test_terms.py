"""What other systems ask of codes over /fhir, and searches that name codes by a list or by what lies below one."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.people.models import Person
from yiyang.records.tests.test_terms import PLANTS, URL, load

GENDER = "http://hl7.org/fhir/administrative-gender"


def sent(response: HttpResponse) -> dict[str, Any]:
    assert response.status_code in (200, 201), response.content
    return json.loads(response.content)


def told(response: HttpResponse) -> dict[str, Any]:
    """The plain values of Parameters by name."""
    return {
        one["name"]: next(value for key, value in one.items() if key.startswith("value"))
        for one in sent(response)["parameter"]
        if "part" not in one
    }


def found(response: HttpResponse) -> list[str]:
    return [one["code"] for one in sent(response)["expansion"].get("contains", [])]


def test_a_code_is_looked_up_judged_compared_and_listed(nurse: Fhir) -> None:
    load(PLANTS)

    looked_up = sent(nurse.get(f"CodeSystem/$lookup?system={URL}&code=P1.1&displayLanguage=zh"))
    assert {"name": "display", "valueString": "银杏"} in looked_up["parameter"]
    assert {
        "name": "property",
        "part": [{"name": "code", "valueCode": "颜色"}, {"name": "value", "valueString": "yellow"}],
    } in looked_up["parameter"]
    coding = {
        "resourceType": "Parameters",
        "parameter": [{"name": "coding", "valueCoding": {"system": GENDER, "code": "female"}}],
    }
    assert told(nurse.post("CodeSystem/$lookup", coding))["display"] == "Female"

    assert told(nurse.get(f"CodeSystem/$validate-code?url={URL}&code=P1"))["result"] is True
    assert told(nurse.get(f"CodeSystem/$validate-code?url={URL}&code=P9"))["result"] is False
    assert told(nurse.get(f"CodeSystem/$validate-code?url={URL}&code=P1&display=Bush"))["result"] is False
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
    assert (
        told(nurse.get(f"ValueSet/$validate-code?url={gender}&system={GENDER}&code=male"))["result"] is True
    )
    assert (
        told(nurse.get(f"CodeSystem/$subsumes?system={URL}&codeA=P1.1&codeB=P"))["outcome"] == "subsumed-by"
    )

    page = nurse.get(f"ValueSet/$expand?url={URL}?fhir_vs&count=2&offset=1")
    assert (found(page), sent(page)["expansion"]["total"]) == (["P1", "P1.1"], 5)
    assert found(nurse.get(f"ValueSet/$expand?url={URL}?fhir_vs&filter=liu&activeOnly=true")) == ["P1.2"]
    assert found(nurse.get(f"ValueSet/$expand?url={gender}&filter=ale")) == ["male", "female"]
    unknown = nurse.get("ValueSet/$expand?url=urn:example:nothing")
    assert (unknown.status_code, code_of(unknown)) == (404, "VALUE_SET_UNKNOWN")
    assert code_of(nurse.get(f"CodeSystem/$lookup?system={URL}&code=P9")) == "CODE_NOT_IN_SYSTEM"
    assert code_of(nurse.get("CodeSystem/$lookup?code=P9")) == "NOTHING_ASKED"
    assert (
        code_of(nurse.get(f"ValueSet/$expand?url={URL}?fhir_vs&count=many"))
        == "OPERATION_PARAMETER_MALFORMED"
    )


def test_lists_that_were_stored_are_used_at_once(nurse: Fhir) -> None:
    system = {
        "resourceType": "CodeSystem", "id": "birds", "url": "urn:example:birds", "status": "active", "content": "complete",
        "concept": [{"code": "B", "display": "Bird", "concept": [{"code": "B1", "display": "Crane",
                     "designation": [{"language": "zh-CN", "value": "鹤"}]}]}],
    }  # fmt: skip
    assert nurse.put("CodeSystem/birds", system).status_code == 201
    assert told(nurse.get("CodeSystem/birds/$lookup?code=B1&displayLanguage=zh-CN"))["display"] == "鹤"

    system["concept"][0]["concept"][0]["display"] = "White crane"
    assert nurse.put("CodeSystem/birds", system).status_code == 200

    assert (
        told(nurse.get("CodeSystem/$lookup?system=urn:example:birds&code=B1&displayLanguage=en"))["display"]
        == "White crane"
    )
    own = {
        "resourceType": "ValueSet", "status": "active",
        "compose": {"include": [{"system": "urn:example:birds", "filter": [{"property": "concept", "op": "is-a", "value": "B1"}]}]},
    }  # fmt: skip
    asked = {"resourceType": "Parameters", "parameter": [{"name": "valueSet", "resource": own}]}
    assert found(nurse.post("ValueSet/$expand", asked)) == ["B1"]
    own["compose"]["include"][0]["filter"][0]["op"] = "regex"
    assert code_of(nurse.post("ValueSet/$expand", asked)) == "FILTER_NOT_KNOWN"


def test_searches_name_codes_by_a_list_and_by_what_lies_above_or_below(nurse: Fhir, elder: Person) -> None:
    load(PLANTS)
    load(
        f"# url: urn:example:trees\n# title: 树\n# licence: made up\nsystem,code\n{URL},P1.1\n{URL},P1\n",
        "trees.csv",
    )
    for code in ("P", "P1", "P1.1", "P1.2", "P2"):
        body = observation(elder.pk, code={"coding": [{"system": URL, "code": code}]})
        assert nurse.post("Observation", body).status_code == 201

    def codes(asked: str) -> list[str]:
        answer = sent(nurse.get(f"Observation?patient={elder.pk}&{asked}"))
        return sorted(one["resource"]["code"]["coding"][0]["code"] for one in answer.get("entry", []))

    assert codes("code:in=urn:example:trees") == ["P1", "P1.1"]
    assert codes("code:not-in=urn:example:trees") == ["P", "P1.2", "P2"]
    assert codes(f"code:in={URL}?fhir_vs") == ["P", "P1", "P1.1", "P1.2", "P2"]
    assert codes(f"code:below={URL}|P1") == ["P1", "P1.1", "P1.2"]
    assert codes(f"code:above={URL}|P1.1") == ["P", "P1", "P1.1"]
    assert code_of(nurse.get("Observation?code:in=urn:example:unknown")) == "CODES_NOT_LOADED"
    assert code_of(nurse.get("Observation?code:below=urn:example:unknown|A")) == "SYSTEM_NOT_LOADED"
