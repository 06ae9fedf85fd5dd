"""A program of others, for tests: its key, its signed word, its requests."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from yiyang.access import commands
from yiyang.access.models import OauthClient
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

TOKEN_URL = "http://testserver/oauth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@cache
def key(name: str = "one") -> Any:
    return (
        RSAKey.generate_key(2048, {"kid": name})
        if name == "rsa"
        else ECKey.generate_key("P-384", {"kid": name})
    )


def jwks(*names: str) -> str:
    return json.dumps({"keys": [key(name).as_dict(private=False) for name in names or ("one",)]})


def program(actor: Any, scope: str = "system/Observation.rs", **fields: Any) -> OauthClient:
    """A program that acts as this member of staff."""
    told = {"organisation": actor.organisation, "name": "省立医院接口", "kind": "SERVICE", "keys": jwks()}
    client, _secret = commands.register_client(
        by=SYSTEM, at=now(), scope=scope, membership=actor.membership, **{**told, **fields}
    )
    return client


def signed(client: OauthClient, by: str = "one", **claims: Any) -> str:
    at = int(now().timestamp())
    told = {
        "iss": str(client.pk), "sub": str(client.pk), "aud": TOKEN_URL, "jti": str(uuid4()), "exp": at + 240, **claims,
    }  # fmt: skip
    alg = "RS384" if by == "rsa" else "ES384"
    header = {"alg": alg, "kid": by}
    return jwt.encode(header, {k: v for k, v in told.items() if v is not None}, key(by), algorithms=[alg])


def ask(path: str = "token", headers: Any = None, **form: Any) -> HttpResponse:
    """As a program sends a form."""
    told = urlencode({name: value for name, value in form.items() if value is not None})
    return Client(headers=headers or {}).post(
        f"/oauth/{path}", told, content_type="application/x-www-form-urlencoded"
    )


def token_for(
    client: OauthClient, scope: str | None = "system/Observation.rs", **claims: Any
) -> HttpResponse:
    return ask(
        grant_type="client_credentials",
        scope=scope,
        client_assertion_type=ASSERTION,
        client_assertion=signed(client, **claims),
    )
