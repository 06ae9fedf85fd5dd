"""What leaves the platform for telephones and messengers, and who wants to be told how."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.gateways.messages.wording import Wording
from yiyang.kernel.crypto import decrypt
from yiyang.kernel.models import Model
from yiyang.kernel.rotation import under_keys


class Channel(models.TextChoices):
    SMS = "SMS", _("text message")
    VOICE = "VOICE", _("telephone call by a voice machine")
    WECHAT = "WECHAT", _("WeChat")
    ENTERPRISE_CHAT = "ENTERPRISE_CHAT", _("enterprise WeChat")


class State(models.TextChoices):
    WAITING = "WAITING", pgettext_lazy("message", "waiting")
    SENT = "SENT", pgettext_lazy("message", "sent")
    DELIVERED = "DELIVERED", pgettext_lazy("message", "delivered")
    FAILED = "FAILED", pgettext_lazy("message", "failed")
    WITHHELD = "WITHHELD", pgettext_lazy("message", "withheld")


OVER = (State.DELIVERED, State.FAILED, State.WITHHELD)


class Delivery(Model):
    """One text to one address by one channel. When it is over, address and words are gone; the hash stays."""

    key = models.CharField(max_length=200)
    notice_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=16, choices=Channel)
    wording = models.CharField(max_length=16, choices=Wording)
    language = models.CharField(max_length=8, default="zh-hans")
    urgent = models.BooleanField(default=False)
    address = models.BinaryField(null=True)
    address_hash = models.BinaryField(max_length=32)
    params = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    receipt_after = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="WAITING"), name="delivery_due"),
            models.Index(fields=["receipt_after"], condition=Q(state="SENT"), name="delivery_receipt_due"),
            models.Index(fields=["-created_at"], name="delivery_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "SENT"], over_at=None, address__isnull=False)
                | Q(state__in=OVER, over_at__isnull=False, address=None, params=None),
                name="delivery_over_keeps_no_address",
            ),
            models.CheckConstraint(
                condition=~Q(state="WAITING") | Q(next_attempt_at__isnull=False),
                name="delivery_waiting_has_a_time",
            ),
        ]

    @property
    def address_of(self) -> str:
        return decrypt(bytes(self.address)) if self.address else ""


class Threshold(models.TextChoices):
    ALL = "ALL", _("everything")
    URGENT = "URGENT", _("only what is urgent")
    NOTHING = "NOTHING", _("nothing")


class ChannelChoice(Model):
    """An account wants to be told by this channel: everything, or only what is urgent."""

    account_id = models.UUIDField()
    channel = models.CharField(max_length=16, choices=Channel)
    threshold = models.CharField(max_length=8, choices=Threshold)
    address = models.BinaryField(null=True)
    chosen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "channel"], condition=Q(ended_at=None), name="channel_choice_one_live"
            )
        ]

    @property
    def address_of(self) -> str:
        return decrypt(bytes(self.address)) if self.address else ""


under_keys(Delivery, "address", "params")
under_keys(ChannelChoice, "address")
