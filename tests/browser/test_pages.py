"""Every page of every role's menu, and the main pages of things: sound, accessible, no wider than a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import resolve, reverse

from tests.browser.chromium import WECHAT, barriers
from tests.browser.hands import Hands
from tests.district import District, fill
from yiyang.access.actors import actor_for
from yiyang.access.models import Account
from yiyang.access.roles import STAFF_ROLES
from yiyang.access.tests.factories import family
from yiyang.beds.models import EligibilityRules, Episode, Transfer
from yiyang.beds.tests import factories as beds
from yiyang.duty.models import Shift
from yiyang.kernel.time import now
from yiyang.people.models.agreements import ServiceAgreement
from yiyang.portals.navigation import address, places_of

PHONE, DESK = 360, 1280
# Words that their box hides: it neither grows nor scrolls. What only a screen reader reads is hidden on purpose.
CUT_OFF = """() => [...document.querySelectorAll('main *, header *')].filter(e => {
  const style = getComputedStyle(e);
  if (!e.innerText?.trim() || e.closest('.hidden-text, [hidden], details:not([open]), .skip, table.stack thead')) return false;
  const hides = ['hidden', 'clip'];
  return hides.includes(style.overflowX) && e.scrollWidth > e.clientWidth + 2 ||
    hides.includes(style.overflowY) && e.scrollHeight > e.clientHeight + 2;
}).map(e => e.outerHTML.slice(0, 120)).slice(0, 3)"""
ANSWERS = ("accept_offer", "answer_offer_otherwise", "decline_offer")


@pytest.fixture(autouse=True)
def everybody_is_set_up() -> Iterator[None]:
    """Roles that need a second factor would see nothing but its page."""
    with override_settings(REQUIRE_SECOND_FACTOR=False):
        yield


def pages_of_things(district: District) -> dict[str, list[str]]:
    """The main pages of things, under the role that works with them most."""
    who, person = district.cast, district.person.pk
    transfer, contract = Transfer.objects.get().pk, who.contract.pk
    somebody = beds.person("王秀英", sex="FEMALE")
    beds.stay(somebody, beds.bed(who.care_home))
    beds.bed(who.hospital, "HOSPITAL")
    [offer] = beds.offered(who.care_home_nurse, beds.transfer(who.care_home_nurse, somebody), who.hospital)
    stay = reverse("beds:stay", args=[district.example(Episode).pk])
    return {
        "care_home_nurse": [
            reverse("people:person", args=[person]),
            reverse("people:history", args=[person]),
            reverse("people:sight", args=[person]),
            reverse("people:consents", args=[person]),
            reverse("people:delegations", args=[person]),
            reverse("people:search"),
            reverse("people:register_person"),
            reverse("beds:request_transfer", args=[person]),
            reverse("beds:transfer", args=[transfer]),
            reverse("beds:record_agreement", args=[transfer]),
            reverse("beds:transfer_sheet", args=[transfer]),
            reverse("beds:valuables_sheet", args=[transfer]),
            reverse("beds:eligibility", args=[person]),
            reverse("beds:establishment_form", args=[person, "INSTITUTION"]),
            reverse("beds:evaluation_form", args=[transfer]),
            reverse("beds:transfer_eligibility", args=[transfer]),
            reverse("beds:transfer", args=[offer.transfer_id]),
            reverse("beds:offer_transfer", args=[offer.transfer_id]),
            stay,
            reverse("access:inbox"),
            reverse("access:my_account"),
        ],
        "care_home_manager": [
            reverse("duty:roster", args=[who.care_home.pk]),
            reverse("duty:roster_sheet", args=[who.care_home.pk]),
            reverse("people:agreement_sheet", args=[district.example(ServiceAgreement).pk]),
            reverse("duty:gaps"),
            reverse("duty:calls"),
            reverse("duty:shift", args=[district.example(Shift).pk]),
            reverse("duty:change_shift", args=[district.example(Shift).pk]),
            reverse("access:contract", args=[contract]),
            reverse("access:organisation", args=[who.care_home.pk]),
            reverse("beds:open_bed", args=[who.care_home.pk]),
        ],
        "ward_doctor": [
            reverse("beds:transfer", args=[transfer]),
            *(reverse(f"beds:{act}", args=[offer.pk]) for act in ANSWERS),
        ],
        "coordinator": [
            reverse("beds:transfer", args=[transfer]),
            reverse("beds:unit", args=[who.care_home.pk]),
            reverse("people:person", args=[person]),
            reverse("beds:board_beds"),
            reverse("beds:criteria_change", args=[district.example(EligibilityRules).pk]),
        ],
        "data_protection_officer": [reverse("people:broken_glass")],
        "a visitor": [reverse("account_login")],
        "the elder": [
            reverse("beds:transfer", args=[transfer]),
            *(
                reverse(f"people:{name}", args=[person])
                for name in ("person", "sight", "consents", "delegations")
            ),
            reverse("records:own_record", args=[person]),
            reverse("records:own_trend", args=[person, "pulse"]),
            reverse("records:own_sheet", args=[person]),
        ],
        "the relative": [reverse("people:sight", args=[person])],
    }


def everybody(district: District) -> dict[str, Any]:
    found = {role.code.lower(): district.cast.by_role[role.code.lower()] for role in STAFF_ROLES}
    relative = Account.objects.get(name="甄女儿")
    return {
        **found,
        "the elder": family(person_id=district.person.pk, name="甄不见"),
        "the relative": actor_for(relative, now()),
        "somebody with nothing": district.cast.unemployed,
    }


def look_at(hands: Hands, path: str, judged: set[str]) -> Iterator[str]:
    """What is wrong with one page, as a desk and as a telephone shows it. Each home page, and one page of each
    route, is also judged by axe, and shown with letters of double size."""
    hands.complaints.clear()
    answer = hands.goes_to(path)
    if answer != 200:
        yield f"answered {answer}"
    for width in (DESK, PHONE):
        hands.page.set_viewport_size({"width": width, "height": 900})
        if hands.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"is wider than {width} pixels: {widest(hands)}"
    if path == "/" or (seen := kind_of(path)) not in judged:
        judged |= {seen} if path != "/" else set()
        # So high that the bar at a telephone's lower edge lies over nothing that is judged.
        hands.page.set_viewport_size({"width": PHONE, "height": 6000})
        yield from (f"at {PHONE}: {barrier}" for barrier in barriers(hands.page))
        yield from in_double_size(hands)
    hands.page.set_viewport_size({"width": DESK, "height": 900})
    yield from (f"complained: {one}" for one in hands.complaints)
    yield from (f"asked {url} outside" for url in hands.asked_outside)


def kind_of(path: str) -> str:
    """The page behind an address: two addresses of one route look alike."""
    found = resolve(path.split("?")[0])
    return f"{found.app_name}:{found.url_name}"


def in_double_size(hands: Hands) -> Iterator[str]:
    """The page is on a telephone's width already; its letters grow as WeChat's own setting makes them."""
    hands.page.evaluate("document.documentElement.style.fontSize = '200%'")
    if hands.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield f"in double size is wider than {PHONE} pixels: {widest(hands)}"
    yield from (f"in double size cuts off: {one}" for one in hands.page.evaluate(CUT_OFF))


def widest(hands: Hands) -> str:
    found = hands.page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        ".slice(-3).map(e => e.outerHTML.slice(0, 120))"
    )
    return " | ".join(found)


# A place that stands in the menus of twenty roles is looked at as these many of them, and opened as all.
LOOKS_AT_A_PLACE = 4


def opens_at_all(actor: Any, path: str) -> Iterator[str]:
    client = Client()
    client.force_login(actor.account)
    answer = client.get(path)
    if answer.status_code != 200:
        yield f"answered {answer.status_code}"


def test_every_page_of_every_role_is_sound(at_browser: Callable[..., Hands]) -> None:
    district = fill()
    things, wrong = pages_of_things(district), []
    looked: Counter[str] = Counter()
    judged: dict[str, set[str]] = {"FAMILY": set(), "STAFF": set()}
    for number, (who, actor) in enumerate(everybody(district).items()):
        # Half of them inside WeChat's browser, whose name a page must not stumble over.
        agent = {"user_agent": WECHAT} if number % 2 else {}
        hands = at_browser(actor, language="en" if number % 3 else "zh-hans", **agent)
        menu = [address(actor, place) for place in places_of(actor)]
        wrong += [f"{who}, {path}: {fault}" for path in menu for fault in opens_at_all(actor, path)]
        few = [path for path in menu if path == "/" or looked[path] < LOOKS_AT_A_PLACE]
        looked.update(few)
        for path in [*few, *things.get(who, [])]:
            seen = judged["STAFF" if actor.account.kind == "STAFF" else "FAMILY"]
            wrong += [f"{who}, {path}: {fault}" for fault in look_at(hands, path, seen)]
        hands.leave()
    hands = at_browser(None, language="zh-hans", signed_in=False)
    for path in things["a visitor"]:
        wrong += [f"a visitor, {path}: {fault}" for fault in look_at(hands, path, judged["FAMILY"])]

    assert not wrong, "\n".join(wrong)
