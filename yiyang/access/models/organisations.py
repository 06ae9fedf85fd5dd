from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import get_language

from yiyang.kernel.models import Model

from ..organisation_kinds import OperatorKind, OrganisationKind

if TYPE_CHECKING:
    from ..actors import AccountActor


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def under(self, root: UUID | models.OuterRef) -> OrganisationQuerySet:
        """The organisation and everything below it."""
        return self.filter(path__contains=[root])

    def in_area(self, code: Any) -> OrganisationQuerySet:
        return self.filter(area__code__startswith=code)

    def visible_to(self, actor: AccountActor) -> OrganisationQuerySet:
        """Names of the units of one's district are open to staff; to others only what is their own."""
        if actor.sees_all:
            return self
        if not actor.membership_id or not actor.district:
            return self.none()
        return self.filter(
            models.Q(area__code__startswith=actor.district) | models.Q(id__in=actor.organisation_ids)
        )

    def internals_visible_to(self, actor: AccountActor) -> OrganisationQuerySet:
        """Staff, wards, papers: only within the actor's own reach."""
        if actor.sees_all:
            return self
        return self.filter(id__in=actor.reach)


class Organisation(Model):
    """A hospital, a care home, a department … in a tree of who runs what, lying in an area.

    `path` holds the ids from the root to the organisation itself; commands keep it.
    """

    code = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=24, choices=OrganisationKind)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    short_name = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = ArrayField(models.UUIDField(), default=list, editable=False)
    area = models.ForeignKey("access.Area", models.PROTECT, related_name="organisations")
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    operator_kind = models.CharField(max_length=12, choices=OperatorKind, default=OperatorKind.INSTITUTION)
    operator_name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    night_contact = models.CharField(max_length=120, blank=True)
    member_unit = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name_zh", "id"]
        indexes = [
            GinIndex(fields=["path"], name="organisation_path"),
            models.Index(fields=["area", "kind"], name="organisation_area_kind"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~models.Q(code=""), name="organisation_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="organisation_position_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="organisation_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        english = not (get_language() or "zh").startswith("zh")
        return self.name_en if english and self.name_en else self.name_zh
