"""The form without a connection: its rules are those of the server, and what comes back late stands beside."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.access.tests.factories import Cast, cast
from yiyang.assessments import commands, instruments
from yiyang.assessments.commands import refusals as no
from yiyang.assessments.models import Assessment, State
from yiyang.assessments.queries.bedside import _question
from yiyang.assessments.rules.asking import asked
from yiyang.assessments.rules.instruments import ItemKind
from yiyang.assessments.rules.reading import read
from yiyang.assessments.tests.factories import HELPED, WELL, draft, instrument, signed
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

CONDITIONS = Path(__file__).parents[1] / "frontend" / "conditions.js"
ASK = """
import { readFileSync } from "node:fs";
import { asked } from "./conditions.mjs";
const cases = JSON.parse(readFileSync(0));
console.log(JSON.stringify(cases.map(([items, answers, context]) => [...asked(items, answers, context)].sort())));
"""


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    return person("王秀英", organisation_id=who.care_home.pk)


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_the_browser_puts_the_same_questions_as_the_server_for_every_shipped_instrument(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    cases, expected = [], []
    for name, content in instruments.shipped():
        found = read(content, name)
        items = [_question(found.item(code)) for code in found.order]
        for _round in range(30 if any(one.show_when for one in found.items) else 1):
            answers = {item.code: _some(item, chance) for item in found.items if chance.random() < 0.7}
            context = {"age": chance.choice([30, 66, 90, None]), "sex": chance.choice(["MALE", "FEMALE"])}
            cases.append([items, answers, context])
            expected.append(sorted(asked(found, answers, context)))
    (tmp_path / "conditions.mjs").write_text(CONDITIONS.read_text())
    (tmp_path / "ask.mjs").write_text(ASK)

    told = subprocess.run(
        ["node", str(tmp_path / "ask.mjs")],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(told.stdout) == expected


def _some(item: Any, chance: random.Random) -> Any:
    codes = [one.code for one in item.options]
    if item.kind is ItemKind.MULTIPLE:
        alone = {one.code for one in item.options if one.exclusive}
        return chance.sample([one for one in codes if one not in alone], k=1)
    if item.kind is ItemKind.SINGLE:
        return chance.choice(codes)
    if item.kind is ItemKind.NUMBER:
        return chance.randint(int(item.minimum or 0), int(item.maximum or 100))
    return "2026-01-01" if item.kind is ItemKind.DATE else "x"


@pytest.mark.django_db
def test_what_comes_after_a_signature_becomes_one_new_version_however_often_it_is_sent(
    who: Cast, elder: Person
) -> None:
    nurse = who.care_home_nurse
    done = signed(nurse, elder, WELL)

    late = {"assessment": done, "answers": {"walk": "1"}, "reason": "在床旁评估", "key": "phone:1"}
    made = [commands.keep_beside(by=nurse, at=now(), **late) for _twice in range(2)]

    assert made[0] == made[1] and made[0].amends_id == done.pk and made[0].amendment_reason == "在床旁评估"
    assert Assessment.objects.get(pk=made[0].pk).answers == {**WELL, "walk": "1"}
    with pytest.raises(no.AnswersChanged):
        commands.keep_beside(by=nurse, at=now(), **{**late, "answers": {"walk": "0"}, "key": "tablet:1"})
    with pytest.raises(no.SayWhyAmended):
        other = signed(nurse, elder, HELPED, reason="ROUTINE")
        commands.keep_beside(by=nurse, at=now(), **{**late, "assessment": other, "reason": " ", "key": ""})


@pytest.mark.django_db
def test_what_comes_while_a_second_signature_is_awaited_becomes_an_assessment_of_its_own(
    who: Cast, elder: Person
) -> None:
    instrument(assessors=2)
    waits = signed(who.care_home_nurse, elder, WELL)

    made = commands.keep_beside(
        by=who.care_home_nurse,
        at=now(),
        assessment=waits,
        answers={"walk": "1"},
        reason="床旁",
        key="phone:1",
    )

    assert (waits.state, made.state, made.amends_id) == (State.AWAITING_SECOND, State.DRAFT, None)
    assert made.answers == {**WELL, "walk": "1"} and made.pk != waits.pk


@pytest.mark.django_db
def test_the_device_gets_all_questions_and_nobody_sends_for_somebody_else(who: Cast, elder: Person) -> None:
    begun = draft(who.care_home_nurse, elder, {"walk": "2"})
    nurse, address = Client(), reverse("assessments:answer", args=[begun.pk])
    nurse.force_login(who.care_home_nurse.account)

    form = nurse.get(reverse("assessments:bedside_form", args=[begun.pk])).json()
    assert "家里" in form["questions"] and "王秀英" in form["lead"] and form["answers"] == {"walk": "2"}
    assert form["account"] == str(who.care_home_nurse.account_id)
    told = {"answers": {"walk": "1"}, "revision": 2, "account": str(who.care_home_manager.account_id)}
    refused = nurse.post(address, json.dumps(told), content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "OTHER_ACCOUNT")
    begun.refresh_from_db()
    assert begun.answers == {"walk": "2"}
    empty = Client().get(reverse("assessments:bedside")).content.decode()
    worker = Client().get(reverse("assessments:bedside_worker")).content.decode()
    assert "王秀英" not in empty and "bedside-list" in empty and "self.BEDSIDE" in worker
