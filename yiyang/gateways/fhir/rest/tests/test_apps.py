"""An app asks an elder, a relative or a member of staff; they say what it may read, of whom, and stop it."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from yiyang.access import commands
from yiyang.access.actors import AccountActor, actor_for
from yiyang.access.models import OauthClient, OauthGrant
from yiyang.access.tests.factories import Cast, account
from yiyang.access.tests.oauth import ask
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact
from yiyang.kernel.time import now
from yiyang.people.commands import delegate_access
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by

VERIFIER = "v" * 50
DONE = "https://app.example/done"
SCOPE = "launch/patient patient/*.rs offline_access"


def challenge(of: str = VERIFIER) -> str:
    return urlsafe_b64encode(hashlib.sha256(of.encode()).digest()).decode().rstrip("=")


def app(made: Cast, scope: str = SCOPE, proof: str = "none") -> tuple[OauthClient, str]:
    return commands.register_client(
        by=SYSTEM, at=now(), organisation=made.government, name="爱心健康", kind="APP", proof=proof, scope=scope,
        redirect_uris=[DONE, "cn.example.app:/done"],
    )  # fmt: skip


class Phone:
    """Somebody who is signed in, and the app beside the browser."""

    def __init__(self, actor: AccountActor, client: OauthClient) -> None:
        self.browser = Client()
        self.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        self.browser.force_login(actor.account)
        self.client = client

    def opens(self, **asked: Any) -> Any:
        self.address = "/oauth/authorize?" + urlencode(
            {
                name: value
                for name, value in {
                    "response_type": "code", "client_id": str(self.client.pk), "redirect_uri": DONE, "state": "s-1",
                    "scope": SCOPE, "code_challenge": challenge(), "code_challenge_method": "S256",
                    "aud": "http://testserver/fhir", **asked,
                }.items()
                if value is not None
            }
        )  # fmt: skip
        return self.browser.get(self.address)

    def says(self, **answer: Any) -> dict[str, str]:
        """What comes back to the app in the address."""
        back = self.browser.post(self.address, answer)
        assert back.status_code == 302, back.content.decode()[-3000:]
        assert back["Location"].startswith(DONE)
        return {name: values[0] for name, values in parse_qs(urlsplit(back["Location"]).query).items()}

    def code(self, **answer: Any) -> str:
        self.opens()
        told = self.says(**{"allow": "yes", "lasts": "later"} | answer)
        assert told["state"] == "s-1"
        return told["code"]

    def token(self, code: str, **form: Any) -> tuple[int, dict[str, Any]]:
        given = {"client_id": str(self.client.pk), "redirect_uri": DONE, "code_verifier": VERIFIER, **form}
        answer = ask(grant_type="authorization_code", code=code, **given)
        return answer.status_code, json.loads(answer.content)

    def renews(self, refresh: str, **form: Any) -> tuple[int, dict[str, Any]]:
        answer = ask(grant_type="refresh_token", refresh_token=refresh, client_id=str(self.client.pk), **form)
        return answer.status_code, json.loads(answer.content)


def with_token(raw: str) -> Fhir:
    found = Fhir()
    found.headers = {"Authorization": f"Bearer {raw}", "Accept-Language": "en"}
    return found


@pytest.fixture
def daughter(made: Cast, elder: Person) -> AccountActor:
    """Entrusted by her mother and by her father."""
    found = actor_for(account("女儿甲", kind="RELATIVE"), now())
    father = person("李大山")
    seen_by(father, made.care_home.pk)
    for one in (elder, father):
        delegate_access(
            by=SYSTEM, at=now(), person=one, account_id=found.account.pk, account_label="女儿甲",
            kinship="CHILD", scope="FULL", expires_at=now() + timedelta(days=30),
        )  # fmt: skip
    return found


def test_an_elder_says_yes_sees_what_has_access_and_stops_it(made: Cast, elder: Person, nurse: Fhir) -> None:
    own = AccountActor(account("王秀英", kind="ELDER", person_id=elder.pk))
    phone = Phone(own, app(made)[0])
    pulse = json.loads(nurse.post("Observation", observation(elder.pk)).content)["id"]

    page = phone.opens()
    text = page.content.decode()
    assert "May “爱心健康” read your record?" in text and "the whole record" in text
    assert "Only of yourself." in text and "It can change nothing." in text and "for 90 days" in text
    assert "form-action 'self' https://app.example" in page["Content-Security-Policy"]
    status, got = phone.token(phone.code())
    assert status == 200, got
    assert (got["patient"], got["scope"]) == (str(elder.pk), "patient/*.rs launch/patient offline_access")
    mine = with_token(got["access_token"])
    assert mine.get(f"Observation/{pulse}").status_code == 200
    assert mine.get(f"Patient/{elder.pk}").status_code == 200
    assert json.loads(mine.get("Observation?_total=accurate").content)["total"] == 1
    assert code_of(mine.post("Observation", observation(elder.pk))) == "SCOPE_TOO_NARROW"
    assert phone.browser.get("/api/me", headers=mine.headers).status_code == 403

    listed = phone.browser.get("/account/apps/").content.decode()
    assert "爱心健康" in listed and "王秀英" in listed
    grant = OauthGrant.objects.get()
    phone.browser.post(f"/account/apps/{grant.pk}/withdraw/")
    over = mine.get(f"Observation/{pulse}")
    assert (over.status_code, code_of(over)) == (401, "TOKEN_REVOKED")
    assert phone.renews(got["refresh_token"])[1]["error"] == "invalid_grant"
    names = PersonFact.objects.filter(person_id=elder.pk, subject_id=grant.pk).values_list("name", flat=True)
    assert set(names) == {"app.allowed", "app.withdrawn"}


def test_a_relative_chooses_of_whom_and_the_app_sees_nobody_else(
    made: Cast, elder: Person, daughter: AccountActor, nurse: Fhir
) -> None:
    phone = Phone(daughter, app(made)[0])
    father = Person.objects.get(full_name="李大山")
    for one in (elder, father):
        nurse.post("Observation", observation(one.pk))
    stranger = person("赵不识")

    assert "Whose record?" in phone.opens().content.decode()
    for odd in ({}, {"person": str(stranger.pk)}, {"person": "x"}):
        assert phone.browser.post(phone.address, {"allow": "yes", "lasts": "once", **odd}).status_code == 200
    assert not OauthGrant.objects.exists()
    told = phone.says(allow="yes", lasts="once", person=str(father.pk))
    status, got = phone.token(told["code"])
    assert (status, got["patient"]) == (200, str(father.pk))
    assert "refresh_token" not in got and "offline_access" not in got["scope"]
    mine = with_token(got["access_token"])
    found = json.loads(mine.get("Observation?_total=accurate").content)
    assert found["total"] == 1
    assert found["entry"][0]["resource"]["subject"]["reference"] == f"Patient/{father.pk}"
    assert mine.get(f"Patient/{elder.pk}").status_code == 404
    assert mine.get(f"Patient/{elder.pk}/$everything").status_code == 404
    assert mine.get(f"Patient/{elder.pk}/Observation").status_code == 404
    assert [one["resource"]["id"] for one in json.loads(mine.get("Patient").content)["entry"]] == [
        str(father.pk)
    ]
    assert phone.opens().status_code == 200
    assert phone.says(refuse="yes")["error"] == "access_denied"


def test_whoever_asks_wrongly_gets_nothing(made: Cast, elder: Person) -> None:
    own = AccountActor(account("王秀英", kind="ELDER", person_id=elder.pk))
    phone = Phone(own, app(made)[0])

    for asked in (
        {"redirect_uri": "https://app.example/done/"}, {"redirect_uri": "https://evil.example"},
        {"redirect_uri": None}, {"client_id": "x"}, {"client_id": None}, {"redirect_uri": "https://坏.example"},
    ):  # fmt: skip
        page = phone.opens(**asked)
        assert page.status_code == 400 and "Location" not in page, asked
    for asked, error in (
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"aud": "https://other.example/fhir"}, "invalid_request"),
        ({"scope": "system/*.rs"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ):
        back = phone.opens(**asked)
        assert back.status_code == 302 and f"error={error}" in back["Location"], (asked, back.get("Location"))
    staff = Phone(made.care_home_nurse, phone.client)
    assert staff.opens().status_code == 403

    for form in (
        {"code_verifier": "w" * 50}, {"code_verifier": None}, {"redirect_uri": "cn.example.app:/done"},
        {"client_id": str(app(made)[0].pk)},
    ):  # fmt: skip
        status, got = phone.token(phone.code(), **form)
        assert status == 400 and got["error"] in ("invalid_grant", "invalid_request"), (form, got)
    assert not OauthGrant.objects.filter(tokens__isnull=False).exists()


def test_what_comes_twice_ends_the_access(made: Cast, elder: Person) -> None:
    own = AccountActor(account("王秀英", kind="ELDER", person_id=elder.pk))
    phone = Phone(own, app(made)[0])
    code = phone.code()
    first = phone.token(code)[1]
    mine = with_token(first["access_token"])
    assert mine.get("Observation").status_code == 200

    assert phone.token(code)[1]["error"] == "invalid_grant"
    assert mine.get("Observation").status_code == 401

    first = phone.token(phone.code())[1]
    status, second = phone.renews(first["refresh_token"], scope="patient/Observation.rs")
    assert (status, second["scope"], second["patient"]) == (200, "patient/Observation.rs", str(elder.pk))
    assert with_token(first["access_token"]).get("Observation").status_code == 401
    mine = with_token(second["access_token"])
    assert mine.get("Observation").status_code == 200 and mine.get("Condition").status_code == 403
    assert phone.renews(first["refresh_token"])[1]["error"] == "invalid_grant"
    assert mine.get("Observation").status_code == 401
    assert phone.renews(second["refresh_token"])[1]["error"] == "invalid_grant"
    assert set(OauthGrant.objects.values_list("ended_why", flat=True)) == {"USED_TWICE"}


def test_an_app_with_a_secret_acts_for_staff_within_their_role(
    made: Cast, elder: Person, nurse: Fhir
) -> None:
    client, secret = app(made, "user/Observation.crs", "client_secret_basic")
    phone = Phone(made.care_home_nurse, client)
    page = phone.opens(scope="user/*.cruds", aud=None).content.decode()
    assert "It could also write and change, in your name." in page and "Test results" in page
    code = phone.says(allow="yes")["code"]

    assert phone.token(code)[1]["error"] == "invalid_client"  # it must send its secret
    wrong = b64encode(f"{client.pk}:wrong".encode()).decode()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": DONE, "code_verifier": VERIFIER}
    assert ask(headers={"Authorization": f"Basic {wrong}"}, **form).status_code == 401
    proof = {"Authorization": "Basic " + b64encode(f"{client.pk}:{secret}".encode()).decode()}
    got = json.loads(ask(headers=proof, **form).content)
    assert got["scope"] == "user/Observation.crs" and "patient" not in got
    mine = with_token(got["access_token"])
    assert mine.post("Observation", observation(elder.pk)).status_code == 201
    assert mine.get(f"Patient/{elder.pk}").status_code == 403
    told = json.loads(ask("introspect", headers=proof, token=got["access_token"]).content)
    assert told["active"] and told["sub"] == str(made.care_home_nurse.account_id)
    assert ask("revoke", headers=proof, token=got["access_token"]).status_code == 200
    assert mine.get("Observation").status_code == 401
