"""The OAuth 2 server: Authlib's grants and endpoints over our tables and commands.

Authlib knows the protocol; who may, for how long, and that each step is a fact stands in the commands.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.integrations.django_oauth2.requests import DjangoOAuth2Payload
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError, OAuth2Request
from authlib.oauth2.rfc6749 import grants as rfc6749
from authlib.oauth2.rfc7636 import CodeChallenge
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from yiyang.kernel.time import now

from .. import commands
from ..actors import AccountActor
from ..models import Account, ApiToken, Membership, OauthClient, OauthCode, RefreshToken
from ..secrets import hash_of, new_secret
from ..tokens import may_act
from . import scopes
from .assertions import by_assertion

PROOFS = ["private_key_jwt", "client_secret_basic", "none"]


class Request(OAuth2Request):  # type: ignore[misc]
    """A request as Authlib reads it. Whether it came by https is the installation's affair, not asked here again."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(str(request.method), "https://" + request.get_host(), headers=request.headers)
        self.payload = DjangoOAuth2Payload(request)
        self.given = request
        # What the person chose on the page.
        self.person_id: UUID | None = None
        self.once = False

    @property
    def args(self) -> Any:
        return self.given.GET

    @property
    def form(self) -> Any:
        return self.given.POST

    @property
    def token_url(self) -> str:
        return self.given.build_absolute_uri(reverse("access:oauth_token"))


class Server(AuthorizationServer):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(OauthClient, ApiToken)
        self.register_token_generator("default", _generated)
        self.register_client_auth_method("private_key_jwt", by_assertion)

    def query_client(self, client_id: str) -> OauthClient | None:
        try:
            key = UUID(client_id)
        except ValueError:
            return None
        found = OauthClient.objects.select_related("membership__account", "membership__organisation")
        return found.filter(pk=key, stopped_at=None).first() if str(key) == client_id else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """The tokens were made up by Authlib; here they become rows, by a command."""
        at, raw, scope = now(), token["access_token"], token["scope"]
        if request.authorization_code is not None:
            code = request.authorization_code
            issued = commands.redeem_code(by=request.user, at=at, code=code, scope=scope, raw=raw)
        elif request.refresh_token is not None:
            refresh = request.refresh_token
            issued = commands.renew_app_token(by=request.user, at=at, refresh=refresh, scope=scope, raw=raw)
        else:
            by = _acting(request.client.membership.account, request.client.membership)
            issued = commands.issue_program_token(by=by, at=at, client=request.client, scope=scope, raw=raw)
        token["expires_in"] = int((issued.token.expires_at - at).total_seconds())
        if issued.refresh:
            token["refresh_token"] = issued.refresh
        if issued.token.grant is not None and issued.token.grant.person_id:
            token["patient"] = str(issued.token.grant.person_id)
            token["need_patient_banner"] = True

    def create_oauth2_request(self, request: HttpRequest) -> Request:
        return request if isinstance(request, Request) else Request(request)

    def handle_response(self, status: int, payload: Any, headers: Any) -> Any:
        response = HttpResponse(status=302) if status == 302 else JsonResponse(dict(payload), status=status)
        for name, value in headers:
            response[name] = value
        return response

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """What happens is told by facts."""


def _generated(
    grant_type: str,
    client: OauthClient,
    user: Any = None,
    scope: str | None = None,
    expires_in: int | None = None,
    include_refresh_token: bool = True,
) -> dict[str, Any]:
    allowed = client.get_allowed_scope(scope)
    if not allowed:
        raise InvalidScopeError(description=_why_not(scope))
    return {"token_type": "Bearer", "access_token": new_secret("a_"), "scope": allowed}


def _why_not(scope: str | None) -> str:
    asked = scopes.read(scope)
    if asked.searching:
        return "Scopes with search parameters are not given here. Ask for the type alone, as system/Observation.rs."
    if not asked.scopes:
        return "Say which scopes, as system/Observation.rs or patient/*.read."
    return "None of these scopes is registered for this client."


class ClientCredentials(rfc6749.ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["private_key_jwt"]


class AuthorizationCode(rfc6749.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = PROOFS

    def save_authorization_code(self, code: str, request: Any) -> None:
        commands.allow_app(
            by=request.user,
            at=now(),
            client=request.client,
            scope=scopes.for_once(request.scope) if request.once else request.scope,
            person_id=request.person_id,
            redirect_uri=request.payload.redirect_uri,
            code=code,
            code_challenge=request.payload.data["code_challenge"],
        )

    def query_authorization_code(self, code: str, client: OauthClient) -> OauthCode | None:
        found = OauthCode.objects.select_related(
            "grant__client", "grant__account", "grant__membership__organisation"
        )
        one = found.filter(hash=hash_of(code), grant__client=client).first()
        if one is not None and one.used_at:
            end_for_safety(one.grant)
        return one if one is not None and not one.used_at and one.expires_at > now() else None

    def delete_authorization_code(self, authorization_code: OauthCode) -> None:
        """It is kept, as used, so that a second use is known for what it is."""

    def authenticate_user(self, authorization_code: OauthCode) -> AccountActor:
        return holder(authorization_code.grant)


class OnlyS256(CodeChallenge):  # type: ignore[misc]
    """PKCE is asked of every app, and in its safe form alone."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    CODE_CHALLENGE_METHODS = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError(
                description="Send code_challenge with code_challenge_method=S256 (PKCE)."
            )
        super().validate_code_challenge(grant, redirect_uri)


class Refreshing(rfc6749.RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = PROOFS

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        found = RefreshToken.objects.select_related(
            "grant__client", "grant__account", "grant__membership__organisation"
        )
        one = found.filter(hash=hash_of(refresh_token)).first()
        if one is not None and one.used_at and one.grant.client_id == self.request.client.pk:
            end_for_safety(one.grant)
        return one if one is not None and not one.used_at and one.expires_at > now() else None

    def _validate_token_scope(self, token: RefreshToken) -> None:
        if not self._scope(token):
            raise InvalidScopeError(description="This is more than what was allowed.")

    def issue_token(self, user: AccountActor, refresh_token: RefreshToken) -> dict[str, Any]:
        found: dict[str, Any] = self.generate_token(user=user, scope=self._scope(refresh_token))
        return found

    def _scope(self, token: RefreshToken) -> str:
        """As much as was allowed, or less where the app asks for less."""
        asked = self.request.payload.scope
        return scopes.granted(asked, token.grant.scope) if asked else token.grant.scope

    def authenticate_user(self, refresh_token: RefreshToken) -> AccountActor:
        return holder(refresh_token.grant)

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        """Done with the issue of the new one, in one transaction."""


def holder(grant: Any) -> AccountActor:
    """Who gave it; nobody whose account or role has ended meanwhile."""
    if grant.ended_at or grant.expires_at <= now():
        raise InvalidGrantError(description="This access has ended. Ask the person to allow the app anew.")
    return _acting(grant.account, grant.membership)


def _acting(account: Account, membership: Membership | None) -> AccountActor:
    if not may_act(account, membership, now()):
        raise InvalidGrantError(description="The account or role behind this has ended.")
    return AccountActor(account, membership)


def end_for_safety(grant: Any) -> None:
    """A code or refresh token came twice: one of the two who have it stole it."""
    if not grant.ended_at:
        by = AccountActor(grant.account, grant.membership)
        commands.withdraw_app(by=by, at=now(), grant=grant, why="USED_TWICE")


server = Server()
server.register_grant(ClientCredentials)
server.register_grant(AuthorizationCode, [OnlyS256(required=True)])
server.register_grant(Refreshing)
