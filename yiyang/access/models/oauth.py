"""Programs and apps of others: who they are, what was granted to them, and what they hold in hand."""

from __future__ import annotations

import secrets

from authlib.oauth2.rfc6749 import ClientMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.models import Model

from ..oauth import scopes, words
from ..purposes import purpose_field
from ..secrets import hash_of


class ClientKind(models.TextChoices):
    SERVICE = "SERVICE", _("a program that works by itself")
    APP = "APP", _("an app in which people sign in")


class Proof(models.TextChoices):
    """How it shows at our address for tokens that it is itself."""

    KEY = "private_key_jwt", _("signs with its own key")
    SECRET = "client_secret_basic", _("sends a secret")
    NONE = "none", _("cannot keep a secret (on a telephone or in a browser)")


class OauthClient(Model, ClientMixin):  # type: ignore[misc]
    """A program or app that was registered here. What it may do is at most what its account may."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=ClientKind)
    proof = models.CharField(max_length=20, choices=Proof)
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        "access.Membership", models.PROTECT, null=True, blank=True, related_name="programs"
    )
    scope = models.TextField()
    purpose = purpose_field()
    keys = models.JSONField(default=dict)
    keys_url = models.URLField(max_length=300, blank=True)
    keys_read_at = models.DateTimeField(null=True, blank=True)
    redirect_uris = ArrayField(models.CharField(max_length=300), default=list)
    secret_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="SERVICE", membership__isnull=False, proof="private_key_jwt")
                | Q(kind="APP", membership=None),
                name="oauth_client_acts_as_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None) | Q(stopped_at__isnull=False),
                name="oauth_client_stop_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key_names(self) -> list[str]:
        return [str(one.get("kid", "")) for one in self.keys.get("keys", ())]

    # What Authlib asks of a client.
    def get_client_id(self) -> str:
        return str(self.pk)

    def get_default_redirect_uri(self) -> None:
        """The address must always be named."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        return scopes.granted(words.existing(scope), self.scope) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret_hash) and secrets.compare_digest(self.secret_hash, hash_of(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return bool(method == self.proof)

    def check_response_type(self, response_type: str) -> bool:
        return self.kind == ClientKind.APP and response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        if self.kind == ClientKind.SERVICE:
            return grant_type == "client_credentials"
        return grant_type in ("authorization_code", "refresh_token")


class OauthGrant(Model):
    """Somebody allowed an app to act for them: to read what, of whom, until when."""

    client = models.ForeignKey(OauthClient, models.PROTECT, related_name="grants")
    account = models.ForeignKey("access.Account", models.PROTECT, related_name="grants")
    membership = models.ForeignKey(
        "access.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    person_id = models.UUIDField(null=True, blank=True)
    scope = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["account", "ended_at"], name="oauth_grants_of_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="oauth_grant_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False),
                name="oauth_grant_end_whole",
            ),
        ]


class OauthCode(Model):
    """What an app brings to get its first tokens: for one use, within a minute."""

    grant = models.ForeignKey(OauthGrant, models.CASCADE, related_name="codes")
    hash = models.CharField(max_length=64)
    redirect_uri = models.CharField(max_length=300)
    code_challenge = models.CharField(max_length=128)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hash"], name="oauth_code_once")]

    code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.grant.scope


class RefreshToken(Model):
    """Gets the next tokens of a grant, once. One that comes a second time was stolen: the grant ends."""

    grant = models.ForeignKey(OauthGrant, models.CASCADE, related_name="refreshes")
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hash"], name="refresh_token_once")]

    def get_scope(self) -> str:
        return self.grant.scope

    def check_client(self, client: OauthClient) -> bool:
        return bool(self.grant.client_id == client.pk)


class UsedAssertion(models.Model):
    """A signed word by which a program proved who it is: each counts once."""

    id = models.BigAutoField(primary_key=True)
    client = models.ForeignKey(OauthClient, models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="used_assertion_ends")]
        constraints = [models.UniqueConstraint(fields=["client", "hash"], name="used_assertion_once")]
