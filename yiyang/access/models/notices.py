from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.models import Model

if TYPE_CHECKING:
    from ..actors import AccountActor


class Priority(models.TextChoices):
    ROUTINE = "ROUTINE", _("routine")
    URGENT = "URGENT", _("urgent")
    EMERGENCY = "EMERGENCY", _("emergency")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: AccountActor) -> NoticeQuerySet:
        """Addressed to this account, or to the role that it acts in at this organisation."""
        if actor.account_id is None:
            return self.none()
        actor = getattr(actor, "assistant", actor)  # whoever serves somebody still hears of their own work
        mine = Q(account_id=actor.account_id)
        if actor.organisation_id:
            mine |= Q(organisation_id=actor.organisation_id, role=actor.role)
            mine |= Q(organisation_id=actor.organisation_id, role="")
        return self.filter(mine)

    def shown(self) -> NoticeQuerySet:
        return self.filter(held=False)

    def open(self) -> NoticeQuerySet:
        return self.filter(acknowledged_at=None, withdrawn_at=None)


class Notice(Model):
    """A message in the inbox of an account, or of whoever has a role at an organisation."""

    account = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="notices"
    )
    organisation = models.ForeignKey(
        "access.Organisation", models.PROTECT, null=True, blank=True, related_name="notices"
    )
    role = models.CharField(max_length=32, blank=True)
    subject = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    person_id = models.UUIDField(null=True, blank=True)
    link = models.CharField(max_length=300, blank=True)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.ROUTINE)
    key = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.UUIDField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    held = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="notice_of_account"),
            models.Index(fields=["organisation", "role", "-created_at"], name="notice_of_role"),
            models.Index(
                fields=["next_reminder_at"],
                condition=Q(acknowledged_at=None, withdrawn_at=None),
                name="notice_to_remind",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="notice_key_once"),
            models.CheckConstraint(
                condition=Q(account__isnull=False, organisation=None)
                | Q(account=None, organisation__isnull=False),
                name="notice_has_one_address",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="notice_acknowledgement_whole",
            ),
        ]

    @property
    def priority_of(self) -> Priority:
        return Priority(self.priority)

    @property
    def text(self) -> str:
        from ..notice_texts import text_of

        return text_of(self.subject, self.params)
