"""The list of transfers page after page: nothing twice, nothing left out, whatever happens meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yiyang.beds import commands
from yiyang.beds.models import Transfer
from yiyang.beds.queries.transfer_board import SORTS, Wanted, board, page_of
from yiyang.beds.tests.factories import bed, cast, person, stay, transfer
from yiyang.beds.tests.screens import page
from yiyang.beds.views import transfer_board
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db
URGENCIES = ("ROUTINE", "URGENT", "ROUTINE", "URGENT", "ROUTINE", "EMERGENCY", "ROUTINE")


@pytest.fixture
def who() -> Any:
    return cast()


@pytest.fixture
def transfers(who: Any) -> list[Transfer]:
    """Seven, some alike in every column, some asked for at one instant, one without a deadline."""
    at, made = now() - timedelta(hours=1), []
    for number, urgency in enumerate(URGENCIES):
        elder = person(f"老人{number}")
        stay(elder, bed(who.care_home))
        made.append(
            transfer(who.care_home_nurse, elder, urgency=urgency, at=at + timedelta(minutes=number // 2))
        )
    Transfer.objects.filter(pk=made[2].pk).update(act_by=None)
    return made


def walk(actor: Any, sort: str, rows: int = 2) -> list[Transfer]:
    found, marker, pages = [], "", 0
    while pages == 0 or marker:
        this = page_of(board(actor, Wanted(), sort), sort, marker, rows)
        found, marker, pages = [*found, *this.rows], this.after, pages + 1
        assert pages < 20
    return found


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{one}" for one in SORTS)])
def test_the_pages_together_are_the_whole_list_in_its_order(who: Any, transfers: Any, sort: str) -> None:
    assert walk(who.care_home_nurse, sort) == list(board(who.care_home_nurse, Wanted(), sort))
    assert len(walk(who.care_home_nurse, sort)) == len(URGENCIES)


def test_what_comes_and_goes_meanwhile_moves_nobody_to_another_page(who: Any, transfers: Any) -> None:
    everything = list(board(who.care_home_nurse, Wanted(), "requested_at"))
    first = page_of(board(who.care_home_nurse, Wanted(), "requested_at"), "requested_at", "", 3)
    commands.cancel_transfer(by=who.care_home_nurse, at=now(), transfer=first.rows[0], reason="better")

    second = page_of(board(who.care_home_nurse, Wanted(), "requested_at"), "requested_at", first.after, 3)

    assert second.rows == everything[3:6]


def test_the_page_leads_on_by_a_marker_and_back_to_the_start(
    who: Any, transfers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_board, "ROWS", 5)
    marker = page_of(board(who.care_home_nurse, Wanted(), "act_by"), "act_by", "", 5).after

    first = page(who.care_home_nurse, "/transfers/")
    second = page(who.care_home_nurse, f"/transfers/?after={marker}")

    assert f"?after={marker.replace(':', '%3A')}" in first
    assert "Next page" in first
    assert "Back to the start" in second
    assert "Next page" not in second
    assert all((f"/transfers/{one.pk}/" in first) != (f"/transfers/{one.pk}/" in second) for one in transfers)


def test_a_marker_of_another_order_or_of_nobody_shows_the_beginning(who: Any, transfers: Any) -> None:
    marker = page_of(board(who.care_home_nurse, Wanted(), "act_by"), "act_by", "", 2).after

    for odd in (marker, "x", "WyJ4Il0:abc", "0" * 2000):
        found = page_of(board(who.care_home_nurse, Wanted(), "kind"), "kind", odd, 50)
        assert len(found.rows) == len(URGENCIES)
