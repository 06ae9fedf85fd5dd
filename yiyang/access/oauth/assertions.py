"""A program shows who it is with a signed word (RFC 7523, SMART asymmetric authentication)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError

from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

from ..models import OauthClient
from .keys import ALGORITHMS, key_set
from .used import first_use, keys_of

LASTS_AT_MOST = 300
LEEWAY = 30
LONGEST = 8_000


def by_assertion(query_client: Any, request: Any) -> OauthClient | None:
    """For Authlib: the client whose signed word came along, or None where none came."""
    form = request.form
    if not form.get("client_assertion"):
        return None
    found: OauthClient | None = Assertion(request)(query_client, request)
    named = form.get("client_id")
    if named and found is not None and named != found.get_client_id():
        raise InvalidClientError(description="client_id is not the subject of the assertion.")
    return found


class Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    """What differs from Authlib's: two algorithms, one audience, five minutes at most, words that hold nothing sent."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, request: Any) -> None:
        super().__init__(leeway=LEEWAY)
        self.audience = request.token_url

    def extract_assertion(self, assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
        if len(assertion) > LONGEST or not assertion.isascii():
            raise InvalidClientError(description="Invalid JWT assertion.")
        headers, claims = super().extract_assertion(assertion)
        self.headers = headers
        return headers, claims

    def resolve_client_public_key(self, client: OauthClient) -> Any:
        try:
            return key_set(keys_of(client, str(self.headers.get("kid", ""))[:200]))
        except (Refusal, JoseError, ValueError):
            raise InvalidClientError(description="The keys of this client cannot be read.") from None

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> dict[str, Any]:
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError):
            raise InvalidClientError(
                description="The signature does not fit: sign with RS384 or ES384 and a registered key (kid)."
            ) from None
        self.verify_claims(token.claims)
        return token.claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        if claims.get("iss") != claims.get("sub"):
            raise InvalidClientError(description="iss and sub must both be the client_id.")
        if claims.get("aud") not in (self.audience, [self.audience]):
            raise InvalidClientError(description="aud must be exactly the address of the token endpoint.")
        self._verify_time(claims)
        name = claims.get("jti")
        if not isinstance(name, str) or not 0 < len(name) <= 200:
            raise InvalidClientError(description="jti is missing.")
        if not first_use(claims["sub"], name, claims["exp"] + LEEWAY):
            raise InvalidClientError(
                description="This assertion was used before. Sign a new one for each request."
            )

    def _verify_time(self, claims: dict[str, Any]) -> None:
        at = now().timestamp()
        times = [claims.get(name, at) for name in ("exp", "nbf", "iat")]
        if "exp" not in claims or not all(type(one) in (int, float) and abs(one) < 1e11 for one in times):
            raise InvalidClientError(description="exp is missing or no time.")
        if claims["exp"] <= at - LEEWAY:
            raise InvalidClientError(description="This assertion is over: exp lies in the past.")
        if claims["exp"] > at + LASTS_AT_MOST + LEEWAY:
            raise InvalidClientError(description="exp must lie at most five minutes ahead.")
        if times[1] > at + LEEWAY or times[2] > at + LEEWAY:
            raise InvalidClientError(description="nbf or iat lies ahead.")
