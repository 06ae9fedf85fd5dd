"""How elders and families sign in: by a telephone and a one-time code, or by a card with a PIN."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiyang.kernel.crypto import decrypt
from yiyang.kernel.models import Model

from .accounts import Account


class SignInPhone(Model):
    """The telephone that opens an account. One telephone opens one account, and an account has one."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="sign_in_phones")
    value = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    identity_check = models.CharField(max_length=20, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    tries_from = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at=None), name="sign_in_phone_one_live"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False),
                name="sign_in_phone_end_whole",
            ),
        ]

    @property
    def number(self) -> str:
        return decrypt(bytes(self.value))

    @property
    def shown(self) -> str:
        return f"{self.number[:3]}****{self.number[-4:]}"


class SignInPhoneHash(models.Model):
    """Keyed hashes of a live telephone, one for each key version; they go when the telephone ends."""

    phone = models.ForeignKey(SignInPhone, models.CASCADE, related_name="hashes")
    key_version = models.PositiveSmallIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_version", "hash"], name="sign_in_phone_once")]


class SignInCode(Model):
    """A one-time code that was asked for. Only its hash is kept; numbers that open nothing are counted alike."""

    phone_key = models.BinaryField(max_length=32)
    address_key = models.BinaryField(max_length=32)
    phone = models.ForeignKey(SignInPhone, models.PROTECT, null=True, related_name="codes")
    hash = models.BinaryField(max_length=32)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["phone_key", "-asked_at"], name="sign_in_code_of_phone"),
            models.Index(fields=["address_key", "-asked_at"], name="sign_in_code_of_address"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="sign_in_code_five_tries"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("asked_at")), name="sign_in_code_ends_later"
            ),
        ]


class AccessCard(Model):
    """A printed card with a number and its QR code, handed over in person; it opens with the PIN chosen then."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="cards")
    value = models.BinaryField(null=True)
    hash = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField()
    hint = models.CharField(max_length=4)
    pin = models.CharField(max_length=128)
    handed_to = models.CharField(max_length=80)
    identity_check = models.CharField(max_length=20)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["-issued_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at=None), name="access_card_one_live"
            ),
            models.UniqueConstraint(fields=["key_version", "hash"], name="access_card_number_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="access_card_end_has_reason",
            ),
            models.CheckConstraint(condition=Q(tries__lte=5), name="access_card_five_tries"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("issued_at")), name="access_card_ends_later"
            ),
        ]
