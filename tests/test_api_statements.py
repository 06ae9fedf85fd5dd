"""How many SQL statements an answer takes: a constant number, whatever the rows, and 15 at most to read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiyang.access import commands as access
from yiyang.access.bed_kinds import BedKind
from yiyang.access.tests.calling import Caller, caller
from yiyang.beds import commands
from yiyang.beds.tests.factories import Cast, bed, cast, offered, person, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.ids import new_id
from yiyang.kernel.time import now
from yiyang.people import reach
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db

LISTS = (
    "/people", "/organisations", "/contracts", "/beds", "/wards", "/rooms", "/episodes", "/transfers", "/offers",
    "/waiting", "/home-beds", "/emergencies", "/board", "/board/history", "/licences", "/accounts", "/memberships",
    "/tokens", "/areas",
)  # fmt: skip


def statements(ask: Any) -> int:
    reach.forget()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        reply = ask()
    assert reply.status == 200, reply.body
    return len(captured)


def add(who: Cast) -> tuple[Any, Any]:
    """One more of everything."""
    elder = person()
    seen_by(elder, who.care_home.pk)
    seen_by(elder, who.centre.pk)
    seen_by(elder, who.chc.pk)
    stay(elder, bed(who.care_home), at=now() - timedelta(days=2))
    asked = transfer(who.care_home_nurse, elder)
    offered(who.care_home_nurse, asked, who.hospital)
    commands.join_waiting_list(
        by=who.care_home_manager, at=now(), person=elder, kind="PALLIATIVE", list_owner=who.centre.pk
    )
    commands.apply_for_home_bed(
        by=who.home_bed_doctor, at=now(), person=elder, unit_id=who.chc.pk, reason="x", place="y"
    )
    _papers_and_people_of(who, new_id().hex)
    return elder, asked


def _papers_and_people_of(who: Cast, number: str) -> None:
    access.record_licence(
        by=SYSTEM, at=now(), organisation=who.care_home, number=number, filing_kind="CARE_FILING",
        approved_beds={BedKind.INSTITUTION: 1, BedKind.HOME_CARE: 1}, valid_from=date(2026, 1, 1),
        clinic_operator=who.chc,
    )  # fmt: skip
    access.add_account(
        by=SYSTEM, at=now(), login=f"a{number}"[:40], name="x", password="hvmk4-qtrx7-pjdn3",
        organisation=who.care_home, role="CARE_WORKER",
    )  # fmt: skip
    manager = who.care_home_manager
    access.issue_token(
        by=manager, at=now(), account=manager.account, membership=manager.membership, hours=1, label=number
    )


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.mark.parametrize("path", LISTS)
def test_a_list_takes_as_many_statements_for_many_rows_as_for_one(who: Cast, path: str) -> None:
    manager = caller(who.home_bed_doctor if path == "/home-beds" else who.care_home_manager)
    add(who)
    few = _warm(manager, path)
    for _ in range(5):
        add(who)

    many = statements(lambda: manager.get(path))

    assert many == few
    assert many <= 15


@pytest.mark.parametrize(
    "part", ["", "/facts", "/timeline", "/delegations", "/consents", "/who-can-see", "/who-looked"]
)
def test_a_person_takes_a_constant_number_of_statements(who: Cast, part: str) -> None:
    nurse = caller(who.care_home_nurse)
    elder, asked = add(who)
    path = f"/people/{elder.pk}{part}"
    few = _warm(nurse, path)
    for _ in range(4):
        commands.change_urgency(
            by=who.care_home_nurse, at=now(), transfer=asked, urgency="ROUTINE", reason="better"
        )

    assert statements(lambda: nurse.get(path)) == few <= 15


def test_a_transfer_takes_a_constant_number_of_statements(who: Cast) -> None:
    nurse = caller(who.care_home_nurse)
    _elder, asked = add(who)
    path = f"/transfers/{asked.pk}"
    few = _warm(nurse, path)
    for _ in range(4):
        commands.change_urgency(
            by=who.care_home_nurse, at=now(), transfer=asked, urgency="URGENT", reason="worse"
        )

    assert statements(lambda: nurse.get(path)) == few <= 15


def _warm(who: Caller, path: str) -> int:
    """The second answer: the first also notes the token's use, once a minute."""
    who.get(path)
    return statements(lambda: who.get(path))
