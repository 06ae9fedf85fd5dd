"""When a session ends: pages know when, one request lets it begin anew, and signing in leads back to the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from yiyang.access.tests.factories import PASSWORD, cast

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def nurse() -> Any:
    return cast().care_home_nurse


def signed_in(actor: Any) -> Client:
    client = Client()
    client.force_login(actor.account)
    return client


def next_page(response: Any) -> str:
    assert response.status_code == 302
    return parse_qs(urlsplit(response["Location"]).query)["next"][0]


def test_every_page_of_somebody_signed_in_says_how_long_the_session_lasts(nurse: Any) -> None:
    assert 'name="session-seconds" content="43' in signed_in(nurse).get("/").content.decode()
    assert "session-seconds" not in Client().get("/sign-in/").content.decode()


def test_looking_does_not_lengthen_a_session_and_going_on_does(nurse: Any) -> None:
    client, url = signed_in(nurse), reverse("access:stay_signed_in")
    row = Session.objects.get()
    Session.objects.update(expire_date=row.expire_date - timedelta(hours=11))

    client.get("/")
    looked = client.get(url).json()
    went_on = client.post(url).json()

    assert looked["seconds"] <= HOUR
    assert went_on["seconds"] > 11 * HOUR
    assert went_on["account"] == str(nurse.account_id)
    assert Session.objects.get().expire_date >= row.expire_date


def test_signing_in_leads_back_to_the_page_that_was_asked_for(nurse: Any) -> None:
    client = Client()
    there = next_page(client.get("/transfers/?tab=ended"))

    answer = client.post(
        f"/sign-in/?next={there}", {"login": nurse.account.login, "password": PASSWORD, "next": there}
    )

    assert answer["Location"] == "/transfers/?tab=ended"


def test_what_was_sent_too_late_leads_back_to_the_page_on_which_it_was_written() -> None:
    client = Client()

    assert next_page(
        client.post("/account/switch/", headers={"referer": "http://testserver/board/?kind=X"})
    ) == ("/board/?kind=X")
    assert next_page(client.post("/account/password/")) == "/account/password/"
    assert next_page(client.post("/account/password/", headers={"referer": "https://evil.example/x"})) == (
        "/account/password/"
    )


def test_a_part_that_fetches_itself_never_takes_the_page_away() -> None:
    answer = Client().get("/board/figures/", headers={"hx-request": "true"})

    assert answer.status_code == 401
    assert "HX-Redirect" not in answer
