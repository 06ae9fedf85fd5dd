from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.models import Model

from ..purposes import purpose_field
from ..roles import ROLES, Role


class AccountKind(models.TextChoices):
    STAFF = "STAFF", _("staff")
    ELDER = "ELDER", _("elder")
    RELATIVE = "RELATIVE", _("relative")
    GUARDIAN = "GUARDIAN", _("guardian or agent")


class AccountManager(BaseUserManager["Account"]):
    """What Django's sign-in asks for; accounts are made by the command `add_account`."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login=(username or "").lower())


class Account(Model, AbstractBaseUser):
    """Somebody who can sign in. What they may do comes from memberships, or from the person they are."""

    # Set where a session's account is fetched together with its memberships (access/actors.py).
    live: list[Any]

    login = models.CharField(_("login name"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(max_length=12, choices=AccountKind, default=AccountKind.STAFF)
    person_id = models.UUIDField(null=True, blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    density = models.CharField(max_length=8, default="staff")
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.UUIDField(null=True, blank=True)
    lock_reason = models.CharField(max_length=200, blank=True)
    opened_by_organisation = models.ForeignKey(
        "access.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["name"]
    objects = AccountManager()

    class Meta:
        ordering = ["login"]
        constraints = [
            models.UniqueConstraint(fields=["login"], name="account_login_once"),
            models.UniqueConstraint(
                fields=["person_id"], condition=Q(person_id__isnull=False), name="account_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(login__regex=r"^[a-z0-9][a-z0-9._-]*$"), name="account_login_plain"
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None, locked_by=None) | Q(locked_at__isnull=False),
                name="account_lock_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind="ELDER") | Q(person_id__isnull=False), name="account_elder_is_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.locked_at is None


class Membership(Model):
    """An account works for an organisation in a role, for a period."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32)
    area = models.ForeignKey("access.Area", models.PROTECT, null=True, blank=True, related_name="+")
    post_title = models.CharField(max_length=60, blank=True)
    period = DateTimeRangeField()
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["-period", "id"]
        indexes = [models.Index(fields=["organisation", "role"], name="membership_of_role")]
        constraints = [
            ExclusionConstraint(
                name="membership_not_twice",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="membership_period_not_empty"),
            models.CheckConstraint(
                condition=Q(suspended_at=None, suspended_by=None) | Q(suspended_at__isnull=False),
                name="membership_suspension_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_of.name} · {self.organisation.name}"

    @property
    def role_of(self) -> Role:
        return ROLES[self.role]


class ApiToken(Model):
    """A key for the API: only its hash is kept; it acts under one membership (or as a person's account).

    One that an app holds (`client`) opens no more than its scope, and under /fhir alone.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="tokens")
    client = models.ForeignKey(
        "access.OauthClient", models.PROTECT, null=True, blank=True, related_name="tokens"
    )
    grant = models.ForeignKey(
        "access.OauthGrant", models.PROTECT, null=True, blank=True, related_name="tokens"
    )
    scope = models.TextField(blank=True)
    purpose = purpose_field()
    label = models.CharField(max_length=80, blank=True)
    hash = models.CharField(max_length=64)
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.UUIDField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["hash"], name="token_hash_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="token_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False),
                name="token_revocation_whole",
            ),
            models.CheckConstraint(
                condition=Q(client=None, scope="") | (Q(client__isnull=False) & ~Q(scope="")),
                name="token_of_an_app_has_a_scope",
            ),
        ]
