"""What an elder was not told is in no page, answer, count or version before them; everybody else reads it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.access.actors import AccountActor
from yiyang.access.tests.factories import Cast, account, actor_for, licence
from yiyang.beds.tests.factories import bed, stay
from yiyang.gateways.fhir.rest.tests.client import Fhir
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.commands import delegate_access, record_told, set_disclosure
from yiyang.people.models import Person
from yiyang.records import jobs
from yiyang.records.commands import judge_topics, topics
from yiyang.records.models import History, Index, Resource, TopicsJudged
from yiyang.records.queries.topics import to_judge
from yiyang.records.rules.plain import PARTS

pytestmark = pytest.mark.django_db

SHOWS = re.compile(
    r"安宁|肺癌|结节|\\u80ba\\u764c|C34[.\"]|晚期"
)  # ids are hexadecimal: "c34" stands in some of them
ICD = "http://hl7.org/fhir/sid/icd-10"
SEARCHES = (
    "Condition", "Condition?code=C34.9", "Condition?_total=accurate", "Condition?_summary=count",
    "Encounter?_has:Condition:encounter:code=C34.9", "Observation?encounter.reason-code:text=肺癌",
    "Encounter?diagnosis:Condition.code=C34.9", "Encounter?_include=Encounter:diagnosis",
    "Encounter?_revinclude=Condition:encounter", "_history", "Condition/_history", "Patient/{who}/$everything",
    "Observation/$lastn?patient={who}&category=laboratory", "?_type=Condition,DiagnosticReport&_total=accurate",
)  # fmt: skip


class Told:
    """An elder with high blood pressure, and with what nobody has spoken of to her."""

    def __init__(self, who: Cast, elder: Person) -> None:
        self.who, self.elder = who, elder
        self.doctor = Fhir(who.care_home_nurse)
        self.own_actor = AccountActor(account("王秀英", kind="ELDER", person_id=elder.pk))
        self.own = Fhir(self.own_actor)
        self.daughter = actor_for(account("女儿甲", kind="RELATIVE"), now())
        delegate_access(
            by=SYSTEM, at=now(), person=elder, account_id=self.daughter.account.pk, account_label="女儿甲",
            kinship="CHILD", scope="FULL", expires_at=now() + timedelta(days=30),
        )  # fmt: skip
        set_disclosure(by=who.care_home_nurse, at=now(), person=elder, wish="WHEN_ASKING", avoid=["结节"])
        about = {"subject": {"reference": f"Patient/{elder.pk}"}}
        visit = {"encounter": {"reference": "Encounter/stay"}}
        self.write("Encounter/stay", **about, status="finished", **{"class": {"code": "IMP"}})
        self.write("Condition/pressure", **about, **visit, code={"text": "高血压"})
        self.write("Condition/cancer", **about, **visit, code={"coding": [{"system": ICD, "code": "C34.9"}]})
        diagnosis = [{"condition": {"reference": "Condition/cancer"}}]
        self.write(
            "Encounter/stay", **about, status="finished", diagnosis=diagnosis, **{"class": {"code": "IMP"}}
        )
        self.write("Condition/node", **about, code={"text": "肺部结节"})
        self.write(
            "Observation/count", **about, status="final", code={"text": "白细胞"},
            category=[{"coding": [{"code": "laboratory"}]}], valueQuantity={"value": 6.10, "unit": "10*9/L"},
            performer=[{"display": "安宁疗护科"}],
        )  # fmt: skip
        self.write(
            "DiagnosticReport/scan", **about, status="final", code={"text": "CT"}, conclusion="肺癌晚期"
        )
        self.write("DiagnosticReport/old", **about, status="final", code={"text": "胸片"}, conclusion="正常")
        self.write(
            "DiagnosticReport/old", **about, status="final", code={"text": "胸片"}, conclusion="考虑肺癌"
        )

    def write(self, address: str, **fields: Any) -> None:
        of, _slash, id = address.partition("/")
        made = {"resourceType": of, "id": id} | fields
        body = json.dumps(made).replace("6.1,", "6.10,")  # letters escaped, as many clients send them
        answer = self.doctor.put(address, body)
        assert answer.status_code in (200, 201), answer.content

    def asks(self, path: str) -> str:
        answer = self.own.get(path.format(who=self.elder.pk))
        assert answer.status_code == 200, (path, answer.content)
        return answer.content.decode()


@pytest.fixture
def told(made: Cast, elder: Person) -> Told:
    return Told(made, elder)


def test_over_fhir_nothing_shows_it_and_nothing_counts_it(told: Told) -> None:
    shown = {path: told.asks(path) for path in SEARCHES}

    assert [path for path, text in shown.items() if SHOWS.search(re.sub(r'"link":\[.*?\]', "", text))] == []
    assert json.loads(shown["Condition?_summary=count"])["total"] == 1
    assert json.loads(shown["Condition?_total=accurate"])["total"] == 1
    assert "entry" not in json.loads(shown["Condition?code=C34.9"])
    assert "entry" not in json.loads(shown["Encounter?_has:Condition:encounter:code=C34.9"])
    assert "entry" not in json.loads(shown["Encounter?diagnosis:Condition.code=C34.9"])
    assert (
        '"id":"old"' not in shown["_history"]
        and '"value":6.10' in shown["Observation/$lastn?patient={who}&category=laboratory"]
    )
    for hidden in (
        "Condition/cancer",
        "Condition/node",
        "DiagnosticReport/scan",
        "DiagnosticReport/old/_history",
    ):
        assert told.own.get(hidden).status_code == 404, hidden
    assert told.own.get("DiagnosticReport/old/_history/1").status_code == 404
    mine = {
        "resourceType": "Condition",
        "id": "pressure",
        "subject": {"reference": f"Patient/{told.elder.pk}"},
    }
    assert told.own.put("Condition/pressure", mine).status_code == 403


def test_no_page_shows_it_and_what_was_told_appears_at_once(told: Told) -> None:
    own = Client(headers={"accept-language": "zh-hans"})
    own.force_login(told.own_actor.account)
    pages = [
        reverse("records:own_record", args=[told.elder.pk]),
        reverse("records:own_sheet", args=[told.elder.pk]),
    ]
    pages += [reverse("records:own_part", args=[told.elder.pk, part]) for part in PARTS]

    before = "".join(own.get(page).content.decode() for page in pages)
    for topic in ("DIAGNOSIS", "PROGNOSIS"):
        record_told(
            by=told.who.care_home_nurse,
            at=now(),
            person=told.elder,
            topic=topic,
            present="女儿",
        )
    after = own.get(pages[1]).content.decode()

    assert not SHOWS.search(before) and "高血压" in before and "6.10" in before
    assert "肺癌" in after and "结节" in after and "安宁" not in after


def test_of_what_the_platform_runs_persons_read_what_they_were_told_and_families_all(told: Told) -> None:
    licence(told.who.hospital, ["PALLIATIVE"])
    at_home = stay(told.elder, bed(told.who.care_home))
    ward = stay(told.elder, bed(told.who.hospital, "PALLIATIVE", "安-12", lane="OVERLAY", room=None))

    def found(reader: Fhir, asked: str) -> dict[str, Any]:
        answer = reader.get(asked)
        assert answer.status_code == 200, (asked, answer.content)
        return dict(json.loads(answer.content))

    family = Fhir(told.daughter)
    assert found(told.own, f"Patient/{told.elder.pk}")["id"] == str(told.elder.pk)
    assert found(told.own, "EpisodeOfCare?_summary=count")["total"] == 1
    assert found(family, "EpisodeOfCare?_summary=count")["total"] == 2
    assert told.own.get(f"EpisodeOfCare/{ward.pk}").status_code == 404
    assert told.own.get(f"EpisodeOfCare/{at_home.pk}").status_code == 200
    assert "entry" not in found(told.own, "EpisodeOfCare?type=PALLIATIVE")
    assert not SHOWS.search(told.asks("Encounter?_sort=-date")) and not SHOWS.search(
        told.asks("Patient/{who}/$everything")
    )
    assert [told.own.get(of).status_code for of in ("AuditEvent", "Practitioner", "Task")] == [200] * 3
    assert [found(told.own, of).get("entry") for of in ("AuditEvent", "Practitioner", "Task")] == [None] * 3


def test_when_the_lists_have_changed_every_version_is_judged_anew_by_the_worker(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    for table in (Resource, History, Index):
        table.objects.update(says=0)
    open_by_mistake = told.own.get("Condition/cancer").status_code

    monkeypatch.setattr(topics, "SOME", 2)

    first = judge_topics(by=SYSTEM, at=now())  # and the worker is killed
    jobs.judge_some(seconds=60)

    done = TopicsJudged.objects.get()
    assert first.ended_at is None and first.after and done.ended_at
    assert (done.changed, done.looked_at, to_judge()) == (
        3,
        Resource.objects.count() + History.objects.count(),
        False,
    )
    monkeypatch.setattr("yiyang.records.queries.disclosed.RULES", 2)
    assert to_judge()
    assert (open_by_mistake, told.own.get("Condition/cancer").status_code) == (200, 404)
    assert SHOWS.search(told.asks("_history")) is None


def test_the_family_is_warned_beside_what_was_not_told(told: Told) -> None:
    home = Client(headers={"accept-language": "zh-hans"})
    home.force_login(told.daughter.account)

    page = home.get(reverse("records:own_part", args=[told.elder.pk, "problems"])).content.decode()

    assert "C34.9" in page and page.count("还没有告诉本人") == 2


def test_the_family_and_who_cares_read_all_of_it(told: Told) -> None:
    for reader in (told.doctor, Fhir(told.daughter)):
        found = json.loads(reader.get(f"Condition?patient={told.elder.pk}&_total=accurate").content)

        assert found["total"] == 3 and "C34.9" in json.dumps(found)
        assert reader.get("DiagnosticReport/old").status_code == 200
