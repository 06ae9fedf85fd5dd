"""Every form of every route, opened in the state that it asks for: accessible, phone-wide, filled in by keyboard.

The routes are found by walking the registry. A form that asks for no particular state is opened by whoever of
the cast may; for the others `stages.py` prepares the state. A new form is covered on the day it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from tests.browser.chromium import barriers
from tests.browser.hands import Hands
from tests.browser.stages import prepared
from tests.district import District, fill
from tests.test_strangers import address, own_routes
from yiyang.gateways.fhir.runs import working
from yiyang.gateways.fhir.runs.commands import begin_import
from yiyang.gateways.fhir.runs.models import ImportRun
from yiyang.kernel.time import now

PHONE, DESK = 360, 1280
MANY_TABS = 300  # the whole referral form is long
TABS_AT_ONCE = 8
OPENERS = {
    "beds": ("care_home_manager", "care_home_nurse", "coordinator", "home_bed_doctor", "ward_doctor"),
    "people": ("care_home_nurse", "family_doctor", "care_home_manager", "coordinator"),
    "access": ("system_administrator", "care_home_manager", "coordinator", "security_administrator"),
    "gateways": ("coordinator",),
}
USUAL = ("care_home_manager", "coordinator", "admission_office", "system_administrator")
# The fields and buttons of the page's own forms; of a group of choices one is reached, the arrows do the rest.
CONTROLS = """() => {
  const name = e => e.type === 'radio' ? `radio ${e.name}` : `${e.tagName} ${e.name || e.textContent.trim()}`;
  const found = [...document.querySelectorAll('main form.form :is(input, select, textarea, button)')]
    .filter(e => e.type !== 'hidden' && !e.disabled && e.checkVisibility());
  return [...new Set(found.map(name))];
}"""
# Notes each place that has the focus, whether a ring shows it, and when the page's own part is left.
NOTE_FOCUS = """() => {
  window.walked = [];
  document.addEventListener('focusin', ({target: e}) => {
    const name = e.type === 'radio' ? `radio ${e.name}` : `${e.tagName} ${e.name || e.textContent.trim()}`;
    const style = getComputedStyle(e);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    window.walked.push({name, ring, out: !!e.closest('footer')});
  });
}"""
# What is asked for and not yet answered; sending such a form changes nothing.
UNANSWERED = """() => {
  const asked = [...document.querySelectorAll('main form.form [required]')];
  return asked.some(e => e.type === 'radio'
    ? !document.querySelector(`main form.form [name="${e.name}"]:checked`)
    : e.type === 'checkbox' ? !e.checked : !e.value);
}"""


@pytest.fixture(autouse=True)
def everybody_is_set_up() -> Iterator[None]:
    with override_settings(REQUIRE_SECOND_FACTOR=False):
        yield


def forms_of(contexts: tuple[str, ...]) -> tuple[District, list[tuple[str, str, str]]]:
    """(route, who, address) of every form of these contexts that somebody can open now."""
    district = fill()
    stages, clients, found = {}, {}, []
    for context in contexts:
        stages |= prepared(district, context)
    for name, _route, converters in own_routes():
        context = name.split(":")[0]
        if context not in contexts:
            continue
        if name in stages:
            found.append((name, *stages[name]))
            continue
        path = address(district, name, converters)
        for role in OPENERS.get(context, USUAL):
            client = clients.setdefault(role, Client())
            if "_auth_user_id" not in client.session:
                client.force_login(district.cast.by_role[role].account)
            answer = client.get(path)
            if answer.status_code == 405:
                break  # nobody can open what only takes what another page sends
            if answer.status_code == 200 and is_form(answer):
                found.append((name, role, path))
                break
    missing = {name for name in stages if name.split(":")[0] in contexts} - {name for name, *_rest in found}
    assert not missing, f"prepared, but not among the routes: {missing}"
    return district, found


def is_form(answer: Any) -> bool:
    return b'<form class="form' in getattr(answer, "content", b"")


# Those that are hard to come by: when one is missing, its state is no longer prepared.
SEEN: dict[str, set[str]] = {
    "beds": {
        "beds:take_back",
        "beds:move_on",
        "beds:resume_transfer",
        "beds:end_emergency",
        "beds:correct_occupancy",
        "beds:record_death",
        "beds:set_up_home_bed",
    },
    "people": {"people:merge_persons", "people:break_glass", "people:edit_person", "people:end_phone"},
    "access": {"access:draft_contract", "access:add_account", "access:record_licence"},
}
# Those whose forms ask for states have a district of their own; the others are opened in the same one.
OF_THEIR_OWN = ("beds", "people")
CONTEXTS = {name.split(":")[0] for name, _route, _words in own_routes() if ":" in name} - {"portals"}
OTHERS = tuple(sorted(CONTEXTS - set(OF_THEIR_OWN)))


@pytest.mark.parametrize("contexts", [*((one,) for one in OF_THEIR_OWN), OTHERS], ids=" ".join)
def test_every_form_is_accessible_fits_a_phone_and_is_filled_in_by_keyboard(
    at_browser: Callable[..., Hands], contexts: tuple[str, ...]
) -> None:
    wrong, seen = walk(at_browser, contexts)

    assert not wrong, "\n".join(wrong)
    for context in contexts:
        assert seen >= SEEN.get(context, set())


def walk(at_browser: Callable[..., Hands], contexts: tuple[str, ...]) -> tuple[list[str], set[str]]:
    district, forms = forms_of(contexts)
    wrong: list[str] = []
    seated: dict[str, Hands] = {}
    for number, (name, role, path) in enumerate(forms):
        if role not in seated:
            language = "en" if len(seated) % 2 else "zh-hans"
            seated[role] = at_browser(district.cast.by_role[role], language=language)
        wrong += [f"{name} ({role}): {fault}" for fault in faults(seated[role], path, number)]
    return wrong, {name for name, *_rest in forms}


def faults(hands: Hands, path: str, number: int) -> Iterator[str]:
    """The page as it opens at one width and refused at the other, where axe judges it with its errors."""
    first, second = (DESK, PHONE) if number % 2 else (PHONE, DESK)
    hands.complaints.clear()
    answer = hands.goes_to(path)
    if answer != 200:
        yield f"answered {answer}"
        return
    yield from too_wide(hands, first)
    yield from by_keyboard(hands)
    if not hands.page.evaluate(UNANSWERED):
        yield from looked_at(hands, second)
        return
    send(hands)
    if not hands.page.evaluate("document.activeElement.classList.contains('error-summary')"):
        yield f"sent empty, its errors do not have the focus: {hands.page.inner_text('main')[:200]}"
    yield from looked_at(hands, second)
    yield from (f"complained: {one}" for one in hands.complaints if "422" not in one)


def looked_at(hands: Hands, width: int) -> Iterator[str]:
    hands.page.set_viewport_size({"width": width, "height": 900})
    yield from too_wide(hands, width)
    yield from (f"at {width}: {barrier}" for barrier in barriers(hands.page))


def too_wide(hands: Hands, width: int) -> Iterator[str]:
    hands.page.set_viewport_size({"width": width, "height": 900})
    if hands.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield f"is wider than {width} pixels"


def by_keyboard(hands: Hands) -> Iterator[str]:
    """From the head of the page by Tab to every field and button, each with a ring around it."""
    page = hands.page
    wanted, reached, ringed = set(page.evaluate(CONTROLS)), set[str](), set[str]()
    if not wanted:
        yield "has no form"
    page.evaluate("document.querySelector('main').focus()")
    page.evaluate(NOTE_FOCUS)
    walked: list[dict[str, Any]] = []
    while len(walked) < MANY_TABS and not any(one["out"] for one in walked):
        for _press in range(TABS_AT_ONCE):
            page.keyboard.press("Tab")
        before, walked = len(walked), page.evaluate("window.walked")
        if len(walked) == before:
            break  # the end of the page
    for focused in walked:
        reached.add(focused["name"])
        ringed |= {focused["name"]} if focused["ring"] else set()
    if wanted - reached:
        yield f"cannot be reached by Tab: {sorted(wanted - reached)}"
    if wanted & reached - ringed:
        yield f"show no focus: {sorted(wanted & reached - ringed)}"


def send(hands: Hands) -> None:
    """By the button that does what the page is for, not by the one that keeps a draft."""
    buttons = hands.page.locator("main form.form button:not([type=button])")
    primary = hands.page.locator("main form.form button.primary")
    button = primary.last if primary.count() else buttons.last
    button.focus()
    with hands.page.expect_navigation(wait_until="load"):
        hands.page.keyboard.press("Enter")


def test_a_file_is_previewed_before_it_is_written(at_browser: Callable[..., Hands]) -> None:
    district = fill()
    hands = at_browser(district.cast.coordinator, language="en").opens("gateways:import_data")
    wrong = [*looked_at(hands, PHONE), *by_keyboard(hands)]
    for content in (b"kind,name\nperson,\n", "类型\n".encode()):
        hands.opens("gateways:import_data")
        hands.page.set_input_files(
            "input[type=file]", {"name": "roster.csv", "mimeType": "text/csv", "buffer": content}
        )
        send(hands)
        for width in (DESK, PHONE):
            wrong += looked_at(hands, width)
    for run in (ImportRun.objects.get(), _tried(district)):
        hands.opens("gateways:import_run", run.pk)
        for width in (DESK, PHONE):
            wrong += looked_at(hands, width)

    assert not wrong, "\n".join(wrong)


def _tried(district: District) -> ImportRun:
    """Lines that the worker has tried: one comes in, one is refused."""
    lines = b'{"resourceType":"Patient","id":"p","name":[{"text":"Wang"}]}\n{"resourceType":"Observation","id":"o"}'
    run = begin_import(
        by=district.cast.coordinator,
        at=now(),
        content=lines,
        name="lines.ndjson",
        area=district.cast.centre.area,
    )
    working.work_on(run.pk)
    return run
