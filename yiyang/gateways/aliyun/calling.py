"""One signed call of an RPC-style operation of Alibaba Cloud."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from yiyang.gateways.aliyun.signing import query, signed_headers
from yiyang.kernel.time import now

PATIENCE = 8.0


def call(
    endpoint: str, *, action: str, version: str, parameters: dict[str, str], key_id: str, key_secret: str
) -> dict[str, Any]:
    """The answer as JSON; httpx.HTTPError when none came. A refusal is an answer too: it has a Code."""
    import httpx

    headers = signed_headers(
        host=urlsplit(endpoint).netloc, action=action, version=version, parameters=parameters,
        key_id=key_id, key_secret=key_secret, at=now(), nonce=secrets.token_hex(16),
    )  # fmt: skip
    response = httpx.post(f"{endpoint}/?{query(parameters)}", headers=headers, timeout=PATIENCE)
    if response.status_code >= 500:
        response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer
