"""A version that the caller has seen lets one change through; a command that does not look at it is a bug."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import cast
from yiyang.beds.tests.factories import bed, stay
from yiyang.kernel import versions
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db


def test_the_version_that_was_seen_lets_a_change_through_once() -> None:
    who = cast()
    stay(person(), bed(who.care_home))
    nurse = caller(who.care_home_nurse)
    [episode] = nurse.get("/episodes").body["items"]
    path = f"/episodes/{episode['id']}"
    tag = nurse.get(path).etag
    told = {"due_back_at": (now() + timedelta(days=1)).isoformat(), "companion": "daughter"}

    gone = nurse.post(f"{path}/leave", told, If_Match=tag)
    late = nurse.post(f"{path}/extend-hold", {"until": told["due_back_at"]}, If_Match=tag)
    back = nurse.post(f"{path}/return", {}, If_Match=gone.etag)
    without = nurse.post(f"{path}/report-missing", {})

    assert [one.status for one in (gone, late, back, without)] == [200, 412, 200, 200]
    assert len({tag, gone.etag, back.etag, without.etag}) == 4


def test_a_key_replays_the_answer_even_though_the_version_has_gone_on() -> None:
    nurse = caller(cast().care_home_nurse)
    made = nurse.post("/people", {"full_name": "吕秀英"})
    path = f"/people/{made.body['id']}/phones"

    first = nurse.post(path, {"number": "13800000000"}, If_Match=made.etag, Idempotency_Key="one")
    again = nurse.post(path, {"number": "13800000000"}, If_Match=made.etag, Idempotency_Key="one")

    assert first.status == again.status == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(nurse.get(f"/people/{made.body['id']}").body["phones"]) == 1


@command("", within=ANYWHERE)
def forgets_to_compare(*, by: Any, at: Any, subject: Person) -> None:
    record("test.changed", by=by, at=at, subject=subject, person=subject)


def test_a_command_that_does_not_look_at_the_version_is_a_bug() -> None:
    elder = person()

    with versions.expecting(elder.pk, 1), pytest.raises(versions.NotCompared):
        forgets_to_compare(by=SYSTEM, at=now(), subject=elder)
