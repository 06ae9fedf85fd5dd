"""How Alibaba Cloud checks a signed request: worked out from what came over the wire, not from our own signing."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from yiyang.gateways.fake_server import Answer, Asked
from yiyang.kernel.time import now

FORM = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})")
NEEDED = {
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
}


@dataclass
class Gate:
    """Refuses what the real gate refuses: wrong key, wrong signature, old date, a nonce used twice."""

    key_id: str
    key_secret: str
    nonces: set[str] = field(default_factory=set)

    def refusal(self, asked: Asked) -> Answer | None:
        form = FORM.fullmatch(asked.headers.get("authorization", ""))
        if form is None:
            return _refused("MissingAuthorization")
        key_id, names, signature = form.groups()
        if key_id != self.key_id:
            return _refused("InvalidAccessKeyId.NotFound")
        signed = names.split(";")
        if signed != sorted(signed) or not set(signed) >= NEEDED:
            return _refused("InvalidSignedHeaders")
        if asked.headers["x-acs-content-sha256"] != hashlib.sha256(asked.body).hexdigest():
            return _refused("InvalidContentSha256")
        said = datetime.strptime(asked.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(now() - said) > timedelta(minutes=15):
            return _refused("InvalidTimeStamp.Expired")
        if asked.headers["x-acs-signature-nonce"] in self.nonces:
            return _refused("SignatureNonceUsed")
        self.nonces.add(asked.headers["x-acs-signature-nonce"])
        if not hmac.compare_digest(signature, self._expected(asked, signed)):
            return _refused("SignatureDoesNotMatch")
        return None

    def _expected(self, asked: Asked, signed: list[str]) -> str:
        pairs = sorted(pair.partition("=")[::2] for pair in asked.query_text.split("&") if pair)
        canonical = "&".join(
            f"{quote(unquote(name), safe='-_.~')}={quote(unquote(value), safe='-_.~')}"
            for name, value in pairs
        )
        headers = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in signed)
        request = (
            f"{asked.method}\n{asked.path}\n{canonical}\n{headers}\n{';'.join(signed)}\n"
            + (asked.headers["x-acs-content-sha256"])
        )
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
        return hmac.new(self.key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _refused(code: str) -> Answer:
    return 400, {"Code": code, "Message": code, "RequestId": "FAKE"}
