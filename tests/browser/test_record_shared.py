"""The record among units: opened and closed by the person, sent ahead of a move, spared a second needle."""

from __future__ import annotations

import json
from datetime import timedelta

from django.urls import reverse

from tests.browser.chromium import barriers
from tests.browser.hands import Hands
from tests.browser.story import NAME, Story
from yiyang.access.tests.factories import account, actor_for
from yiyang.beds.tests.factories import bed, offered, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.records import commands as records
from yiyang.records.models import TestChoice
from yiyang.records.r4.body import read


def ticks(hands: Hands, *names: str) -> Hands:
    for name in names:
        hands.page.get_by_label(name, exact=True).focus()
        hands.page.keyboard.press("Space")
    return hands


def sound(hands: Hands) -> None:
    """A page that no walk over all pages comes to, because somebody has to press their way there."""
    assert not barriers(hands.page)
    assert hands.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), hands.page.url
    assert not hands.complaints


def test_an_elder_opens_two_kinds_of_data_to_a_hospital_by_keys_and_takes_it_back(story: Story) -> None:
    for write, text in (
        (records.record_diagnosis, "高血压3级"),
        (records.record_allergy, "青霉素过敏"),
        (records.record_medicine, "舍曲林"),
    ):
        write(by=SYSTEM, at=now(), person=story.elder, text=text)
    own = actor_for(account(NAME, kind="ELDER", person_id=story.elder.pk), now())
    hands = story.at_browser(own, language="zh-hans", width=360)
    doctor = story.at_browser(story.who.ward_doctor)
    record = reverse("records:record", args=[story.elder.pk])
    assert doctor.goes_to(record) == 404

    hands.opens("people:consents", story.elder.pk).presses("允许一家单位查看记录")
    hands.unfolds("医院")
    ticks(hands, "区中心医院").presses("下一题")
    ticks(hands, "只看我选的几类内容").presses("下一题")
    ticks(hands, "诊断与健康问题", "过敏与不耐受").presses("下一题").presses("下一题")
    ticks(hands, "三个月").presses("下一题")
    ticks(hands, "会诊或再听听别的医生的意见").presses("下一题")
    hands.sees("区中心医院").sees("过敏与不耐受").does_not_see("用药")
    sound(hands)
    hands.presses("我同意").sees("办好了")

    doctor.complaints.clear()  # Chromium says aloud that the record was refused
    assert doctor.goes_to(record) == 200
    doctor.sees("高血压3级").sees("青霉素过敏").does_not_see("舍曲林")

    with hands.page.expect_navigation():
        hands.page.get_by_role("link", name="撤回").press("Enter")
    hands.presses("撤回同意").sees("已撤回")
    assert doctor.goes_to(record) == 404


def test_the_packet_is_there_before_the_person_and_goes_outside_by_a_code_until_it_is_taken_back(
    story: Story,
) -> None:
    who, nurse = story.who, story.who.care_home_nurse
    stay(story.elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    records.record_allergy(by=SYSTEM, at=now(), person=story.elder, text="青霉素过敏")
    offered(nurse, transfer(nurse, story.elder), who.hospital)

    story.when_the_doctor_accepts(who.ward_doctor)
    doctor = story.at_browser(who.ward_doctor)
    doctor.main()  # its packet comes after the page
    doctor.presses("Read the handover packet").sees("青霉素过敏").presses("I have read version 1")
    doctor.sees("Noted that you have read version 1").sees("Read by")

    sender = story.at_browser(nurse).opens("packets:share_packet", story.transfer.pk)
    sender.types("Unit outside the network", "外区康复医院").presses("Make a link and a code")
    address, code = (sender.page.inner_text(one) for one in (".packet-address", ".packet-code"))
    outside = story._at_browser(None, signed_in=False, language="zh-hans", width=360)
    outside.page.goto(address)
    outside.does_not_see(NAME)
    outside.types("六位验证码", "1" + code[1:] if code[0] != "1" else "2" + code[1:])
    outside.page.keyboard.press("Enter")
    outside.page.wait_for_selector(".error-summary")
    outside.complaints.clear()  # the answer was 422
    outside.types("六位验证码", code).presses("打开文件").sees(NAME).sees("青霉素过敏")
    sound(outside)

    sender.presses("Take back").sees("taken back").sees("document shown").sees("wrong code")
    assert outside.goes_to(address.removeprefix(outside.address)) == 410
    outside.sees("这个链接已经打不开").does_not_see(NAME)


def potassium(story: Story, days: int, value: str) -> str:
    """What the hospital's laboratory found so many days ago."""
    body = {
        "resourceType": "Observation", "status": "final",
        "subject": {"reference": f"Patient/{story.elder.pk}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}], "text": "血钾"},
        "effectiveDateTime": (now() - timedelta(days=days)).isoformat(timespec="seconds"),
        "valueQuantity": {"value": float(value), "unit": "mmol/L"},
    }  # fmt: skip
    return records.create_resource(
        by=story.who.ward_doctor, at=now(), body=read(json.dumps(body).encode())
    ).id


def when_a_test_is_about_to_be_ordered(nurse: Hands, story: Story) -> None:
    """Chosen from the list by a few letters of pinyin, with the arrow keys."""
    nurse.opens("records:record", story.elder.pk).presses("开具检查检验")
    field = nurse.page.get_by_role("combobox", name="检查检验项目")
    field.focus()
    nurse.page.keyboard.type("xuejia")
    nurse.page.get_by_role("option").first.wait_for()
    nurse.page.keyboard.press("ArrowDown")
    nurse.page.keyboard.press("Enter")
    nurse.types("检查目的", "乏力").presses("查找其他机构的结果")


def test_a_result_of_the_hospital_spares_a_test_and_another_does_not_and_both_are_counted(
    story: Story,
) -> None:
    for unit in (story.who.hospital, story.who.care_home):
        story.given_the_elder_is_known_to(unit)
    potassium(story, 2, "4.1")
    potassium(story, 30, "3.3")
    nurse = story.at_browser(story.who.care_home_nurse, language="zh-hans", width=360)

    when_a_test_is_about_to_be_ordered(nurse, story)
    nurse.sees("4.1 mmol/L").sees("3.3 mmol/L").sees("不互认")
    sound(nurse)
    nurse.presses("采用，不重复检查")
    when_a_test_is_about_to_be_ordered(nurse, story)
    nurse.presses("病情已变化，或结果与临床不符")

    assert list(TestChoice.objects.order_by("at").values_list("outcome", flat=True)) == [
        "ACCEPTED",
        "DECLINED",
    ]
    nurse.opens("records:recognition_figures").sees("50 %").presses("50 %")
    nurse.sees("2 行").sees(NAME).sees("区中心医院")
    assert not nurse.complaints
