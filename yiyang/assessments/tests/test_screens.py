"""The pages of an assessment, from the person to the signed result, as staff, family and the person see them."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from pypdf import PdfReader

from yiyang.access.tests.factories import Cast, cast, family
from yiyang.assessments import commands
from yiyang.assessments.models import Assessment, Due
from yiyang.assessments.tests.factories import HELPED, WELL, draft, instrument, photo, signed
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    return person("王秀英", organisation_id=who.care_home.pk)


def client_of(actor: Any) -> Client:
    client = Client()
    client.force_login(actor.account)
    return client


def page(client: Client, name: str, *ids: Any, **query: Any) -> str:
    response = client.get(reverse(f"assessments:{name}", args=ids), query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


def post(client: Client, name: str, *ids: Any, **told: Any) -> Any:
    return client.post(reverse(f"assessments:{name}", args=ids), told)


def test_a_nurse_goes_from_the_person_to_the_signed_result(who: Cast, elder: Person) -> None:
    instrument()
    nurse = client_of(who.care_home_nurse)
    assert "开始评估" in nurse.get(reverse("people:person", args=[elder.pk])).content.decode()

    begun = post(nurse, "begin_assessment", elder.pk, code="MINI", reason="FIRST")
    found = Assessment.objects.get(person=elder)
    assert begun["Location"] == reverse("assessments:answer", args=[found.pk])
    form = page(nurse, "answer", found.pk)
    assert "自己走" in form and "家里" not in form, "what is not asked is not drawn"

    saved = post(nurse, "answer", found.pk, **{"asked": ["walk"], "a:walk": "1", "revision": 1, "save": "1"})
    assert saved.status_code == 302
    assert "还有 2 个条目未作答" in page(nurse, "sign_assessment", found.pk)
    refused = post(nurse, "answer", found.pk, **{"asked": ["weight"], "a:weight": "9000", "revision": 2})
    assert refused.status_code == 422 and "9000" in refused.content.decode()
    post(nurse, "answer", found.pk, **{
        "asked": ["weight", "harm", "fell"], "a:weight": "６１.5", "a:harm": "yes", "a:fell": ["home", "out"], "revision": 2,
    })  # fmt: skip
    commands.add_assessment_photo(by=who.care_home_nurse, at=now(), assessment=found, content=photo())
    summary = page(nurse, "sign_assessment", found.pk)
    assert "需要帮助" in summary and "不要让其独处" in summary
    done = post(nurse, "sign_assessment", found.pk, assessed_at="2026-11-01T10:00", revision=3)
    assert done.status_code == 302, done.content.decode()[-2000:]

    found.refresh_from_db()
    assert (found.state, found.answers["weight"], found.alerts[0]["code"]) == ("SIGNED", 61.5, "harm")
    shown = page(nurse, "assessment", found.pk)
    assert all(words in shown for words in ("需要帮助", "不要让其独处", "安排照护", "签字"))
    assert "第一评估员" not in page(nurse, "assessment_sheet", found.pk)
    assert nurse.get(reverse("assessments:assessment_photo", args=[found.photos.get().pk])).status_code == 200
    assert "需要帮助" in nurse.get(reverse("people:person", args=[elder.pk])).content.decode()


def test_each_answer_is_saved_by_itself_and_says_what_is_asked_next(who: Cast, elder: Person) -> None:
    begun = draft(who.care_home_nurse, elder, {})
    nurse = client_of(who.care_home_nurse)
    address = reverse("assessments:answer", args=[begun.pk])
    quiet = {"HX-Request": "true"}

    first = nurse.post(address, {"asked": "walk", "a:walk": "0", "revision": 1, "device": "a"}, headers=quiet)
    assert 'value="2"' in first.content.decode() and "家里" in first.content.decode()
    both = nurse.post(address, {"asked": "walk", "a:walk": "2", "revision": 1, "device": "b"}, headers=quiet)
    assert "不能走" in both.content.decode() and "自己走" in both.content.decode() and both.status_code == 200

    told = {"answers": {"weight": 60}, "revision": 1, "device": "b"}
    answered = nurse.post(address, json.dumps(told), content_type="application/json").json()
    assert (answered["revision"], answered["missing"]) == (3, ["harm"]) and "fell" in answered["shown"]
    told["answers"] = {"walk": "1"}
    refused = nurse.post(address, json.dumps(told), content_type="application/json")
    assert refused.status_code == 409 and refused.json()["theirs"] == {"walk": "0"}


def test_the_list_the_history_and_the_worklist_show_what_was_done(who: Cast, elder: Person) -> None:
    first = signed(who.care_home_nurse, elder, HELPED)
    newer = signed(who.care_home_nurse, elder, WELL, reason="ROUTINE")
    nurse, doctor = client_of(who.care_home_nurse), client_of(who.family_doctor)
    assert "好转" in page(nurse, "assessment", newer.pk) and "历年变化" in page(nurse, "assessment", newer.pk)
    assert "有 1 个答案变化" in page(nurse, "assessment", newer.pk) or "有 2 个答案变化" in page(
        nurse, "assessment", newer.pk
    )
    assert page(nurse, "assessments_of_person", elder.pk).count("已签字") >= 2

    amended = post(nurse, "amend_assessment", first.pk, reason="填错")
    assert "/answer/" in amended["Location"]
    assert "填错" in page(nurse, "answer", amended["Location"].split("/")[2])
    disputed = post(nurse, "raise_dispute", newer.pk, grounds="她走不动", by_whom="FAMILY")
    assert disputed.status_code == 302 and "她走不动" in page(nurse, "worklist")
    assert doctor.get(reverse("assessments:assessment", args=[newer.pk])).status_code == 404
    assert "小量表" in page(nurse, "instruments")
    assert "需要帮助" in page(nurse, "instrument", newer.instrument_id)


def test_the_person_reads_the_result_in_few_words_and_may_question_it(who: Cast, elder: Person) -> None:
    done = signed(who.care_home_nurse, elder, HELPED)
    own = client_of(family(person_id=elder.pk))

    shown = page(own, "assessment", done.pk)
    assert "需要帮助" in shown and "安排照护" not in shown and "有人扶" not in shown
    assert "小量表" in page(own, "assessments_of_person", elder.pk)
    assert post(own, "raise_dispute", done.pk, grounds="我走得好").status_code == 302
    assert "您已申请复评" in page(own, "assessment", done.pk)


def test_the_person_answers_one_question_on_a_page_and_sends(who: Cast, elder: Person) -> None:
    instrument(self_report=True)
    seen_by(elder, who.care_home.pk)
    own = client_of(family(person_id=elder.pk))
    begun = post(own, "begin_self_report", elder.pk, code="MINI")
    found = Assessment.objects.get(person=elder)
    assert begun["Location"].endswith(f"{found.pk}/own/")
    assert "第 1 题，共 3 题" in page(own, "answer_self_report", found.pk)

    for code, value in (("walk", "2"), ("weight", "60"), ("harm", "no")):
        found.refresh_from_db()
        kept = post(
            own,
            "answer_self_report",
            found.pk,
            **{"asked": code, f"a:{code}": value, "revision": found.revision},
        )
        assert kept.status_code == 302
    assert "都答完了" in page(own, "answer_self_report", found.pk)
    post(own, "hand_in_self_report", found.pk)

    assert "谢谢您" in page(own, "answer_self_report", found.pk)
    assert "本人已回答" in page(client_of(who.care_home_nurse), "worklist")


def test_a_faulty_file_is_shown_with_all_its_faults_and_a_good_one_is_put_into_use(who: Cast) -> None:
    from yiyang.assessments.tests.factories import text

    office = client_of(who.system_administrator)
    faulty = post(office, "add_instrument", text=text().replace("to = 3", "to = 2"))
    good = post(office, "add_instrument", text=text())

    assert faulty.status_code == 422 and "处错误" in faulty.content.decode()
    assert (
        good.status_code == 302
        and post(office, "retire_instrument", good["Location"].split("/")[3]).status_code == 302
    )


def test_each_figure_opens_its_rows_and_names_stand_only_for_those_who_may_read_them(
    who: Cast, elder: Person
) -> None:
    instrument()
    signed(who.care_home_nurse, elder, HELPED)
    signed(who.care_home_nurse, elder, WELL, reason="ROUTINE")
    nurse, query = client_of(who.care_home_nurse), {"code": "MINI", "year": now().year}

    figures = page(nurse, "assessment_figures", **query)
    assert "阳光养老院" in figures and "需要帮助" in figures
    assert "王秀英" in page(nurse, "assessment_rows", **query, level="0")
    assert "王秀英" not in page(nurse, "assessment_rows", **query, level="1")
    assert "王秀英" in page(nurse, "assessment_rows", **query, **{"from": "1"})
    assert nurse.get(reverse("assessments:assessment_figures"), {**query, "export": "csv"}).status_code == 200


def test_whoever_sees_a_figure_can_count_it_again_from_its_rows_without_names(
    who: Cast, elder: Person
) -> None:
    mini = instrument()
    Person.objects.filter(pk=elder.pk).update(born_on=now().date() - timedelta(days=31_000))
    signed(who.care_home_nurse, elder, HELPED)
    for name in ("李国华", "赵玉兰"):
        signed(who.care_home_nurse, person(name, organisation_id=who.care_home.pk), WELL)
    signed(who.care_home_nurse, elder, WELL, reason="ROUTINE")
    Assessment.objects.filter(person__full_name="赵玉兰").update(level="of an older version")
    today = localdate(now())
    for one, day in ((elder, today - timedelta(days=3)), (Person.objects.get(full_name="李国华"), today)):
        Due.objects.update_or_create(
            person=one, code=mini.code, closed_at=None,
            defaults={"organisation": who.care_home, "due_on": day, "reason": "ROUTINE", "raised_at": now()},
        )  # fmt: skip
    office = client_of(who.supervisor_civil_affairs)
    shown = html.unescape(page(office, "assessment_figures", code=mini.code, year=today.year))

    figures = re.findall(r'<a href="([^"]+/rows/[^"]+)">(\d+)</a>', shown)
    for address, number in figures:
        rows = office.get(address).content.decode()
        assert (rows.count("<tr>") - 1, "王秀英" in rows) == (int(number), False), address

    assert {address.rpartition("&")[2] for address, _ in figures} >= {
        "due=overdue",
        "due=open",
        "from=1",
        "level=0",
    }
    assert sum(int(number) for address, number in figures if address.endswith(f"year={today.year}")) == 3 * 2
    assert ">80–89</td>" in rows
    assert "王秀英" in page(client_of(who.care_home_nurse), "assessment_rows", code=mini.code, due="overdue")
    assert "王秀英" not in office.get(f"{address}&format=csv").content.decode()


def test_the_report_is_a_pdf_whose_chinese_letters_are_in_it(
    who: Cast, elder: Person, monkeypatch: Any
) -> None:
    from yiyang.assessments import paper

    done = signed(who.care_home_nurse, elder, HELPED)
    nurse, own = client_of(who.care_home_nurse), client_of(family(person_id=elder.pk))
    address = reverse("assessments:assessment_pdf", args=[done.pk])
    if paper.font():
        made = nurse.get(address).content
        words = "".join(one.extract_text() for one in PdfReader(io.BytesIO(made)).pages)
        words = words.replace("\x00", "").replace(" ", "")
        assert "王秀英" in words and "需要帮助" in words and "自己走" not in words

    monkeypatch.setattr(paper, "font", lambda: None)
    assert nurse.get(address).status_code == 503
    assert own.get(address).status_code == 403
