"""The rules of the beds as tables that a district's staff could check."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.models.transfers import ENDED, TransferState, Trigger, Urgency
from yiyang.beds.rules import effects, green_channel, ranking, transfers, waiting
from yiyang.beds.rules.agreement import Decision, Standing, Statement, decision, standing
from yiyang.beds.rules.ranking import Candidate
from yiyang.beds.rules.transfers import LIVE, WrongStep

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


STEPS = table(
    """
    REQUESTED         | evaluate             | ROUTINE   | EVALUATED
    REQUESTED         | find_not_indicated   | ROUTINE   | NOT_INDICATED
    REQUESTED         | offer                | ROUTINE   | -
    REQUESTED         | offer                | URGENT    | -
    REQUESTED         | offer                | EMERGENCY | OFFERED
    REQUESTED         | depart               | URGENT    | -
    REQUESTED         | depart               | EMERGENCY | DEPARTED
    EVALUATED         | agree                | ROUTINE   | AGREED
    EVALUATED         | offer                | ROUTINE   | -
    EVALUATED         | offer                | URGENT    | OFFERED
    AGREED            | offer                | ROUTINE   | OFFERED
    AGREED            | take_back            | ROUTINE   | ALLOCATED
    OFFERED           | agree                | URGENT    | OFFERED
    OFFERED           | accept               | ROUTINE   | ACCEPTED
    OFFERED           | allocate             | ROUTINE   | -
    ACCEPTED          | allocate             | ROUTINE   | ALLOCATED
    ACCEPTED          | accept               | ROUTINE   | -
    ACCEPTED          | reopen               | ROUTINE   | AGREED
    ALLOCATED         | allocate             | ROUTINE   | ALLOCATED
    ALLOCATED         | depart               | ROUTINE   | -
    ALLOCATED         | depart               | URGENT    | DEPARTED
    ALLOCATED         | hand_over            | ROUTINE   | HANDED_OVER
    HANDED_OVER       | depart               | ROUTINE   | DEPARTED
    HANDED_OVER       | refuse               | ROUTINE   | REFUSED
    DEPARTED          | arrive               | ROUTINE   | COMPLETED
    DEPARTED          | cancel               | ROUTINE   | -
    DEPARTED          | fail                 | ROUTINE   | FAILED
    DEPARTED          | send_back            | ROUTINE   | -
    DEPARTED          | send_back            | EMERGENCY | SENT_BACK
    DEPARTED          | accept               | EMERGENCY | DEPARTED
    DEPARTED          | enter_emergency_room | EMERGENCY | IN_EMERGENCY_ROOM
    DEPARTED          | enter_emergency_room | URGENT    | -
    IN_EMERGENCY_ROOM | arrive               | EMERGENCY | COMPLETED
    IN_EMERGENCY_ROOM | move_on              | EMERGENCY | DEPARTED
    IN_EMERGENCY_ROOM | send_back            | EMERGENCY | SENT_BACK
    IN_EMERGENCY_ROOM | die                  | EMERGENCY | DIED
    """
)


@pytest.mark.parametrize(("state", "verb", "urgency", "expected"), STEPS, ids=" ".join)
def test_a_step_leads_where_the_table_says_or_says_what_is_next(state, verb, urgency, expected):
    nature = {"urgency": urgency, "overlay": False, "waived": False}

    if expected == "-":
        with pytest.raises(WrongStep) as refused:
            transfers.step(state, verb, **nature)
        assert refused.value.details["next"]
    else:
        assert transfers.step(state, verb, **nature) == expected


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("urgency", Urgency.values)
@pytest.mark.parametrize("waived", [True, False])
def test_whatever_has_not_ended_can_end_by_death_and_in_another_way(state, urgency, waived):
    nature = {"urgency": urgency, "overlay": False, "waived": waived}
    possible = transfers.verbs(state, **nature)

    assert "die" in possible
    assert possible & {"cancel", "fail"}
    assert all(transfers.step(state, verb, **nature) in TransferState.values for verb in possible)


@pytest.mark.parametrize("state", ENDED)
def test_nothing_can_be_done_to_what_has_ended(state):
    for urgency in Urgency.values:
        assert transfers.verbs(state, urgency=urgency, overlay=True, waived=True) == set()


def test_every_live_state_says_who_acts_next():
    assert set(transfers.NEXT) == set(LIVE)


def test_every_verb_of_the_tables_has_words():
    verbs = {
        verb
        for tables in (
            transfers.STEPS,
            transfers.EMERGENCY_STEPS,
            transfers.URGENT_STEPS,
            transfers.OVERLAY_STEPS,
            transfers.WAIVED_STEPS,
        )
        for _, verb in tables
    }

    assert verbs <= set(transfers.VERBS)


def test_a_service_at_home_arrives_without_a_departure():
    nature = {"urgency": "ROUTINE", "overlay": True, "waived": False}

    assert transfers.step("ALLOCATED", "arrive", **nature) == "COMPLETED"


def test_a_declared_emergency_waives_evaluation_and_agreement():
    assert transfers.step("REQUESTED", "offer", urgency="ROUTINE", overlay=False, waived=True) == "OFFERED"


EFFECTS = table(
    """
    WARD_ADMISSION | INSTITUTION  | RESIDENCE | HOLD
    WARD_ADMISSION | HOME_CARE    | RESIDENCE | HOLD
    WARD_ADMISSION | HOME_MEDICAL | OVERLAY   | SUSPEND
    WARD_ADMISSION | HOSPITAL     | RESIDENCE | CLOSE
    WARD_ADMISSION | PALLIATIVE   | OVERLAY   | SUSPEND
    WARD_ADMISSION | PALLIATIVE   | RESIDENCE | CLOSE
    CARE_ADMISSION | HOSPITAL     | RESIDENCE | CLOSE
    CARE_ADMISSION | HOME_MEDICAL | OVERLAY   | RESUME
    OVERLAY_SET_UP | INSTITUTION  | RESIDENCE | LEAVE
    COMING_HOME    | INSTITUTION  | RESIDENCE | RESUME
    DEATH          | HOME_MEDICAL | OVERLAY   | CLOSE
    """
)


@pytest.mark.parametrize(("event", "kind", "lane", "expected"), EFFECTS, ids=" ".join)
def test_what_an_event_does_to_an_open_stay(event, kind, lane, expected):
    assert effects.effect(event, kind, lane) == expected


def test_every_event_says_what_it_does_to_every_kind():
    for event in effects.Event:
        for kind in BedKind:
            for lane in ("RESIDENCE", "OVERLAY"):
                assert effects.effect(event, kind, lane) in effects.Effect


@pytest.mark.parametrize(
    ("kind", "lane", "part"),
    [
        ("HOME_CARE", "RESIDENCE", (0, 1)),
        ("INSTITUTION", "RESIDENCE", (0, 1)),
        ("HOME_MEDICAL", "OVERLAY", (1, 2)),
        ("PALLIATIVE", "OVERLAY", (1, 2)),
        ("PALLIATIVE", "RESIDENCE", (0, 2)),
        ("HOSPITAL", "RESIDENCE", (0, 2)),
    ],
)
def test_a_ward_leaves_no_place_for_a_service_at_home(kind, lane, part):
    assert effects.part(kind, lane) == part


AGREEMENTS = table(
    """
    nobody said anything                        |                                                             | OPEN
    the person agrees                           | PERSON:王:AGREED                                            | AGREED
    the person refuses                          | PERSON:王:REFUSED                                           | REFUSED
    the person changes their mind               | PERSON:王:REFUSED PERSON:王:AGREED                          | AGREED
    a daughter cannot agree for a person who can | RELATIVE:女儿:AGREED                                       | OPEN
    a daughter agrees where the person cannot   | PERSON:王:CANNOT_DECIDE RELATIVE:女儿:AGREED                 | AGREED
    two relatives disagree                      | PERSON:王:CANNOT_DECIDE RELATIVE:女儿:AGREED RELATIVE:儿子:REFUSED | OPEN
    one of them changes their mind              | PERSON:王:CANNOT_DECIDE RELATIVE:女儿:AGREED RELATIVE:儿子:REFUSED RELATIVE:儿子:AGREED | AGREED
    the guardian decides over relatives         | PERSON:王:CANNOT_DECIDE RELATIVE:女儿:AGREED RELATIVE:儿子:REFUSED GUARDIAN:姐姐:REFUSED | REFUSED
    the person decides over the guardian        | GUARDIAN:姐姐:REFUSED PERSON:王:AGREED                       | AGREED
    a son who was not reached says nothing      | PERSON:王:CANNOT_DECIDE RELATIVE:女儿:AGREED RELATIVE:儿子:NOT_REACHED | AGREED
    nobody was reached                          | PERSON:王:CANNOT_DECIDE RELATIVE:女儿:NOT_REACHED            | OPEN
    """
)


@pytest.mark.parametrize(("case", "said", "expected"), AGREEMENTS, ids=[row[0] for row in AGREEMENTS])
def test_who_decides(case, said, expected):
    statements = [Statement(*one.split(":")) for one in said.split()]

    assert decision(statements) == expected


GREEN = table(
    """
    CARE_ENVIRONMENT_WORSENED | HOME_CARE INSTITUTION
    HEALTH_WORSENED           | HOME_MEDICAL HOSPITAL
    HEALTH_IMPROVED           | HOME_CARE INSTITUTION
    TERMINAL_CARE             | PALLIATIVE
    """
)


@pytest.mark.parametrize(("trigger", "allowed"), GREEN, ids=[row[0] for row in GREEN])
def test_the_green_channel_leads_where_the_source_says(trigger, allowed):
    from yiyang.beds.commands.requests import policy_targets

    targets = policy_targets(trigger, NOON)
    assert sorted(targets) == sorted(allowed.split())
    for kind in BedKind:
        if kind in targets:
            green_channel.check_target(trigger, kind, targets)
        else:
            with pytest.raises(green_channel.TargetNotOfThisTrigger):
                green_channel.check_target(trigger, kind, targets)
    assert green_channel.has_priority(trigger)


def test_a_wish_leads_anywhere_and_gives_no_priority():
    for kind in BedKind:
        green_channel.check_target(Trigger.WISH, kind, [])

    assert not green_channel.has_priority(Trigger.WISH)


def candidate(name: str, **told) -> Candidate:
    fields = {
        "unit_id": uuid4(), "free": 1, "free_from": None, "contract_id": uuid4(), "designated_first": None,
        "chosen": False, "km": 1.0, "been_there": None, "features_met": True,
    }  # fmt: skip
    return Candidate(name=name, **{**fields, **told})


RANKING = table(
    """
    the one that the person chose                    | chosen=True             |
    a contract before none                           | contract_id=1           | contract_id=None
    a free bed before a full house                   | free=2                  | free=0
    what is needed before what lacks it              | features_met=True       | features_met=False
    named in the agreement before its equals         | by_agreement=True       | designated_first=1
    the designated one before others                 | designated_first=1      | designated_first=2
    designated before not designated                 | designated_first=9      | designated_first=None
    where they have been before where they have not  | been_there=NOON         | been_there=None
    the nearer                                       | km=1.5                  | km=7.0
    a known distance before an unknown one           | km=30.0                 | km=None
    the bed that is free sooner                      | free=0,free_from=NOON   | free=0,free_from=None
    """
)


def given(text: str) -> dict[str, object]:
    return {key: eval(value) for key, value in (part.split("=") for part in text.split(",") if part)}


@pytest.mark.parametrize(("case", "better", "worse"), RANKING, ids=[row[0] for row in RANKING])
def test_who_comes_first(case, better, worse):
    first, second = candidate("乙院", **given(better)), candidate("甲院", **given(worse))

    assert [one.candidate.name for one in ranking.rank([second, first], urgent=True)] == ["乙院", "甲院"]


def test_a_unit_that_cannot_be_asked_stays_in_the_list_with_the_reason():
    closed, without = candidate("甲院", closed=True), candidate("乙院", contract_id=None)

    routine = ranking.rank([closed, without, candidate("丙院")], urgent=False)
    assert [bool(one.blocked) for one in routine] == [False, True, True]
    assert all(one.reasons for one in routine)
    urgent = ranking.rank([without], urgent=True)
    assert not urgent[0].blocked


def test_the_same_candidates_are_ranked_the_same_however_they_come():
    found = [candidate(name, km=km) for name, km in (("甲", 2.0), ("乙", 2.0), ("丙", 1.0))]

    one = [ranked.candidate.name for ranked in ranking.rank(found, urgent=False)]
    other = [ranked.candidate.name for ranked in ranking.rank(found[::-1], urgent=False)]
    assert one == other


def test_distances_are_those_of_the_earth():
    people_square, hongqiao = (31.2304, 121.4737), (31.1979, 121.3363)

    assert 13.0 < ranking.distance_km(people_square, hongqiao) < 14.0
    assert ranking.distance_km(people_square, None) is None


def test_the_waiting_list_is_ordered_by_channel_then_by_who_came_first():
    ids = {name: UUID(int=number) for number, name in enumerate("abcde")}
    entries = [
        waiting.Waiting(ids["a"], "ORDINARY", NOON),
        waiting.Waiting(ids["b"], "PRIORITY", NOON + timedelta(days=1)),
        waiting.Waiting(ids["c"], "SPECIAL", NOON + timedelta(days=9)),
        waiting.Waiting(ids["d"], "PRIORITY", NOON),
        waiting.Waiting(ids["e"], "ORDINARY", NOON),
    ]

    assert [entry.entry_id for entry in waiting.order(entries)] == [ids[name] for name in "cdbae"]
    assert waiting.order(entries[::-1]) == waiting.order(entries)
    assert waiting.place(entries, ids["b"]) == (3, 2)


def test_relatives_do_not_decide_in_the_place_of_a_guardian():
    said = [Statement("PERSON", "王秀英", "CANNOT_DECIDE"), Statement("RELATIVE", "王芳", "AGREED")]

    assert decision(said) == Decision.AGREED
    assert decision(said, guarded=True) == Decision.OPEN
    assert decision([*said, Statement("GUARDIAN", "刘敏", "REFUSED")], guarded=True) == Decision.REFUSED
    assert standing(said, guarded=True) == Standing.GUARDIAN_ASKED
    apart = [*said, Statement("RELATIVE", "王兰", "REFUSED")]
    assert (standing(apart), standing(apart, begun=True)) == (Standing.APART, Standing.APART_LATE)
    assert standing(apart, guarded=True) == Standing.APART_GUARDED
