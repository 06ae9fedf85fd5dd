"""Lists of codes: what a file says, what is wrong with it, and what is asked of the codes once they are loaded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from yiyang.access.tests.factories import cast
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PlainFact
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person
from yiyang.records.commands.terms import compared, load_terms, read_terms
from yiyang.records.models import CodeSystem, Concept
from yiyang.records.queries import terms
from yiyang.records.terms.concepts import CodeTable
from yiyang.records.terms.refusals import CodeSystemUnknown, TermsFaulty, TermsUnreadable

URL = "urn:example:plants"
# A made-up table: no classification of anybody's.
PLANTS = f"""# url: {URL}
# version: 2026
# 标题: 植物表
# licence: made up for tests
# uses: diagnosis
# hierarchy: prefix
编码,名称,display,颜色,是否有效
P,植物,Plants,,是
P1,树,Trees,green,是
P1.1,银杏,Ginkgo,yellow,是
P1.2,柳树,Willow,green,是
P2,草,Grass,green,否
"""


def load(text: str | bytes, name: str = "plants.csv", **told: Any) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return load_terms(by=SYSTEM, at=now(), content=content, name=name, told=told)


def test_a_spreadsheet_of_any_encoding_says_what_it_is_and_how_its_codes_stand():
    found = read_terms(PLANTS.encode("gb18030"), "plants.csv")

    assert isinstance(found, CodeTable)
    assert (found.system.title_zh, found.system.uses, found.system.version) == (
        "植物表",
        ("DIAGNOSIS",),
        "2026",
    )
    ginkgo = found.concepts[2]
    assert (ginkgo.display_zh, ginkgo.display, ginkgo.parents, ginkgo.above) == (
        "银杏",
        "Ginkgo",
        ("P1",),
        ("P", "P1"),
    )
    assert (ginkgo.properties, found.concepts[4].active) == ({"颜色": "yellow"}, False)


def test_every_fault_of_a_file_is_said_at_once():
    text = "# colour: red\n编码,名称,上级,有效\nA,,,\nB,乙,Z,\nB,乙,,\n,丙,,\nC,丙,D,\nD,丁,C,perhaps\nE\u0000,戊,,\n"

    with override("en"), pytest.raises(TermsFaulty) as refused:
        read_terms(text.encode(), "wrong.csv")

    told = "\n".join(refused.value.details["found"])
    for part in ["Row 1:", "“A” has no words", "“Z”", "“B” stands twice", "Row 6: the code is missing",
                 "“C” lies above itself", "perhaps", "NUL", "(url)", "title", "licence"]:  # fmt: skip
        assert part in told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xff\xff",
        b"{",
        b"[]",
        b'{"resourceType":"Patient"}',
        b"[" * 100_000,
        b"PK\x03\x04",
        b"code\n",
    ],
)
def test_what_is_no_list_of_codes_is_refused(content: bytes):
    with pytest.raises((TermsFaulty, TermsUnreadable)):
        read_terms(content, "odd")


@pytest.mark.django_db
def test_a_list_is_loaded_as_a_whole_and_replaced_as_a_whole():
    load(PLANTS)
    report = compared(
        read_terms(
            PLANTS.replace("柳树", "垂柳").replace("P2,草,Grass,green,否\n", "P3,苔,Moss,,是\n").encode(), "x"
        )
    )
    assert (report.added, report.removed, report.changed, report.before) == (1, 1, 1, "2026")
    assert terms.display(URL, "P1.2", "zh-hans") == "柳树"

    load(PLANTS.replace("柳树", "垂柳").replace("2026", "2027"))

    assert terms.display(URL, "P1.2", "zh-hans") == "垂柳"
    assert terms.display(URL, "P1.2", "en") == "Willow"
    assert (CodeSystem.objects.count(), Concept.objects.count()) == (1, 5)
    assert PlainFact.objects.filter(name="terms.loaded").count() == 2
    with pytest.raises(NotAllowed):
        load_terms(by=cast().care_home_nurse, at=now(), content=PLANTS.encode(), name="x")


@pytest.mark.django_db
def test_a_few_letters_find_what_is_loaded_for_a_use_and_else_what_comes_along():
    assert [one.code for one in terms.find("DIAGNOSIS", "gxy")] == ["hypertension"]
    assert {one.code for one in terms.find("DIAGNOSIS", "糖尿病")} == {
        "diabetic-foot",
        "diabetes-1",
        "diabetes-2",
    }
    load(PLANTS)

    assert terms.find("DIAGNOSIS", "gxy") == []
    assert [one.code for one in terms.find("DIAGNOSIS", "p1")] == ["P1", "P1.1", "P1.2"]
    assert [one.code for one in terms.find(URL, "liushu")] == ["P1.2"]
    assert [one.code for one in terms.find(URL, "LS")] == ["P1.2"]
    assert [one.code for one in terms.find(URL, "草")] == [], "what is out of use is not offered"


@pytest.mark.django_db
def test_staff_enter_a_code_of_the_list_and_others_read_it_in_their_own_language():
    who = cast()
    elder = person("王秀英", organisation_id=who.care_home.pk)
    load(PLANTS)
    nurse = Client(headers={"accept-language": "zh-hans"})
    nurse.force_login(who.care_home_nurse.account)
    page = f"/people/{elder.pk}/record/"

    offered = nurse.get("/record/codes/?use=DIAGNOSIS&q=yx").json()["found"]
    assert offered == [{"system": URL, "code": "P1.1", "display": "银杏", "list": "植物表"}]
    assert nurse.get("/record/codes/?use=SECRETS&q=a").status_code == 404
    told = {"text": "Ginkgo", "system": URL, "state": "active", "sure": "confirmed"}
    assert nurse.post(f"{page}diagnosis/", {**told, "code": "P9"}).status_code == 422
    assert nurse.post(f"{page}diagnosis/", {**told, "code": "P1.1"}).status_code == 302
    unloaded = nurse.get(f"{page}medicine/").content.decode()

    assert "银杏" in nurse.get(page).content.decode()
    assert "还没有装入" in unloaded and "urn:yiyang:codes:medicines" in unloaded


@pytest.mark.django_db
def test_value_sets_choose_codes_of_loaded_systems_without_being_listed():
    load(PLANTS)
    chosen = {
        "resourceType": "ValueSet", "url": "urn:example:green", "status": "active", "title": "绿色", "copyright": "made up",
        "compose": {
            "include": [
                {"system": URL, "filter": [{"property": "颜色", "op": "=", "value": "green"}]},
                {"system": URL, "concept": [{"code": "P1.1"}]},
            ],
            "exclude": [{"system": URL, "concept": [{"code": "P2"}]}],
        },
    }  # fmt: skip
    load(json.dumps(chosen), "green.json")
    green = terms.set_called("urn:example:green")

    assert [code for _system, code in terms.included(green)] == ["P1", "P1.2", "P1.1"]
    assert terms.member(green, [(URL, "P1.2")]).is_in
    assert not terms.member(green, [(URL, "P2")]).is_in
    inactive = terms.system_called("http://terminology.hl7.org/CodeSystem/condition-clinical")
    assert [one.code for one in inactive.select(terms.Wanted(below=("inactive",)))] == [
        "inactive",
        "remission",
        "resolved",
    ]
    assert terms.subsumes(URL, "P", "P1.1") == "subsumes"
    with pytest.raises(CodeSystemUnknown):
        terms.validate("urn:example:unknown", "A")
