"""Which alerts still wait for somebody to act: asked by duty, which cannot know them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from yiyang.assessments.queries import alerts
from yiyang.duty import matters

ALERT = "AssessmentAlert"


@matters.register(ALERT)
def alerts_to_act_on(ids: Collection[UUID]) -> set[UUID]:
    return alerts.still_open(ids)
