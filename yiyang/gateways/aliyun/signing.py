"""Requests to Alibaba Cloud, signed as its "V3 request structure and signature" says (ACS3-HMAC-SHA256).

The parameters of an RPC-style operation travel in the query; the body is empty. Source:
https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
NOTHING = hashlib.sha256(b"").hexdigest()


def encoded(text: str) -> str:
    """RFC 3986: only letters, digits and -_.~ stay as they are."""
    return quote(text, safe="-_.~")


def query(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(parameters.items()))


def signed_headers(
    *,
    host: str,
    action: str,
    version: str,
    parameters: Mapping[str, str],
    key_id: str,
    key_secret: str,
    at: datetime,
    nonce: str,
) -> dict[str, str]:
    """All headers of one request, the signature among them."""
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": NOTHING,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", query(parameters), lines, names, NOTHING])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return headers
