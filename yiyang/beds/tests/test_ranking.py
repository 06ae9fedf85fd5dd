"""The order of candidate units, as a table that staff of a district could check."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from yiyang.beds.rules.ranking import Candidate, distance_km, in_words, rank
from yiyang.kernel.ids import new_id

SPRING = datetime(2026, 3, 1, tzinfo=UTC)
NEXT_WEEK = datetime(2026, 12, 1, tzinfo=UTC)

# In each block the units stand in the order that the rule must give, best first.
TABLE = """
contract | free | next      | designated | chosen | km  | been  | features | closed || why it stands before the next
no       | 0    | -         | -          | yes    | 9.0 | never | yes      | no     || the person chose it
yes      | 1    | -         | -          | no     | 9.0 | never | yes      | no     || a contract and a bed now

yes      | 3    | -         | 1          | no     | 9.0 | never | yes      | no     || designated first
yes      | 3    | -         | 2          | no     | 1.0 | never | yes      | no     || designated second

yes      | 1    | -         | -          | no     | 5.0 | March | yes      | no     || was there before
yes      | 9    | -         | -          | no     | 1.0 | never | yes      | no     || nearer, but not known there

yes      | 1    | -         | -          | no     | 1.2 | never | yes      | no     || nearer
yes      | 9    | -         | -          | no     | 1.3 | never | yes      | no     || farther

yes      | 1    | -         | -          | no     | 9.0 | never | yes      | no     || has what is needed
yes      | 9    | -         | 1          | no     | 1.0 | never | no       | no     || lacks something

yes      | 1    | -         | -          | no     | 9.0 | never | no       | no     || a bed now
yes      | 0    | next week | 1          | no     | 1.0 | March | yes      | no     || a bed next week

yes      | 0    | next week | -          | no     | 1.0 | never | yes      | no     || a date is known
yes      | 0    | -         | -          | no     | 1.0 | never | yes      | no     || no date is known

yes      | 0    | -         | -          | no     | 9.0 | never | yes      | no     || a contract
no       | 9    | -         | -          | no     | 1.0 | March | yes      | no     || no contract

no       | 0    | -         | -          | no     | 9.0 | never | yes      | no     || open
yes      | 9    | -         | 1          | yes    | 1.0 | March | yes      | yes    || closed for an outbreak
"""


def blocks() -> list[list[Candidate]]:
    lines = TABLE.strip().splitlines()[1:]
    found: list[list[Candidate]] = [[]]
    for line in lines:
        if not line.strip():
            found.append([])
            continue
        cells, why = line.split("||")
        found[-1].append(candidate(*[cell.strip() for cell in cells.split("|")], why.strip()))
    return found


def candidate(
    contract: str, free: str, following: str, designated: str, chosen: str, km: str, been: str,
    features: str, closed: str, why: str,
) -> Candidate:  # fmt: skip
    return Candidate(
        unit_id=new_id(),
        name=why,
        free=int(free),
        free_from=None if following == "-" else NEXT_WEEK,
        contract_id=new_id() if contract == "yes" else None,
        designated_first=None if designated == "-" else int(designated),
        chosen=chosen == "yes",
        km=float(km),
        been_there=None if been == "never" else SPRING,
        features_met=features == "yes",
        closed=closed == "yes",
    )


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block[0].name)
def test_units_stand_in_the_order_of_the_table(block: list[Candidate]) -> None:
    ranked = rank(list(reversed(block)), urgent=True)

    assert [one.candidate.name for one in ranked] == [one.name for one in block]
    assert [one.rank for one in ranked] == list(range(1, len(block) + 1))


def test_a_routine_transfer_is_not_offered_without_contract_or_choice_and_the_list_says_why() -> None:
    without = candidate("no", "9", "-", "-", "no", "1.0", "never", "yes", "no", "near")

    with override("en"):
        assert "own choice" in rank([without], urgent=False)[0].blocked
    assert rank([without], urgent=True)[0].blocked == ""


def test_each_place_has_its_reasons_in_words() -> None:
    known = candidate("yes", "2", "-", "1", "no", "1.2", "March", "no", "no", "x")

    with override("en"):
        reasons = rank([known], urgent=True)[0].reasons

    assert reasons == [
        "contract in force",
        "2 free now",
        "designated, place 1",
        "was there in 2026-03",
        "1.2 km away",
        "lacks something that is needed",
    ]


def test_the_distance_of_two_places_in_the_city() -> None:
    assert distance_km((31.2304, 121.4737), (31.2222, 121.4581)) == pytest.approx(1.74, abs=0.02)
    assert distance_km(None, (31.2, 121.4)) is None


def test_reasons_are_kept_as_codes_and_read_in_each_readers_language() -> None:
    known = candidate("yes", "2", "-", "1", "no", "1.2", "March", "yes", "no", "x")
    kept = json.loads(json.dumps(rank([known], urgent=True)[0].why))

    with override("en"):
        assert in_words(kept)[:2] == ["contract in force", "2 free now"]
    with override("zh-hans"):
        assert in_words(kept)[1] == "现有空床 2 张"


def test_sentences_that_were_kept_before_there_were_codes_are_still_shown() -> None:
    assert in_words(["签有协议", {"code": "LACKS"}])[0] == "签有协议"
