"""The public keys of a program: pasted as JWKS or PEM, or read from its own address."""

from __future__ import annotations

import json
import warnings
from typing import Any

from django.utils.translation import gettext_lazy as _
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey, import_key

from yiyang.kernel.refusals import Refusal

ALGORITHMS = ("RS384", "ES384")
LONGEST = 64_000
MOST = 10
LEAST_BITS = 2048


class KeysUnreadable(Refusal):
    message = _(
        "These are no public keys. Paste a JWKS with its list of “keys”, or a key that begins with “-----BEGIN PUBLIC KEY-----”."
    )
    status = 422


class KeyIsPrivate(Refusal):
    message = _(
        "This is a private key. It was not kept. Give it to nobody: make a new pair and send the public half."
    )
    status = 422


class KeyTooWeak(Refusal):
    message = _("A key must be RSA with at least 2048 bits, or an elliptic key on P-384.")
    status = 422


def read_keys(text: str) -> dict[str, Any]:
    """A JWKS of public keys that can sign here, each with a name (kid)."""
    if len(text) > LONGEST:
        raise KeysUnreadable(field="keys")
    told = _listed(text.strip())
    if not 0 < len(told) <= MOST:
        raise KeysUnreadable(field="keys")
    return {"keys": [_one(key) for key in told]}


def key_set(keys: dict[str, Any]) -> KeySet:
    return KeySet.import_key_set(keys)  # type: ignore[arg-type]


def _listed(text: str) -> list[Any]:
    if text.startswith("-----BEGIN"):
        if "PRIVATE" in text.partition("\n")[0]:
            raise KeyIsPrivate(field="keys")
        return [text]
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise KeysUnreadable(field="keys") from None
    listed = told.get("keys", [told]) if isinstance(told, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise KeysUnreadable(field="keys")
    return listed


def _one(told: Any) -> dict[str, Any]:
    if isinstance(told, dict) and "d" in told:
        raise KeyIsPrivate(field="keys")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the kind of a PEM is read from it
            key = import_key(told)
        if isinstance(told, str) and isinstance(
            key, OctKey
        ):  # letters that are no key are taken for a shared secret
            raise KeysUnreadable(field="keys")
        strong = (isinstance(key, RSAKey) and key.public_key.key_size >= LEAST_BITS) or (
            isinstance(key, ECKey) and key.curve_name == "P-384"
        )
        if strong and not key.is_private:
            name = told.get("kid") if isinstance(told, dict) else None
            public = {
                name: value for name, value in key.as_dict(private=False).items() if isinstance(value, str)
            }
            return public | {"kid": name if isinstance(name, str) and name else key.thumbprint()}
    except (JoseError, ValueError, TypeError, KeyError):
        raise KeysUnreadable(field="keys") from None
    raise KeyTooWeak(field="keys")
