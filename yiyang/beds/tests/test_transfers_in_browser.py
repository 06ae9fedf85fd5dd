"""A transfer in real Chromium: the main job, the emergency and the return by clicks; accessible and phone-wide."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.models import Transfer
from yiyang.beds.tests.factories import bed, cast, person, stay, transfer, whereabouts
from yiyang.kernel.tests.chromium import IN_CHROMIUM, barriers, chromium, nothing_stays_open
from yiyang.kernel.time import now

__all__ = ["chromium", "nothing_stays_open"]

NEXT = ".page-head .actions .button.primary"
DO = "main form.form .button.primary"

pytestmark = IN_CHROMIUM


class Desk:
    """One person at work: a browser of their own, signed in."""

    def __init__(
        self, chromium: Any, server: Any, actor: Any, width: int = 1280, *, scripts: bool = True
    ) -> None:
        client = Client()
        client.force_login(actor.account)
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        cookies = {"django_language": "en", settings.SESSION_COOKIE_NAME: client.cookies["sessionid"].value}
        context.add_cookies(
            [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
        )
        self.server, self.page = server, context.new_page()
        self.page.set_default_timeout(30_000)

    def open(self, name: str, *args: Any) -> Any:
        self.page.goto(self.server.url + reverse(f"beds:{name}", args=args))
        return self.page

    def press(self, *selectors: str) -> None:
        for selector in selectors:
            self.page.click(selector)
            self.page.wait_for_load_state()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_request_to_arrival_by_the_next_button(live_server: Any, chromium: Any, scripts: bool) -> None:
    who = cast()
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    nurse = Desk(chromium, live_server, who.care_home_nurse, scripts=scripts)
    doctor = Desk(chromium, live_server, who.ward_doctor, scripts=scripts)
    office = Desk(chromium, live_server, who.admission_office, scripts=scripts)

    nurse.open("request_transfer", elder.pk).fill("[name=reason]", "fever for three days")
    nurse.press("form.request .button.primary")
    found = Transfer.objects.get()
    nurse.press(NEXT)
    for code in ("UNSTABLE", "NEEDS_DAILY_DOCTOR", "NEEDS_TESTS"):
        nurse.page.check(f"[name=criterion_{code}][value=YES]")
    nurse.page.fill("[name=statement]", "pneumonia")
    nurse.press(DO, NEXT, DO)
    if not scripts:  # the part that is fetched after the page is a page of its own
        nurse.press("#candidates .button.primary")
    nurse.page.check("[name=units]")
    nurse.press("main form .button.primary")

    doctor.open("offers")
    assert "王秀英" not in doctor.page.content()
    doctor.press(".offer .button.primary", DO)
    assert "王秀英" in doctor.page.content()
    office.open("transfer", found.pk)
    office.press(NEXT, DO)
    nurse.open("transfer", found.pk)
    nurse.press(NEXT)
    nurse.page.fill("[name=condition]", "awake, 38.5")
    nurse.press(DO)
    office.open("transfer", found.pk)
    office.press(NEXT)
    nurse.open("transfer", found.pk)
    nurse.press(NEXT, DO)
    office.open("transfer", found.pk)
    office.press(NEXT, DO)

    assert ("PRESENT", "HOSPITAL", "区中心医院") in whereabouts(elder)
    assert ("HELD", "INSTITUTION", "阳光养老院") in whereabouts(elder)


def test_an_emergency_on_a_phone_is_a_few_taps(live_server: Any, chromium: Any) -> None:
    who = cast()
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    routine = transfer(who.care_home_nurse, elder, urgency="ROUTINE", reason="hip, planned")
    phone = Desk(chromium, live_server, who.care_worker, 360)

    phone.open("request_transfer", elder.pk).fill("[name=reason]", "chest pain")
    phone.page.check("[name=urgency][value=EMERGENCY]")
    phone.press("form.request .button.primary")
    assert phone.page.locator("a[href='tel:120']").count() == 1
    for number in (1, 2, 3):
        phone.press(f".taps li:nth-child({number}) button")
    routine.refresh_from_db()
    assert routine.suspended_at
    phone.press(NEXT)
    phone.page.fill("[name=hospital]", "瑞金医院")
    phone.press(DO, NEXT, DO)

    routine.refresh_from_db()
    assert routine.suspended_at is None
    assert whereabouts(elder) == [("PRESENT", "INSTITUTION", "阳光养老院")]


def test_a_refusal_can_be_printed_and_stops_the_transfer(live_server: Any, chromium: Any) -> None:
    who = cast()
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder, urgency="ROUTINE")
    nurse = Desk(chromium, live_server, who.care_home_nurse)

    nurse.open("record_agreement", asked.pk).check("[name=outcome][value=REFUSED]")
    nurse.press(DO, "#agreement a")

    assert nurse.page.url.endswith(reverse("beds:refusal_notice", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.state == "REFUSED"


def test_what_was_typed_stays_when_somebody_else_was_faster_and_the_error_has_the_focus(
    live_server: Any, chromium: Any
) -> None:
    who = cast()
    elder = person(sex="FEMALE")
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder)
    nurse = Desk(chromium, live_server, who.care_home_nurse)
    nurse.open("cancel_transfer", asked.pk).fill("[name=reason]", "she is better")
    commands.change_urgency(
        by=who.care_home_nurse, at=now(), transfer=asked, urgency="ROUTINE", reason="calm"
    )

    nurse.press(DO)

    assert nurse.page.input_value("[name=reason]") == "she is better"
    assert nurse.page.evaluate("document.activeElement.className") == "error-summary"
    nurse.press(DO)
    asked.refresh_from_db()
    assert asked.state == "CANCELLED"


def passes(desk: Desk, name: str, *args: Any, width: int) -> None:
    page = desk.open(name, *args)

    assert (name, barriers(page)) == (name, [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
