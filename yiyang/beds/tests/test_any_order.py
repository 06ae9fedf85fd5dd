"""Whatever people do, in whatever order and however late they write it down: the promises hold after each step."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction as database
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from yiyang.access.tests.factories import area, contract, organisation
from yiyang.beds import commands
from yiyang.beds.commands.steps import open_verbs
from yiyang.beds.jobs import meet_deadlines
from yiyang.beds.models import Bed, Episode, HomeBedSetup, Occupancy, Offer, Transfer, WaitingEntry
from yiyang.beds.models.transfers import OPEN_OFFERS, TransferState
from yiyang.beds.tests.factories import bed, person, room
from yiyang.beds.tests.promises import broken_promises
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import Busy, Refusal
from yiyang.kernel.time import clock_at, now
from yiyang.people.commands import withdraw_death
from yiyang.people.models import Person

DEEP = bool(os.environ.get("YIYANG_PROOF"))
EXAMPLES, PARTS = int(os.environ.get("YIYANG_PROOF_EXAMPLES", "1500")), 4
SHRINK = [] if os.environ.get("YIYANG_PROOF") == "quick" else [Phase.shrink]

which = st.integers(0, 59)
late = st.sampled_from([timedelta(minutes=m) for m in (0, 0, 0, 0, 1, 20, 60 * 5, 60 * 26, 60 * 72)])
ahead = st.sampled_from([timedelta(minutes=m) for m in (1, 30, 60 * 4, 60 * 24, 60 * 24 * 7, 60 * 24 * 40)])
maybe = st.booleans()
gap = st.sampled_from([timedelta(minutes=m) for m in (0, 1, 1, 30, 60 * 6, 60 * 30)])

MOVES = [
    ("HEALTH_WORSENED", "HOSPITAL", None),
    ("HEALTH_WORSENED", "HOSPITAL", None),
    ("HEALTH_WORSENED", "HOME_MEDICAL", None),
    ("HEALTH_IMPROVED", "INSTITUTION", None),
    ("HEALTH_IMPROVED", "HOME_CARE", None),
    ("CARE_ENVIRONMENT_WORSENED", "INSTITUTION", None),
    ("TERMINAL_CARE", "PALLIATIVE", "RESIDENCE"),
    ("TERMINAL_CARE", "PALLIATIVE", "OVERLAY"),
    ("WISH", "INSTITUTION", None),
]


ACTS: dict[str, list[str]] = {}
DRAWN: dict[str, dict[str, st.SearchStrategy[Any]]] = {}


def act(group: str, **drawn: st.SearchStrategy[Any]) -> Callable[[Any], Any]:
    """One thing that people do; a rule of the group chooses among them, so that no group drowns the others."""

    def declare(method: Any) -> Any:
        ACTS.setdefault(group, []).append(method.__name__)
        DRAWN[method.__name__] = drawn
        return method

    return declare


# The verbs of a transfer, as the rules name them, and the act that is each.
VERBS = {
    "evaluate": "evaluate",
    "agree": "agree",
    "offer": "offer",
    "allocate": "allocate",
    "take_back": "take_back",
    "reopen": "look_elsewhere",
    "hand_over": "hand_over",
    "depart": "depart",
    "arrive": "arrive",
    "enter_emergency_room": "enter_the_emergency_room",
    "send_back": "leave_the_emergency_room",
    "move_on": "leave_the_emergency_room",
    "cancel": "cancel",
    "resume": "resume",
}


class District(RuleBasedStateMachine):
    """Two care homes, two hospitals, a health centre with home beds; few beds, so that they meet."""

    counts: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.example = database.atomic()
        self.example.__enter__()
        self.clock = now() - timedelta(days=45)

    def teardown(self) -> None:
        database.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(settled=st.integers(0, 6))
    def build(self, settled: int) -> None:
        self.persons = list(Person.objects.order_by("pk"))
        self.units = {
            kind: list(
                dict.fromkeys(Bed.objects.filter(kind=kind).order_by("label").values_list("unit", flat=True))
            )
            for kind in ("HOME_CARE", "INSTITUTION", "HOME_MEDICAL", "HOSPITAL", "PALLIATIVE")
        }
        free = list(Bed.objects.exclude(kind="PALLIATIVE").order_by("label", "kind"))
        for who, place in zip(self.persons[:settled], free, strict=False):
            self.do(commands.admit, person=who, bed=place)

    # what the rules are made of

    def do(self, command: Callable[..., Any], *, late: timedelta = timedelta(), **given: Any) -> Any:
        """Run a command at the machine's clock; a Refusal is a proper answer, anything else a bug."""
        with clock_at(self.clock):
            try:
                result = command(by=SYSTEM, at=self.clock - late, **given)
            except Busy:
                raise
            except Refusal as refusal:
                assert str(refusal)
                self.counts[f"{command.__name__}: {refusal.code}"] += 1
                return None
            self.counts[command.__name__] += 1
        self.clock += timedelta(milliseconds=1)
        return result

    def on_paper(self, command: Callable[..., Any], **given: Any) -> Any:
        """A step that moves nobody: who is in which bed stays as it is, whatever is written."""
        before = self.taken()
        result = self.do(command, **given)
        assert self.taken() == before, f"{command.__name__} moved somebody"
        return result

    @staticmethod
    def taken() -> set[Any]:
        rows = Occupancy.objects.filter(state__in=["PRESENT", "HELD"], period__endswith=None)
        return set(rows.values_list("pk", "bed", "person", "state"))

    @staticmethod
    def pick(rows: Any, number: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def a_person(self, number: int) -> Person:
        return Person.objects.get(pk=self.persons[number % len(self.persons)].pk)

    def a_stay(self, number: int) -> Episode | None:
        return self.pick(Episode.objects.filter(closed_at=None), number)

    def a_transfer(self, number: int) -> Transfer | None:
        return self.pick(Transfer.objects.live(), number)

    def an_offer(self, number: int) -> Offer | None:
        return self.pick(Offer.objects.filter(state__in=OPEN_OFFERS), number)

    def a_bed(self, number: int, **of: Any) -> Bed | None:
        return self.pick(Bed.objects.filter(closed_at=None, **of), number)

    # time

    @rule(by=ahead)
    def time_passes(self, by: timedelta) -> None:
        self.clock = min(self.clock + by, now() + timedelta(days=900))

    @rule()
    def the_worker_meets_deadlines(self) -> None:
        with clock_at(self.clock):
            meet_deadlines(self.clock)
            assert meet_deadlines(self.clock) == 0, "a deadline fired twice"

    # stays

    @act(
        "stays",
        who=which,
        into=which,
        late=late,
        whole=st.sampled_from([False, False, False, True]),
        until=st.none() | ahead,
    )
    def admit(self, who: int, into: int, late: timedelta, whole: bool, until: timedelta | None) -> None:
        self.do(
            commands.admit,
            person=self.a_person(who),
            bed=self.a_bed(into),
            late=late,
            whole_room=whole,
            expected_until=self.clock + until if until else None,
        )

    @act("stays", stay=which, late=late, unknown_hour=maybe)
    def discharge(self, stay: int, late: timedelta, unknown_hour: bool) -> None:
        if episode := self.a_stay(stay):
            earliest = self.clock - late - timedelta(hours=3) if unknown_hour else None
            self.do(commands.discharge, episode=episode, reason="IMPROVED", late=late, earliest=earliest)

    @act("stays", stay=which, late=late, due=ahead)
    def leave(self, stay: int, late: timedelta, due: timedelta) -> None:
        if episode := self.a_stay(stay):
            due_back = self.clock + due
            self.do(commands.begin_leave, episode=episode, late=late, due_back_at=due_back, companion="son")

    @act("stays", stay=which, late=late)
    def go_missing(self, stay: int, late: timedelta) -> None:
        if episode := self.a_stay(stay):
            self.do(commands.report_missing, episode=episode, late=late)

    @act("stays", stay=which, late=late)
    def come_back(self, stay: int, late: timedelta) -> None:
        if episode := self.a_stay(stay):
            self.do(commands.return_to_held_bed, episode=episode, late=late)

    @act("stays", stay=which, extend=maybe, by=ahead)
    def decide_a_hold(self, stay: int, extend: bool, by: timedelta) -> None:
        episode = self.a_stay(stay)
        if episode and extend:
            self.do(commands.extend_hold, episode=episode, until=self.clock + by)
        elif episode:
            self.do(commands.release_hold, episode=episode)

    @act("stays", stay=which, until=st.none() | ahead, ready=maybe)
    def expect_the_end(self, stay: int, until: timedelta | None, ready: bool) -> None:
        if episode := self.a_stay(stay):
            end = self.clock + until if until else None
            self.on_paper(commands.set_expected_end, episode=episode, until=end, ready=ready)

    @act("stays", stay=which, to=which, late=late)
    def change_bed(self, stay: int, to: int, late: timedelta) -> None:
        if episode := self.a_stay(stay):
            target = self.a_bed(to, unit=episode.unit_id, kind=episode.kind)
            self.do(commands.change_bed, episode=episode, to_bed=target, late=late)

    @act("stays", one=which, two=which, late=late)
    def swap(self, one: int, two: int, late: timedelta) -> None:
        if episode := self.a_stay(one):
            others = Episode.objects.filter(closed_at=None, unit=episode.unit_id, kind=episode.kind)
            self.do(commands.swap_beds, episode=episode, other=self.pick(others, two), late=late)

    @act("stays", stay=which, late=late)
    def take_the_whole_room(self, stay: int, late: timedelta) -> None:
        if episode := self.a_stay(stay):
            self.do(commands.take_room, episode=episode, late=late)

    @act("records", row=which, since=late, until=st.none() | late, earlier=maybe)
    def correct(self, row: int, since: timedelta, until: timedelta | None, earlier: bool) -> None:
        found = self.pick(Occupancy.objects.filter(person__isnull=False).exclude(state="VOID"), row)
        if found:
            self.do(
                commands.correct_occupancy,
                row=found,
                since=found.period.lower - since if earlier else found.period.lower + since,
                until=(found.period.upper or self.clock) - until if until is not None else None,
                reason="entered wrongly",
            )

    @act("records", stay=which)
    def void(self, stay: int) -> None:
        if episode := self.a_stay(stay):
            self.do(commands.void_episode, episode=episode, reason="wrong person")

    @act("records", who=which, late=late)
    def die(self, who: int, late: timedelta) -> None:
        self.do(commands.record_death, person=self.a_person(who), late=late)

    @act("records", who=which)
    def live_after_all(self, who: int) -> None:
        self.do(withdraw_death, person=self.a_person(who), reason="another person of that name")

    # transfers

    @rule(
        who=which,
        move=st.sampled_from(MOVES),
        urgency=st.sampled_from(["ROUTINE", "URGENT", "EMERGENCY"]),
        keep=st.sampled_from([True, True, False]),
        wanted=st.none() | ahead,
        until=st.none() | ahead,
        late=late,
    )
    def request(self, who, move, urgency, keep, wanted, until, late) -> None:
        trigger, kind, lane = move
        wanted_from = self.clock + wanted if wanted else None
        self.on_paper(
            commands.request_transfer,
            person=self.a_person(who),
            trigger=trigger,
            urgency=urgency,
            target_kind=kind,
            target_lane=lane,
            reason="because",
            keep_bed=keep,
            wanted_from=wanted_from,
            expected_until=(wanted_from or self.clock) + until if until else None,
            chosen_unit=self.units[kind][0],
            late=late,
        )

    @act("transfers", of=which, fit=st.sampled_from([True, True, True, False]))
    def evaluate(self, of: int, fit: bool) -> None:
        if transfer := self.a_transfer(of):
            outcome = "FIT" if fit else "NOT_FIT"
            self.on_paper(commands.evaluate_transfer, transfer=transfer, outcome=outcome, statement="seen")

    @act(
        "transfers",
        of=which,
        outcome=st.sampled_from(["AGREED", "AGREED", "REFUSED", "CANNOT_DECIDE", "NOT_REACHED"]),
        by_whom=st.sampled_from(["PERSON", "GUARDIAN", "RELATIVE"]),
        name=st.sampled_from(["daughter", "son"]),
    )
    def agree(self, of: int, outcome: str, by_whom: str, name: str) -> None:
        if transfer := self.a_transfer(of):
            self.on_paper(
                commands.record_agreement,
                transfer=transfer,
                outcome=outcome,
                by_whom=by_whom,
                name=name,
                how="IN_PERSON",
            )

    @act("transfers", of=which, how_many=st.integers(1, 2))
    def offer(self, of: int, how_many: int) -> None:
        if transfer := self.a_transfer(of):
            units = self.units[transfer.target_kind][:how_many]
            self.on_paper(commands.offer_transfer, transfer=transfer, units=units)

    @act("transfers", of=which, late=late)
    def accept(self, of: int, late: timedelta) -> None:
        if offer := self.an_offer(of):
            self.on_paper(commands.accept_offer, offer=offer, doctor="Dr Chen", late=late)

    @act("transfers", of=which)
    def decline(self, of: int) -> None:
        if offer := self.an_offer(of):
            self.on_paper(commands.decline_offer, offer=offer, code="NO_BED")

    @act(
        "transfers",
        of=which,
        answer=st.sampled_from(["NEED_INFORMATION", "LATER", "ALTERNATIVE"]),
        inform=maybe,
    )
    def answer_otherwise(self, of: int, answer: str, inform: bool) -> None:
        if offer := self.an_offer(of):
            later = self.clock + timedelta(days=2) if answer == "LATER" else None
            self.on_paper(
                commands.answer_offer_otherwise, offer=offer, answer=answer, text="later", later_from=later
            )
            if inform:
                self.on_paper(commands.give_information, offer=offer, text="here it is")

    @act("transfers", of=which, into=st.none() | which)
    def allocate(self, of: int, into: int | None) -> None:
        if transfer := self.a_transfer(of):
            place = self.a_bed(into, kind=transfer.target_kind) if into is not None else None
            self.on_paper(commands.allocate_bed, transfer=transfer, bed=place)

    @act("transfers", of=which)
    def take_back(self, of: int) -> None:
        if transfer := self.a_transfer(of):
            self.on_paper(commands.take_back, transfer=transfer, lacking="")

    @act("transfers", of=which)
    def look_elsewhere(self, of: int) -> None:
        if transfer := self.a_transfer(of):
            self.on_paper(commands.look_elsewhere, transfer=transfer, reason="no bed after all")

    @act("transfers", of=which)
    def hand_over(self, of: int) -> None:
        if transfer := self.a_transfer(of):
            self.on_paper(commands.hand_over, transfer=transfer, condition="stable")

    @act("transfers", of=which, late=late, unknown_hour=maybe)
    def depart(self, of: int, late: timedelta, unknown_hour: bool) -> None:
        if transfer := self.a_transfer(of):
            earliest = self.clock - late - timedelta(hours=2) if unknown_hour else None
            self.do(commands.depart, transfer=transfer, late=late, earliest=earliest)

    @act("transfers", of=which, late=late, into=st.none() | which)
    def arrive(self, of: int, late: timedelta, into: int | None) -> None:
        if transfer := self.a_transfer(of):
            place = self.a_bed(into, kind=transfer.target_kind) if into is not None else None
            self.do(commands.arrive, transfer=transfer, late=late, bed=place)

    @act("transfers", of=which, late=late, care=maybe)
    def arrive_outside(self, of: int, late: timedelta, care: bool) -> None:
        if transfer := self.a_transfer(of):
            self.do(commands.arrive_outside, transfer=transfer, place_name="外区医院", care=care, late=late)

    @act("transfers", of=which, late=late)
    def enter_the_emergency_room(self, of: int, late: timedelta) -> None:
        if transfer := self.a_transfer(of):
            self.do(commands.enter_emergency_room, transfer=transfer, hospital="瑞金医院", late=late)

    @act("transfers", of=which, how=st.sampled_from(["send_back", "move_on", "fail"]), late=late)
    def leave_the_emergency_room(self, of: int, how: str, late: timedelta) -> None:
        if transfer := self.a_transfer(of):
            if how == "send_back":
                self.do(commands.send_back, transfer=transfer, late=late)
            elif how == "move_on":
                self.do(commands.move_on, transfer=transfer, hospital="中山医院", late=late)
            else:
                self.do(commands.fail_transfer, transfer=transfer, reason="turned round", late=late)

    @act("transfers", of=which)
    def cancel(self, of: int) -> None:
        if transfer := self.a_transfer(of):
            self.on_paper(commands.cancel_transfer, transfer=transfer, reason="no longer needed")

    @act("transfers", of=which)
    def resume(self, of: int) -> None:
        if transfer := self.a_transfer(of):
            self.on_paper(commands.resume_transfer, transfer=transfer)

    @act("transfers", of=which, urgency=st.sampled_from(["ROUTINE", "URGENT", "EMERGENCY"]))
    def change_urgency(self, of: int, urgency: str) -> None:
        if transfer := self.a_transfer(of):
            self.on_paper(commands.change_urgency, transfer=transfer, urgency=urgency, reason="worse")

    @rule(of=which, steps=st.integers(2, 9))
    def go_on_as_usual(self, of: int, steps: int) -> None:
        """The steps in their usual order, so that random sequences reach the interesting states."""
        transfer = self.a_transfer(of)
        for _ in range(steps if transfer else 0):
            transfer = Transfer.objects.get(pk=transfer.pk)
            if not transfer.live or not self.usual_step(transfer):
                return

    def usual_step(self, transfer: Transfer) -> Any:
        state = transfer.state
        if transfer.suspended_at:
            return self.on_paper(commands.resume_transfer, transfer=transfer)
        if state == TransferState.REQUESTED:
            return self.on_paper(
                commands.evaluate_transfer, transfer=transfer, outcome="FIT", statement="seen"
            )
        if state == TransferState.EVALUATED:
            return self.on_paper(
                commands.record_agreement,
                transfer=transfer,
                outcome="AGREED",
                by_whom="PERSON",
                name="x",
                how="IN_PERSON",
            )
        if state == TransferState.AGREED:
            units = self.units[transfer.target_kind]
            return (
                transfer.is_return and self.on_paper(commands.take_back, transfer=transfer)
            ) or self.on_paper(commands.offer_transfer, transfer=transfer, units=units)
        if state == TransferState.OFFERED:
            open_one = transfer.offers.filter(state__in=OPEN_OFFERS).first()
            return open_one and self.on_paper(commands.accept_offer, offer=open_one, doctor="Dr Chen")
        if state == TransferState.ACCEPTED:
            return self.on_paper(commands.allocate_bed, transfer=transfer)
        if state == TransferState.ALLOCATED:
            return self.on_paper(commands.hand_over, transfer=transfer, condition="stable")
        if state == TransferState.HANDED_OVER:
            return self.do(commands.depart, transfer=transfer)
        return self.do(commands.arrive, transfer=transfer)

    # the waiting list

    @act("queues", who=which, kind=st.sampled_from(["INSTITUTION", "HOSPITAL", "PALLIATIVE"]))
    def join_the_waiting_list(self, who: int, kind: str) -> None:
        owner = self.units["HOSPITAL"][0]
        self.on_paper(commands.join_waiting_list, person=self.a_person(who), kind=kind, list_owner=owner)

    @act(
        "queues",
        of=which,
        into=which,
        what=st.sampled_from(["offer", "offer", "take", "decline", "give up", "channel"]),
    )
    def manage_the_waiting_list(self, of: int, into: int, what: str) -> None:
        entry = self.pick(WaitingEntry.objects.filter(state__in=["WAITING", "OFFERED"]), of)
        if entry is None:
            return
        if what == "offer":
            place = self.a_bed(into, kind=entry.kind)
            self.on_paper(commands.offer_place, entry=entry, bed=place, out_of_order_reason="near home")
        elif what == "give up":
            self.on_paper(commands.give_up_waiting, entry=entry, reason="stays at home")
        elif what == "channel":
            self.on_paper(commands.change_channel, entry=entry, channel="SPECIAL", reason="alone")
        else:
            self.on_paper(commands.answer_place, entry=entry, takes=what == "take")

    # home medical beds

    @act("queues", who=which)
    def apply_for_a_home_bed(self, who: int) -> None:
        unit = self.units["HOME_MEDICAL"][0]
        self.on_paper(
            commands.apply_for_home_bed,
            person=self.a_person(who),
            unit_id=unit,
            reason="stroke",
            place="home",
        )

    @act("queues", of=which, steps=st.integers(1, 4), late=late)
    def go_on_with_a_home_bed(self, of: int, steps: int, late: timedelta) -> None:
        setup = self.pick(HomeBedSetup.objects.exclude(state__in=["OPENED", "REFUSED", "CANCELLED"]), of)
        for _ in range(steps if setup else 0):
            setup = HomeBedSetup.objects.get(pk=setup.pk)
            if setup.state == "APPLIED":
                self.on_paper(commands.record_home_visit, setup=setup, findings="fit", fit=True)
            elif setup.state == "VISITED":
                self.on_paper(commands.sign_home_bed_agreement, setup=setup, signer="daughter")
            elif setup.state == "AGREED":
                self.on_paper(commands.file_with_insurance, setup=setup, filing_number="1")
            elif setup.state == "FILED":
                self.do(commands.set_up_home_bed, setup=setup, late=late)

    # inventory

    @act("inventory", which_bed=which, until=st.none() | ahead, late=late)
    def block(self, which_bed: int, until: timedelta | None, late: timedelta) -> None:
        end = self.clock + until if until else None
        self.on_paper(
            commands.block_bed, bed=self.a_bed(which_bed), reason="MAINTENANCE", until=end, late=late
        )

    @act("inventory", which_bed=which, late=late)
    def release(self, which_bed: int, late: timedelta) -> None:
        self.on_paper(commands.release_bed, bed=self.a_bed(which_bed), late=late)

    @act("inventory", which_bed=which, late=late)
    def close_a_bed(self, which_bed: int, late: timedelta) -> None:
        self.on_paper(commands.close_bed, bed=self.a_bed(which_bed), late=late)

    @act(
        "inventory",
        which_bed=which,
        kind=st.sampled_from(["HOSPITAL", "PALLIATIVE", "HOME_CARE", "INSTITUTION"]),
        late=late,
    )
    def change_the_kind(self, which_bed: int, kind: str, late: timedelta) -> None:
        self.on_paper(commands.change_bed_kind, bed=self.a_bed(which_bed), kind=kind, late=late)

    # what happens next

    def perform(self, name: str, data: st.DataObject, **chosen: Any) -> None:
        self.clock += data.draw(gap, label="later by")
        drawn = {key: chosen.get(key) for key in chosen}
        drawn |= {key: data.draw(how, label=key) for key, how in DRAWN[name].items() if key not in chosen}
        getattr(self, name)(**drawn)

    @rule(data=st.data(), name=st.sampled_from(["admit", *ACTS["stays"]]))
    def something_in_a_stay(self, data: st.DataObject, name: str) -> None:
        self.perform(name, data)

    @precondition(lambda self: Transfer.objects.live().exists())
    @rule(data=st.data(), of=which, steps=st.integers(1, 6))
    def the_next_steps_of_a_transfer(self, data: st.DataObject, of: int, steps: int) -> None:
        """What is possible now, and then what is possible after that."""
        for _ in range(steps):
            if (transfer := self.a_transfer(of)) is None:
                return
            names = sorted({VERBS[verb] for verb in open_verbs(transfer) if verb in VERBS} - {"cancel"})
            open_offers = transfer.offers.filter(state__in=OPEN_OFFERS).exists()
            answers = ["accept", "accept", "decline", "answer_otherwise"] if open_offers else []
            name = data.draw(st.sampled_from([*names, *names, *answers, "cancel"]), label="act")
            self.perform(name, data, of=of)
            assert broken_promises(self.clock) == []

    @precondition(lambda self: Transfer.objects.live().exists())
    @rule(data=st.data(), name=st.sampled_from(sorted(ACTS["transfers"])))
    def any_step_of_a_transfer(self, data: st.DataObject, name: str) -> None:
        self.perform(name, data)

    @rule(data=st.data(), name=st.sampled_from(ACTS["queues"]))
    def something_in_a_queue(self, data: st.DataObject, name: str) -> None:
        self.perform(name, data)

    @precondition(lambda self: now() - timedelta(days=44) < self.clock)
    @rule(data=st.data(), name=st.sampled_from(sorted(ACTS["records"] + ACTS["inventory"])))
    def something_rare(self, data: st.DataObject, name: str) -> None:
        self.perform(name, data)

    # what always holds

    @invariant()
    def the_promises_hold(self) -> None:
        assert broken_promises(self.clock) == []

    @invariant()
    def what_can_be_done_next_is_known(self) -> None:
        for transfer in Transfer.objects.live():
            assert open_verbs(transfer)


@pytest.fixture
def district(db: None) -> None:
    began = now() - timedelta(days=45)
    with clock_at(began):
        home, other = organisation("阳光养老院"), organisation("金辉养老院")
        hospital, second = organisation("区中心医院", "HOSPITAL"), organisation("第二医院", "HOSPITAL")
        chc = organisation("社区卫生服务中心", "CHC")
        organisation("协调中心", "COORDINATION_CENTRE", area=area("310106"))
        for sender in (home, other, chc):
            for receiver in (hospital, second):
                contract(sender, receiver)
        shared, double = room(home, "301"), room(hospital, "12")
        for number in range(2):
            bed(home, "INSTITUTION", f"1-{number}", room=shared)
            bed(hospital, "HOSPITAL", f"1-{number}", room=double)
            bed(chc, "HOME_MEDICAL", f"1-{number}")
        bed(home, "INSTITUTION", "1-2", room=room(home, "302"))
        bed(home, "HOME_CARE", "1-0")
        bed(other, "INSTITUTION", "2-0", room=room(other, "1"))
        bed(second, "HOSPITAL", "2-0", room=room(second, "1"))
        bed(hospital, "PALLIATIVE", "1-0", room=room(hospital, "20"))
        bed(chc, "PALLIATIVE", "2-0", lane="OVERLAY")
        for number, sex in enumerate(("FEMALE", "MALE", "FEMALE", "MALE", "", "FEMALE", "MALE")):
            person(f"王秀{'一二三四五六七'[number]}", sex=sex)


def in_any_order(examples: int, steps: int, **more: Any) -> None:
    run(
        District,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, *SHRINK],
            **more,
        ),
    )


def test_whatever_happens_in_whatever_order_the_promises_hold(district: None) -> None:
    in_any_order(16, 40, derandomize=True, database=None)


@pytest.mark.proof
@pytest.mark.skipif(not DEEP, reason="make proof")
@pytest.mark.parametrize("part", range(PARTS))
def test_and_for_an_hour_too(district: None, part: int) -> None:
    """In parts, so that each processor can have some; every run takes other sequences."""
    in_any_order(EXAMPLES // PARTS, 60, print_blob=True)
    for what, times in sorted(District.counts.items()):
        print(f"{times:7d} {what}")  # noqa: T201
