"""A program of others gets a token for a few minutes by signing a word with its own key."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from yiyang.access import commands
from yiyang.access.commands.oauth_clients import ScopeNotForThis, ScopeNotKnown
from yiyang.access.models import ApiToken
from yiyang.access.oauth import used
from yiyang.access.oauth.keys import KeyIsPrivate, KeysUnreadable, KeyTooWeak, read_keys
from yiyang.access.oauth.scopes import granted, opened
from yiyang.access.tests.factories import Cast, cast
from yiyang.access.tests.oauth import ASSERTION, ask, jwks, key, program, signed, token_for
from yiyang.access.tokens import TokenForFhirOnly, actor_from_token, authenticate_token
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.fetching import AddressNotPublic, fetch
from yiyang.kernel.models import PlainFact
from yiyang.kernel.time import clock_at, now


@pytest.fixture
def who(db: None) -> Cast:
    return cast()


def told(response: Any) -> tuple[int, str, str]:
    found = json.loads(response.content)
    return response.status_code, found.get("error", ""), found.get("error_description", "")


def test_a_signed_word_gets_a_token_for_five_minutes_once(who: Cast) -> None:
    client = program(who.care_home_nurse, keys=jwks("one", "rsa"))
    word = signed(client, by="rsa")
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": word}

    first = ask(scope="system/Observation.rs system/Patient.read", **form)
    again = ask(scope="system/Observation.rs", **form)

    got = json.loads(first.content)
    assert first.status_code == 200, got
    assert (got["token_type"], got["expires_in"], got["scope"]) == ("Bearer", 300, "system/Observation.rs")
    assert first["Cache-Control"] == "no-store"
    assert told(again)[:2] == (400, "invalid_client")
    assert "used before" in told(again)[2]
    actor = authenticate_token(got["access_token"], now(), apps=True)
    assert actor.client_id == client.pk
    assert actor.membership_id == who.care_home_nurse.membership_id
    with pytest.raises(TokenForFhirOnly):
        authenticate_token(got["access_token"], now())
    fact = PlainFact.objects.get(name="app_token.issued")
    assert fact.by_account == who.care_home_nurse.account_id
    assert not ApiToken.objects.filter(hash=got["access_token"]).exists()  # the hash alone is kept


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "http://testserver/oauth/token/"}, "aud"),
        ({"aud": ["http://testserver/oauth/token", "https://elsewhere.example"]}, "aud"),
        ({"exp": 1}, "past"),
        ({"exp": 9_999_999_999}, "five minutes"),
        ({"exp": "soon"}, "exp"),
        ({"iss": "somebody"}, "iss"),
        ({"jti": None}, "jti"),
        ({"jti": 7}, "jti"),
        ({"sub": "0190b8a0-0000-7000-8000-000000000000"}, "does not exist"),
        ({"sub": "王"}, "does not exist"),
        ({"by": "two"}, "signature"),
    ],
)
def test_a_word_that_does_not_fit_is_refused_and_says_why(
    who: Cast, claims: dict[str, Any], why: str
) -> None:
    status, error, description = told(token_for(program(who.care_home_nurse), **claims))

    assert (status, error) == (400, "invalid_client")
    assert why in description


def test_what_is_asked_wrongly_has_the_answers_of_oauth(who: Cast) -> None:
    client = program(who.care_home_nurse)

    assert told(token_for(client, scope="system/Patient.rs"))[:2] == (400, "invalid_scope")
    assert (
        "search parameters" in told(token_for(client, scope="system/Observation.rs?category=vital-signs"))[2]
    )
    for scope in (None, "", "system/Nothing.rs", "everything"):
        assert told(token_for(client, scope=scope))[:2] == (400, "invalid_scope")
    assert told(ask(grant_type="client_credentials", client_id=str(client.pk)))[1] == "invalid_client"
    assert told(ask(grant_type="password", username="x"))[1] == "unsupported_grant_type"
    assert told(ask(grant_type="密码"))[1] == "invalid_request"
    assert told(ask("revoke", token="x"))[1] == "invalid_client"
    assert token_for(client, by="one").status_code == 200
    commands.stop_client(by=SYSTEM, at=now(), client=client)
    assert told(token_for(client))[1] == "invalid_client"


def test_a_program_asks_about_its_own_tokens_and_gives_them_back(who: Cast) -> None:
    client, other = program(who.care_home_nurse), program(who.ward_doctor, name="别家", keys=jwks("two"))
    raw = json.loads(token_for(client).content)["access_token"]

    def about(one: Any, by: str, path: str = "introspect") -> Any:
        proof = {"client_assertion_type": ASSERTION, "client_assertion": signed(one, by=by)}
        return json.loads(ask(path, token=raw, **proof).content)

    assert about(other, "two") == {"active": False}
    found = about(client, "one")
    assert (found["active"], found["scope"], found["client_id"]) == (
        True,
        "system/Observation.rs",
        str(client.pk),
    )
    about(other, "two", "revoke")
    assert about(client, "one")["active"]
    about(client, "one", "revoke")
    assert about(client, "one") == {"active": False}


def test_what_is_stopped_or_ended_stops_at_once(who: Cast) -> None:
    client = program(who.care_home_nurse)
    raw = json.loads(token_for(client).content)["access_token"]

    commands.suspend_membership(by=SYSTEM, at=now(), membership=who.care_home_nurse.membership, reason="离岗")

    assert told(token_for(client))[:2] == (400, "invalid_grant")
    assert ApiToken.objects.filter(client=client, revoked_at=None).count() in (0, 1)
    assert actor_from_token(raw, now(), apps=True) is None
    assert actor_from_token(raw, now() + timedelta(minutes=6), apps=True) is None
    with clock_at(now() + timedelta(days=3)):
        assert commands.forget_spent_tokens(by=SYSTEM, at=now()) == 1
    assert not ApiToken.objects.filter(client=client).exists()


def test_scopes_are_cut_to_what_both_sides_say() -> None:
    assert granted("system/*.read", "system/Patient.rs system/Observation.cruds") == (
        "system/Patient.rs system/Observation.rs"
    )
    assert granted("system/Observation.read", "system/*.cruds") == "system/Observation.read"
    assert granted("system/Observation.cruds", "system/*.rs") == "system/Observation.rs"
    assert granted("patient/*.*", "patient/*.cruds") == "patient/*.rs"
    assert granted("system/Observation.dr system/observation.r system/Observation.", "system/*.cruds") == ""
    assert granted("user/Patient.rs", "patient/Patient.rs") == ""
    assert granted("patient/*.rs offline_access openid", "patient/Patient.rs offline_access") == (
        "patient/Patient.rs offline_access"
    )
    assert opened("system/*.r system/Observation.cu").letters("Observation") == "cur"


def test_only_public_keys_that_are_strong_are_kept(who: Cast) -> None:
    from joserfc.jwk import ECKey

    pem = key("rsa").as_pem(private=False).decode()

    assert read_keys(pem)["keys"][0]["kty"] == "RSA"
    with pytest.raises(KeyIsPrivate):
        read_keys(json.dumps({"keys": [key().as_dict(private=True)]}))
    with pytest.raises(KeyTooWeak):
        read_keys(json.dumps(ECKey.generate_key("P-256").as_dict(private=False)))
    for text in (
        "",
        "{}",
        "[]",
        '{"keys": []}',
        '{"keys": [7]}',
        '{"kty": "RSA"}',
        "-----BEGIN PUBLIC KEY-----\nx",
    ):
        with pytest.raises(KeysUnreadable):
            read_keys(text)
    with pytest.raises(ScopeNotForThis):
        program(who.care_home_nurse, "patient/*.rs")
    for scope in (
        "system/Observation.rs everything",
        "system/Observations.rs",
        "system/Patient.rs?name=x",
        "  ",
    ):
        with pytest.raises(ScopeNotKnown):
            program(who.care_home_nurse, scope)


def test_keys_at_an_address_are_read_anew_when_they_changed(
    who: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_address, asked = [jwks("one")], []
    monkeypatch.setattr(used, "fetch", lambda address: asked.append(address) or at_address[0].encode())
    client = program(who.care_home_nurse, keys="", keys_url="https://hospital.example/jwks.json")

    assert token_for(client).status_code == 200
    assert token_for(client).status_code == 200 and len(asked) == 1
    at_address[0] = jwks("two")
    assert told(token_for(client, by="two"))[1] == "invalid_client"  # not asked again within a minute
    with clock_at(now() + timedelta(minutes=2)):
        assert token_for(client, by="two").status_code == 200
        assert told(token_for(client, by="one"))[1] == "invalid_client"
    assert asked == ["https://hospital.example/jwks.json"] * 2
    with pytest.raises(AddressNotPublic):
        program(who.care_home_nurse, keys="", keys_url="http://hospital.example/jwks.json")


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/keys", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "https://localhost/",
        "https://169.254.169.254/latest", "https://[::ffff:127.0.0.1]/", "https://user@example.com/", "file:///etc/passwd",
        "https://0.0.0.0/", "https://100.64.0.1/", "https:///x",
    ],
)  # fmt: skip
def test_keys_are_never_fetched_from_inside(address: str) -> None:
    with pytest.raises(AddressNotPublic):
        fetch(address)
