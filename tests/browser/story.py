"""The sentences of the journeys: given_ sets up by commands, when_ goes through the pages, then_ looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.browser.hands import Hands
from yiyang.access.models import Organisation
from yiyang.access.tests.factories import contract
from yiyang.beds.models import Transfer
from yiyang.beds.tests.factories import bed, cast, stay, whereabouts
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by

NAME = "王秀英"


class Story:
    """One elder, one transfer at a time, and whoever of the cast does the next step at a browser of their own."""

    def __init__(self, at_browser: Callable[..., Hands]) -> None:
        self.who = cast()
        self.elder: Person = person(NAME, sex="FEMALE", residence_area="310106006002")
        self._at_browser = at_browser
        self._seated: dict[Any, Hands] = {}

    def at_browser(self, actor: Any, **how: Any) -> Hands:
        """The same window for the same person throughout the story."""
        if actor.account_id not in self._seated:
            self._seated[actor.account_id] = self._at_browser(actor, **how)
        return self._seated[actor.account_id]

    @property
    def transfer(self) -> Transfer:
        return Transfer.objects.filter(person=self.elder).latest("requested_at", "pk")

    # Given

    def given_the_elder_is_in_a_bed_of(self, unit: Organisation, kind: str, label: str) -> None:
        stay(self.elder, bed(unit, kind, label))

    def given_the_elder_is_known_to(self, unit: Organisation) -> None:
        seen_by(self.elder, unit.pk)

    def given_a_free_bed_at(self, unit: Organisation, kind: str, label: str) -> None:
        bed(unit, kind, label)

    def given_a_contract_between(self, first: Organisation, second: Organisation) -> None:
        contract(first, second)

    # When

    def when_a_transfer_is_asked_for(
        self,
        by: Any,
        trigger: str,
        kind: str,
        *,
        urgency: str = "Urgent: today",
        reason: str = "needs more care",
    ) -> None:
        self.at_browser(by).opens("people:person", self.elder.pk).presses("Ask for a transfer").chooses(
            trigger, kind
        ).chooses("How urgent is it?", urgency).types("Why?", reason).presses("Ask for the transfer").sees(
            "requested"
        )

    def when_a_clinician_finds_it_right(self, by: Any) -> None:
        hands = self.opens_the_transfer(by).presses("Evaluate")
        for criterion in (
            hands.page.get_by_role("group").filter(has=hands.page.locator("[name^=criterion_]")).all()
        ):
            criterion.get_by_role("radio").first.check()
        hands.chooses("Judgement", "the target bed is right").types(
            "Reasons in words", "it is the right bed"
        ).presses("Evaluate")

    def when_the_elder_agrees(self, by: Any) -> None:
        self.opens_the_transfer(by).presses("Record agreement").presses("Record agreement")

    def when_somebody_says(self, by: Any, whom: str, said: str, *, name: str = "", words: str = "") -> None:
        hands = self.opens_the_transfer(by).presses("Record agreement")
        hands.chooses("Who decided?", whom).types("Name", name).chooses("What was said?", said)
        hands.types("In their own words", words).presses("Record agreement").sees(said)

    def when_a_unit_is_asked(self, by: Any, unit: Organisation) -> None:
        self.opens_the_transfer(by).ticks(unit.name_zh).presses("Ask the ticked units")

    def when_the_doctor_accepts(self, by: Any, doctor: str = "Dr Chen") -> None:
        """From the list of what the unit is asked; the name opens with the acceptance."""
        hands = self.at_browser(by).opens("beds:offers").does_not_see(NAME)
        hands.presses("Accept").types("Responsible doctor", doctor).presses("Accept the person")

    def when_a_bed_is_given(self, by: Any) -> None:
        self.opens_the_transfer(by).presses("Give a bed").presses("Give a bed").sees("Reserved bed")

    def when_it_is_handed_over(self, by: Any, to: Any) -> None:
        self.opens_the_transfer(by).presses("Hand over").types("Condition now", "awake, 37.2").types(
            "Allergies", "penicillin"
        ).presses("Hand over")
        self.opens_the_transfer(to).sees("penicillin").presses("I have read it")

    def when_the_elder_departs(self, by: Any) -> None:
        self.opens_the_transfer(by).presses("Departs now").presses("Departs now").sees("on the way")

    def when_the_elder_arrives(self, by: Any) -> None:
        self.opens_the_transfer(by).presses("Has arrived").presses("Has arrived").sees("arrived")

    def when_the_kept_bed_takes_the_elder_back(self, by: Any) -> None:
        self.opens_the_transfer(by).sees("has kept bed").presses("Take back").presses("Take back")

    def when_the_stay_ends(self, by: Any, kind: str, reason: str = "recovered") -> None:
        hands = self._opens_the_stay(by, kind).presses("End the stay")
        hands.selects("Why the stay ends", reason).presses("End the stay")

    def when_the_elder_is_back_in_the_bed(self, by: Any, kind: str) -> None:
        self._opens_the_stay(by, kind).presses("Is back in the bed")

    def _opens_the_stay(self, by: Any, kind: str) -> Hands:
        return self.at_browser(by).opens("beds:stay", self.elder.episodes.get(kind=kind, closed_at=None).pk)

    def opens_the_ended_transfer(self, by: Any) -> Hands:
        return self.at_browser(by).opens("beds:transfer", self.transfer.pk)

    def opens_the_transfer(self, by: Any) -> Hands:
        """From the board of transfers, as everybody does."""
        hands = self.at_browser(by).opens("beds:transfers")
        row = hands.page.get_by_role("main").locator(f"a[href*='{self.transfer.pk}']").first
        with hands.page.expect_navigation():
            row.press("Enter")
        return hands

    # Then

    def then_the_elder_is(self, *expected: tuple[str, str, str]) -> None:
        assert sorted(whereabouts(self.elder)) == sorted(expected)

    def then_the_person_page_shows(self, by: Any, *texts: str) -> None:
        hands = self.at_browser(by).opens("people:person", self.elder.pk)
        for text in texts:
            hands.sees(text)

    def then_the_transfer_is(self, state: str) -> None:
        assert self.transfer.state == state

    def then_the_unit_board_shows(self, by: Any, unit: Organisation, *texts: str) -> None:
        hands = self.at_browser(by).opens("beds:unit", unit.pk)
        for text in texts:
            hands.sees(text)
        assert re.search(NAME, hands.main())
