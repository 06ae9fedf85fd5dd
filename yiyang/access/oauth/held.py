"""What a program asks of tokens it holds: to give one back (RFC 7009), or whether one still works (RFC 7662)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from yiyang.kernel.time import now

from .. import commands
from ..actors import AccountActor
from ..models import ApiToken, OauthClient, RefreshToken
from ..secrets import hash_of
from ..tokens import actor_from_token
from .server import PROOFS, server

Held = ApiToken | RefreshToken


def _held(client: OauthClient, raw: str) -> Held | None:
    """A token of this client; those of others are not there for it."""
    token = ApiToken.objects.select_related("account", "membership", "grant").filter(
        hash=hash_of(raw), client=client
    )
    refresh = RefreshToken.objects.select_related("grant__account", "grant__membership").filter(
        hash=hash_of(raw), grant__client=client
    )
    return token.first() or refresh.first()


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = PROOFS

    def authenticate_token(self, request: Any, client: OauthClient) -> Held | None:
        self.check_params(request, client)
        return _held(client, request.form["token"])

    def revoke_token(self, token: Held, request: Any) -> None:
        """Giving back what gets new tokens ends the whole access."""
        if isinstance(token, RefreshToken):
            if not token.grant.ended_at:
                by = AccountActor(token.grant.account, token.grant.membership)
                commands.withdraw_app(by=by, at=now(), grant=token.grant, why="BY_APP")
        elif not token.revoked_at:
            by = AccountActor(token.account, token.membership)
            commands.revoke_app_token(by=by, at=now(), token=token)


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = ["private_key_jwt", "client_secret_basic"]

    def authenticate_token(self, request: Any, client: OauthClient) -> Held | None:
        self.check_params(request, client)
        found = _held(client, request.form["token"])
        return found if found is not None and _works(found, request.form["token"]) else None

    def create_introspection_payload(self, token: Held | None) -> dict[str, Any]:
        if token is None:
            return {"active": False}
        grant = token.grant
        told = {
            "active": True,
            "client_id": str(token.client_id if isinstance(token, ApiToken) else token.grant.client_id),
            "scope": token.scope if isinstance(token, ApiToken) else token.grant.scope,
            "token_type": "Bearer" if isinstance(token, ApiToken) else "refresh_token",
            "sub": str(token.account_id if isinstance(token, ApiToken) else token.grant.account_id),
            "iat": int(token.created_at.timestamp()),
            "exp": int(token.expires_at.timestamp()),
        }
        return told | ({"patient": str(grant.person_id)} if grant and grant.person_id else {})


def _works(held: Held, raw: str) -> bool:
    if isinstance(held, RefreshToken):
        return not held.used_at and not held.grant.ended_at and held.expires_at > now()
    return actor_from_token(raw, now(), apps=True) is not None


server.register_endpoint(Revocation)
server.register_endpoint(Introspection)
