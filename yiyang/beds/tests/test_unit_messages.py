"""A family writes to the unit where their mother lives, and the unit answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from yiyang.access.models import Notice
from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import account, actor_for, family
from yiyang.beds import commands
from yiyang.beds.commands.locks import PersonIsDead
from yiyang.beds.commands.unit_messages import NobodyToWriteTo, NoStayAtUnit, SayInWords, TooManyWaiting
from yiyang.beds.models import UnitMessage
from yiyang.beds.tests.factories import Cast, bed, cast, person, stay
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people.models import Delegation

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Any:
    found = person("王秀英", sex="FEMALE")
    stay(found, bed(who.care_home))
    return found


def daughter_of(elder: Any, name: str = "王芳") -> Any:
    found = family("RELATIVE", name=name)
    people.delegate_access(
        by=SYSTEM, at=now(), person=elder, account_id=found.account_id, account_label=name, kinship="CHILD",
        scope="FULL", expires_at=now() + timedelta(days=90),
    )  # fmt: skip
    return found


def test_a_daughter_writes_and_the_unit_answers(who: Cast, elder: Any) -> None:
    daughter, sister = daughter_of(elder), daughter_of(elder, "王兰")
    phone, url = signed_in(daughter), reverse("beds:unit_messages", args=[elder.pk, who.care_home.pk])

    assert phone.post(url, {"text": "妈妈的毛衣周三带来，可以吗？"}).status_code == 302
    run_pending()
    told = Notice.objects.get(subject="beds.family_wrote")
    assert (told.organisation_id, told.params) == (who.care_home.pk, {})

    nurse = signed_in(who.care_home_nurse)
    assert "1 unread" in nurse.get(reverse("beds:messages_of_unit", args=[who.care_home.pk])).content.decode()
    assert "毛衣" in nurse.get(told.link).content.decode()
    nurse.post(told.link, {"text": "可以，谢谢您。"})
    run_pending()
    assert Notice.objects.get(subject="beds.family_wrote").withdrawn_at

    assert set(Notice.objects.filter(subject="beds.unit_answered").values_list("account", flat=True)) == {
        daughter.account_id, sister.account_id,
    }  # fmt: skip
    assert "1 new answer" in phone.get("/").content.decode()
    assert "谢谢您" in signed_in(sister).get(url).content.decode()
    assert "new answer" not in phone.get("/").content.decode()


def test_the_persons_own_thread_and_the_familys_are_apart(who: Cast, elder: Any) -> None:
    daughter = daughter_of(elder)
    own = actor_for(account("王秀英", kind="ELDER", person_id=elder.pk), now())
    told = {"at": now(), "person": elder, "unit_id": who.care_home.pk}
    commands.write_to_unit(by=daughter, text="请先不要告诉她", **told)
    commands.write_to_unit(by=own, text="我想换个枕头", **told)
    url = reverse("beds:unit_messages", args=[elder.pk, who.care_home.pk])

    assert "不要告诉" not in signed_in(own).get(url).content.decode()
    assert "枕头" not in signed_in(daughter).get(url).content.decode()
    assert "枕头" in signed_in(who.care_home_nurse).get(url + "?side=PERSON").content.decode()


def test_who_is_no_longer_entrusted_or_works_elsewhere_reads_nothing(who: Cast, elder: Any) -> None:
    daughter = daughter_of(elder)
    commands.write_to_unit(by=daughter, at=now(), person=elder, unit_id=who.care_home.pk, text="您好")
    url = reverse("beds:unit_messages", args=[elder.pk, who.care_home.pk])
    people.bar_relative(
        by=who.care_home_manager, at=now(), person=elder, name="王芳", reason="本人意愿", evidence="当面说明",
        account_id=daughter.account_id,
    )  # fmt: skip

    assert signed_in(daughter).get(url).status_code == 404
    assert signed_in(who.ward_doctor).get(url).status_code == 404
    with pytest.raises((NotFound, NotAllowed)):
        commands.write_to_unit(by=daughter, at=now(), person=elder, unit_id=who.care_home.pk, text="x")


def test_nothing_is_written_after_the_stay_or_a_death(who: Cast, elder: Any) -> None:
    daughter = daughter_of(elder)
    told = {"by": daughter, "at": now(), "person": elder, "unit_id": who.care_home.pk}
    commands.write_to_unit(**told, text="您好")
    with pytest.raises(NoStayAtUnit):
        commands.write_to_unit(**{**told, "unit_id": who.hospital.pk}, text="您好")
    commands.record_death(by=SYSTEM, at=now(), person=elder)

    with pytest.raises(PersonIsDead):
        commands.write_to_unit(**told, text="还在吗")
    run_pending()
    assert not Notice.objects.filter(subject="beds.family_wrote").exists()


@pytest.mark.parametrize("text", ["", "   ", "长" * 1001, "a\x00b"])
def test_odd_words_are_refused(who: Cast, elder: Any, text: str) -> None:
    with pytest.raises(SayInWords):
        commands.write_to_unit(
            by=daughter_of(elder), at=now(), person=elder, unit_id=who.care_home.pk, text=text
        )


def test_a_unit_writes_only_to_those_who_can_read_and_is_not_flooded(who: Cast, elder: Any) -> None:
    told = {"at": now(), "person": elder, "unit_id": who.care_home.pk}
    with pytest.raises(NobodyToWriteTo):
        commands.answer_family(by=who.care_home_nurse, text="您好", **told)
    daughter = daughter_of(elder)
    for number in range(20):
        commands.write_to_unit(by=daughter, text=str(number), **told)
    with pytest.raises(TooManyWaiting):
        commands.write_to_unit(by=daughter, text="21", **told)
    commands.answer_family(by=who.care_home_nurse, text="都看到了", **told)
    assert not UnitMessage.objects.filter(from_unit=False, read_at=None).exists()


def test_a_family_says_what_it_wishes_about_the_bed_that_is_kept(who: Cast) -> None:
    elder = person("王秀英", sex="FEMALE")
    episode = stay(elder, bed(who.care_home))
    commands.begin_leave(
        by=who.care_home_nurse,
        at=now(),
        episode=episode,
        due_back_at=now() + timedelta(days=1),
        companion="王芳",
    )
    daughter, sister = daughter_of(elder), daughter_of(elder, "王兰")
    Delegation.objects.filter(account_id=daughter.account_id).update(may_decide=True)
    phone, url = signed_in(daughter), reverse("beds:unit_messages", args=[elder.pk, who.care_home.pk])

    asked = phone.get(url + "?wish=LONGER").content.decode()
    assert "?wish=GIVE_UP" in asked and "for longer. Until which day: " in asked
    assert "for longer. Until which day: " not in phone.get(url + "?wish=ODD").content.decode()
    phone.post(url + "?wish=LONGER", {"text": "Please keep the bed for longer. Until which day: Sunday"})
    signed_in(sister).post(url, {"text": "Give it up"})

    shown = signed_in(who.care_home_manager).get(url).content.decode()
    assert "day: Sunday" in shown and shown.count("may decide") == 1
    assert reverse("beds:extend_hold", args=[episode.pk]) in shown
    assert "may decide" not in phone.get(url).content.decode()


def test_over_the_api_a_daughter_writes_and_the_unit_reads_and_answers(who: Cast, elder: Any) -> None:
    daughter = daughter_of(elder)
    at_home, nurse = caller(daughter), caller(who.care_home_nurse)
    path = f"/people/{elder.pk}/units/{who.care_home.pk}/messages"

    written = at_home.post(path, {"text": "妈妈的毛衣周三带来，可以吗？"}, Idempotency_Key="m1")
    again = at_home.post(path, {"text": "妈妈的毛衣周三带来，可以吗？"}, Idempotency_Key="m1")
    assert written.status == 201 and again.body["id"] == written.body["id"]
    assert at_home.post(path, {"text": " "}).status == 422
    [thread] = nurse.get(f"/units/{who.care_home.pk}/messages").body["threads"]
    assert (thread["person"], thread["unread"]) == (str(elder.pk), 1)
    assert nurse.post(f"{path}/read").body == {"number": 1}
    assert nurse.post(path, {"text": "可以，谢谢您。"}).body["from_unit"]
    shown = at_home.get(path).body["items"]
    assert [one["from_unit"] for one in shown] == [True, False] and shown[1]["read_at"]
    assert caller(who.stranger).get(path).status == 404
    assert at_home.get(f"/units/{who.care_home.pk}/messages").status in (403, 404)
