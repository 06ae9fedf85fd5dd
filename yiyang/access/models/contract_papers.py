from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiyang.kernel.models import Model


class ContractPaper(Model):
    """The signed paper of a contract, photographed or scanned. One taken out stays, and says by whom and why."""

    contract = models.ForeignKey("access.Contract", models.PROTECT, related_name="papers")
    content = models.BinaryField()
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    note = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    taken_out_at = models.DateTimeField(null=True)
    taken_out_by = models.CharField(max_length=120, blank=True)
    taken_out_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["added_at", "id"]
        indexes = [models.Index(fields=["contract"], name="contract_paper")]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_out_at=None, taken_out_by="", taken_out_reason="")
                | (Q(taken_out_at__isnull=False) & ~Q(taken_out_by="") & ~Q(taken_out_reason="")),
                name="contract_paper_taken_out_whole",
            )
        ]

    def __str__(self) -> str:
        return self.name
