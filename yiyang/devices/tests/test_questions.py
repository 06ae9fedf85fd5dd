"""What devices measured beside the questions of an assessment: offered, never taken over by itself, and noted."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.access.tests.factories import cast as whole_cast
from yiyang.assessments import commands
from yiyang.assessments.queries import answering
from yiyang.assessments.tests.test_screens import client_of
from yiyang.devices.commands.intake import take_in
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.kernel.time import now
from yiyang.people import reach
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


def test_a_reading_stands_beside_its_question_and_where_it_is_from_is_noted_when_it_is_taken_over() -> None:
    reach.forget()
    cast: Cast = whole_cast()
    nurse = cast.care_home_nurse
    wang = person()
    seen_by(wang, cast.care_home.pk)
    made = device(DeviceKind.MONITOR)
    lend(made, wang.pk)
    at = now().replace(microsecond=0) - timedelta(minutes=12)
    told = [("HEART_RATE", at, 88.0), ("TEMPERATURE", at, 36.64), ("OXYGEN", at, 97.0)]
    take_in([(own_key(made), pack(made, *told))], now=now())

    begun = commands.begin_assessment(by=nurse, at=now(), person=wang, code="NEWS2", reason="FIRST")
    asked = answering.sheet(begun, reader=nurse).by_code
    stranger = answering.sheet(begun, reader=cast.stranger).by_code

    shown: dict[str, Any] = {code: one.usable for code, one in asked.items() if one.usable}
    assert shown == {"pulse": "88", "temperature": "36.6", "spo2": "97"}
    assert asked["pulse"].measured is not None and asked["pulse"].measured.by == str(made)
    assert not any(one.measured for one in stranger.values()) and begun.answers == {}

    sources = {code: asked[code].token for code in ("pulse", "spo2")}
    body = {"answers": {"pulse": 88, "spo2": 94}, "revision": 0, "sources": sources}
    page = f"/assessments/{begun.pk}/answer/"
    assert client_of(nurse).post(page, json.dumps(body), content_type="application/json").status_code == 200

    begun.refresh_from_db()
    kept = answering.sheet(begun, reader=nurse).by_code
    assert kept["pulse"].taken_over == answering.TakenOver(str(made), at, code="8867-4", device=str(made.pk))
    assert kept["spo2"].taken_over is None, "another value than the one that was taken over"
