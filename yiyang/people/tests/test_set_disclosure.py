"""The person's own wish first; then what was told; until then neutral words."""

from __future__ import annotations

import pytest

from yiyang.access.tests.factories import cast
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import queries
from yiyang.people.commands import record_told, set_disclosure, withdraw_told
from yiyang.people.commands.disclosure import ToldAlready, WishesNotToKnow, WishMissing, WishNotAsked
from yiyang.people.rules.disclosure import Audience, words
from yiyang.people.tests.factories import person, seen_by

TERMS = {"安宁疗护": "病房", "palliative": "ward"}


def test_the_person_reads_neutral_words_until_told() -> None:
    untold = words(Audience.PERSON, (), TERMS)
    told = words(Audience.PERSON, ("PALLIATIVE",), TERMS)

    assert untold.kind("PALLIATIVE") == "HOSPITAL"
    assert untold.text("三楼安宁疗护 kind-palliative") == "三楼病房 kind-hospital"
    assert told.kind("PALLIATIVE") == "PALLIATIVE"
    assert told.text("三楼安宁疗护") == "三楼安宁疗护"


@pytest.mark.parametrize("audience", [Audience.FAMILY, Audience.GUARDIAN, Audience.STAFF])
def test_nobody_else_is_affected(audience: str) -> None:
    plain = words(audience, (), TERMS, ["肺癌"])

    assert plain.text("安宁疗护 肺癌") == "安宁疗护 肺癌"
    assert plain.answer({"kind": "PALLIATIVE", "reason": "肺癌"}) == {"kind": "PALLIATIVE", "reason": "肺癌"}


def test_an_answer_to_the_person_loses_codes_and_what_clinicians_wrote() -> None:
    untold = words(Audience.PERSON, (), TERMS, ["肺癌"])
    transfer = {
        "target_kind": "PALLIATIVE",
        "trigger": "TERMINAL_CARE",
        "reason": "肺癌晚期",
        "unit": {"name": "安宁疗护科"},
    }

    shown = untold.answer({"items": [transfer]})

    assert shown == {
        "items": [
            {
                "target_kind": "HOSPITAL",
                "trigger": "HEALTH_WORSENED",
                "reason": "",
                "unit": {"name": "病房科"},
            }
        ]
    }


def test_values_of_forms_stay_as_they_are() -> None:
    untold = words(Audience.PERSON, (), TERMS)

    assert untold.text('<option value="palliative">palliative') == '<option value="palliative">ward'


pytestmark = pytest.mark.django_db


def test_told_only_after_the_person_was_asked() -> None:
    who, elder = cast(), person()
    seen_by(elder, who.hospital.pk)

    with pytest.raises(WishNotAsked):
        record_told(by=who.ward_doctor, at=now(), person=elder, topic="PALLIATIVE")
    with pytest.raises(WishMissing):
        set_disclosure(by=who.ward_doctor, at=now(), person=elder, wish="NOT_ASKED")
    set_disclosure(by=who.ward_doctor, at=now(), person=elder, wish="NOTHING")
    with pytest.raises(WishesNotToKnow):
        record_told(by=who.ward_doctor, at=now(), person=elder, topic="PALLIATIVE")
    set_disclosure(
        by=who.ward_doctor, at=now(), person=elder, wish="ALL", own_words="都告诉我", avoid=["肺癌", "肺癌"]
    )
    told = record_told(by=who.ward_doctor, at=now(), person=elder, topic="PALLIATIVE", present="女儿")
    with pytest.raises(ToldAlready):
        record_told(by=who.ward_doctor, at=now(), person=elder, topic="PALLIATIVE")

    assert queries.known(elder.pk).topics == {"PALLIATIVE"}
    assert queries.known(elder.pk).disclosure.avoid == ["肺癌"]
    withdraw_told(by=who.ward_doctor, at=now(), told=told, reason="记错了人")
    assert queries.known(elder.pk).topics == set()


def test_only_clinicians_set_it() -> None:
    who, elder = cast(), person()
    seen_by(elder, who.hospital.pk)

    with pytest.raises(NotAllowed):
        set_disclosure(by=who.admission_office, at=now(), person=elder, wish="ALL")


def test_the_line_is_quiet_until_something_must_not_be_said() -> None:
    from django.test import Client

    who = cast()
    elder = person("王桂兰", organisation_id=who.care_home.pk)
    client = Client()
    client.force_login(who.care_home_nurse.account)

    def line() -> str:
        shown = client.get(f"/people/{elder.pk}/").content.decode()
        return shown[shown.index("data-disclosure") - 40 : shown.index("data-disclosure")]

    assert "quiet-line" in line()
    set_disclosure(by=who.care_home_nurse, at=now(), person=elder, wish="ALL")
    assert "quiet-line" in line()
    set_disclosure(by=who.care_home_nurse, at=now(), person=elder, wish="NOTHING")
    assert "warning" in line()
