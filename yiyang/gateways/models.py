"""What the gateways remember of outside systems."""

from __future__ import annotations

from django.db import models

from yiyang.gateways.fhir.bulk.models import Export
from yiyang.gateways.fhir.runs.models import ImportLine, ImportRun
from yiyang.gateways.fhir.subscriptions.models import Hook, HookEvent
from yiyang.gateways.messages.models import ChannelChoice, Delivery

__all__ = [
    "ChannelChoice",
    "Delivery",
    "Export",
    "ForeignIdentifier",
    "Hook",
    "HookEvent",
    "ImportLine",
    "ImportRun",
]


class ForeignIdentifier(models.Model):
    """The record here of something that another system knows under an identifier, so that it comes in once.

    Identifiers of persons can be personal data: only keyed hashes are kept.
    """

    resource_type = models.CharField(max_length=40)
    key_version = models.PositiveSmallIntegerField()
    hash = models.BinaryField(max_length=32)
    local_id = models.UUIDField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resource_type", "key_version", "hash"], name="foreign_identifier_once"
            )
        ]
