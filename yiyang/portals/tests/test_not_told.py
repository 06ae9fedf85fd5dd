"""A palliative stay that the person was not told of: no page, print, notice or answer of the API shows it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.actors import AccountActor
from yiyang.access.commands import notify
from yiyang.access.tests.factories import account, actor_for, licence
from yiyang.beds import commands
from yiyang.beds.tests.factories import bed, cast, person, room, stay, transfer
from yiyang.duty.commands import add_post, add_shift
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.people.commands import delegate_access, record_told, set_disclosure

pytestmark = pytest.mark.django_db

SHOWS = re.compile(r"安宁|临终|舒缓|姑息|palliative|hospice|terminal|肺癌|>安<", re.IGNORECASE)
ASKED = ["/", "/inbox/", "/transfers/"]
ANSWERS = [
    "/api/me", "/api/people", "/api/people/{person}", "/api/people/{person}/timeline", "/api/episodes",
    "/api/episodes/{episode}", "/api/transfers", "/api/transfers/{transfer}", "/api/people/{person}/delegations",
    "/api/notices", "/api/waiting-entries", "/api/people/{person}/who-can-see",
]  # fmt: skip


class Lives:
    """An elder on a palliative ward, for whom a move to palliative care at home is asked for."""

    def __init__(self) -> None:
        self.who = cast()
        self.elder = person("王桂兰", form_of_address="王老师")
        licence(self.who.hospital, ["PALLIATIVE"])
        ward = room(self.who.hospital, "301", ward="安宁疗护科")
        ward.ward.floor = "三楼"
        ward.ward.save()
        self.episode = stay(self.elder, bed(self.who.hospital, "PALLIATIVE", "安-12", room=ward))
        self.transfer = transfer(
            self.who.ward_doctor, self.elder, trigger="TERMINAL_CARE", target_kind="PALLIATIVE",
            urgency="ROUTINE", reason="肺癌晚期，安宁疗护",
        )  # fmt: skip
        commands.evaluate_transfer(
            by=self.who.ward_doctor, at=now(), transfer=self.transfer, outcome="FIT", statement="临终，肺癌"
        )
        set_disclosure(
            by=self.who.ward_doctor, at=now(), person=self.elder, wish="WHEN_ASKING", avoid=["肺癌"]
        )
        self.own = AccountActor(account("王桂兰", kind="ELDER", person_id=self.elder.pk))
        notify(
            by=SYSTEM, at=now(), subject="beds.transfer_cancelled", account=self.own.account, person=self.elder,
            params={"reason": "安宁疗护"}, link=f"/transfers/{self.transfer.pk}/",
        )  # fmt: skip

        self.hears_and_is_written_to()

    def hears_and_is_written_to(self) -> None:
        """What the family wrote, what was answered to the person, who is on duty: all of it says too much."""
        self.unit, at = self.who.hospital.pk, now()
        daughter = actor_for(account("女儿甲", kind="RELATIVE"), at)
        delegate_access(
            by=SYSTEM, at=at, person=self.elder, account_id=daughter.account.pk, account_label="女儿甲",
            kinship="CHILD", scope="FULL", expires_at=at + timedelta(days=30),
        )  # fmt: skip
        told = {"at": now(), "person": self.elder, "unit_id": self.unit}
        commands.write_to_unit(by=daughter, text="请别告诉她住的是安宁疗护", **told)
        commands.write_to_unit(by=self.own, text="我什么时候能回家？", **told)
        commands.answer_family(
            by=self.who.ward_doctor, text="安宁疗护科陈医生明天来看您", side="PERSON", **told
        )
        post = add_post(
            by=SYSTEM, at=at, unit_id=self.unit, kind="WARD_DOCTOR", name="安宁疗护医生", telephone="62530000"
        )
        add_shift(
            by=SYSTEM, at=at, post=post, account_id=self.who.ward_doctor.account_id, since=at,
            until=at + timedelta(hours=8),
        )  # fmt: skip
        run_pending()

    def browser(self, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        type(self.own.account).objects.filter(pk=self.own.account.pk).update(language=language)
        self.own.account.refresh_from_db()
        client.force_login(self.own.account)
        return client


@pytest.fixture
def lives(db: None) -> Lives:
    return Lives()


def all_pages(client: Client) -> dict[str, str]:
    """Every page that can be reached by links from where an elder begins."""
    found: dict[str, str] = {}
    open_ = list(ASKED)
    while open_:
        url = open_.pop()
        answer = client.get(url, follow=True)
        found[url] = answer.content.decode() if answer.status_code == 200 else ""
        links = re.findall(r'href="(/[^"#]*)"', found[url])
        open_ += [
            one for one in dict.fromkeys(links) if one not in found and one not in open_ and goes_on(one)
        ]
    return found


def goes_on(link: str) -> bool:
    return not link.startswith(("/static/", "/sign-out", "/api/")) and "?" not in link


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_that_the_person_can_reach_shows_it(lives: Lives, language: str) -> None:
    pages = all_pages(lives.browser(language))

    assert len(pages) > 6
    assert f"/transfers/{lives.transfer.pk}/" in pages
    thread = pages[f"/people/{lives.elder.pk}/units/{lives.unit}/messages/"]
    assert "我什么时候能回家" in thread
    assert "请别告诉她" not in "".join(pages.values())
    assert lives.who.ward_doctor.account.name in pages["/"]
    shown = {url: SHOWS.findall(re.sub(r'value="[^"]*"', "", page)) for url, page in pages.items()}
    assert {url: said for url, said in shown.items() if said} == {}


def test_the_person_reads_which_ward_they_are_on(lives: Lives) -> None:
    assert "三楼病房" in lives.browser().get("/").content.decode()


@pytest.mark.parametrize("sheet", ["sheet", "refusal-notice"])
def test_no_print_shows_it(lives: Lives, sheet: str) -> None:
    commands.record_agreement(
        by=lives.own, at=now(), transfer=lives.transfer, outcome="REFUSED", by_whom="PERSON", name="王桂兰",
        how="IN_PERSON"
    )  # fmt: skip
    page = lives.browser().get(f"/transfers/{lives.transfer.pk}/{sheet}/", follow=True)

    assert page.status_code == 200
    assert not SHOWS.findall(page.content.decode())


@pytest.mark.parametrize("path", ANSWERS)
def test_no_answer_of_the_api_shows_it(lives: Lives, path: str) -> None:
    url = path.format(person=lives.elder.pk, episode=lives.episode.pk, transfer=lives.transfer.pk)
    answer = lives.browser().get(url)

    assert not SHOWS.findall(answer.content.decode())


def test_once_told_the_person_reads_it_in_plain_words(lives: Lives) -> None:
    record_told(by=lives.who.ward_doctor, at=now(), person=lives.elder, topic="PALLIATIVE", present="女儿")

    assert "安宁疗护" in lives.browser().get(f"/transfers/{lives.transfer.pk}/").content.decode()
    assert "安宁疗护科" in lives.browser().get("/").content.decode()


def test_staff_see_at_the_top_what_may_be_said(lives: Lives) -> None:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(lives.who.ward_doctor.account)

    for url in (f"/people/{lives.elder.pk}/", f"/transfers/{lives.transfer.pk}/"):
        page = client.get(url).content.decode()
        assert "知情范围" in page
        assert "未告知" in page
        assert "安宁疗护" in page


def test_a_relative_reads_plain_words_and_that_they_were_not_told(lives: Lives) -> None:
    daughter: Any = actor_for(account("女儿", kind="RELATIVE"), now())
    delegate_access(
        by=SYSTEM, at=now(), person=lives.elder, account_id=daughter.account.pk, account_label="女儿",
        kinship="CHILD", scope="FULL", expires_at=now() + timedelta(days=30),
    )  # fmt: skip
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(daughter.account)
    page = client.get("/").content.decode()

    assert "安宁疗护科" in page
    assert "本人还不知道这是安宁疗护" in page
