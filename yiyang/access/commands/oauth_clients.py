"""Programs and apps of others: registered, given other keys, stopped."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.fetching import refuse_inner
from yiyang.kernel.refusals import NotAllowed, Refusal

from ..models import ApiToken, Membership, OauthClient, OauthGrant, Organisation
from ..models.oauth import ClientKind, Proof
from ..oauth import scopes, words
from ..oauth.keys import read_keys
from ..permissions import Permission
from ..purposes import Purpose
from ..secrets import hash_of, new_secret
from ..texts import line
from .accounts import AlreadySo

ADDRESSES_AT_MOST = 10


class ScopeNotKnown(Refusal):
    message = _(
        "“{scope}” is no scope that is given here. Write scopes such as system/Observation.rs, with a blank between them."
    )
    status = 422


class ScopeNotForThis(Refusal):
    message = _(
        "“{scope}” does not fit. A program that works by itself has scopes that begin with system/, an app in which "
        "people sign in has such as begin with patient/ or user/."
    )
    status = 422


class KeysMissing(Refusal):
    message = _("Give its public keys, or the https address where they lie; one of the two.")
    status = 422


class AddressOfAppMalformed(Refusal):
    message = _(
        "“{address}” cannot be an address to return to. It begins with https:// and has no part after a #. On a "
        "telephone it is the app's own, as cn.example.app:/done; for trials it may be http://127.0.0.1."
    )
    status = 422


class ProgramNeedsAccount(Refusal):
    message = _("Choose the account and role as which the program acts.")
    status = 422


def _unit(organisation: Organisation, membership: Membership | None = None, **_: Any) -> Any:
    return membership.organisation_id if membership else organisation.pk


@command(Permission.MANAGE_APPS, within=_unit)
def register_client(
    *,
    by: Actor,
    at: datetime,
    organisation: Organisation,
    name: str,
    kind: str,
    scope: str,
    proof: str = Proof.KEY,
    purpose: str = Purpose.CARE,
    membership: Membership | None = None,
    keys: str = "",
    keys_url: str = "",
    redirect_uris: Sequence[str] = (),
) -> tuple[OauthClient, str]:
    """A program acts as one account in one role; an app as whoever signs in. A secret is returned once, never again.

    `purpose`: what it reads for. A consent for another purpose opens nothing to it.
    """
    service = kind == ClientKind.SERVICE
    if service and membership is None:
        raise ProgramNeedsAccount(field="membership")
    told: dict[str, Any] = {"keys": {}, "keys_url": ""}
    proof = Proof.KEY if service else proof
    if proof == Proof.KEY:
        told = _keys(keys, keys_url)
    secret = new_secret("s_") if proof == Proof.SECRET else ""
    client = OauthClient.objects.create(
        name=line(name, "name", 80), kind=kind, proof=proof, scope=_scope(scope, service), purpose=Purpose(purpose or Purpose.CARE), created_at=at,
        organisation=membership.organisation if service and membership else organisation,
        membership=membership if service else None, created_by=by.account_id,
        redirect_uris=[] if service else _addresses(redirect_uris),
        secret_hash=hash_of(secret) if secret else "", **told,
    )  # fmt: skip
    record(
        "client.registered", by=by, at=at, subject=client, called=client.name, kind=kind, scope=client.scope,
        purpose=client.purpose,
        account=membership.account_id if service and membership else None,
    )  # fmt: skip
    return client, secret


@command(Permission.MANAGE_APPS, within="client.organisation_id")
def change_client_keys(
    *, by: Actor, at: datetime, client: OauthClient, keys: str = "", keys_url: str = ""
) -> OauthClient:
    """From now on it signs with these; what it holds in hand keeps working for its few minutes."""
    current = _current(client)
    if current.proof != Proof.KEY:
        raise NotAllowed
    for field, value in {**_keys(keys, keys_url), "keys_read_at": None}.items():
        setattr(current, field, value)
    current.save(update_fields=["keys", "keys_url", "keys_read_at"])
    record("client.keys_changed", by=by, at=at, subject=current)
    return current


@command(Permission.MANAGE_APPS, within="client.organisation_id")
def stop_client(*, by: Actor, at: datetime, client: OauthClient) -> OauthClient:
    """It gets nothing more, and what it holds stops at once. This cannot be undone."""
    current = _current(client)
    current.stopped_at, current.stopped_by = at, by.account_id
    current.save(update_fields=["stopped_at", "stopped_by"])
    ended = OauthGrant.objects.filter(client=current, ended_at=None)
    ended.update(ended_at=at, ended_by=by.account_id, ended_why="CLIENT_STOPPED")
    ApiToken.objects.filter(client=current, revoked_at=None).update(revoked_at=at, revoked_by=by.account_id)
    record("client.stopped", by=by, at=at, subject=current, called=current.name)
    return current


def _current(client: OauthClient) -> OauthClient:
    current = OauthClient.objects.select_for_update(no_key=True, of=("self",)).get(pk=client.pk)
    if current.stopped_at:
        raise AlreadySo
    return current


def _keys(keys: str, keys_url: str) -> dict[str, Any]:
    if bool(keys.strip()) == bool(keys_url.strip()):
        raise KeysMissing(field="keys")
    if keys_url.strip():
        refuse_inner(keys_url.strip())
        return {"keys": {}, "keys_url": keys_url.strip()}
    return {"keys": read_keys(keys), "keys_url": ""}


def _scope(text: str, service: bool) -> str:
    asked = scopes.read(text)
    for one in (*asked.unknown, *asked.searching):
        raise ScopeNotKnown(scope=one[:80], field="scope")
    strange = [one.text for one in asked.scopes if not words.known(one.type)]
    if strange or not asked.scopes:
        raise ScopeNotKnown(scope="".join(strange[:1]), field="scope")
    wrong = [one.text for one in asked.scopes if (one.context == scopes.OF_PROGRAM) != service]
    wrong += list(asked.others) if service else []
    if wrong:
        raise ScopeNotForThis(scope=wrong[0], field="scope")
    return " ".join([*(one.text for one in asked.scopes), *asked.others])


def _addresses(given: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(one.strip() for one in given if one.strip()))
    if not 0 < len(found) <= ADDRESSES_AT_MOST:
        raise AddressOfAppMalformed(address="", field="redirect_uris")
    for one in found:
        if len(one) > 300 or not _returns_to(one):
            raise AddressOfAppMalformed(address=one[:120], field="redirect_uris")
    return found


def _returns_to(address: str) -> bool:
    """https, an app's own scheme (which has a point in it), or the machine on which the app itself runs."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if (
        not address.isascii()
        or not address.isprintable()
        or " " in address
        or "#" in address
        or parts.username
    ):
        return False
    if parts.scheme == "https":
        return bool(host)
    return "." in parts.scheme or (parts.scheme == "http" and _same_machine(host))


def _same_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
