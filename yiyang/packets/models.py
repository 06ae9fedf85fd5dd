"""Handover packets: each version as it was sealed, who has read it, and the links by which one goes outside."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiyang.kernel.models import Model

LINK_TRIES = 5


class Packet(Model):
    """One version of what goes with a transfer to one receiver: a unit here, or one outside that is named.

    `body` is the document as it was sealed, `digest` its SHA-256, `seal` a keyed hash of the digest by a key outside
    the database. `content` is a digest of what it says without its own date and number: a new version is kept only
    when that differs. `reach` is the unit with whose sight it was gathered, `grounds` why that
    unit saw the record then.
    """

    transfer = models.ForeignKey("beds.Transfer", models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    outside = models.CharField(max_length=120, blank=True)
    reach = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    built_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    built_by = models.CharField(max_length=120)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    grounds = models.JSONField(default=list, db_default=[])

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "unit", "outside", "reach", "version"],
                nulls_distinct=False,
                name="packet_version_once",
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, outside="") | Q(unit=None) & ~Q(outside=""),
                name="packet_for_a_unit_or_outside",
            ),
        ]

    @property
    def short_digest(self) -> str:
        """In fours, as people compare it."""
        return " ".join(self.digest[at : at + 4] for at in range(0, 16, 4))


class PacketReading(Model):
    """Somebody of the receiving unit has read this version."""

    packet = models.ForeignKey(Packet, models.PROTECT, related_name="readings")
    read_at = models.DateTimeField()
    read_by = models.CharField(max_length=120)
    account_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["read_at"]
        constraints = [
            models.UniqueConstraint(fields=["packet", "account_id"], name="packet_read_once_by_one"),
        ]


class PacketLink(Model):
    """The way for a unit outside: an address that nobody guesses, and a code told by telephone; hashes of both."""

    packet = models.ForeignKey(Packet, models.PROTECT, related_name="links")
    token_hash = models.BinaryField(max_length=32, unique=True)
    code_hash = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    made_by_account = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="packet_link_ends"),
            models.CheckConstraint(condition=Q(tries__lte=LINK_TRIES), name="packet_link_few_tries"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by="") | Q(revoked_at__isnull=False) & ~Q(revoked_by=""),
                name="packet_link_revoked_by_somebody",
            ),
        ]
